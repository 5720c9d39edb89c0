"""The mapping file: what a person corrects in how a form is read."""

from __future__ import annotations

import pytest
from in_format import DAILY, HASHED
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import FormError, answer_bytes
from trustcenter.publish.questionnaire.forms.opening import open_form


def test_a_mapping_corrects_how_a_form_is_read_and_survives_its_own_file() -> None:
    """Columns, header and rows to skip as a person says; what is written can be read again."""
    from trustcenter.publish.questionnaire.forms.mapping import dumped, read_mapping, written_mapping

    data = f"x;y;z\n{DAILY};;\n{HASHED};;\n".encode()
    assert "question" in written_mapping(open_form(f"Question,Answer\n{DAILY},\n".encode(), "f.csv"))
    given = read_mapping("parts: {Sheet1: {question: A, answer: C, header_row: 1, skip_rows: [2]}}", "m.yaml")
    assert read_mapping(dumped(given, "f"), "again") == given
    copy, report = answer_bytes(data, CLAIMS, CRITERIA, NOW, where="f.csv", corrections=given)
    assert [one.question for one in report.rows] == [HASHED]
    assert copy.decode().splitlines()[2].startswith(f"{HASHED};;")
    assert "Yes" in copy.decode().splitlines()[2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("parts: {A: {question: A}}", "at least"),
        ("parts: {A: {questoin: A, answer: B}}", "questoin"),
        ("parts: {A: {question: '1!', answer: B}}", "not a column"),
        ("parts: {A: skip, A: skip}", "twice"),
        ("a: &x [1]\nparts: *x", "aliases"),
        ("nothing: 1", "no `parts`"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, what: str) -> None:
    from trustcenter.publish.questionnaire.forms.mapping import read_mapping

    with pytest.raises(FormError, match=what):
        read_mapping(text, "m.yaml")
