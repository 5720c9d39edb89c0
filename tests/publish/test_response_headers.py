"""The policy allows exactly the inline scripts that the built pages have, and says what it would stop."""

from __future__ import annotations

import json
import re

import pytest

from trustcenter.publish.content_types import cache_control, content_type
from trustcenter.publish.response_headers import page_policy, script_hash, snippets, write_headers

PAGE = (
    '<script>var a = 1 < 2 && "x";</script><script src="a.js"></script>'
    '<script type="application/json">{"b": 1}</script>'
)


def test_each_inline_script_is_allowed_by_its_own_hash():
    policy = page_policy({"a.html": PAGE, "b.html": "<script>other()</script>"})
    assert set(policy.hashes) == {script_hash('var a = 1 < 2 && "x";'), script_hash("other()")}
    said = policy.headers["Content-Security-Policy"]
    assert all(one in said for one in policy.hashes)
    assert policy.blocked == ()


def test_a_hash_is_the_one_that_the_standard_gives():
    """CSP Level 3, 8.3: the hash of `doSomething()`."""
    assert script_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_nothing_unsafe_is_ever_allowed():
    said = page_policy({"a.html": PAGE}).headers["Content-Security-Policy"]
    assert "unsafe" not in said
    assert "http:" not in said
    assert "*" not in said
    assert said.startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p style="color: red">x</p>', "inline style"),
        ("<style>p{}</style>", "inline style"),
        ('<p onclick="x()">x</p>', "handler onclick"),
        ('<img src="https://elsewhere.example/p.png">', "img from another host"),
        ('<script src="//elsewhere.example/s.js"></script>', "script from another host"),
    ],
)
def test_what_the_policy_would_stop_is_named(markup, what):
    (said,) = page_policy({"a.html": markup}).blocked
    assert said.startswith("a.html: ")
    assert what in said


def test_every_server_gets_the_same_policy(tmp_path):
    policy = page_policy({"a.html": PAGE})
    made = snippets(policy)
    said = policy.headers["Content-Security-Policy"]
    assert f'add_header Content-Security-Policy "{said}" always;' in made["nginx.conf"]
    assert f'Content-Security-Policy "{said}"' in made["Caddyfile"]
    assert f"  Content-Security-Policy: {said}" in made["_headers"]
    cloudfront = json.loads(made["cloudfront-headers.json"])
    assert cloudfront["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"] == said
    assert not re.search(r'[";]"', made["nginx.conf"].replace('" always', ""))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").write_text(PAGE)
    write_headers(tmp_path / "site", tmp_path / "headers")
    assert {path.name for path in (tmp_path / "headers").iterdir()} == set(made)


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("index.html", "text/html; charset=utf-8", False),
        ("evidence/log/tile/0/000", "application/octet-stream", True),
        ("evidence/log/tile/0/000.p/5", "application/octet-stream", False),
        ("evidence/log/checkpoint", "text/plain; charset=utf-8", False),
        ("evidence/log/checkpoints/5.note", "text/plain; charset=utf-8", True),
        ("feeds/changes.atom", "application/atom+xml", False),
        ("assets/fonts/inter.woff2", "font/woff2", False),
    ],
)
def test_types_and_keeping_times(path, kind, kept):
    assert content_type(path) == kind
    assert ("immutable" in cache_control(path)) is kept
