"""What mkdocs is spared changes no byte of a page."""

from __future__ import annotations

import pytest

from trustcenter.publish.mkdocs_run import styles_once


def test_a_block_of_code_looks_the_same_with_styles_made_once(monkeypatch):
    html = pytest.importorskip("pygments.formatters").HtmlFormatter
    from pygments import highlight
    from pygments.lexers import BashLexer

    settings = ({}, {"classprefix": "own-"}, {"style": "monokai"}, {"noclasses": True})

    def shown():
        return [
            (highlight("curl -I https://x | grep 'a'  # why", BashLexer(), made), made.get_style_defs(".highlight"))
            for made in (html(**given) for given in settings)
        ]

    before = shown()
    monkeypatch.setattr(html, "_create_stylesheet", html._create_stylesheet)  # put back afterwards
    styles_once()
    assert [shown(), shown()] == [before, before]
    assert len(set(map(str, before))) == len(settings)
