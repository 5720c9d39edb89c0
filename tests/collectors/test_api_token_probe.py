"""What must hold of the collector `api_token_probe`, against a service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from alder_routes import ROUTES

from trustcenter.collectors.api_token_probe import KINDS, STRANGER, api_token_probe
from trustcenter.model.population import CouldNotTell

MAPPING = {
    "prefix": "/api/", "scopes": ["letters:read", "letters:write", "people:read"], "make": "/api/tokens",
    "revoke": "/api/tokens/{id}", "table": "alder.tokens", "shown": "shown", "stored": "digest", "shown_length": 12,
}  # fmt: skip
LISTED = [each for each in ROUTES if each.path.startswith("/api/")]
SCOPED = [each for each in LISTED if each.scope]


def probed(alder: Any, *flaws: str) -> set[tuple[str, str]]:
    """Kind of token and what was seen, where that is not what must be."""
    _, found = alder(api_token_probe, *flaws, **MAPPING)
    assert found.completeness.holds
    return {(fact.token, fact.seen) for fact in found.facts if not fact.agrees}


def test_a_good_service_takes_good_tokens_only_and_keeps_none(alder: Any) -> None:
    app, found = alder(api_token_probe, **MAPPING)

    assert [fact for fact in found.facts if not fact.agrees] == []
    calls = [fact for fact in found.facts if fact.method not in ("STORED", "LEFT")]
    assert len(calls) == len(LISTED) * (len(KINDS) - 1) + len(SCOPED)
    assert {fact.route for fact in calls if fact.token == "good"} == {each.path for each in SCOPED}
    assert all(token.revoked for token in app.tokens.values())
    assert app.sessions == {}


@pytest.mark.parametrize(
    ("flaw", "kinds"),
    [
        ("revoked_opens", {("revoked", "accepted"), ("left", "accepted")}),
        ("expired_opens", {("expired", "accepted")}),
        ("any_scope", {("wrong scope", "accepted")}),
        ("by_prefix", {("malformed", "accepted"), ("unknown", "accepted")}),
        ("no_token", {(kind, "accepted") for kind in ("none", *KINDS[1:6], "left")}),
        ("good_refused", {("good", "refused")}),
        ("in_plain", {("digest", "accepted")}),
        ("crashes", {(kind, "error") for kind in KINDS[:6]}),
    ],
)
def test_each_flaw_is_seen_where_it_is(alder: Any, flaw: str, kinds: set[tuple[str, str]]) -> None:
    """`left`: the check's own token was taken back, and still opens."""
    assert probed(alder, flaw) == kinds


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"make": "/api/nothing"}, "denied"),
        ({"prefix": "/elsewhere/"}, "incomplete"),
        ({"shown_length": 3}, "incomplete"),
    ],
)
def test_what_proves_nothing_is_not_concluded_from(alder: Any, change: dict[str, Any], cause: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(api_token_probe, **MAPPING | change)

    assert caught.value.cause == cause


APART = {
    "stranger": "stranger", "identifiers": {"letter": {"page": "/api/letters", "items": "items", "field": "id"}},
}  # fmt: skip


def crossings(alder: Any, *flaws: str) -> list[tuple[str, str]]:
    app, found = alder(api_token_probe, *flaws, **MAPPING, **APART)
    assert found.completeness.holds
    assert app.sessions == {}
    return [(fact.route, fact.seen) for fact in found.facts if fact.token == STRANGER]


def test_a_good_token_asks_for_things_of_another_tenant(alder: Any) -> None:
    assert crossings(alder) == [("/api/letters/{letter}", "refused")]


def test_a_token_that_crosses_is_seen(alder: Any) -> None:
    assert crossings(alder, "token_crosses") == [("/api/letters/{letter}", "accepted")]


@pytest.mark.parametrize(
    ("flaw", "kinds", "cause"), [(["stranger_locked_out"], {"letter"}, "contradicted"), ([], set(), "incomplete")]
)
def test_a_refusal_to_everybody_and_nothing_to_ask_for_prove_nothing(
    alder: Any, flaw: list[str], kinds: set[str], cause: str
) -> None:
    identifiers = {name: kind for name, kind in APART["identifiers"].items() if name in kinds}
    with pytest.raises(CouldNotTell) as caught:
        alder(api_token_probe, *flaw, **MAPPING, **APART | {"identifiers": identifiers})

    assert caught.value.cause == cause


def test_a_service_that_refuses_all_is_no_proof(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(api_token_probe, "denied", **MAPPING)

    assert caught.value.cause == "denied"
