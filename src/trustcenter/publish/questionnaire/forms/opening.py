"""Which format a file has, told from its content first and from its name only among plain texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePath

from trustcenter.publish.questionnaire.forms.interface import Form, FormError
from trustcenter.publish.questionnaire.layout import Correction

LONGEST_TEXT = 8_000_000
"""Bytes of a plain text, Markdown, JSON or delimited file."""

READ = ".xlsx, .xlsm, .csv, .tsv, .docx, .pdf with form fields, VSAQ .json, .md and .txt"


def open_form(data: bytes, where: str, corrections: Mapping[str, Correction] | None = None) -> Form:
    """The form in these bytes; `where` is the file's name. Raises FormError saying what the file is instead."""
    suffix = PurePath(where).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or suffix in (".xlsx", ".xlsm"):
        return _office(data, where, corrections)
    if data[:1024].lstrip(b"\x00\t\r\n \xef\xbb\xbf").startswith(b"%PDF-"):
        from trustcenter.publish.questionnaire.forms.pdf_fields import open_pdf

        return open_pdf(data, where)
    if suffix in (".pdf", ".docx", ".xls", ".doc"):
        raise FormError(
            f"the file is named {suffix}, and its content does not begin like one", where=where,
            hint="Ask for the file again; it may be damaged, or named wrongly.",
        )  # fmt: skip
    if len(data) > LONGEST_TEXT:
        raise FormError(f"the file has {len(data):,} bytes; at most {LONGEST_TEXT:,} are read", where=where)
    from trustcenter.publish.questionnaire.forms.encoding import decoded

    text = decoded(data, where)
    if suffix == ".json" or (suffix not in (".csv", ".tsv", ".md", ".txt") and text.body.lstrip().startswith("{")):
        from trustcenter.publish.questionnaire.forms.vsaq import open_vsaq

        return open_vsaq(text.body, where)
    if suffix in (".csv", ".tsv", ".tab") or (suffix not in (".md", ".markdown", ".txt") and "\t" in text.body[:2000]):
        from trustcenter.publish.questionnaire.forms.delimited import DelimitedForm

        return DelimitedForm(text, where, corrections)
    from trustcenter.publish.questionnaire.forms.prose import ProseForm

    if suffix in (".md", ".markdown", ".txt", ".text", ""):
        return ProseForm(text, where, markdown=suffix in (".md", ".markdown"))
    raise FormError(f"questionnaires of this kind ({suffix}) are not read", where=where, hint=f"Read are {READ}.")


def _office(data: bytes, where: str, corrections: Mapping[str, Correction] | None) -> Form:
    from trustcenter.publish.questionnaire.archive import Archive

    suffix = PurePath(where).suffix.lower()
    archive = Archive(data, where=where, what="document" if suffix == ".docx" else "workbook")
    _refuse_relatives(archive.names, where)
    document = any(name.startswith("word/") for name in archive.names)
    endings = (".docx", ".docm") if document else (".xlsx", ".xlsm")
    if suffix and suffix not in endings:
        kind = "document" if document else "workbook"
        raise FormError(
            f"the file is named {suffix}, and its content is a {kind}", where=where,
            hint=f"Give it its own ending, {endings[0]}: the copy would carry the wrong one to the customer.",
        )  # fmt: skip
    if document:
        from trustcenter.publish.questionnaire.forms.document import open_document

        return open_document(archive, corrections)
    from trustcenter.publish.questionnaire.forms.workbook import open_workbook

    return open_workbook(data, where, corrections)


def _refuse_relatives(names: Collection[str], where: str) -> None:
    """Zip files that are no Office Open XML, each with what to do about it."""
    again = "Save it as .xlsx or .docx in the program that made it."
    if "mimetype" in names and "content.xml" in names:
        raise FormError("the file is an OpenDocument file, which is not read", where=where, hint=again)
    if any(name.lower().endswith("workbook.bin") for name in names):
        raise FormError("the file is a binary workbook (.xlsb), which is not read", where=where, hint=again)
    if (
        "[Content_Types].xml" not in names
        and "_rels/.rels" not in names
        and any(PurePath(name).suffix.lower() in _INSIDE for name in names)
    ):
        raise FormError("the file is a pack of files", where=where, hint="Unpack it, and answer its forms one by one.")


_INSIDE = (".xlsx", ".xlsm", ".xls", ".docx", ".doc", ".pdf")
