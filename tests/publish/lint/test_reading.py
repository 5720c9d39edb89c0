"""Text, HTML and Markdown are read as a reader sees them, and every quote can be found in the source again."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustcenter.publish.lint.reading import format_of, read_page

PAGES = sorted(
    path
    for folder in ("contradictory", "truthful")
    for path in (Path(__file__).parent / "pages" / folder).iterdir()
    if path.suffix != ".yaml"
)


@pytest.mark.parametrize("source", PAGES, ids=lambda path: path.name)
def test_places_point_at_the_words(source: Path) -> None:
    """Line, column and offset of each passage lead to its first character."""
    text = source.read_text(encoding="utf-8")
    lines = text.split("\n")
    for passage in read_page(source.name, text).passages:
        assert text[passage.start] == passage.text[0]
        assert lines[passage.place.line - 1][passage.place.column - 1] == passage.text[0]
        assert passage.end > passage.start


def test_badges_of_a_copied_page_are_paired() -> None:
    """Labels and values that stand on lines of their own become badges, the run of them the summary on top."""
    text = (
        "Acme security\n\nEncryption\n\nAES-256\n\nGDPR\n\nCompliant\n\nUptime\n\n99.9%\n\nHow we work\n\n"
        + "We work. " * 3
        + "\n\nMore is to come here.\n"
    )
    page = read_page("page.txt", text)

    assert [(badge.label, badge.text) for badge in page.header] == [
        ("Encryption", "AES-256"),
        ("GDPR", "Compliant"),
        ("Uptime", "99.9%"),
    ]


def test_a_status_above_its_title_stands_for_what_follows() -> None:
    """`In progress`, then a title, then its text: the text stands as in progress."""
    page = read_page("page.txt", "Roadmap\n\nIn progress\n\nSOC 2 Type I\n\nControls are being documented.\n")
    said = next(passage for passage in page.passages if passage.text.startswith("Controls"))

    assert (said.heading, said.standing) == ("SOC 2 Type I", "In progress")


def test_html_hides_what_readers_do_not_see() -> None:
    """Scripts, styles and navigation are not read; entities are."""
    page = read_page(
        "page.html",
        "<nav>Menu here</nav><p>Fish &amp; chips.</p><script>var a = 'All secure';</script><style>p{}</style>",
    )

    assert [passage.text for passage in page.passages] == ["Fish & chips."]


def test_html_tables_and_definition_lists() -> None:
    """Cells keep their column names; a term and its definition are a badge."""
    html = (
        "<table><tr><th>Vendor</th><th>Purpose</th><th>Region</th></tr><tr><td>Acme</td><td>Mail</td><td>US</td></tr></table>"
        "<dl><dt>Backups</dt><dd>Daily</dd></dl>"
    )
    row, badge = read_page("page.html", html).passages

    assert row.cells == ("Acme", "Mail", "US")
    assert row.columns == ("Vendor", "Purpose", "Region")
    assert (badge.kind, badge.label, badge.text) == ("badge", "Backups", "Daily")


def test_markdown_marks_are_dropped() -> None:
    """Emphasis, links, code and front matter are form, not words."""
    text = (
        "---\ntitle: x\n---\n# Head\n\nWe use **TLS 1.3**, see [the "
        "page](https://a.example/b).\n\n```\nall secure\n```\n"
    )
    page = read_page("page.md", text)

    assert [passage.text for passage in page.passages] == ["Head", "We use TLS 1.3, see the page."]


def test_wrapped_lines_are_one_sentence() -> None:
    """A sentence broken over lines is one passage."""
    text = (
        "Every connection to the service uses TLS 1.2 or newer, and older versions\nare refused. "
        "Backups are made daily.\n"
    )

    assert [passage.text for passage in read_page("page.txt", text).passages] == [
        "Every connection to the service uses TLS 1.2 or newer, and older versions are refused.",
        "Backups are made daily.",
    ]


@pytest.mark.parametrize(
    ("name", "text", "media_type", "expected"),
    [
        ("a.html", "x", "", "html"),
        ("a.md", "x", "", "markdown"),
        ("https://a.example/", "x", "text/html; charset=utf-8", "html"),
        ("page", "<!doctype html><p>x", "", "html"),
        ("page", "# Title\n\n- one\n", "", "markdown"),
        ("page", "Just words.", "", "text"),
    ],
)
def test_the_format_is_told(name: str, text: str, media_type: str, expected: str) -> None:
    """By media type, by name, then by what is in it."""
    assert format_of(name, text, media_type) == expected


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "<", "<p", "&#xZZ;", "|", "||||\n||||", "# ", "- ", "a" * 100_000, "<div>" * 2000, "\x00\u202e"],
)
@pytest.mark.parametrize("format", ["text", "html", "markdown"])
def test_nothing_breaks_the_readers(text: str, format: str) -> None:  # noqa: A002
    """Any text is read, whatever it holds."""
    read_page("page", text, format)  # type: ignore[arg-type]


def test_what_asserts_nothing_is_read_and_not_held_against_anything() -> None:
    """Other words for a question, a step to take, a refusal beside a sentence, and the question in a row of a table."""
    page = read_page(
        "page.md",
        "# Page\n\nAlso asked as: daily backups; RPO\n\nAsk the server for TLS 1.1:\n\nNo: exports exist.\n\n"
        "| Control | Topic | Status |\n|---|---|---|\n| 1 | Within 72 hours? | Within 48 hours. |\n",
    )

    assert [one.text for one in page.passages if one.kind != "title" and one.asserted] == ["Within 48 hours. |"]
    assert len(page.passages) == 5


def test_a_sentence_with_a_label_of_its_own() -> None:
    """`Critical: an hour. Other: a day.` has two labels."""
    page = read_page("page.txt", "Critical incidents: within one hour. Other requests: within one business day.\n")

    assert [one.label for one in page.passages] == ["Critical incidents", "Other requests"]


def test_badges_side_by_side_may_name_a_topic_only() -> None:
    """The third and later entry of a list of badges needs no figure."""
    body = "\n\n".join(f"Sentence number {number} says something of use." for number in range(4))
    page = read_page("page.md", f"# Page\n\nTLS 1.2 · SOC 2 Type II · 99.9% uptime · SSO and SCIM\n\n{body}\n")

    assert [one.text for one in page.header] == ["TLS 1.2", "SOC 2 Type II", "99.9% uptime", "SSO and SCIM"]
