"""How a probe proves again who its canary is: with the password or with a passkey, by the mapping's `step_up`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from runs import run_of

from trustcenter.collectors._sign_in import Credentials, Form
from trustcenter.collectors._visit import Visit
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Response

SIGN_IN = {
    "path": "/in", "email_field": "mail", "password_field": "word", "session_cookie": "s", "signed_in_page": "/me",
    "sign_out_path": "/out", "token_field": "token", "token_header": "x-token",
}  # fmt: skip
PASSKEY = {"options": "/key/options", "answer": "/key", "origin": "https://x.example"}
ANN = Credentials("ann@x.example", "a word of hers")


class _Platform:
    """Answers every request the same way, and keeps what it was asked."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[tuple[str, str, Any, str | None]] = []

    def request(self, method: str, path: str, **sent: Any) -> Response:
        self.asked.append((method, path, sent.get("json"), sent.get("headers", {}).get("x-token")))
        headers = (("x-token", f"token {len(self.asked)}"), ("set-cookie", f"s=session {len(self.asked)}; Secure"))
        return Response(self.status, headers, json.dumps({}).encode())


def _visit(status: int = 200, **table: Any) -> tuple[Visit, _Platform]:
    platform = _Platform(status)
    form = Form.of(run_of({"sign_in": {**SIGN_IN, **table}}))
    return Visit(platform, form, token="the first"), platform  # type: ignore[arg-type]


def test_the_password_is_sent_once_in_the_mapped_field_and_the_new_session_is_followed():
    visit, platform = _visit(step_up={"path": "/again", "field": "secret"})
    assert visit.proves(ANN)
    visit.step_up(ANN)
    assert platform.asked == [("POST", "/again", {"secret": "a word of hers"}, "the first")]
    assert (visit.token, visit.identifier) == ("token 1", "session 1")


@pytest.mark.parametrize("status", [303, 400, 401, 403, 429, 500])
def test_a_password_that_is_refused_is_told_and_not_tried_again(status: int):
    """A redirect is an answer of forms, and good."""
    visit, platform = _visit(status, step_up={"path": "/again", "field": "secret"})
    if status == 303:
        visit.step_up(ANN)
    else:
        with pytest.raises(CouldNotTell, match=f"a step-up was answered {status}") as raised:
            visit.step_up(ANN)
        assert raised.value.cause == "denied"
        assert ANN.password not in str(raised.value)
    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    "table",
    [{}, {"passkey": PASSKEY}, {"passkey": PASSKEY, "step_up": {"options": "/again/options", "answer": "/again"}}],
    ids=["nothing", "no step-up", "no passkey of hers"],
)
def test_without_a_way_nothing_is_sent(table: dict[str, Any]):
    """A password is never sent to where a passkey is asked for."""
    visit, platform = _visit(**table)
    assert not visit.proves(ANN)
    with pytest.raises(CouldNotTell, match="has no `step_up`, or the canary no passkey"):
        visit.step_up(ANN)
    assert platform.asked == []


@pytest.mark.parametrize(
    "table",
    [{"path": "/again"}, {"field": "secret"}, {"path": "/again", "answer": "/again"}, {"options": "/o", "field": "f"},
     {"path": "/again", "field": "secret", "options": "/o"}, {}],
)  # fmt: skip
def test_half_a_way_is_refused_when_it_is_read(table: dict[str, str]):
    """A mixture of both shapes is neither."""
    with pytest.raises(CouldNotTell, match="step_up with options and answer, or path and field"):
        _visit(step_up=table)
