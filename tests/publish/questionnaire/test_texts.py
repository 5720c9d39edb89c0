"""Texts: VSAQ, Markdown and plain ones keep every line that no answer touches."""

from __future__ import annotations

import json

import pytest
from in_format import DAILY, HASHED, answered, row

from trustcenter.publish.questionnaire import FormError


def test_vsaq_is_read_with_its_comments_sums_html_and_conditions() -> None:
    """The answers are those that the program loads: keys to texts or `checked`."""
    text = """// a comment with "quotes"
    {"questionnaire": [{"type": "block", "text": "Access", "items": [
      {"type": "info", "text": "About <b>passwords</b>"},
      {"type": "radiogroup", "id": "hash", "text": "Are user passwords stored as " + "salted <i>one-way</i> hashes?",
       "choices": [{"hash_yes": "Yes"}, {"hash_no": "No // not a comment"}]},
      {"type": "box", "id": "why", "cond": "hash_no", "text": "Why are passwords not hashed?"},
      {"type": "box", "id": "backups", "cond": "hash_yes && !hash_no", "text": "How are user passwords stored?"},
      {"type": "tip", "id": "t", "text": "A tip asks nothing?"},
    ]}]} /* the end */"""
    copy, report = answered(text.encode(), "form.json")
    values = json.loads(copy)
    assert values["hash_yes"] == "checked"
    assert "hash_no" not in values
    assert "why" not in values
    assert values["backups"]
    assert row(report, "Why are passwords not hashed?").reason.startswith("the form does not ask it")
    assert [one.section for one in report.rows] == ["", "", ""]


@pytest.mark.parametrize(("tip", "asked"), [("hash_yes", False), ("hash_no", True), ("", False), (None, True)])
def test_vsaq_asks_by_whether_another_item_is_shown(tip: str | None, asked: bool) -> None:
    """`^id` holds where that item is shown: after its condition, always without one, never where it is not there."""
    item = {"type": "tip", "id": "warn", "warn": "yes", "text": "Note well.", **({"cond": tip} if tip else {})}
    choices = {"type": "radiogroup", "id": "hash", "text": HASHED, "choices": [{"hash_yes": "Yes"}, {"hash_no": "No"}]}
    how = {"type": "box", "id": "how", "cond": "!^warn", "text": "How are user passwords stored?"}
    items = [choices, *([item] if tip is not None else []), how]
    copy, _ = answered(json.dumps({"questionnaire": items}).encode(), "form.json")

    assert ("how" in json.loads(copy)) is asked


def test_vsaq_items_that_are_shown_by_each_other_are_an_error() -> None:
    circle = [{"type": "box", "id": a, "cond": f"^{b} && ^{b}", "text": "Do you?"} for a, b in ("ab", "ba")]
    with pytest.raises(FormError, match="without an end"):
        answered(json.dumps({"questionnaire": circle}).encode(), "form.json")


@pytest.mark.parametrize("bad", ["a &&", "(a", "a b", "a && (b || )", "((" * 60 + "a"])
def test_conditions_that_cannot_be_read_are_errors(bad: str) -> None:
    from trustcenter.publish.questionnaire.conditions import holds

    with pytest.raises(FormError):
        holds(bad, {"a"})


def test_markdown_is_answered_below_its_questions_and_in_its_tables() -> None:
    text = f"""# Questionnaire

Some prose that is no question.

## {HASHED}

Why we ask: because.

## {DAILY}

Answer: ______

## Do you use the Frobnicator appliance?

| Question | Answer |
| --- | --- |
| Do you have an incident response plan? |  |
"""
    copy, report = answered(text.encode(), "form.md")
    after = copy.decode()
    for line in text.split("\n"):
        if "____" not in line and "incident" not in line:
            assert line in after.split("\n")
    assert "**Answer:** Yes" in after
    assert "Answer: Yes" in after.replace("**", "")
    assert "______" not in after
    if row(report, "Do you have an incident response plan?").outcome == "answered":
        assert "| Yes" in after


def test_plain_text_keeps_its_lines_and_line_ends() -> None:
    text = f"ACCESS\r\n1. {HASHED}\r\n   Answer:\r\n2. {DAILY}\r\nA: see below\r\n"
    copy, report = answered(text.encode(), "form.txt")
    after = copy.decode()
    assert after.startswith(f"ACCESS\r\n1. {HASHED}\r\n   Answer: Yes")
    assert after.count("\n") == after.count("\r\n")
    assert row(report, DAILY).outcome == "refused"
    assert "A: see below\r\n" in after


def test_no_answers_give_the_identical_file() -> None:
    for data, name in (
        (b"Question,Answer\r\nDo you use the Frobnicator?,\r\n", "f.csv"),
        (b"Do you use the Frobnicator appliance?\n", "f.txt"),
    ):
        copy, report = answered(data, name)
        assert report.count("answered") == 0
        assert copy == data
