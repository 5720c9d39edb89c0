"""Routes, headers, posture, availability, audit, TLS material: what each promises by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import audit, availability, posture, tls
from trustcenter.runtime.headers import SECURITY_HEADERS, SecurityHeaders
from trustcenter.runtime.routes import EVERYBODY, SIGNED_IN, Manifest, Route

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NONCE = "nonce-of-24-characters-x"


def _route(**changes) -> Route:
    return Route(
        **{"method": "GET", "path": "/a/{a_id:uuid}", "callers": SIGNED_IN, "name": "a", "handler": None, **changes}
    )


@pytest.mark.parametrize(
    "routes",
    [
        [_route(callers=frozenset())],
        [_route(callers=frozenset({"root"}))],
        [_route(method="BREW")],
        [_route(), _route(name="b")],
        [_route(), _route(path="/b")],
    ],
    ids=["no caller", "unknown caller", "unknown method", "path twice", "name twice"],
)
def test_a_wrong_manifest_does_not_load(routes):
    with pytest.raises(ConfigurationError):
        Manifest(routes)


def test_a_manifest_is_published_without_types_and_in_order():
    rows = Manifest([_route(), _route(path="/", name="b", callers=EVERYBODY)]).rows()

    assert [row["path"] for row in rows] == ["/", "/a/{a_id}"]
    assert rows[1]["parameters"] == ["a_id"]


def test_only_named_roles_may_call():
    route = _route(callers=frozenset({"owner"}))

    assert route.may_call("owner")
    assert not route.may_call("member")
    assert not route.may_call(None)


def test_headers_replace_what_the_application_said_and_hide_the_server():
    async def application(scope, receive, send):
        headers = [(b"Server", b"x"), (b"content-security-policy", b"default-src *"), (b"a", b"b")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(SecurityHeaders(application)({"type": "http"}, None, send))

    found = dict(sent[0]["headers"])
    assert b"Server" not in found
    assert found[b"a"] == b"b"
    assert found[b"cache-control"] == b"no-store"
    assert found[b"content-security-policy"].decode() == SECURITY_HEADERS["content-security-policy"]


def test_a_posture_document_is_refused_once_anything_changed():
    key = PrivateKey.generate()
    data = posture.issue({"x": 1}, nonce=NONCE, now=NOW, key=key).to_bytes()

    assert posture.check(data, nonce=NONCE, now=NOW, key=key.public) == {"x": 1}
    for wrong in (
        {"nonce": "n" * 24},
        {"now": NOW + timedelta(minutes=5)},
        {"now": NOW - timedelta(minutes=1)},
        {"key": PrivateKey.generate().public},
    ):
        with pytest.raises(TamperedError):
            posture.check(data, **{"nonce": NONCE, "now": NOW, "key": key.public, **wrong})


@given(st.lists(st.tuples(st.integers(0, 100_000), st.booleans()), max_size=50))
def test_availability_counts_every_check_once_and_never_fills_gaps(rows):
    checks = [availability.Check(NOW + timedelta(seconds=s), ok, 1.0 if ok else None) for s, ok in rows]
    summary = availability.summarise(checks, timedelta(seconds=10))

    assert summary.checks == len(rows)
    assert summary.failed == sum(not ok for _, ok in rows)
    assert (summary.ratio is None) is (not rows)
    assert 0 <= summary.unmeasured_seconds <= 100_000


def test_an_hour_without_checks_is_unmeasured_and_not_up():
    checks = [availability.Check(NOW, True, 1.0), availability.Check(NOW + timedelta(hours=1), True, 1.0)]

    assert availability.summarise(checks, timedelta(seconds=10)).unmeasured_seconds == 3590


def test_nothing_measured_has_no_ratio():
    assert availability.summarise([], timedelta(seconds=10)).ratio is None


def test_an_audit_event_keeps_digests_and_not_states():
    origin = audit.Origin("127.0.0.1", "a" * 1000, str(UUID(int=1)))
    event = audit.AuditEvent(
        UUID(int=2), UUID(int=3), "document.update", "document", "4", origin, after={"body": "text"}
    )

    row = audit.values(event)

    assert "text" not in str(row)
    assert row[-2] is None
    assert row[-1] == audit.digest({"body": "text"})
    assert len(row[7]) == 400
    assert audit.digest({"a": 1, "b": 2}) == audit.digest({"b": 2, "a": 1}) != audit.digest({"a": 1})


def test_the_local_authority_signs_servers_only_and_certificates_are_renewed_in_time():
    authority = tls.make_authority("Test", NOW)
    issued = tls.make_certificate(authority, ("127.0.0.1", "localhost"), NOW)
    ca, leaf = (x509.load_pem_x509_certificate(item.certificate) for item in (authority, issued))

    leaf.verify_directly_issued_by(ca)
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert not tls.renew_due(issued.certificate, NOW + timedelta(days=59))
    assert tls.renew_due(issued.certificate, NOW + timedelta(days=61))
