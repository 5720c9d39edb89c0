"""The example of docs/example_application, looked at with the collectors for the portal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

import httpx
import pytest
from letters_application import PEOPLE, QUICK, SLOWLY_HASHED, WITH_APP, WITH_PASSKEY, Letters, letters, look

from trustcenter.collectors import _holder
from trustcenter.collectors.api_token_probe import api_token_probe
from trustcenter.collectors.audit_chain import audit_chain
from trustcenter.collectors.audit_events import audit_events
from trustcenter.collectors.http_headers import http_headers
from trustcenter.collectors.impersonation_probe import impersonation_probe
from trustcenter.collectors.passkey_probe import passkey_probe
from trustcenter.collectors.password_hashes import password_hashes
from trustcenter.collectors.password_policy_probe import password_policy_probe
from trustcenter.collectors.password_reset_probe import password_reset_probe
from trustcenter.collectors.role_matrix_probe import role_matrix_probe
from trustcenter.collectors.second_factor_probe import second_factor_probe
from trustcenter.collectors.session_cookies import session_cookies
from trustcenter.collectors.session_lifecycle_probe import session_lifecycle_probe
from trustcenter.collectors.sign_in_alert_probe import sign_in_alert_probe
from trustcenter.collectors.sign_in_throttle_probe import sign_in_throttle_probe
from trustcenter.collectors.tenant_isolation_catalog import tenant_isolation_catalog
from trustcenter.collectors.tenant_isolation_probe import tenant_isolation_probe
from trustcenter.collectors.trust_posture import trust_posture
from trustcenter.collectors.user_accounts import user_accounts
from trustcenter.runtime import anomaly, challenges, guessing, throttle
from trustcenter.runtime.passwords import COST
from trustcenter.runtime.support_access import SupportPolicy

__all__ = ["letters", "look"]

pytestmark = pytest.mark.xdist_group("example")  # one of them running is enough


def test_passwords_and_accounts(look) -> None:
    """The cost of each hash as it is, each account in an organisation, the second factor of those who have one."""
    hashes = look(password_hashes).facts
    assert {(fact.scheme, fact.derived) for fact in hashes} == {("bcrypt-hmac-sha384", True)}
    assert {fact.account[7]: fact.cost for fact in hashes} == {
        name: COST if name in SLOWLY_HASHED else QUICK for name in PEOPLE
    }
    seen = sorted((fact.account[7], fact.role, fact.second_factor) for fact in look(user_accounts).facts)
    factors = dict.fromkeys(WITH_APP, "totp") | dict.fromkeys(WITH_PASSKEY, "passkey")
    assert seen == sorted((name, role, factors.get(name, "none")) for name, (_, role) in PEOPLE.items())


def test_session(look) -> None:
    """The cookie's attributes; renewed at sign-in, dead after sign-out."""
    (cookie,) = [fact for fact in look(session_cookies).facts if fact.authenticates]
    assert (cookie.prefix, cookie.secure, cookie.http_only, cookie.same_site) == ("host", True, True, "lax")
    assert cookie.rotated
    assert cookie.ended_by_sign_out


def test_what_ends_and_renews_a_session(look) -> None:
    """Revoked, signed out, proven again, left idle, another password: the old identifier is dead each time."""
    events = {fact.event: fact for fact in look(session_lifecycle_probe).facts}
    assert set(events) >= {"revoked", "revoked_with_all", "signed_out", "password_changed_elsewhere", "idle"}
    assert all(event.refused_afterwards for event in events.values())
    assert {name for name, event in events.items() if event.renewed} == {
        "stepped_up", "password_changed", "others_ended", "person_invited", "account_disabled", "account_enabled",
        "invitation_withdrawn", "limits_changed",
    }  # fmt: skip
    assert {name for name, event in events.items() if event.listed} == {"revoked", "revoked_with_all"}


def test_new_passwords(look) -> None:
    """Short, common and one's own words are refused wherever a password is set; twelve random characters are taken."""
    tried = look(password_policy_probe).facts
    assert {(fact.endpoint, fact.kind) for fact in tried if fact.accepted} == {
        ("change", "twelve"),
        ("reset", "twelve"),
    }
    assert {fact.endpoint for fact in tried} == {"change", "reset", "invitation"}
    assert len(tried) >= 3 * 25


