"""docs/claims.md: which of our claims answer each row of the collection of vendors' sentences, and what they reach.

The collection lies beside the checkout (or at TRUSTCENTER_SHARED) and is never copied: only its row numbers and the
method that each row asks for are printed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "docs" / "claims-mapping.yaml"
TABLE = ROOT / "docs" / "claims.md"

EXPECTED = {"attested": 0, "document": 1, "automatic": 2, "probe": 3}
REACHED = ("declared", "documented", "inspected", "probed")
"""What evidence a claim's tests rest on, least first; `inspected` stands for inspection and observation."""
_ORDER = ("not done", "in progress", "declared", "documented", "tested")
_KEYS = {"about", "claims", "held_by", "short", "missing"}


@dataclass(frozen=True)
class Standing:
    """One of our claims, as far as the control file alone says: its state once all tests hold, its strongest test."""

    claim: str
    file: str
    state: str
    reached: int | None


@dataclass(frozen=True)
class Row:
    """One row of the collection with what answers it."""

    identifier: str
    about: str
    expected: str
    claims: tuple[Standing, ...]
    held_by: tuple[str, ...]
    short: bool
    missing: str

    @property
    def state(self) -> str:
        """The worst state of its claims; `by the page` where files hold it; `not done` where nothing does."""
        if self.held_by:
            return "by the page"
        return min((claim.state for claim in self.claims), key=_ORDER.index, default="not done")

    @property
    def reached(self) -> int | None:
        """The strongest evidence among its claims; None while one of them is not in place."""
        if self.state in ("not done", "in progress", "by the page"):
            return None
        return max((claim.reached for claim in self.claims if claim.reached is not None), default=None)

    @property
    def enough(self) -> bool:
        """Whether the evidence is at least what the row asks for."""
        return self.reached is not None and self.reached >= EXPECTED[self.expected]

    @property
    def verdict(self) -> str:
        """How far the row is answered, in one word or two."""
        if self.state in ("not done", "in progress"):
            return self.state
        if self.held_by:
            return "by the page, in part" if self.missing else "by the page"
        if self.enough:
            return "reached, in part" if self.missing else "reached"
        return "short of it" if self.state == "tested" else f"only {self.state}"


def collection() -> dict[str, str] | None:
    """Row to the method that it asks for; None where the collection is not here."""
    folder = Path(os.environ.get("TRUSTCENTER_SHARED", ROOT.parent / "shared"))
    file = folder / "claims.yaml"
    if not file.is_file():
        return None
    return {row["id"]: row["verify"] for row in yaml.safe_load(file.read_text(encoding="utf-8"))}


def standings(root: Path = ROOT) -> dict[str, Standing]:
    """Every claim of the instance, as planned: no evidence is read."""
    from trustcenter.assess.plan import plan
    from trustcenter.pipeline.line import open_line

    line = open_line(root, {})
    planned: dict[str, list[Any]] = {}
    for one in plan(line.catalogue, line.collectors).examinations:
        planned.setdefault(one.control.id, []).append(one)
    found = {}
    for control, claim in line.catalogue.claims():
        own = [one for one in planned.get(control.id, []) if not claim.tests or one.test.id in claim.tests]
        ranks = [3 if one.method == "probe" and one.holds == "tested" else REACHED_BY[one.holds] for one in own]
        if control.progress is not None:
            state = control.progress.state.replace("_", " ")
        else:
            state = min((one.holds for one in own), key=_ORDER.index, default="not done")
        found[f"{control.id}/{claim.id}"] = Standing(
            f"{control.id}/{claim.id}", control.place.file, state, max(ranks, default=None)
        )
    return found


REACHED_BY = {"declared": 0, "documented": 1, "tested": 2}


def rows(asked: Mapping[str, str], claims: Mapping[str, Standing], mapping: Path = MAPPING) -> list[Row]:
    """Every row in the order of the collection. Raises ValueError naming every row that is wrong."""
    written = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    wrong = [f"{name}: the collection has no such row" for name in written if name not in asked]
    found = []
    for name, expected in asked.items():
        said = written.get(name)
        if said is None:
            wrong.append(f"{name}: is not mapped")
            continue
        wrong += [f"{name}: unknown key `{key}`" for key in said.keys() - _KEYS]
        wrong += [f"{name}: there is no claim `{claim}`" for claim in said.get("claims", []) if claim not in claims]
        wrong += [f"{name}: there is no file {path}" for path in said.get("held_by", []) if not (ROOT / path).is_file()]
        row = Row(
            name,
            said["about"],
            expected,
            tuple(claims[claim] for claim in said.get("claims", []) if claim in claims),
            tuple(said.get("held_by", [])),
            bool(said.get("short", False)),
            said.get("missing", ""),
        )
        if not row.missing and row.verdict not in ("reached", "by the page"):
            wrong.append(f"{name}: is {row.verdict}, and does not say what is missing")
        if row.short != (row.verdict == "short of it"):
            wrong.append(f"{name}: is {row.verdict}, so `short` must be {'true' if not row.short else 'left out'}")
        found.append(row)
    if wrong:
        raise ValueError("docs/claims-mapping.yaml:\n  " + "\n  ".join(wrong))
    return found


def table(found: list[Row]) -> str:
    """docs/claims.md."""
    verdicts = [row.verdict for row in found]
    order = (
        "reached", "reached, in part", "by the page", "by the page, in part", "short of it", "only documented",
        "only declared", "in progress", "not done",
    )  # fmt: skip
    parts = [
        "# What answers the sentences of other pages\n",
        f"A collection of {len(found)} sentences from two vendors' security pages says, for each, how a running "
        "platform could be held to it. This table says which of our claims answer it, by which method once their tests "
        "hold, and what is missing. It is made from `docs/claims-mapping.yaml` and the control files by `make "
        "generate`; no sentence of the collection is copied.\n",
        "| how far | rows | meaning |\n| --- | ---: | --- |\n"
        + "\n".join(f"| {name} | {verdicts.count(name)} | {_MEANING[name]} |" for name in order),
        "",
        "| row | subject | our claims | asked for | ours | how far | missing |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in found:
        cells = (
            row.identifier, row.about, _links(row), row.expected,
            "" if row.reached is None else REACHED[row.reached], row.verdict, row.missing,
        )  # fmt: skip
        parts.append("| " + " | ".join(cells) + " |")
    return "\n".join(parts) + "\n"


_MEANING = {
    "reached": "our evidence is of the kind that the row asks for, or stronger",
    "reached, in part": "of that kind, for less than the whole row",
    "by the page": "no claim: the page or the tool itself holds it, and a test shows it",
    "by the page, in part": "the same, for less than the whole row",
    "short of it": "an automated control holds, by a weaker method than the row asks for",
    "only documented": "a document is held and in date; nobody measures the practice",
    "only declared": "a named role states it, with an expiry",
    "in progress": "being built, with a date",
    "not done": "nothing answers it",
}


def _links(row: Row) -> str:
    if row.held_by:
        return ", ".join(f"[{Path(path).name}](../{path})" for path in row.held_by)
    return ", ".join(f"[{claim.claim}](../{claim.file})" for claim in row.claims)


def generated() -> dict[Path, bytes]:
    """The table, or nothing where the collection is not here; then what is committed stands unchecked."""
    asked = collection()
    return {TABLE: table(rows(asked, standings())).encode()} if asked is not None else {}
