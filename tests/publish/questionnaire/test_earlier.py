"""What a reviewer is shown of earlier answers: conflicts with anybody's, differences against this customer's last."""

from __future__ import annotations

import pytest
from statements import CLAIMS, CRITERIA, NOW, with_state

from trustcenter.publish.questionnaire import answer_bytes
from trustcenter.publish.questionnaire.earlier import MOST, earlier
from trustcenter.publish.questionnaire.sent import Sent, SentAnswer

REST, BACKUP, GONE = "Is customer data encrypted at rest?", "Are backups encrypted?", "Do you have a data centre?"
FORM = f"Question,Answer,Comment\n{REST},,\n{BACKUP},,\nDo you hold ISO 27001?,,\n".encode()
DIGEST = f"sha256:{'0' * 64}"


def record(identifier: str, recipient: str, day: str, *answers: tuple[str, str, str]) -> Sent:
    told = tuple(
        SentAnswer("B2", question, verdict, text, "tested", "", ("c/d",)) for question, verdict, text in answers
    )
    return Sent(identifier, recipient, f"{identifier}.csv", f"{day}T08:00:00+00:00", DIGEST, DIGEST, "", 1, told)


def seen(records: tuple[Sent, ...], claims=CLAIMS) -> dict[str, object]:
    _, report = answer_bytes(FORM, claims, CRITERIA, NOW, where="form.csv")
    return earlier(report, records, "Quay")


def test_a_conflict_says_when_and_never_names_another_customer() -> None:
    found = seen((record("one", "Northwind Ltd", "2026-08-01", (REST, "no", "No.")),))

    assert found["conflicts"] == [
        {"number": 1, "now": "yes", "before": "no", "on": "2026-08-01", "record": "one", "theirs": False}
    ]
    assert found["last"] is None
    assert "Northwind" not in str(found)


def test_the_latest_answer_counts_and_the_same_answer_is_no_conflict() -> None:
    first = record("one", "Northwind Ltd", "2026-08-01", (REST, "no", "No."))
    later = record("two", "Quay", "2026-09-01", (REST, "yes", "Yes."))

    assert seen((later, first))["conflicts"] == []


def test_an_answer_whose_claim_fell_differs_from_what_was_told() -> None:
    found = seen(
        (record("one", "Quay", "2026-08-01", (REST, "yes", "Yes.")),), with_state("data.at-rest/volumes", "stale")
    )

    assert [(one["now"], one["theirs"]) for one in found["conflicts"]] == [("needs review", True)]


def test_differences_are_against_the_last_one_of_this_customer() -> None:
    old = record("one", "Quay", "2026-07-01", (REST, "no", "No."), (GONE, "no", "No."))
    last = record("two", "Quay", "2026-08-01", (BACKUP, "no", "No."), (GONE, "no", "No."))
    others = record("three", "Northwind Ltd", "2026-09-01", (REST, "no", "No."))

    found = seen((last, old, others))

    assert found["last"] == {"record": "two", "file": "two.csv", "on": "2026-08-01"}
    kinds = {one["question"]: one["kind"] for one in found["differences"]}
    assert kinds == {REST: "new", BACKUP: "changed", GONE: "gone"}
    assert found["counts"] == {"changed": 1, "open": 0, "new": 1, "gone": 1}


@pytest.mark.parametrize("state", ["failing", "stale", "unconfirmed"])
def test_a_question_still_asked_and_no_longer_answered_is_open_not_gone(state: str) -> None:
    told = record("one", "Quay", "2026-08-01", (REST, "yes", "Yes."))

    (one, *_) = [
        entry for entry in seen((told,), with_state("data.at-rest/volumes", state))["differences"] if entry["before"]
    ]
    assert (one["question"], one["kind"]) == (REST, "open")


def test_long_lists_are_cut_and_counted() -> None:
    many = record("one", "Quay", "2026-08-01", *((f"Question {n}?", "no", "No." * 1000) for n in range(MOST + 50)))

    found = seen((many,))
    assert len(found["differences"]) == MOST
    assert found["counts"]["gone"] == MOST + 50
    assert max(len(one["before"]) for one in found["differences"]) <= 600
