"""Sections and follow-ups in every format: the same questions are found, and the same follow from their answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from forms import saved
from made_word import SALTED, _document, _run, paragraph, table
from openpyxl import Workbook
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, answer_bytes

YES, NO = "If yes, please describe how.", "If no, please explain why not."
ROWS = (SALTED, YES, "Do you sell personal data?", NO)


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(["No.", "Question", "Answer"])
    sheet.append(["1", "Access"])
    sheet.merge_cells("B2:C2")
    for number, text in enumerate(ROWS, 1):
        sheet.append([f"1.{number}", text])
    return saved(book)


def document() -> bytes:
    heading = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    rows = [(f"1.{number}", text, "") for number, text in enumerate(ROWS, 1)]
    return _document(paragraph(heading, _run("Access")), table(("No.", "Question", "Answer"), *rows))


def loose() -> bytes:
    heading = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    asked = [block for text in ROWS for block in (paragraph(_run(text)), paragraph(_run("________")))]
    return _document(paragraph(heading, _run("Access")), *asked)


def delimited() -> bytes:
    return ("Section;Question;Answer\n" + "".join(f'Access;"{text}";\n' for text in ROWS)).encode()


def markdown() -> bytes:
    return ("# Access\n\n" + "".join(f"- {text}\n\n" for text in ROWS)).encode()


FORMATS: dict[str, Callable[[], bytes]] = {
    "f.xlsx": workbook, "f.docx": document, "loose.docx": loose, "f.csv": delimited, "f.md": markdown,
}  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


@pytest.mark.parametrize("name", FORMATS)
def test_follow_ups_rest_on_the_answer_above(name: str, matcher: Matcher) -> None:
    _, report = answer_bytes(FORMATS[name](), CLAIMS, CRITERIA, NOW, "low", where=name, matcher=matcher)

    assert [(row.question, row.section) for row in report.rows] == [(text, "Access") for text in ROWS]
    above, described, sold, explained = report.rows
    assert (above.outcome, above.verdict, described.outcome) == ("answered", "yes", "answered")
    assert described.claims == above.claims
    assert (sold.verdict, explained.outcome) == ("no", "answered")
    assert explained.claims == sold.claims
