"""Texts that are no questions: clear words, in bounded time, from the line to the file."""

from __future__ import annotations

import time

import pytest
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire import Matcher, answer_bytes, decide
from trustcenter.publish.questionnaire.form import LONGEST, MOST_PARTS
from trustcenter.publish.questionnaire.matched import LONGEST as LONGEST_LINE
from trustcenter.publish.questionnaire.matched import Asking, match_all, read_questions

SECONDS = 5.0  # of processor time; each takes well under one


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


@pytest.mark.parametrize(
    "text",
    [
        "Is customer data encrypted? " * 40_000,
        "word " * 200_000,
        "Is data encrypted at rest and in transit and backed up and " * 330,
        "tls 1.2 and " * 330,
        "Is it? " * 570,
        "(" * (LONGEST - 1) + "?",
        "1" * (LONGEST - 1) + "?",
        "within " * 570,
        "no " * 1_300,
        " " * LONGEST,
    ],
    ids=lambda text: f"{text[:12]}x{len(text)}",
)
def test_a_text_of_any_length_is_decided_soon_and_never_with_a_yes(matcher: Matcher, text: str) -> None:
    began = time.process_time()

    (line,) = match_all((Asking(text),), matcher, NOW)

    assert time.process_time() - began < SECONDS
    assert line["answer"] != "yes"
    if len(text) > LONGEST:
        assert line["reason"].startswith(f"the question has {len(text)} characters; at most {LONGEST} are read")


def test_a_text_that_asks_very_many_things_is_left_to_a_person(matcher: Matcher) -> None:
    many = decide("Is customer data encrypted at rest? " * (MOST_PARTS + 1), matcher, NOW)
    few = decide("Is customer data encrypted at rest? " * MOST_PARTS, matcher, NOW)

    assert (many.outcome, few.outcome) == ("needs_review", "answered")
    assert f"at most {MOST_PARTS}" in many.reason


def test_a_line_that_is_too_long_is_named(matcher: Matcher) -> None:
    lines = ["Are backups encrypted?", "word " * 1_000_000]

    with pytest.raises(TrustCenterError, match=f"longer than {LONGEST_LINE}") as caught:
        list(read_questions(lines, "asked.txt"))
    assert "asked.txt:2" in str(caught.value)


@pytest.mark.parametrize("odd", ["\x00", "\x07", "\x1b[31m", "\u202e", "\u200b", "\ufeff"])
def test_control_characters_answer_nothing_wrongly(matcher: Matcher, odd: str) -> None:
    """Inside of words and between them: the plain answer or none."""
    for text in (f"Are backups{odd} encrypted?", f"{odd}Are backups encrypted?", f"Are back{odd}ups unencrypted?"):
        decision = decide(text, matcher, NOW)
        wanted = "no" if "unencrypted" in text else "yes"
        assert decision.verdict in ("", wanted), text


def test_one_endless_row_leaves_the_others_answered() -> None:
    endless = "Is customer data encrypted at rest and more? " * 500
    form = f"Question,Answer,Comment\n{endless},,\nAre backups encrypted?,,\n".encode()

    _, report = answer_bytes(form, CLAIMS, CRITERIA, NOW, where="form.csv")

    assert [row.outcome for row in report.rows] == ["abstained", "answered"]
    assert "ask it in parts" in report.rows[0].reason
