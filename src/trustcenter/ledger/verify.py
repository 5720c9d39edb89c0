"""Verification of a whole ledger: offline, on a copy, with a key that was pinned elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.ledger import checks
from trustcenter.ledger.course import Course
from trustcenter.ledger.files import shared
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.tile_checks import check_tiles
from trustcenter.proof import statement
from trustcenter.proof.note import VerifierKey

STEPS: tuple[tuple[str, Callable[[Course], str]], ...] = (
    ("the keyring has the pinned key", checks.check_keyring),
    ("the checkpoint is signed by the key in force", checks.check_checkpoint),
    ("entries and tiles give the checkpoint's root", check_tiles),
    ("each entry's statement is present and unchanged", checks.check_statements),
    ("each statement is signed by the key in force at its entry", checks.check_signatures),
    ("each past checkpoint is a prefix of the log", checks.check_history),
    ("the log continues the checkpoint from before", checks.check_known),
    ("timestamps are the authority's", checks.check_timestamps),
    ("every file is a record of the ledger", checks.check_files),
)
"""The steps in their order; the first that fails ends the run."""


class NotVerified(TamperedError):
    """A step of verification failed at one record. `step` is its number, from 1."""

    def __init__(self, step: int, title: str, error: TamperedError) -> None:
        super().__init__(error.what, where=error.where, hint=error.hint or f"Step {step}: {title}.")
        self.step = step
        self.title = title


@dataclass(frozen=True)
class Step:
    """One passed step and what it found."""

    number: int
    title: str
    found: str


@dataclass(frozen=True)
class Report:
    """A verified ledger.

    `notices` name what is no tampering but worth knowing, such as a crash's leftovers.

    `statements` counts entries by predicate type; `timestamps` maps checkpoint sizes to the authority's
    time, None where no root certificate was given.
    """

    origin: str
    size: int
    root: str
    signed_at: datetime
    key_id: str
    steps: tuple[Step, ...]
    statements: dict[str, int]
    timestamps: dict[int, datetime | None]
    notices: tuple[str, ...]


def verify(
    path: Path,
    *,
    key: VerifierKey | str,
    now: datetime,
    known: bytes | None = None,
    roots: Sequence[bytes] = (),
) -> Report:
    """Verify every byte of the ledger in a folder.

    `key` is pinned outside of what is verified; `known` is the note of a checkpoint kept from before, which
    alone shows that the whole log was not rolled back; `roots` are PEM certificates of a timestamp
    authority. Raises NotVerified at the first record that is not what was signed.
    """
    if not path.is_dir():
        raise ConfigurationError("there is no ledger here", where=str(path))
    pinned = VerifierKey.parse(key) if isinstance(key, str) else key
    course = Course(Ledger(path), pinned, now, roots, known)
    # A writer at work waits until we are done: it would replace partial tiles under our hands.
    with shared(path / "log"):
        passed = _run(course)
    kinds = Counter(statement.parse(each.payload).predicate_type for each in course.envelopes)
    return Report(
        course.head.checkpoint.origin,
        course.head.size,
        "sha256:" + course.head.checkpoint.root.hex(),
        course.head.time,
        course.ring.current.key_id,
        tuple(passed),
        dict(sorted(kinds.items())),
        course.timestamped,
        tuple(course.notices),
    )


def _run(course: Course) -> list[Step]:
    passed = []
    for number, (title, check) in enumerate(STEPS, 1):
        try:
            passed.append(Step(number, title, check(course)))
        except TamperedError as error:
            raise NotVerified(number, title, error) from error
    return passed
