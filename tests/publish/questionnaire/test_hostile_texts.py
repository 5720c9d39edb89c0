"""Damaged and hostile texts, documents and PDFs end in an error that says what is wrong."""

from __future__ import annotations

import pytest
from in_format import answered
from made_documents import nasty_document, nasty_pdf

from trustcenter.publish.questionnaire import FormError

HOSTILE_TEXTS = {
    "a quote that does not end": (b'Question,Answer\n"Do you, really', "f.csv", "does not end"),
    "zero bytes": (b"Question,Answer\nDo\x00 you?,\n", "f.csv", "zero bytes"),
    "a PDF that is none": (b"hello", "f.pdf", "does not begin like one"),
    "a document that is none": (b"hello", "f.docx", "does not begin like one"),
    "a truncated PDF": (nasty_pdf()[:300], "f.pdf", "damaged|no form fields"),
    "a truncated document": (nasty_document()[:3000], "f.docx", "not a complete"),
    "deep JSON": (b'{"questionnaire": ' + b"[" * 100_000, "f.json", "not JSON"),
    "deep blocks": (
        b'{"questionnaire": ' + b'[{"type":"block","items":' * 100 + b"[]" + b"}]" * 100 + b"}",
        "f.json",
        "nested too deeply",
    ),
    "other JSON": (b'{"a": 1}', "f.json", "not a VSAQ"),
    "an unknown ending": (b"text", "f.exe", "not read"),
    "a wrong mark": (b"\xff\xfe\x00\xd8\x00", "f.csv", "not the utf-16"),
}


@pytest.mark.parametrize(("data", "name", "what"), HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_hostile_files_end_in_a_clear_error(data: bytes, name: str, what: str) -> None:
    with pytest.raises(FormError, match=what):
        answered(data, name)


def test_an_entity_bomb_in_a_document_is_not_expanded() -> None:
    from forms import rebuild

    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = rebuild(nasty_document(), {"word/document.xml": lambda content: bomb + content.partition(b"?>")[2]})
    with pytest.raises(FormError):
        answered(data, "form.docx")
