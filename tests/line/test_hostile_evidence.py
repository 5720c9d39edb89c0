"""What a platform or a colleague can put into evidence stays text: on the page, in its files, on the terminal."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import hostile
import pytest
from instance_copy import copy_instance
from page_server import Visitor, served

PLACES = ("data/", "", "documents/", "subprocessors/", "claims/", "frameworks/")


@pytest.fixture(scope="session")
def attacked(repository, tmp_path_factory):
    """An instance whose roster, names and sentences attack, collected, judged and published by the real commands."""
    instance = copy_instance(repository, tmp_path_factory.mktemp("hostile") / "instance")
    hostile.make_hostile(instance.root)
    instance.run("keys", "init")
    instance.run("collect", "--control", "data.hostile")
    instance.run("assess")
    instance.run("publish")
    return instance


@pytest.fixture(scope="session")
def page_text(attacked):
    return (attacked.site / "data" / "index.html").read_text(encoding="utf-8")


def test_it_really_reached_the_page(page_text):
    """Otherwise all that follows would hold by absence."""
    for said in ("The roster names", "All certified", "HYPERLINK", "onmouseover", "elsewhere.invalid/autolink"):
        assert said in page_text, said


class _Marked(HTMLParser):
    """Elements that carry the mark as an attribute of their own: text and quoted values do not count."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if hostile.MARKED in dict(attributes):
            self.found.append(tag)


def test_no_file_of_the_page_holds_markup_of_others(attacked):
    for path in attacked.site.rglob("*.html"):
        parser = _Marked()
        parser.feed(path.read_text(encoding="utf-8"))
        assert parser.found == [], path


def test_no_file_of_the_page_holds_invisible_or_reversing_characters(attacked):
    wrong = re.compile(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
    )
    for path in (path for path in attacked.site.rglob("*") if path.suffix in (".html", ".md", ".xml")):
        assert wrong.findall(path.read_text(encoding="utf-8")) == [], path


def test_templates_and_variables_stay_text(page_text):
    assert "7 * 191" in page_text
    assert "1337" not in page_text
    assert "[organisation.roles]" not in page_text, "a snippet was included"
    assert "PORTAL_READER_DSN" in page_text


def test_an_endless_value_is_cut(attacked):
    assert (attacked.site / "data" / "index.html").stat().st_size < 300_000
    assert (attacked.site / "trust.json").stat().st_size < 1_000_000


def test_the_terminal_gets_no_escape(attacked):
    for arguments in (("explain", "data.hostile"), ("explain", "--list"), ("check", "--offline")):
        ran = attacked.run(*arguments, expect=None)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ran.stdout + ran.stderr)


@pytest.mark.browser
def test_nothing_runs_nothing_is_fetched_and_no_endless_word_widens_the_page(attacked, chromium):
    """Each place is opened once: that is what costs, and the window may be made wider while it is open."""
    links = "a[href^='javascript:' i], a[href*='elsewhere.invalid'], img[src*='invalid']"
    with served(attacked.site) as address, Visitor(chromium, address) as visitor:
        for place in PLACES:
            page = visitor.go(place)
            assert page.evaluate("window.__ran") is None, place
            assert page.locator(f"[{hostile.MARKED}]").count() == 0, place
            assert page.locator(links).count() == 0, place
            for width in (390, 1440):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (place, width)
        assert visitor.elsewhere == []
        assert visitor.heard == []
