"""What must hold of the collector `session_cookies`, against a platform that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import collect, run_of
from web_platform import Fernway, fernway

from trustcenter.collectors.session_cookies import SessionCookie, session_cookies
from trustcenter.model.population import CouldNotTell


def cookie_of(app: Fernway) -> SessionCookie:
    found = collect(session_cookies, run_of(app.settings()))
    assert found.completeness.holds
    (cookie,) = found.facts
    return cookie


def test_a_good_cookie_is_seen_with_all_its_attributes(tmp_path: Path) -> None:
    with fernway(tmp_path) as app:
        assert cookie_of(app) == SessionCookie(
            name="__Host-sid",
            authenticates=True,
            prefix="host",
            secure=True,
            http_only=True,
            same_site="strict",
            path="/",
            domain_absent=True,
            rotated=True,
            ended_by_sign_out=True,
        )
        assert app.sessions == {}


def test_missing_attributes_are_seen(tmp_path: Path) -> None:
    with fernway(tmp_path, "weak_cookie") as app:
        cookie = cookie_of(app)

        assert (cookie.secure, cookie.http_only, cookie.same_site) == (False, False, "absent")


def test_a_planted_identifier_that_is_kept_is_seen(tmp_path: Path) -> None:
    with fernway(tmp_path, "fixation") as app:
        assert cookie_of(app).rotated is False


def test_a_session_that_outlives_its_sign_out_is_seen(tmp_path: Path) -> None:
    with fernway(tmp_path, "undead") as app:
        assert cookie_of(app).ended_by_sign_out is False


def test_a_canary_with_a_wrong_password_is_denied(tmp_path: Path) -> None:
    with fernway(tmp_path) as app, pytest.raises(CouldNotTell) as caught:
        collect(session_cookies, run_of(app.settings() | {"canary_a_password": "no"}))

    assert caught.value.cause == "denied"


def test_another_cookie_than_the_mapped_one_contradicts(tmp_path: Path) -> None:
    """The mapping says which cookie opens the session; the platform decides whether that is so."""
    with fernway(tmp_path) as app:
        settings = app.settings()
        settings["sign_in"] = {**settings["sign_in"], "session_cookie": "theme"}
        with pytest.raises(CouldNotTell) as caught:
            collect(session_cookies, run_of(settings))

    assert caught.value.cause == "contradicted"
