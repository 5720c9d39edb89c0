"""Files that somebody made to hurt: each ends in a clear error, soon, in little memory, with nothing run or fetched."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from forms import rebuild, simple
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire import answer_bytes, answer_file

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = simple(["Are backups encrypted?"])


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a file made the reader open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def replaced(content: bytes, part: str = SHEET) -> bytes:
    return rebuild(PLAIN, {part: lambda _: content})


def stored(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def worksheet(inner: str, head: str = "") -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    start = f'<?xml version="1.0" encoding="UTF-8"?>{head}<worksheet {space}>'
    return f"{start}<sheetData>{inner}</sheetData></worksheet>".encode()


ENTITY_BOMB = (
    "<!DOCTYPE x ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
EXTERNAL = "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>"


def overlapping() -> bytes:
    """Two central records that point to the same bytes, as in a quoted-overlap bomb."""
    data = bytearray(stored({"a.xml": b"x" * 4000, "_rels/.rels": b"y"}))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", data, second + 42, 10)
    return bytes(data)


def lying_size() -> bytes:
    """A central record that promises a tenth of what the member inflates to."""
    data = bytearray(replaced(worksheet(" " * 500_000)))
    at = data.index(b"PK\x01\x02")
    while SHEET.encode() not in data[at : at + 46 + len(SHEET)]:
        at = data.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", data, at + 24, 50_000)
    return bytes(data)


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "not an XLSX"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 100, "not an XLSX"),
    "a text": (lambda: b"Question,Answer\n", "not an XLSX"),
    "encrypted": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old binary"),
    "truncated": (lambda: PLAIN[: len(PLAIN) // 2], "not a complete workbook"),
    "truncated end": (lambda: PLAIN[:-10], "not a complete workbook"),
    "another zip": (lambda: stored({"hello.txt": b"hello"}), "not a workbook"),
    "a word document": (
        lambda: rebuild(PLAIN, {"xl/workbook.xml": lambda _: b"<w:document xmlns:w='urn:w'/>"}),
        "not a workbook",
    ),
    "zip bomb": (lambda: replaced(worksheet(" " * 40_000_000)), "zip bomb"),
    "huge part": (lambda: replaced(worksheet(" " * 60_000_000)), "at most"),
    "many members": (lambda: stored({f"m{n}": b"" for n in range(4_100)}), "parts"),
    "ten million rows": (lambda: replaced(worksheet('<row r="1"/>' * 10_000_000)), "at most|zip bomb"),
    "three hundred thousand rows": (
        lambda: replaced(worksheet("".join(f'<row r="{n}"/>' for n in range(1, 300_001)))),
        "rows|zip bomb",
    ),
    "too many cells": (
        lambda: replaced(worksheet("".join(f'<row r="{r}">' + "<c/>" * 500 + "</row>" for r in range(1, 901)))),
        "cells|zip bomb",
    ),
    "path traversal": (lambda: stored({"../../evil.xml": b"x", "_rels/.rels": b"y"}), "leaves the workbook"),
    "absolute path": (lambda: stored({"/etc/evil.xml": b"x"}), "leaves the workbook"),
    "drive path": (lambda: stored({"C:\\evil.xml": b"x"}), "leaves the workbook"),
    "overlapping members": (lambda: overlapping(), "damaged|overlap"),
    "lying size": (lambda: lying_size(), "damaged"),
    "entity bomb": (lambda: replaced(worksheet(CELL.format("&a9;"), ENTITY_BOMB)), "document type or entities"),
    "XXE": (lambda: replaced(worksheet(CELL.format("&e;"), XXE)), "document type or entities"),
    "external document type": (lambda: replaced(worksheet("", EXTERNAL)), "document type or entities"),
    "XXE in UTF-16": (
        lambda: replaced(worksheet(CELL.format("&e;"), XXE).replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")),
        "document type",
    ),
    "XXE in UTF-7": (
        lambda: replaced(worksheet(CELL.format("&e;"), XXE).replace(b"UTF-8", b"UTF-7")),
        "encoding|document type",
    ),
    "XXE in the workbook": (lambda: replaced(b"<!DOCTYPE a><workbook/>", "xl/workbook.xml"), "document type"),
    "broken XML": (lambda: replaced(b"<worksheet><sheetData><row>"), "not well-formed"),
    "deep XML": (lambda: replaced(worksheet("<a>" * 5_000 + "</a>" * 5_000)), "not well-formed"),
    "missing shared text": (
        lambda: replaced(worksheet('<row r="1"><c r="A1" t="s"><v>999</v></c></row>')),
        "not there",
    ),
    "number that is none": (lambda: replaced(worksheet('<row r="many"/>')), "number that is none"),
    "row outside a sheet": (lambda: replaced(worksheet('<row r="99999999"><c/></row>')), "outside a sheet"),
    "missing sheet part": (
        lambda: rebuild(PLAIN, {"xl/_rels/workbook.xml.rels": lambda c: c.replace(b"sheet1.xml", b"sheet9.xml")}),
        "lacks the part",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_ends_in_a_clear_error(name: str) -> None:
    make, expected = CASES[name]
    data = make()
    started = time.process_time()  # of this process alone, whatever else runs

    with pytest.raises(TrustCenterError, match=expected) as caught:
        answer_bytes(data, CLAIMS, CRITERIA, NOW, where="form.xlsx")

    assert caught.value.where == "form.xlsx"
    assert time.process_time() - started < 5


MEASURED = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire import answer_file
try:
    answer_file(Path(sys.argv[1]), None, (), (), datetime(2026, 11, 21, tzinfo=UTC))
except TrustCenterError as error:
    peak = next(line for line in Path('/proc/self/status').read_text().splitlines() if line.startswith('VmHWM'))
    print(int(peak.split()[1]) // 1024, error.what)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.parametrize(
    "name",
    [
        "zip bomb",
        "huge part",
        "ten million rows",
        "three hundred thousand rows",
        "too many cells",
        "entity bomb",
        "deep XML",
    ],
)
def test_memory_stays_under_400_megabytes(name: str, tmp_path: Path) -> None:
    """Measured in a process of its own, whose only work is to read the file."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(CASES[name][0]())

    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout, "the file was read without complaint"
    assert int(done.stdout.split()[0]) < 400


