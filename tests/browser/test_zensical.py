"""The same mkdocs.yml under Zensical: the same pages, the same anchors, the same sentences."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser

import pytest
import yaml
from larkspur import sample
from page_server import Visitor, served, started_chromium

from trustcenter.publish.site import build_site, mkdocs_configuration
from trustcenter.publish.view import build_view

pytestmark = [pytest.mark.deep, pytest.mark.browser]
ZENSICAL = ".tools/zensical/bin/zensical"


class _Main(HTMLParser):
    """The anchors and words of a page's article; the theme's own permalinks and buttons are left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.words: list[str] = []
        self.skipped = 0
        article = re.search(r"<article class=\"md-content__inner.*?</article>\s*</div>", html, re.DOTALL)
        assert article, "no article on the page"
        self.feed(article[0])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if self.skipped or "headerlink" in (given.get("class") or "") or tag in ("script", "style", "button", "svg"):
            self.skipped += tag not in ("br", "img", "input", "path", "rect", "line", "circle")
        elif tag in ("h1", "h2", "h3", "article", "figure") and given.get("id"):
            self.anchors.append(given["id"])

    def handle_endtag(self, tag):
        if self.skipped:
            self.skipped -= 1

    def handle_data(self, data):
        if not self.skipped:
            self.words += data.split()


@pytest.fixture(scope="module")
def both(repository, tmp_path_factory):
    """The site as mkdocs builds it, and as Zensical does, from the same pages and the same configuration."""
    program = repository / ZENSICAL
    if not program.is_file():
        pytest.skip(f"{ZENSICAL} is not installed: scripts/setup deep")
    folder = tmp_path_factory.mktemp("zensical")
    given = vars(sample())
    view = build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), **given)
    docs = folder / "site"
    site = build_site(
        view, lambda name: {"statement": name}, instance=folder, docs=docs, destination=folder / "by-mkdocs",
        evidence=None,
    ).folder  # fmt: skip
    settings = yaml.safe_load(mkdocs_configuration(view, folder, docs, folder / "by-zensical"))
    # Zensical takes paths from the configuration's own folder.
    settings |= {"docs_dir": "site", "site_dir": "by-zensical"}
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    done = subprocess.run(
        [program, "build", "--strict", "--clean", "-f", "mkdocs.yml"],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return site, folder / "by-zensical"


def _pages(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("index.html")}


def test_zensical_builds_the_same_pages_with_the_same_anchors_and_words(both):
    by_mkdocs, by_zensical = both
    assert _pages(by_mkdocs) == _pages(by_zensical)
    assert len(_pages(by_mkdocs)) >= 15
    for page in sorted(_pages(by_mkdocs)):
        one, other = (_Main((folder / page).read_text(encoding="utf-8")) for folder in both)
        assert one.anchors == other.anchors, page
        assert one.words == other.words, page
        assert len(one.words) > 20, page


def test_zensical_lays_out_styles_scripts_and_fonts(both):
    _, by_zensical = both
    for name in ("trust.css", "freshness.js", "visits.js", "fonts/inter.woff2"):
        assert (by_zensical / "assets" / name).is_file(), name


def test_the_page_looks_the_same_and_asks_nobody_else(both):
    with started_chromium() as browser, served(both[1]) as address, Visitor(browser, address) as visitor:
        page = visitor.go("access/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Trust Sans"')
        assert page.locator("article.claim").count() >= 3
        assert visitor.elsewhere == []
