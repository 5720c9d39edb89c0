"""A sent questionnaire is remembered: a claim that falls names the customers who were told, and what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import small_instance
from small_instance import WEAK, document, run

QUESTION = "Do all hashes have a cost of 12 or more?"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance whose one answer was sent to one customer, and whose claim fell afterwards."""
    root = small_instance.write(tmp_path_factory.mktemp("sent"))
    assert run(root, "check").returncode == 0
    (root / "form.csv").write_text(f"Question,Answer,Comments\n{QUESTION},,\nIs the sky green?,,\n")
    done = run(root, "answer", "form.csv", "--to", "Northwind Ltd", "--json")
    assert done.returncode == 0, done.stderr
    assert document(done)["recorded"], done.stdout
    return root


def test_a_fallen_claim_names_who_was_told_and_drafts_a_correction(instance: Path) -> None:
    """`check` says it, `sent notice` writes it, and the same form answered again shows the conflict."""
    assert "every claim" in run(instance, "sent", "fallen").stdout
    (instance / "exports/accounts.csv").write_text(WEAK)
    checked = run(instance, "check")
    assert checked.returncode == 1
    assert "Northwind Ltd" in checked.stdout
    assert QUESTION in checked.stdout
    (record,) = document(run(instance, "sent", "--json"))["sent"]
    assert record["answers"][0]["claims"] == ["access.costs/slow"]
    letter = run(instance, "sent", "notice", record["id"]).stdout
    assert "To: Northwind Ltd" in letter
    assert QUESTION in letter
    again = document(run(instance, "answer", "form.csv", "--dry-run", "--json"))
    assert [one["before"] for one in again["conflicts"]] == ["yes"]
    told = run(instance, "sent", "fallen", "--json")
    assert told.returncode == 1
    assert len(document(told)["fallen"]) == 1


def test_nothing_of_a_customer_leaves_the_private_store(instance: Path) -> None:
    """Neither name, question nor answer in what is public."""
    for folder in ("evidence", "site", "controls"):
        for path in (instance / folder).rglob("*"):
            if path.is_file():
                assert b"Northwind" not in path.read_bytes(), path
    for path in (instance / ".trustcenter/private/questionnaires").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_confirmed_match_answers_the_same_question_next_time(tmp_path: Path) -> None:
    """The vendor's people teach the matcher; a match whose claim fell answers nothing."""
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    (root / "form.csv").write_text("Question,Answer,Comments\nCan attackers guess stored secrets quickly?,,\n")
    before = document(run(root, "answer", "form.csv", "--dry-run", "--json"))
    assert before["rows"][0]["outcome"] != "answered"
    kept = {
        "question": "can attackers guess stored secrets quickly", "claims": ["access.costs/slow"], "verdict": "no",
        "by": "head of security", "at": "2026-01-02T03:04:05+00:00",
    }  # fmt: skip
    (root / ".trustcenter/private/confirmed.jsonl").write_text(json.dumps(kept) + "\n")
    after = document(run(root, "answer", "form.csv", "--dry-run", "--json"))
    assert (after["rows"][0]["outcome"], after["rows"][0]["verdict"]) == ("answered", "no")
    (root / "exports/accounts.csv").write_text(WEAK)
    assert run(root, "check").returncode == 1
    fallen = document(run(root, "answer", "form.csv", "--dry-run", "--json"))
    assert fallen["rows"][0]["outcome"] == "needs_review"


def test_the_next_questionnaire_of_a_customer_is_compared_with_the_last(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    for name, extra in (("one.csv", ""), ("two.csv", "Was every change approved?,,\n")):
        (root / name).write_text(f"Question,Answer,Comments\n{QUESTION},,\n{extra}")
        assert run(root, "answer", name, "--to", "Northwind Ltd").returncode == 0
    records = document(run(root, "sent", "--json"))["sent"]
    assert len(records) == 2
    found = document(run(root, "sent", "diff", records[1]["id"], "--json"))
    assert [one["kind"] for one in found["differences"]] == ["new"]
