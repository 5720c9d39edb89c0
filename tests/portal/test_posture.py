"""The posture document, and that what it says is what a look from outside shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustcenter.errors import TamperedError
from trustcenter.portal.manifest import MANIFEST
from trustcenter.proof.keys import PublicKey
from trustcenter.runtime import passwords, posture

NONCE = "a-nonce-of-24-characters"


@pytest.fixture
def document(portal) -> bytes:
    answer = portal.client().get(f"/.well-known/trust-posture?nonce={NONCE}")
    assert answer.status == 200
    return answer.body


@pytest.fixture
def key(portal) -> PublicKey:
    return PublicKey.from_pem(Path(portal.environment["PORTAL_POSTURE_KEY"]).read_text())


def test_it_is_signed_echoes_the_nonce_and_lives_five_minutes(document, key):
    now = datetime.now(UTC)

    assert posture.check(document, nonce=NONCE, now=now, key=key)
    with pytest.raises(TamperedError, match="nonce"):
        posture.check(document, nonce="another-nonce-0123456789", now=now, key=key)
    with pytest.raises(TamperedError, match="time"):
        posture.check(document, nonce=NONCE, now=now + timedelta(minutes=5, seconds=1), key=key)


@pytest.mark.parametrize("nonce", ["", "short", "x" * 200, "has spaces in it 123", "quote'quote'quote'"])
def test_without_a_proper_nonce_there_is_no_document(portal, nonce):
    from urllib.parse import quote

    assert portal.client().get(f"/.well-known/trust-posture?nonce={quote(nonce)}").status == 400


def test_it_lists_exactly_the_live_routes(document, key, portal):
    """Each listed route is answered by the router; there is no other."""
    routes = posture.check(document, nonce=NONCE, now=datetime.now(UTC), key=key)["routes"]

    assert len(routes) == len(MANIFEST)
    for route in routes:
        path = re.sub(r"{event_id}", "1", route["path"]).replace("{name}", "portal.css")
        path = re.sub(r"{\w+}", "00000000-0000-4000-8000-000000000000", path)
        status = portal.client().request(route["method"], path).status
        assert status not in (404, 405), route
    assert portal.client().get("/.well-known/routes").status == 404


def test_its_numbers_are_those_of_the_database(document, key, administrator):
    observed = posture.check(document, nonce=NONCE, now=datetime.now(UTC), key=key)
    accounts = administrator.execute("select count(*)::int from portal.accounts").fetchone()[0]

    hashes = {"scheme": "bcrypt-hmac-sha384", "cost": passwords.COST, "accounts": accounts}
    assert observed["password_hashes"] == [hashes]
    assert observed["application_role"] == {
        "name": "trustcenter_app",
        "superuser": False,
        "bypasses_row_security": False,
    }
    assert all(table["forced"] and table["row_security"] for table in observed["tables"] if table["tenant"])
    keyed = administrator.execute(
        "select count(distinct table_name)::int from information_schema.columns join information_schema.tables t "
        "using (table_schema, table_name) where table_schema = 'portal' and column_name = 'organisation_id' "
        "and t.table_type = 'BASE TABLE'"
    ).fetchone()[0]
    assert sum(table["tenant"] for table in observed["tables"]) == keyed + 1 >= 8
    assert observed["sessions"]["idle_limit_seconds"] == 1800
    assert observed["backups"]["files"]["base_backups"] >= 1


def test_it_tells_nothing_about_a_person(document):
    text = posture.dsse.Envelope.parse(document).payload.decode()

    assert "@" not in text
    assert not any(name in text.lower() for name in ("maren", "fernhill", "canary"))


def test_it_changes_when_a_hash_gets_weaker(portal, cloned, key):
    """Observed, not configured: on a copy of the database, one account at cost 10 shows."""
    import psycopg

    from trustcenter.portal import launch

    with psycopg.connect(launch.administrator_dsn(portal.state.root, cloned)) as connection:
        connection.execute(
            "update portal.accounts set password_hash = replace(password_hash, '$04$', '$10$') "
            "where email like 'ruth@%'"
        )
    with launch.start(portal.state.root, database_name=cloned) as other:
        body = other.client().get(f"/.well-known/trust-posture?nonce={NONCE}").body
        observed = posture.check(body, nonce=NONCE, now=datetime.now(UTC), key=key)

    assert {"scheme": "bcrypt-hmac-sha384", "cost": 10, "accounts": 1} in observed["password_hashes"]
