"""Assessments: repeatable byte for byte, bound to their private parts, forgetful about erased persons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import small_instance

from trustcenter.errors import TamperedError
from trustcenter.ledger.private import Subject
from trustcenter.pipeline import judging
from trustcenter.pipeline.checking import changed_since, check
from trustcenter.pipeline.keeping import ERASED
from trustcenter.pipeline.line import Line

At = Callable[[float], Line]
ANNA, BERT = "anna@example.test", "bert@example.test"


@pytest.fixture
def failed(root: Path, at: At) -> Line:
    """A run in which Bert's account deviates."""
    (root / "exports/accounts.csv").write_text(small_instance.WEAK)
    assert check(at(0)).verdict.code == 1
    return at(1)


def erase(line: Line, person: str) -> int:
    return line.store.erase(Subject("person", person), reason="request 7", who="dpo", now=line.now())


def deviations(line: Line) -> list[tuple[str, tuple[str, ...]]]:
    last = judging.last(line)
    assert last is not None
    assert last.full
    return [(one.key, one.failed) for each in last.assessment.conclusions for one in each.deviations]


def test_a_past_run_is_judged_again_byte_for_byte(failed: Line) -> None:
    replayed = judging.replay(failed)
    assert (replayed.same, replayed.erased) == (True, False)
    assert replayed.again == replayed.signed.assessment


def test_after_an_erasure_the_signed_assessment_stands_and_replay_says_why_it_cannot_repeat(failed: Line) -> None:
    assert erase(failed, BERT) == 1
    replayed = judging.replay(failed)
    assert (replayed.same, replayed.erased) == (False, True)
    assert [one.conclusion for one in replayed.signed.assessment.conclusions] == ["deviations", "no_deviations"]


def test_a_persons_deviation_is_nowhere_in_the_clear(failed: Line, root: Path) -> None:
    """Key and row of a deviation are sealed as evidence is; the exports themselves are the platform's."""
    assert deviations(failed) == [(f"person={BERT}", ("cost is at least 12 (found 10)",))]
    written = [path for path in root.rglob("*") if path.is_file() and "exports" not in path.parts]
    assert not [path for path in written if BERT.encode() in path.read_bytes()]


def test_erasing_a_person_reaches_the_assessments_too(failed: Line) -> None:
    erase(failed, BERT)
    assert deviations(failed) == [(ERASED, ("cost is at least 12 (found 10)",))]


def test_erasing_somebody_else_leaves_it_readable(failed: Line) -> None:
    erase(failed, ANNA)
    assert deviations(failed)[0][0] == f"person={BERT}"


def test_a_changed_private_part_of_an_assessment_is_noticed(failed: Line, root: Path) -> None:
    """Reasons and deviations are not in the signed predicate; the statement binds them all the same."""
    last = judging.last(failed)
    assert last is not None
    name = last.digest.removeprefix("sha256:")
    path = root / ".trustcenter/private/parts" / name[:2] / f"{name}.part"
    good = path.read_bytes()
    assert b"found 10" in good
    path.write_bytes(good.replace(b"found 10", b"found 11"))
    with pytest.raises(TamperedError, match="document is not the one") as caught:
        judging.last(failed)
    assert name in str(caught.value)
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(TamperedError):
        judging.last(failed)


def test_changed_files_of_a_past_catalogue_are_noticed(at: At, root: Path) -> None:
    check(at(0))
    first = at(0).catalogue.digest
    path = root / "controls/access/costs.yaml"
    path.write_text(path.read_text().replace("at_least: 12", "at_least: 11"))
    assert judging.catalogue_of(at(1), first) is not None
    part = small_instance.private_part(root, b'"files"')
    part.write_bytes(part.read_bytes().replace(b"at_least: 12", b"at_least: 10"))
    with pytest.raises(TamperedError, match="not the ones in force"):
        judging.catalogue_of(at(1), first)


def test_each_reading_of_a_run_is_logged(failed: Line) -> None:
    before = len(failed.store.reveals())
    check(failed, offline=True)
    found = failed.store.reveals()[before:]
    assert [(each.who, each.reason, each.what) for each in found] == [
        ("trustcenter", "history", "part"),
        ("trustcenter", "assessment", "part"),
        ("trustcenter", "assessment", "part"),
    ]


def test_drift_between_two_signed_runs_names_what_weakened(at: At, root: Path) -> None:
    check(at(0))
    assert changed_since(at(1)) == ()
    (root / "exports/accounts.csv").write_text(small_instance.WEAK)
    check(at(2))
    assert [(one.subject, one.weakens) for one in changed_since(at(3))] == [("access.costs/costs", True)]
