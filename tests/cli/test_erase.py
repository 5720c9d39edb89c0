"""`trustcenter erase`: one person's rows are gone, everybody else's stay, and the log says who did it."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_instance
from small_instance import document, run

REASON = ("--reason", "request 7 of 2026", "--who", "D. Officer")


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    root = small_instance.write(tmp_path)
    done = run(root, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_a_person_is_erased_and_what_was_signed_still_verifies(checked: Path) -> None:
    """The replay says that rows were erased; ledger and log hold neither the name nor a changed byte."""
    assert document(run(checked, "assess", "--replay", "last", "--json"))["erased"] is False
    done = run(checked, "erase", "anna@example.test", *REASON, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert document(done) == {"keys_destroyed": 1, "who": "D. Officer", "reason": "request 7 of 2026"}
    assert run(checked, "verify").returncode == 0
    replayed = run(checked, "assess", "--replay", "last", "--json")
    assert (replayed.returncode, document(replayed)["erased"]) == (0, True)
    (logged,) = [
        one for one in document(run(checked, "erase", "--log", "--json"))["reveals"] if one["what"] == "erasure"
    ]
    assert (logged["who"], logged["reason"], logged["count"]) == ("D. Officer", "request 7 of 2026", 1)
    private = b"".join(path.read_bytes() for path in (checked / ".trustcenter/private").rglob("*") if path.is_file())
    assert b"anna@example.test" not in private


def test_a_name_that_nothing_is_stored_about_is_told_and_logged(checked: Path) -> None:
    """A wrong capital letter must not pass for an erasure."""
    done = run(checked, "erase", "Anna@example.test", *REASON)
    assert (done.returncode, "nothing was erased" in done.stderr) == (2, True)
    entries = document(run(checked, "erase", "--log", "--json"))["reveals"]
    assert [(one["what"], one["count"]) for one in entries if one["what"] == "erasure"] == [("erasure", 0)]
    assert document(run(checked, "assess", "--replay", "last", "--json"))["erased"] is False


def test_nobody_is_erased_without_a_reason(checked: Path) -> None:
    done = run(checked, "erase", "anna@example.test")
    assert (done.returncode, "a reason" in done.stderr) == (2, True)
