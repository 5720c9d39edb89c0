"""XML of strangers, parsed without entities, document types or network (OWASP XXE; ECMA-376 part 2, 8.1.4)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from trustcenter.publish.questionnaire.archive import WorkbookError

try:
    from lxml import etree
except ImportError as error:  # pragma: no cover - depends on the installation
    raise WorkbookError("reading workbooks needs lxml", hint="Install it: pip install 'trustcenter[answer]'") from error

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ALLOWED = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16"}


def main(tag: str) -> str:
    """The qualified name of a spreadsheet element."""
    return f"{{{MAIN}}}{tag}"


def _check(data: bytes, part: str, where: str) -> None:
    """Refuse document types before any parser sees them."""
    head = data[:200].lstrip(b"\xef\xbb\xbf")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    else:
        text = data
        declared = _ENCODING.match(head)
        if declared and declared.group(1).decode().lower() not in _ALLOWED - {"utf-16"}:
            raise WorkbookError(f"the part {part} uses the encoding {declared.group(1).decode()}", where=where)
        if b"\x00" in head:
            raise WorkbookError(f"the part {part} is not text", where=where)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"<!doctype" in text:
        raise WorkbookError(
            f"the part {part} declares a document type or entities, which no spreadsheet program writes",
            where=where,
            hint="The file may be an attack. Nothing was read from it.",
        )
    if b"http://purl.oclc.org/ooxml/" in text:
        raise WorkbookError(
            "the workbook is saved as Strict Open XML", where=where, hint="Save it as a normal .xlsx workbook."
        )


def parse(data: bytes, *, part: str, where: str) -> etree._Element:
    """The root element of one part; raises `WorkbookError` when it is not well formed or declares entities."""
    _check(data, part, where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise WorkbookError(f"the part {part} is not well-formed XML ({error.msg})", where=where) from error


def stream(data: bytes, tags: tuple[str, ...], *, part: str, where: str) -> Iterator[etree._Element]:
    """Elements with these tags as they end; each is emptied after use, so that memory stays flat."""
    _check(data, part, where)
    events = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            yield element
            if element.tag in (main("row"), main("si")):
                element.clear()
                while element.getprevious() is not None and (parent := element.getparent()) is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise WorkbookError(f"the part {part} is not well-formed XML ({error.msg})", where=where) from error


def serialise(root: etree._Element, original: bytes) -> bytes:
    """A part as bytes again, with the declaration that spreadsheet programs write."""
    encoding = "UTF-16" if original[:2] in (b"\xff\xfe", b"\xfe\xff") else "UTF-8"
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding=encoding, standalone=True))  # type: ignore[arg-type]