@pytest.mark.parametrize("cut", range(1, 60))
def test_any_truncation_is_an_error(cut: int) -> None:
    with pytest.raises(TrustCenterError):
        answer_bytes(PLAIN[: len(PLAIN) * cut // 60], CLAIMS, CRITERIA, NOW)


def test_external_links_are_not_followed() -> None:
    """A relation with an outside target is left alone, and the file is still answered."""
    relation = (
        b'<Relationship Id="rX" Type="http://x/externalLink" Target="http://127.0.0.1:9/x" TargetMode="External"/>'
        b"</Relationships>"
    )
    data = rebuild(
        PLAIN, {"xl/_rels/workbook.xml.rels": lambda content: content.replace(b"</Relationships>", relation)}
    )

    assert answer_bytes(data, CLAIMS, CRITERIA, NOW)[1].count("answered") == 1


def test_question_that_is_a_formula_payload_stays_a_question() -> None:
    _, report = answer_bytes(simple(["@SUM(1+1)*cmd|' /C calc'!A0 are backups encrypted?"]), CLAIMS, CRITERIA, NOW)

    assert len(report.rows) == 1


@pytest.mark.parametrize(
    ("name", "match"), [("form.pdf", "is a workbook"), ("form.xls", "is a workbook"), ("absent.xlsx", "cannot be read")]
)
def test_wrong_ending_or_absent(tmp_path: Path, name: str, match: str) -> None:
    if not name.startswith("absent"):
        (tmp_path / name).write_bytes(PLAIN)

    with pytest.raises(TrustCenterError, match=match):
        answer_file(tmp_path / name, None, CLAIMS, CRITERIA, NOW)


def test_the_original_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(PLAIN)

    with pytest.raises(TrustCenterError, match="own file"):
        answer_file(path, path, CLAIMS, CRITERIA, NOW)
    with pytest.raises(TrustCenterError, match="must end in"):
        answer_file(path, tmp_path / "out.xlsm", CLAIMS, CRITERIA, NOW)

    assert path.read_bytes() == PLAIN
