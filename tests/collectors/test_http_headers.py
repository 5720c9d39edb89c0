"""What must hold of the collector `http_headers`, against a platform that is not ours."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from runs import collect, run_of
from web_platform import Fernway, fernway

from trustcenter.collectors.http_headers import PageHeaders, _framing, _hsts, _unsafe, http_headers
from trustcenter.model.population import CouldNotTell


def pages_of(app: Fernway) -> dict[tuple[str, str], PageHeaders]:
    found = collect(http_headers, run_of(app.settings(), app.mapping))
    assert found.completeness.holds
    return {(fact.scheme, fact.path): fact for fact in found.facts}


def test_good_headers_are_seen_on_pages_errors_and_redirects(tmp_path: Path) -> None:
    with fernway(tmp_path) as app:
        pages = pages_of(app)

        assert len(pages) == 5
        start = pages["https", "/"]
        assert start.hsts_max_age == timedelta(days=365)
        assert (start.hsts_subdomains, start.content_policy, start.content_policy_unsafe) == (True, True, False)
        assert start.hsts_preload is False, "nobody asked for it"
        assert (start.framing, start.nosniff, start.referrer_policy) == ("denied", True, "no-referrer")
        assert pages["https", "/no-such-page-trustcenter"].status == 404
        assert (pages["http", "/"].redirect, pages["http", "/"].permanent) == ("https_same_host", True)


def test_absent_headers_and_an_absent_redirect_are_seen(tmp_path: Path) -> None:
    with fernway(tmp_path, "bare") as app:
        pages = pages_of(app)
        start = pages["https", "/"]

        assert (start.hsts_max_age, start.content_policy, start.content_policy_unsafe) == (None, False, True)
        assert (start.framing, start.nosniff, start.referrer_policy) == ("allowed", False, None)
        assert pages["http", "/"].redirect == "none"


def test_a_mapped_page_that_is_not_there_contradicts(tmp_path: Path) -> None:
    with fernway(tmp_path) as app, pytest.raises(CouldNotTell) as caught:
        collect(http_headers, run_of(app.settings(), {"paths": ["/nowhere"]}))

    assert caught.value.cause == "contradicted"


@pytest.mark.parametrize("missing", ["http_url", "url"])
def test_an_address_that_is_not_configured_is_unsupported(tmp_path: Path, missing: str) -> None:
    """Without it there would be no row over http, and an empty selection must not look like a redirect."""
    with fernway(tmp_path) as app:
        run = run_of({name: value for name, value in app.settings().items() if name != missing}, app.mapping)
        with pytest.raises(CouldNotTell) as caught:
            collect(http_headers, run)

    assert caught.value.cause == "unsupported"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["max-age=300"], (timedelta(seconds=300), False, False)),
        (['Max-Age="300" ; includeSubDomains'], (timedelta(seconds=300), True, False)),
        (["max-age=31536000; includeSubDomains; preload"], (timedelta(days=365), True, True)),
        (["max-age=300; max-age=400"], (None, False, False)),
        (["max-age=soon"], (None, False, False)),
        (["max-age=0", "max-age=31536000"], (timedelta(0), False, False)),
        ([], (None, False, False)),
    ],
)
def test_hsts_is_read_as_browsers_do(values: list[str], expected: tuple[timedelta | None, bool, bool]) -> None:
    assert _hsts(values) == expected


@pytest.mark.parametrize(
    ("policy", "unsafe"),
    [
        ({"default-src": ["'self'"]}, False),
        ({"script-src": ["'none'"]}, False),
        ({"script-src": ["'self'", "'unsafe-inline'"]}, True),
        ({"script-src": ["'nonce-x'", "'unsafe-inline'"]}, False),
        ({"default-src": ["'self'"], "script-src": ["*"]}, True),
        ({"img-src": ["'self'"]}, True),
    ],
)
def test_an_unsafe_policy_is_told_from_a_safe_one(policy: dict[str, list[str]], unsafe: bool) -> None:
    assert _unsafe(policy) is unsafe


def test_frame_ancestors_override_the_old_header() -> None:
    assert _framing([{"frame-ancestors": ["*"]}], ["DENY"]) == "allowed"
    assert _framing([], ["DENY"]) == "denied"
    assert _framing([], ["DENY", "SAMEORIGIN"]) == "allowed"
