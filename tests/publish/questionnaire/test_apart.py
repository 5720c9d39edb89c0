"""Customers' files are apart: what stood in one, or was written into it, changes nothing in another."""

from __future__ import annotations

import json

from forms import simple
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, answer_bytes
from trustcenter.publish.questionnaire.earlier import earlier
from trustcenter.publish.questionnaire.sent import sent

ASKED = [
    "Are backups taken at least daily?",
    "Do you sell personal data?",
    "Do you run a bug bounty programme?",
    "If yes, please describe it.",
    "Is customer data encrypted at rest and in transit?",
]
OTHERS = (
    (
        "of the first customer.csv",
        "Question,Answer\nAre backups taken at least daily?,No\nDo you sell personal data?,Yes",
    ),
    ("vendor.md", "# Do you run a bug bounty programme?\n\nAnswer: Yes, with 500 researchers.\n"),
    ("options.csv", 'Question,Answer\n"Select all that apply: Bug bounty programme, Background checks",\n'),
)


def test_a_file_is_answered_as_if_it_were_the_only_one() -> None:
    """The same bytes and the same report, whatever the same matcher answered before it, edited words among them."""
    form = simple(ASKED)
    alone = answer_bytes(form, CLAIMS, CRITERIA, NOW, where="form.xlsx", matcher=Matcher(CLAIMS, CRITERIA))
    shared = Matcher(CLAIMS, CRITERIA)
    for name, text in OTHERS:
        answer_bytes(
            text.encode(), CLAIMS, CRITERIA, NOW, "low", where=name, matcher=shared,
            edited={1: "Only for this customer: by courier."},
        )  # fmt: skip
    answer_bytes(
        form,
        CLAIMS,
        CRITERIA,
        NOW,
        where="theirs.xlsx",
        matcher=shared,
        edited={1: "Only for this customer: by courier."},
    )
    after = answer_bytes(form, CLAIMS, CRITERIA, NOW, where="form.xlsx", matcher=shared)

    assert after == alone
    assert alone[1].count("answered") >= 3


def test_what_was_told_to_one_is_shown_to_another_s_reviewer_without_a_name_or_a_word_of_it() -> None:
    first = answer_bytes(simple(["Do you sell personal data?"]), CLAIMS, CRITERIA, NOW, where="f.xlsx")[1]
    record = sent(first, "Northwind Ltd", "northwind-secret.xlsx", 1)
    record = type(record)(**{**vars(record), "answers": (type(record.answers[0])(
        **{**vars(record.answers[0]), "verdict": "yes", "answer": "Yes, weekly, to Contoso."}),)})  # fmt: skip
    shown = earlier(
        answer_bytes(simple(ASKED), CLAIMS, CRITERIA, NOW, where="g.xlsx", preview=True)[1], [record], "Fernhill"
    )

    assert shown["conflicting"] == 1
    assert not [word for word in ("Northwind", "secret", "Contoso") if word in json.dumps(shown)]
