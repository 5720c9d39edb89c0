"""Skip logic in a workbook's own formulas: what the form shows after an answer is asked, what it hides is not."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from forms import rebuild, saved
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, Report, answer_bytes
from trustcenter.publish.questionnaire.formulas import UnknownFormula, moved, parsed, result, shown

HASHED = "Are user passwords stored as salted one-way hashes?"
DAILY = "Are backups taken at least daily?"
SOLD = "Do you sell personal data?"
PLAN = "Do you have an incident response plan?"
NOT_ASKED = "the form does not ask it after the answers above"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


def form(*rows: tuple[str | None, ...], header: tuple[str, ...] = ("No", "Question", "Answer", "Comments")) -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    rule = DataValidation(type="list", formula1='"Yes,No,N/A"')
    sheet.add_data_validation(rule)
    rule.add("C2")
    return book


def answered(data: bytes, matcher: Matcher) -> tuple[bytes, Report]:
    return answer_bytes(data, CLAIMS, CRITERIA, NOW, "low", where="form.xlsx", matcher=matcher)


@pytest.mark.parametrize(
    ("parent", "formula", "asked"),
    [
        (HASHED, '=IF(C2="Yes","Please describe how they are stored.","")', "Please describe how they are stored."),
        (HASHED, '=IF(C2="No","Please explain why not.","")', ""),
        (SOLD, '=IF($C$2="no","Please explain why not.","")', "Please explain why not."),
        (SOLD, '=IF(OR(C2="Yes",C2="Partially"),"To whom do you sell it?","")', ""),
        (HASHED, '=IF(C2="","",IF(C2="Yes","Please describe how.","Please explain why not."))', "Please describe how."),
        (HASHED, '=IF(AND(NOT(ISBLANK(C2)),LEFT(C2,1)="Y"),"Please describe: "&"how","")', "Please describe: how"),
        (HASHED, '=IF(\'Form\'!C2="Yes",Texts!B7,"")', "How are user passwords stored?"),
    ],
)
def test_a_question_that_a_formula_shows_is_asked_after_its_answer_alone(
    matcher: Matcher, parent: str, formula: str, asked: str
) -> None:
    book = form(("1", parent), ("1a", formula), ("2", DAILY))
    book.active.title = "Form"
    texts = book.create_sheet("Texts")
    texts["B7"] = "How are user passwords stored?"
    texts.sheet_state = "hidden"
    copy, report = answered(saved(book), matcher)

    above, follow, other = report.rows
    assert (above.outcome, other.outcome) == ("answered", "answered")
    if asked:
        assert (follow.question, follow.outcome, follow.claims[0]) == (asked, "answered", above.claims[0])
        assert openpyxl.load_workbook(io.BytesIO(copy))["Form"]["C3"].value == follow.answer
    else:
        assert (follow.outcome, follow.reason, follow.answer) == ("abstained", NOT_ASKED, "")
        assert openpyxl.load_workbook(io.BytesIO(copy))["Form"]["C3"].value is None
    assert openpyxl.load_workbook(io.BytesIO(copy))["Form"]["B3"].value == formula


@pytest.mark.parametrize(
    "text", ["Please provide details of your SOC 2 report.", "Describe your bug bounty programme."]
)
@pytest.mark.parametrize("shown", ['=IF(C2="Yes","{}","")', "If yes, {}"])
def test_a_follow_up_on_something_else_is_not_answered_from_the_answer_above(
    matcher: Matcher, text: str, shown: str
) -> None:
    report = answered(saved(form(("1", HASHED), ("1a", shown.format(text)))), matcher)[1]

    assert [row.outcome for row in report.rows] == ["answered", "needs_review"]
    assert "does not speak of" in report.rows[1].reason


@pytest.mark.parametrize(
    ("header", "formula", "parent", "is_asked"),
    [
        ("Required?", '=IF(C2="Yes","Required","Not required")', HASHED, True),
        ("Required?", '=IF(C2="Yes","Required","Not required")', SOLD, False),
        ("Applicable", '=IF(C2="No","N/A","")&IF(C2="Yes","Applicable","")', SOLD, False),
        ("Skip this question", '=C2="No"', SOLD, False),
        ("Skip this question", '=C2="No"', HASHED, True),
        ("Required?", '=VLOOKUP(C2,Lists!A:B,2)', SOLD, True),
    ],
)  # fmt: skip
def test_a_column_says_by_formula_which_rows_are_asked(
    matcher: Matcher, header: str, formula: str, parent: str, is_asked: bool
) -> None:
    """A formula that holds more than is read hides nothing."""
    book = form(("1", parent, None, None, "Yes"), ("2", PLAN, None, None, formula),
                header=("No", "Question", "Answer", "Comments", header))  # fmt: skip
    report = answered(saved(book), matcher)[1]

    assert [row.outcome for row in report.rows] == ["answered", "answered" if is_asked else "abstained"]


FADED = {
    "grey": ({"fill": PatternFill(bgColor="FFD9D9D9")}, True),
    "black": ({"fill": PatternFill(bgColor="FF000000")}, True),
    "white text": ({"font": Font(color="FFFFFFFF")}, True),
    "struck": ({"font": Font(strike=True)}, True),
    "text in the colour behind it": ({"font": Font(color="FFFFEEDD"), "fill": PatternFill(bgColor="FFFFEEDD")}, True),
    "yellow": ({"fill": PatternFill(bgColor="FFFFFF00")}, False),
    "bold": ({"font": Font(bold=True)}, False),
}


@pytest.mark.parametrize("look", FADED)
def test_a_row_that_a_conditional_format_fades_is_not_asked(matcher: Matcher, look: str) -> None:
    style, hides = FADED[look]
    book = form(("1", SOLD), ("1a", PLAN), ("2", DAILY))
    book.active.conditional_formatting.add("B3:D3", FormulaRule(formula=['$C$2="No"'], **style))
    report = answered(saved(book), matcher)[1]

    assert [row.outcome for row in report.rows] == ["answered", "abstained" if hides else "answered", "answered"]


def test_a_format_that_fades_what_is_filled_in_or_empty_hides_nothing(matcher: Matcher) -> None:
    book = form(("1", SOLD), ("2", PLAN), ("3", DAILY))
    grey = PatternFill(bgColor="FFCCCCCC")
    book.active.conditional_formatting.add("A2:D4", FormulaRule(formula=['$C2=""'], fill=grey))
    book.active.conditional_formatting.add("A2:D4", FormulaRule(formula=['$C2<>""'], fill=grey))

    assert [row.outcome for row in answered(saved(book), matcher)[1].rows] == ["answered"] * 3


def test_a_relative_format_and_a_shared_formula_count_for_their_own_row(matcher: Matcher) -> None:
    """Each follow-up depends on the row above it: once by a format over all rows, once by one formula shared."""
    book = form(("1", SOLD), ("1a", PLAN), ("2", HASHED), ("2a", DAILY))
    grey = PatternFill(bgColor="FFCCCCCC")
    book.active.conditional_formatting.add("B3:D5", FormulaRule(formula=['$C2="No"'], fill=grey))
    assert [row.outcome for row in answered(saved(book), matcher)[1].rows] == ["answered", "abstained"] + [
        "answered"
    ] * 2

    book = form(("1", SOLD, None, None, "Yes"), ("1a", PLAN, None, None, "1"), ("2", HASHED, None, None, "2"),
                ("2a", DAILY, None, None, "3"), header=("No", "Question", "Answer", "Comments", "Visible"))  # fmt: skip

    def share(content: bytes) -> bytes:
        text = content.decode()
        for cell, formula in (("E3", '<f t="shared" ref="E3:E5" si="0">IF(C2="No","no","yes")</f>'),
                              ("E4", '<f t="shared" si="0"/>'), ("E5", '<f t="shared" si="0"/>')):  # fmt: skip
            before, _, after = text.partition(f'<c r="{cell}"')
            text = f'{before}<c r="{cell}" t="str">{formula}<v>yes</v></c>{after.partition("</c>")[2]}'
        return text.encode()

    shared = rebuild(saved(book), {"xl/worksheets/sheet1.xml": share})
    assert [row.outcome for row in answered(shared, matcher)[1].rows] == ["answered", "abstained"] + ["answered"] * 2


def test_helper_cells_are_worked_out_and_circles_hide_nothing(matcher: Matcher) -> None:
    book = form(("1", SOLD), ("1a", '=IF(H1="sold","To whom do you sell it?","")'), ("2", PLAN, None, None, "=H3"),
                header=("No", "Question", "Answer", "Comments", "Visible"))  # fmt: skip
    book.active["H1"] = '=IF(H2,"sold","kept")'
    book.active["H2"] = '=C2="Yes"'
    book.active["H3"], book.active["H4"] = "=H4", "=H3"
    rows = answered(saved(book), matcher)[1].rows

    assert (rows[1].question, rows[1].reason) == ("To whom do you sell it?", NOT_ASKED)
    assert rows[2].outcome == "answered"


def test_a_formula_that_is_not_read_and_shows_nothing_is_named(matcher: Matcher) -> None:
    report = answered(
        saved(form(("1", HASHED), ("2", "=VLOOKUP(C2,A1:D9,2)"), ("3", '=IF(C2="No","Why?","")'))), matcher
    )[1]

    assert [note for note in report.notes if "not read" in note] == [
        "Cells for questions hold formulas that are not read and show nothing: Sheet!B3."
    ]


@pytest.mark.parametrize(("header", "written"), [("If yes, please describe", True), ("If no, please explain", False)])
def test_a_column_for_one_answer_is_filled_in_after_that_answer_alone(
    matcher: Matcher, header: str, written: bool
) -> None:
    copy, report = answered(saved(form(("1", HASHED), header=("No", "Question", "Answer", header))), matcher)

    assert report.rows[0].answer == "Yes"
    assert bool(openpyxl.load_workbook(io.BytesIO(copy)).active["D2"].value) is written


CELLS: Mapping[tuple[str, int, int], str] = {("", 1, 1): "Yes", ("", 2, 1): "12", ("Other sheet", 1, 1): "a"}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('IF(A1="yes","a","b")', "a"),
        ('IF(A1<>"yes","a")', "FALSE"),
        ("IF(A2>=9,A2,0)", "12"),
        ('IF(A2<"9",1,2)', "2"),
        ("'Other sheet'!$A$1&\"-\"&1", "a-1"),
        ('EXACT(A1,"yes")', "FALSE"),
        ('IF(A9="",TRUE,)', "TRUE"),
        ('IF(ISBLANK(A9),"say ""no""",1)', 'say "no"'),
        ('TRIM(UPPER(LEFT(A1,2)))="YE"', "TRUE"),
        ("-1", "-1"),
    ],
)
def test_formulas_come_to_what_spreadsheet_programs_say(formula: str, value: str) -> None:
    assert shown(result(parsed(formula), lambda *cell: CELLS.get(cell, ""))) == value


