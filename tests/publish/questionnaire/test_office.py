"""A program that is not ours opens what we wrote, and shows the answers (LibreOffice, without its window)."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from forms import saved
from made_documents import nasty_pdf
from made_workbooks import DAILY, SALTED, WORKBOOKS
from statements import CLAIMS, CRITERIA, NOW
from test_kinds import EVERY
from test_skip_logic import form

from trustcenter.publish.questionnaire import Matcher, Report, answer_bytes

pytestmark = [pytest.mark.deep, pytest.mark.timeout(600)]
SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
UTF_16 = f"Nr;Question;Answer;Remarks\r\n1;{SALTED};;\r\n2;{DAILY};;x\r\n".encode("utf-16")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


def converted(profile: Path, target: str, files: list[Path], *more: str) -> dict[str, str]:
    """What the office program makes of the files, by their stem; sheets of one file one below the other."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: scripts/setup deep")
    out = files[0].parent / "shown"
    command = [
        office, "--headless", f"-env:UserInstallation=file://{profile}", *more, "--convert-to", target,
        "--outdir", str(out), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=500)
    made = sorted(out.glob("*"))
    assert made, done.stderr
    return {
        file.stem: "\n".join(one.read_text(encoding="utf-8-sig") for one in made if one.name.startswith(file.stem))
        for file in files
    }


def answered(names: list[str], folder: Path, matcher: Matcher) -> dict[str, Report]:
    reports = {}
    for name in names:
        ending, make = EVERY[name]
        copy, reports[name] = answer_bytes(make(), CLAIMS, CRITERIA, NOW, where=ending, matcher=matcher)
        (folder / f"{name.replace(' ', '-')}{Path(ending).suffix}").write_bytes(copy)
    return reports


def test_workbooks_show_their_answers(tmp_path: Path, profile: Path, matcher: Matcher) -> None:
    reports = answered([*WORKBOOKS], tmp_path, matcher)
    shown = converted(profile, SHEETS, sorted(tmp_path.glob("*.xls?")))

    for name, report in reports.items():
        rows = list(csv.reader(io.StringIO(shown[name.replace(" ", "-")])))
        for row in (row for row in report.rows if row.outcome == "answered"):
            assert any(row.question in found and row.answer in found for found in rows), (name, row.cell)


LOGIC = (
    '=IF(C2="Yes","Please describe how they are stored.","")',
    '=IF(C2="no","Please explain why not.","")',
    '=IF(OR($C$3="yes",C3="Partially"),"To whom do you sell it?",IF(C3<>"","And why is that so?",""))',
    '=IF(AND(NOT(ISBLANK(C2)),LEFT(C2,1)="Y"),"Please describe: "&TRIM("  how "),"")',
    '=IF(EXACT(C2,"yes"),"Why in small letters?",IF(LEN(C3)>1,"Why in two letters?",""))',
    '=IF(H1,"Why did you say Yes?","Why did you say No?")',
)


def test_what_the_form_shows_is_what_the_office_program_shows(tmp_path: Path, profile: Path, matcher: Matcher) -> None:
    """Questions by formula, calculated by the office program over our answers: the same are asked, the same hidden."""
    book = form(("1", SALTED), ("2", "Do you sell personal data?"), *((f"x{n}", one) for n, one in enumerate(LOGIC)))
    book.active["H1"] = '=C2="Yes"'
    for choices in book.active.data_validations.dataValidation:
        choices.add("C3")
    copy, report = answer_bytes(saved(book), CLAIMS, CRITERIA, NOW, "low", where="form.xlsx", matcher=matcher)
    (tmp_path / "logic.xlsx").write_bytes(copy)
    rows = list(csv.reader(io.StringIO(converted(profile, SHEETS, [tmp_path / "logic.xlsx"])["logic"])))

    assert [row[2] for row in rows[1:3]] == ["Yes", "No"]
    asked = ["" if "does not ask" in row.reason else row.question for row in report.rows[2:]]
    assert asked == [row[1] for row in rows[3:9]]
    assert (asked.count(""), len(asked)) == (1, 6)


def test_documents_show_their_answers_and_choices(tmp_path: Path, profile: Path, matcher: Matcher) -> None:
    """In its own flat format, where the choice of a field is written out beside the text."""
    reports = answered([name for name in EVERY if name not in WORKBOOKS], tmp_path, matcher)
    shown = converted(profile, "fodt", sorted(tmp_path.glob("*.docx")))

    for name, report in reports.items():
        text = _plain(shown[name.replace(" ", "-")])
        for row in (row for row in report.rows if row.outcome == "answered"):
            assert "".join(row.answer.split()) in text, (name, row.question)
    fields = shown["legacy-fields"]
    assert fields.count('field:name="Checkbox_Checked" field:value="true"') == 2
    assert re.findall(r'field:name="Dropdown_Selected" field:value="(\d)"', fields) == ["1", "2"]
    signs = _plain(shown["frames-and-signs"])
    assert (signs.count("\u2612"), signs.count("\uf0fe")) == (3, 1)


def _plain(document: str) -> str:
    """The text without blanks: the program moves line breaks out of content controls."""
    body = document[document.index("<office:text") :]
    body = re.sub(r"<text:(s|line-break|tab)[^>]*/>", " ", body)
    text = re.sub(r"<[^>]*>", "", body)
    for sign, name in (('"', "quot"), ("'", "apos"), ("<", "lt"), (">", "gt"), ("&", "amp")):
        text = text.replace(f"&{name};", sign)
    return "".join(text.split())


def test_a_delimited_file_opens_in_its_dialect(tmp_path: Path, profile: Path, matcher: Matcher) -> None:
    copy, report = answer_bytes(UTF_16, CLAIMS, CRITERIA, NOW, where="form.csv", matcher=matcher)
    (tmp_path / "form.csv").write_bytes(copy)
    read_as = "--infilter=Text - txt - csv (StarCalc):59,34,65535,1"
    shown = converted(profile, SHEETS, [tmp_path / "form.csv"], read_as)

    rows = list(csv.reader(io.StringIO(shown["form"])))
    assert [row[2] for row in rows[1:3]] == [row.answer for row in report.rows]


def test_a_pdf_prints_what_its_fields_hold(tmp_path: Path, matcher: Matcher) -> None:
    """Poppler draws the fields' own appearances, so that they are there for whoever does not compute them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    copy, report = answer_bytes(nasty_pdf(), CLAIMS, CRITERIA, NOW, where="form.pdf", matcher=matcher)
    (tmp_path / "form.pdf").write_bytes(copy)
    command = ["pdftotext", "-layout", str(tmp_path / "form.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    listed = next(row for row in report.rows if row.cell == "q3")
    assert re.search(r"^\s*Yes\s", text.replace("administrators", ""), re.MULTILINE) or listed.answer in text
    described = next(row for row in report.rows if row.question == "How are user passwords stored?")
    assert described.answer.split()[0] in text