def test_links_that_set_a_password(look) -> None:
    """A fresh one opens once and signs nobody in; one that is over, replaced, tampered with or used does not."""
    links = {fact.link: fact for fact in look(password_reset_probe).facts}
    assert {name for name, link in links.items() if link.opened} == {"fresh"}
    assert set(links) == {"fresh", "used_again", "superseded", "tampered", "expired"}
    assert (links["fresh"].sessions_ended, links["fresh"].gave_session) == (True, False)


def test_roles(look) -> None:
    """Each route lets those through whom the signed posture names, and nobody else."""
    tried = look(role_matrix_probe)
    assert tried.completeness.holds
    assert [fact for fact in tried.facts if not fact.agrees] == []
    assert {"owner", "admin", "member", "staff", "anonymous", "owner of another tenant"} == {
        f.caller for f in tried.facts
    }
    assert {fact.seen for fact in tried.facts if fact.route == "/api/limits" and fact.caller == "member"} == {"refused"}


def test_posture(look) -> None:
    """What the service says of itself is signed, fresh and bound to the question."""
    said = {fact.name: fact.number for fact in look(trust_posture).facts}
    assert said["sessions.idle_seconds"] == 1800


def test_second_factor(look) -> None:
    """An owner without one reaches nothing; codes work once and near their time, recovery codes once."""
    tried = look(second_factor_probe)
    assert tried.completeness.holds
    wrong = [fact for fact in tried.facts if (fact.outcome == "accepted") is not fact.legitimate]
    assert wrong == []
    assert {fact.about for fact in tried.facts} == {"enforcement", "code", "recovery_code", "rotation"}
    assert len(tried.facts) >= 25


def test_tokens(look) -> None:
    """Live ones with the right scope are accepted, all others refused; a digest is stored, and none is left."""
    tried = look(api_token_probe)
    assert tried.completeness.holds
    assert [fact for fact in tried.facts if not fact.agrees] == []
    assert {"good", "wrong scope", "expired", "revoked", "another tenant's thing"} <= {f.token for f in tried.facts}
    assert {"STORED", "LEFT"} <= {fact.method for fact in tried.facts}


def test_tenants(look) -> None:
    """Forced row security everywhere, and every attempt of another organisation refused."""
    assert [fact.object for fact in look(tenant_isolation_catalog).facts if not fact.isolated] == []
    tried = look(tenant_isolation_probe).facts
    assert len(tried) >= 10
    assert {fact.outcome for fact in tried} == {"refused"}


def test_record_and_its_chain(look) -> None:
    """Signed in with a code: deeds are recorded, nobody can change the record, its chain is whole to the heads."""
    assert [fact.check for fact in look(audit_events).facts if not fact.held] == []
    chains = [chain for chain in look(audit_chain).facts if chain.events]
    assert chains
    assert all(chain.whole and chain.cut is False for chain in chains)


def test_headers(look) -> None:
    """The headers of every page."""
    pages = [fact for fact in look(http_headers).facts if fact.scheme == "https"]
    assert len(pages) == 3
    assert all(
        page.hsts_max_age and page.content_policy and not page.content_policy_unsafe and page.nosniff for page in pages
    )
    assert {page.framing for page in pages} == {"denied"}
    assert not any(page.server_named for page in pages)


def _send(browser: httpx.Client, path: str, **fields: str) -> int:
    token = re.search('value="([^"]+)"', browser.get(path).text)
    assert token is not None
    return browser.post(path, data={"token": token[1], **fields}).status_code


def _until_told_to_wait(guess: Callable[[], int]) -> list[int]:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 15:
        statuses.append(guess())
    return statuses


def test_whoever_guesses_waits(letters: Letters) -> None:
    """Passwords of somebody who is not there, as of anybody."""
    with letters.browser() as browser:
        statuses = _until_told_to_wait(
            lambda: _send(browser, "/sign-in", email="no@letters.example", password="x" * 12)
        )
    assert set(statuses[:-1]) == {401}
    assert statuses[-1] == 429