@pytest.mark.parametrize(
    "formula",
    ["HYPERLINK(A1)", "SUM(A1:A9)", 'IF(A1="Yes"', "A1+1", "[1]Sheet1!A1", "cmd|'/C calc'!A0", "IF(" * 60, "x" * 600,
     "(" * 80 + "1" + ")" * 80, "A9999999", "IF()", "", "INDIRECT(A1)", "A1:B2", "#REF!"],
)  # fmt: skip
def test_what_is_not_read_is_unknown(formula: str) -> None:
    with pytest.raises(UnknownFormula):
        parsed(formula)


def test_moving_a_formula_moves_relative_cells_alone() -> None:
    assert moved("IF(A1&$B2&C$3&$D$4=\"A1\",Sheet1!A1,'A1 x'!A1)", 2, 1) == (
        "IF(B3&$B4&D$3&$D$4=\"A1\",Sheet1!B3,'A1 x'!B3)"
    )
    assert moved("A1", -1, 0) == "#REF!"


def test_a_preview_names_the_logic_that_was_understood() -> None:
    header = ("No", "Question", "Answer", "If no, explain", "Required?")
    book = form(
        ("1", SOLD, None, None, "Yes"),
        ("2", PLAN, None, None, '=IF(C2="Yes","Required","Not required")'),
        ("3", DAILY, None, None, "Yes"),
        header=header,
    )
    data = saved(book)

    summary = answer_bytes(data, CLAIMS, CRITERIA, NOW, where="form.xlsx", preview=True)[1].sheets[0]

    assert summary.logic == (
        "column E says by formula whether a row is asked",
        "column D is filled in after No alone",
        "row 3 is asked after C2",
    )


def test_a_form_without_logic_names_none() -> None:
    assert answer_bytes(saved(form(("1", SOLD))), CLAIMS, CRITERIA, NOW, preview=True)[1].sheets[0].logic == ()
