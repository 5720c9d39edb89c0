"""What evidence and files can contain never acts on a page, in a table or in a spreadsheet."""

from __future__ import annotations

import json
import re

import markdown as python_markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustcenter.publish import inert

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://elsewhere.example/x.png)",
    "**bold** _it_ `code` ~~s~~",
    "{{ 7 * 7 }} {% raw %}",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "| a | b |",
    "{ .class #id onclick=x }",
    "<https://elsewhere.example>",
    "&lt;b&gt; &amp;",
    "\u202egnp.exe\u2066\u200b",
    "a\x00b\x02c\x03\x1b[31m",
    "```\nout\n```",
    "    four spaces",
    "--8<-- 'file'",
    "[[toc]] [TOC]",
]


def rendered(text: str) -> str:
    return python_markdown.markdown(
        text, extensions=["attr_list", "md_in_html", "tables", "toc", "pymdownx.superfences"]
    )


@pytest.mark.parametrize("text", NASTY)
def test_a_text_renders_as_one_paragraph_of_the_same_words(text):
    html = rendered(f"Before {inert.markdown(text)} after")
    assert set(re.findall(r"</?([a-z0-9]+)", html)) == {"p"}
    assert re.search(r"<p>Before .* after</p>", html, re.S)


@pytest.mark.parametrize("text", NASTY)
def test_a_text_at_the_start_of_a_line_starts_no_block(text):
    assert set(re.findall(r"</?([a-z0-9]+)", rendered(inert.markdown(text)))) == {"p"}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=80))
def test_any_text_renders_without_an_element(text):
    html = rendered(f"x {inert.markdown(text)}")
    assert set(re.findall(r"<([a-zA-Z!/?][^>]*)>", html)) <= {"p", "/p"}


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_can_be_written_and_holds_no_control_or_bidi_character(text):
    cleaned = inert.clean(text)
    cleaned.encode("utf-8")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", cleaned)
    assert len(cleaned) <= inert.LONGEST


def test_a_megabyte_is_cut_and_says_so():
    cut = inert.clean("a" * 1_000_000)
    assert len(cut) == inert.LONGEST
    assert cut.endswith("…")


@given(st.text(max_size=200))
def test_a_fence_cannot_be_closed_from_within(text):
    block = inert.fence(text).split("\n")
    assert all(line.strip() != block[0].removesuffix("text") for line in block[1:-1])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'x", "|calc", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text):
    assert inert.csv_cell(text) == "'" + text


def test_numbers_stay_numbers_in_a_cell():
    assert [inert.csv_cell(value) for value in (-3, 1.5, True, None)] == ["-3", "1.5", "yes", ""]


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", 'https://a" onload=x', "//a.example"])
def test_only_plain_addresses_become_links(text):
    assert inert.web_address(text) == ""


@pytest.mark.parametrize(
    "text",
    ["plain", "two  blanks", "a\u202eb", "line\nbreak", "tab\tstop", "\x85", "\u2028", "\x00", "\\n", '"q"', "é®…",
     "x" * 2_001, "x" * 2_000, "\x7f", "\U000e0041", "q\"" * 1_100, "\ud800", "a\\", " ", "", "  "],
)  # fmt: skip
def test_a_documents_text_is_the_text_of_the_cleaned_document(text):
    """The look at the whole finds whatever the look at each text would change, in values and in keys."""
    value = {"a": [text, {"k" + text: 1, "b": None, "c": 1.5, "d": True}], "t": (text,)}
    assert inert.json_text(value) == json.dumps(inert.json_value(value), ensure_ascii=False, separators=(",", ":"))
