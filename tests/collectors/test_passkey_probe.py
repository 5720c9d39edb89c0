"""What must hold of the collector `passkey_probe`, against a service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from trustcenter.collectors.passkey_probe import LIES, OTHERS, passkey_probe
from trustcenter.model.population import CouldNotTell

MAPPING = {
    "passkeys": {"page": "/keys", "items": "items", "field": "id", "name": "name"},
    "register_options": "/keys/options", "register": "/keys", "revoke": "/keys/{passkey_id}",
}  # fmt: skip
(WORKS, TWICE, NAMELESS, AGAIN, ELSEWHERE, GROWS, BACK, REVOKED) = OTHERS
ORIGIN, SITE, CHALLENGE, UNVERIFIED, FRAMED, NAMED, CEREMONY = (words for words, _ in LIES)


def probed(alder: Any, *flaws: str) -> set[str]:
    """The attempts that did not end as they must."""
    app, found = alder(passkey_probe, *flaws, **MAPPING)
    assert found.completeness.holds
    assert {key.name for key in app.keys.known.values() if key.live} <= {"seeded"}, "the check's keys were revoked"
    return {
        f"{fact.ceremony}: {fact.attempt}"
        for fact in found.facts
        if fact.outcome != ("accepted" if fact.legitimate else "refused")
    }


def test_a_good_service_takes_what_it_must_and_nothing_else(alder: Any) -> None:
    app, found = alder(passkey_probe, **MAPPING)

    assert {fact.attempt for fact in found.facts if fact.outcome == "accepted"} == {WORKS, NAMELESS, GROWS}
    assert found.completeness.got == 2 * len(LIES) + len(OTHERS)
    assert app.sessions == {}


@pytest.mark.parametrize(
    ("flaw", "registration", "sign_in"),
    [
        ("any_origin", {ORIGIN}, {ORIGIN}),
        ("any_site", {SITE}, {SITE}),
        ("any_challenge", {CHALLENGE}, {CHALLENGE, AGAIN, ELSEWHERE}),
        ("unverified", {UNVERIFIED}, {UNVERIFIED}),
        ("framed", {FRAMED, NAMED}, {FRAMED, NAMED}),
        ("any_ceremony", {CEREMONY}, {CEREMONY}),
        ("answer_again", set(), {AGAIN, ELSEWHERE}),
        ("counter_back", set(), {BACK}),
        ("revoked_key_opens", set(), {REVOKED}),
        ("key_twice", {TWICE}, set()),
        ("key_useless", set(), {NAMELESS, GROWS}),
    ],
)
def test_each_flaw_is_seen_where_it_is(alder: Any, flaw: str, registration: set[str], sign_in: set[str]) -> None:
    seen = probed(alder, flaw)

    expected = {f"registration: {each}" for each in registration} | {f"sign_in: {each}" for each in sign_in}
    assert expected <= seen
    assert seen - expected <= {f"registration: {TWICE}"}, "an answer to any challenge registers again"


def test_a_service_that_refuses_all_is_no_proof(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(passkey_probe, "denied", **MAPPING)

    assert caught.value.cause == "denied"


def test_a_list_that_is_none_is_no_proof(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(passkey_probe, **MAPPING | {"passkeys": {**MAPPING["passkeys"], "items": "keys"}})

    assert caught.value.cause == "malformed"
