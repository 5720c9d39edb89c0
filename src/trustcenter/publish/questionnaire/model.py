"""The values of the questionnaire answerer: what may be quoted, what was decided for each question, and the report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from trustcenter.errors import TrustCenterError

HELD = frozenset({"tested", "documented", "declared"})
UNCERTAIN = frozenset({"stale", "unconfirmed", "failing"})
NOT_HELD = frozenset({"in_progress", "not_done"})
STATES = HELD | UNCERTAIN | NOT_HELD | {"accepted_deviation", "not_applicable"}
BANDS = ("low", "medium", "high")


@dataclass(frozen=True)
class Answerable:
    """One claim ready to be quoted, as the page's view publishes it.

    `sentence` holds its numbers already, or is the wording of its withdrawal. `aliases` are other words for what it
    affirms, `opposites` for what it rules out. `methods` come weakest first. Only the states of `HELD` may support a
    Yes. Raises `TrustCenterError` for an unknown state or a time without a zone.
    """

    claim: str
    sentence: str
    state: str
    methods: tuple[str, ...]
    as_of: datetime | None
    criteria: tuple[str, ...]
    aliases: tuple[str, ...]
    title: str
    link: str
    missing: str | None
    opposites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise TrustCenterError(
                f"unknown state {self.state!r}", where=self.claim, hint=f"One of: {', '.join(sorted(STATES))}."
            )
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise TrustCenterError("the as-of time has no time zone", where=self.claim)

    @property
    def control(self) -> str:
        """The control's id: what stands before the claim's own name."""
        return self.claim.partition("/")[0]


@dataclass(frozen=True)
class CriterionText:
    """One criterion of a framework, in words that a question can be compared with."""

    id: str
    title: str
    note: str


@dataclass(frozen=True)
class Candidate:
    """A claim that may answer a question: its score, and the share of the question that it covers (0 to 1)."""

    claim: str
    score: float
    coverage: float
    relation: int
    state: str
    uncovered: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What was decided for one question.

    `outcome` is answered, needs_review or abstained. `verdict` is yes, no, partial, not_applicable, text, or empty when
    nothing was decided. `confidence` runs from 0 to 1; `band` is its class.
    """

    outcome: str
    verdict: str
    text: str
    reason: str
    claims: tuple[Answerable, ...]
    confidence: float
    band: str
    candidates: tuple[Candidate, ...]
    criteria: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Row:
    """One question of the file and what became of it. `outcome` may also be refused: the form forbids writing."""

    sheet: str
    question_cell: str
    cell: str
    section: str
    question: str
    outcome: str
    verdict: str
    answer: str
    comment: str
    citation: str
    state: str
    as_of: datetime | None
    confidence: float
    band: str
    claims: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    criteria: tuple[tuple[str, float], ...]
    reason: str
    draft: str = ""
    """How the optional rephrasing ended: empty where none was asked for, `accepted`, or why it was refused."""


@dataclass(frozen=True)
class SheetSummary:
    """How one sheet was understood: its columns by role (letters), and how many questions were found."""

    sheet: str
    state: str
    header_row: int
    columns: tuple[tuple[str, str], ...]
    appended: tuple[str, ...]
    questions: int
    note: str
    logic: tuple[str, ...] = ()
    """The form's own skip logic as it was understood, in words; empty where there is none."""


@dataclass(frozen=True)
class Report:
    """All rows of one file. `written` is false for a preview; digests are of the file's bytes (sha256)."""

    source_digest: str
    result_digest: str | None
    made_at: datetime
    threshold: str
    written: bool
    sheets: tuple[SheetSummary, ...]
    rows: tuple[Row, ...]
    touched: tuple[str, ...]
    notes: tuple[str, ...]
    kind: str = "workbook"
    fingerprint: str = ""

    def count(self, outcome: str) -> int:
        """How many questions ended so."""
        return sum(row.outcome == outcome for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        plain: dict[str, Any] = asdict(self)
        plain["made_at"] = self.made_at.isoformat()
        for row in plain["rows"]:
            row["as_of"] = row["as_of"].isoformat() if row["as_of"] else None
        plain["counts"] = {name: self.count(name) for name in ("answered", "needs_review", "abstained", "refused")}
        return plain