def test_whoever_has_the_password_does_not_guess_codes_for_ever(letters: Letters) -> None:
    """A right password in between takes nothing back, and a right code is not looked at while one waits."""
    with letters.browser() as browser:
        email, word = "canary-d@letters.example", letters.variables["LETTERS_CANARY_D_PASSWORD"]
        assert _send(browser, "/sign-in", email=email, password=word) == 303
        statuses = _until_told_to_wait(lambda: _send(browser, "/second-factor", code="000000"))
        assert statuses[-1] == 429
        with letters.browser() as another:
            assert _send(another, "/sign-in", email=email, password=word) == 429


def test_passkeys(look) -> None:
    """A key signs in without a name; forged, used and revoked answers do not, and it is gone afterwards."""
    tried = look(passkey_probe)
    assert tried.completeness.holds
    assert [fact for fact in tried.facts if (fact.outcome == "accepted") is not fact.legitimate] == []


def test_delay_of_guesses(look) -> None:
    """Strangers wait, from anywhere; the holder's browser does not, and its holder is told."""
    (seen,) = look(sign_in_throttle_probe).facts
    assert seen.guesses == 6
    assert (seen.wait_grows, seen.right_refused, seen.elsewhere_refused) == (True, True, True)
    assert (seen.known_device_admitted, seen.holder_told) == (True, True)


def test_alerts(look) -> None:
    """A new browser and another country are told and recorded, a known browser is neither."""
    seen = {fact.situation: (fact.mailed, fact.recorded) for fact in look(sign_in_alert_probe).facts}
    assert seen == {"new_device": (True, True), "known_device": (False, False), "new_place": (True, True)}


def test_support_access(look) -> None:
    """Asked for, bounded, seen by the owner, and over when it should be."""
    tried = look(impersonation_probe)
    assert tried.completeness.holds
    assert [fact for fact in tried.facts if not fact.held] == []


def test_a_challenge_that_anybody_may_answer_is_seen(look, monkeypatch) -> None:
    """As often as they like, and in another browser than the one that was asked."""
    monkeypatch.setattr(challenges, "decide", lambda state, event, now: (state, challenges.Decision.ACCEPTED, None))
    wrong = {fact.attempt for fact in look(passkey_probe).facts if (fact.outcome == "accepted") is not fact.legitimate}
    assert wrong == {"a challenge given to another browser"}


def test_guesses_that_nobody_counts_are_seen(look, monkeypatch) -> None:
    """Nobody waits, and nobody is told."""
    facts = throttle.Facts(0)
    free = (throttle.Decision.ALLOW, defaultdict(lambda: facts))
    monkeypatch.setattr(guessing, "reserve", lambda held, now: (held, *free))
    monkeypatch.setattr(_holder, "MAIL_SECONDS", 0.2)
    (seen,) = look(sign_in_throttle_probe).facts
    assert (seen.guesses, seen.first_wait, seen.right_refused, seen.holder_told) == (15, None, False, False)


def test_sign_ins_that_nobody_hears_of_are_seen(look, monkeypatch) -> None:
    """Neither mail nor record; the silence about the known browser says nothing then."""
    quiet = (anomaly.Decision.QUIET, anomaly.Facts(()))
    monkeypatch.setattr(anomaly.AnomalyPolicy, "decide", lambda self, state, event, now: (state, *quiet))
    monkeypatch.setattr(_holder, "MAIL_SECONDS", 0.2)
    seen = {fact.situation: (fact.mailed, fact.recorded) for fact in look(sign_in_alert_probe).facts}
    assert seen == {"new_device": (False, False), "known_device": (None, False), "new_place": (False, False)}


def test_support_access_that_asks_for_nothing_is_seen(look, monkeypatch) -> None:
    """Without reason, without ticket, for five hours."""
    monkeypatch.setattr(SupportPolicy, "problem", lambda self, asked, customer: None)
    wrong = {fact.check for fact in look(impersonation_probe).facts if not fact.held}
    assert wrong == {"refused without a reason", "refused without a ticket", "refused for five hours"}
