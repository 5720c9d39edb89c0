"""The tree of a page's content: the same elements, attributes and texts that a browser reads."""

from __future__ import annotations

import pytest

from trustcenter.publish.machine.page_tree import content


def test_only_the_article_is_read():
    root = content("<html><p>before</p><article class='x y'>in <b>it</b></article><p>after</p></html>")
    assert root.classes == ["x", "y"]
    assert root.text() == "in it"


def test_a_page_without_an_article_has_no_content():
    assert content("<html><p>nothing</p></html>") is None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("a < b and c > d", "a < b and c > d"),
        ("one<br>two<img alt='x'>three", "onetwothree"),
        ("one<!-- <p>hidden</p> -->two", "onetwo"),
        ('<a title="x > y" href="z">link</a>', "link"),
        ("<p>never closed", "never closed"),
        ("stray</em> end", "stray end"),
    ],
)
def test_texts_are_what_a_reader_sees(written, text):
    assert content(f"<article>{written}</article>").text() == text


def test_what_stands_in_a_script_is_no_element():
    root = content("<article><script>if (a < b) { c('<p>no</p>') }</script><p>yes</p></article>")
    assert [child.name for child in root.children] == ["script", "p"]
    assert [found.text() for found in root.all("p")] == ["yes"]


def test_attributes_lose_their_entities():
    (link,) = content('<article><a href="?a=1&amp;b=2" hidden data-X=\'"q"\'>x</a></article>').children
    assert link.attributes == {"href": "?a=1&b=2", "hidden": "", "data-x": '"q"'}


def test_a_block_is_seen_at_any_depth():
    root = content("<article><span><b><p>deep</p></b></span><span><b>flat</b></span></article>")
    assert [child.holds_block for child in root.children] == [True, False]
