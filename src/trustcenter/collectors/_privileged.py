"""Changes by a canary: with a fresh proof of identity, and with the form token of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trustcenter.collectors._canary import Canary
from trustcenter.collectors._sign_in import Credentials, session_token
from trustcenter.collectors._visit import Visit
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Response


def change(canary: Canary, method: str, path: str, value: Mapping[str, Any] | None = None) -> Response:
    """One change, once. A privileged one gives the session another identifier, so the token is asked for each time."""
    token = session_token(canary.http, canary.form)
    headers = {canary.form.token_header: token} if canary.form.token_header and token else {}
    return canary.http.request(method, path, headers=headers, json=dict(value or {}), retry=False)


def step_up(canary: Canary, run: Run, letter: str) -> None:
    """Proves again who the canary is: with its passkey, or its password where the mapping has `step_up`."""
    who = Credentials.of(run, f"canary_{letter}")
    visit = Visit(canary.http, canary.form)
    if visit.proves(who):
        visit.take_token(canary.form.token_page or canary.form.signed_in_page)
        visit.step_up(who)
        return
    table = run.mapping.get("step_up")
    if table is None:
        return
    answer = change(canary, "POST", table["path"], {table["field"]: who.password})
    if answer.status >= 400:
        raise CouldNotTell("denied", f"the canary could not prove again who it is: {answer.status}")
