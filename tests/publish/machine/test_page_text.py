"""A page's Markdown says what its HTML says, as Markdown that nothing in the text can break out of."""

from __future__ import annotations

import re

import pytest

from trustcenter.publish.machine.page_text import markdown_of

BASE = "https://trust.example"


def made(html: str, address: str = f"{BASE}/access/") -> str:
    return markdown_of(f"<html><body><nav>menu</nav><article>{html}</article></body></html>", address, BASE)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<h2 id="a">Title<a class="headerlink" href="#a">#</a></h2>', "## Title\n"),
        ("<p>One <b>bold</b>,\n <em>soft</em> <code>x_y</code></p>", "One **bold**, *soft* `x_y`\n"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n\n- b\n\n  - c\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ("<dl><div><dt>Seen</dt><dd>today</dd></div></dl>", "- Seen: today\n"),
        ("<pre><code>a\n  b\n</code></pre>", "```\na\n  b\n```\n"),
        ("<pre><code>```\nx\n```</code></pre>", "````\n```\nx\n```\n````\n"),
        (
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1|2</td><td>3</td></tr></tbody></table>",
            "| A | B |\n| --- | --- |\n| 1\\|2 | 3 |\n",
        ),
        ('<p><span class="state">Tested</span> <span>today</span></p>', "Tested; today\n"),
        ('<svg aria-label="9 of 10"><text>x</text></svg>', "9 of 10\n"),
        ('<svg role="img"><title>T</title><desc>D</desc><text>x</text></svg>', "T: D\n"),
        ('<svg aria-hidden="true"><title>T</title></svg><p>a</p>', "a\n"),
        ("<details><summary>More</summary><p>text</p></details>", "**More**\n\ntext\n"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"),
        ("<script>alert(1)</script><style>x</style><p>a</p>", "a\n"),
        ("", ""),
    ],
)
def test_elements(html, markdown):
    assert made(html).strip() == markdown.strip()


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("../data/", f"{BASE}/data.md"),
        ("../", f"{BASE}/index.md"),
        ("../data/#tls", f"{BASE}/data/#tls"),
        ("#here", f"{BASE}/access/#here"),
        ("../trust.json", f"{BASE}/trust.json"),
        ("https://other.example/a/", "https://other.example/a/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("../a b(c)", f"{BASE}/a%20b%28c%29"),
    ],
)
def test_links_are_absolute_and_whole_pages_lead_to_markdown(target, shown):
    assert made(f'<p><a href="{target}">there</a></p>').strip() == f"[there]({shown})"


def test_a_link_that_acts_is_text():
    assert made('<p><a href="javascript:alert(1)">there</a></p>').strip() == "there"


@pytest.mark.parametrize(
    "text",
    ["*a*", "__Host-", "[x](y)", "`c`", "&lt;script&gt;", "a\\b", "# no", "- no", "1. no", "+ no", "&amp;lt;", "***"],
)
def test_text_stays_text(text):
    """Rendered again, the paragraph is the same text: no element comes of it."""
    markdown = pytest.importorskip("markdown")
    again = markdown.markdown(made(f"<p>{text}</p>"))
    inner = re.fullmatch(r"<p>(.*)</p>", again, re.S)
    assert inner, again
    assert "<" not in inner[1]


def test_outside_the_article_nothing_is_read():
    assert "menu" not in made("<p>a</p>")
    assert markdown_of("<html><p>no article</p></html>", BASE, BASE) == ""


def test_no_html_and_no_attribute_list_is_left_in_any_page(built_site):
    pages = list(built_site.rglob("*.md"))
    assert len(pages) > 10
    for page in pages:
        text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        text = re.sub(r"`[^`\n]*`", "", text)
        assert not re.search(r"(?<!\\)</?[a-z]", text), page
        assert "{ ." not in text
        assert "{ #" not in text
