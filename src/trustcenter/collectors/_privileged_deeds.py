"""Privileged actions that a canary does, each with what became of the session's identifier, and their undoing.

The mapping lists them in order, by the names that the collector knows. What one answers is kept for those after it:
`keep` names a field of a JSON answer, which later paths and bodies hold in braces; `{nonce}` is of the run, `{code}`
what an authenticator app shows for the kept `secret`. Those marked `cleanup` are done whatever went wrong before.
`by` names the canary that acts, the owner where it is left out; each has a session of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyotp

from trustcenter.collectors._holder import field_of
from trustcenter.collectors._sign_in import Credentials, Form
from trustcenter.collectors._visit import Visit
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Http, Response

_KEYS = frozenset({"event", "method", "path", "json", "keep", "cleanup", "by"})


@dataclass(frozen=True, slots=True)
class Renewal:
    """One privileged action that the platform allowed."""

    event: str
    refused_afterwards: bool
    """The identifier from before, presented alone, no longer gets in."""
    renewed: bool
    """The session goes on under another one."""


def privileged(http: Http, run: Run, known: Collection[str]) -> tuple[Renewal, ...]:
    """Each action of the mapping's `privileged`; none where it lists none. Raises CouldNotTell."""
    deeds = _deeds(run, known)
    if not deeds:
        return ()
    names = dict.fromkeys(str(deed.get("by", "owner")) for deed in deeds)
    found: list[Renewal] = []
    for name in names:
        form, who = Form.of(run), Credentials.of(run, f"canary_{name}")
        visit = Visit.new(http, form)
        visit.enter(who, run.now())
        try:
            visit.step_up(who)
            mine = [deed for deed in deeds if deed.get("by", "owner") == name]
            found += _all(http, visit, mine, {"nonce": run.nonce})
        finally:
            visit.leave()
    return tuple(found)


def _all(http: Http, visit: Visit, deeds: list[Mapping[str, Any]], kept: dict[str, str]) -> Iterator[Renewal]:
    failure: CouldNotTell | None = None
    for deed in deeds:
        if failure is not None and not deed.get("cleanup"):
            continue
        try:
            yield _one(http, visit, deed, kept)
        except CouldNotTell as error:
            failure = failure or error
    if failure is not None:
        raise failure


def _one(http: Http, visit: Visit, deed: Mapping[str, Any], kept: dict[str, str]) -> Renewal:
    before = visit.identifier
    if before is None or not _opens(http, visit.form, before):
        raise CouldNotTell("contradicted", "the canary's identifier does not open its page: refusals prove nothing")
    words = {**kept, "code": pyotp.TOTP(kept["secret"]).now()} if "secret" in kept else kept
    answer = visit.done(
        f"{deed['event']} by the canary", str(deed["method"]), _filled(str(deed["path"]), words),
        {name: _filled(value, words) for name, value in deed.get("json", {}).items()},
    )  # fmt: skip
    if "keep" in deed:
        kept[deed["keep"]] = field_of(answer, deed["keep"])
    renewed = visit.inside and visit.identifier != before
    return Renewal(str(deed["event"]), not _opens(http, visit.form, before), renewed)


def _opens(http: Http, form: Form, identifier: str) -> bool:
    headers = {"cookie": f"{form.session_cookie}={identifier}"}
    answer: Response = http.session().request("GET", form.signed_in_page, headers=headers)
    return answer.status == 200


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for name, word in words.items():
        value = value.replace("{" + name + "}", word)
    return value


def _deeds(run: Run, known: Collection[str]) -> list[Mapping[str, Any]]:
    deeds = run.mapping.get("privileged", [])
    shaped = isinstance(deeds, (list, tuple)) and all(
        isinstance(deed, Mapping) and {"event", "method", "path"} <= set(deed) <= _KEYS and deed["event"] in known
        for deed in deeds
    )
    if not shaped:
        raise CouldNotTell(
            "unsupported",
            f"source {run.source.name}: `privileged` is a list of tables with event, method, path",
            hint=f"keys: {', '.join(sorted(_KEYS))}; events: {', '.join(sorted(known))}",
        )
    return list(deeds)
