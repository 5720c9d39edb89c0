"""`dns_records` against an authoritative server of our own: good, weak, signed, and broken in every way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.dnssec
import dns.name
import dns.rdataset
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from name_server import NameServer, Resolver, serving
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import Stage, conform

ZONE = """
$ORIGIN shop.example.
$TTL 300
@ IN SOA ns hostmaster 1 3600 600 86400 300
@ IN NS ns
@ IN CAA 0 issue "authority.example"
@ IN MX 10 mail
@ IN TXT "v=spf1 include:_spf.mail" ".example -all"
@ IN TXT "something else"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@shop.example"
s1._domainkey IN TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB"
ns IN A 127.0.0.1
mail IN A 127.0.0.1
"""
ORIGIN = dns.name.from_text("shop.example.")
DNS = find("dns_records")


@pytest.fixture
def zone() -> dns.zone.Zone:
    return dns.zone.from_text(ZONE, relativize=False)


@pytest.fixture
def server(zone: dns.zone.Zone) -> Iterator[NameServer]:
    with serving(zone) as running:
        yield running


def settings(server: NameServer) -> dict[str, Any]:
    return {"domain": "shop.example", "resolver": "127.0.0.1", "resolver_port": server.port}


def seen(server: NameServer, *, seconds: float = 20) -> dict[str, Any]:
    run = run_of(settings(server), {"dkim_selectors": ["s1"]}, kind="domain", seconds=seconds)
    return {fact.record: fact for fact in collect(DNS, run).facts}


def replaced(zone: dns.zone.Zone, name: str, kind: str, *values: str) -> None:
    zone.replace_rdataset(name, dns.rdataset.from_text("IN", kind, 300, *values))


def sign(zone: dns.zone.Zone, until: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = dns.dnssec.make_dnskey(key.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)
    start = until - timedelta(days=30)
    with zone.writer() as writer:
        dns.dnssec.sign_zone(zone, writer, keys=[(key, public)], inception=start, expiration=until, add_dnskey=True)
    made = dns.dnssec.make_ds(ORIGIN, public, "SHA256")
    zone.replace_rdataset(ORIGIN, dns.rdataset.from_rdata(300, made))


def test_what_a_careful_domain_says(server: NameServer) -> None:
    found = seen(server)
    assert {name: (fact.found, fact.valid, fact.policy) for name, fact in found.items()} == {
        "caa": (True, True, None),
        "dnssec": (False, False, "unsigned"),
        "spf": (True, True, "-"),
        "dkim": (True, True, None),
        "dmarc": (True, True, "reject"),
        "mx": (True, True, None),
    }
    assert found["spf"].values == ("v=spf1 include:_spf.mail.example -all",)


@pytest.mark.parametrize(
    ("name", "kind", "values", "record", "expected"),
    [
        ("shop.example.", "TXT", ['"v=spf1 ~all"', '"v=spf1 -all"'], "spf", (True, False, None)),
        ("shop.example.", "TXT", ['"v=spf1 +all"'], "spf", (True, True, "+")),
        ("shop.example.", "TXT", ['"v=spf1 all"'], "spf", (True, True, "+")),
        ("shop.example.", "TXT", ['"v=spf10 -all"'], "spf", (False, False, None)),
        ("_dmarc.shop.example.", "TXT", ['"v=DMARC1; p=none"'], "dmarc", (True, True, "none")),
        ("_dmarc.shop.example.", "TXT", ['"v=DMARC1; sp=none"'], "dmarc", (True, False, None)),
        ("s1._domainkey.shop.example.", "TXT", ['"v=DKIM1; p="'], "dkim", (True, False, None)),
        ("shop.example.", "MX", ["0 ."], "mx", (True, True, None)),
        ("shop.example.", "CAA", ['0 iodef "mailto:a@shop.example"'], "caa", (True, False, None)),
    ],
)
def test_what_is_weak_is_a_fact(
    server: NameServer, name: str, kind: str, values: list[str], record: str, expected: tuple[Any, ...]
) -> None:
    replaced(server.zone, name, kind, *values)
    fact = seen(server)[record]
    assert (fact.found, fact.valid, fact.policy) == expected


def test_what_is_not_there_is_not_found(server: NameServer) -> None:
    for name in ("_dmarc.shop.example.", "s1._domainkey.shop.example."):
        server.zone.delete_node(name)
    found = seen(server)
    assert (found["dmarc"].found, found["dkim"].found) == (False, False)


def test_a_signed_zone_is_signed_until_its_signatures_end(zone: dns.zone.Zone) -> None:
    sign(zone, datetime.now(UTC) + timedelta(days=10))
    with serving(zone) as server:
        assert seen(server)["dnssec"].policy == "signed"


def test_a_signature_that_has_ended_is_broken(zone: dns.zone.Zone) -> None:
    sign(zone, datetime.now(UTC) - timedelta(days=1))
    with serving(zone) as server:
        assert seen(server)["dnssec"].policy == "broken"


def test_a_key_that_the_parent_does_not_name_is_broken(zone: dns.zone.Zone) -> None:
    sign(zone, datetime.now(UTC) + timedelta(days=10))
    other = dns.dnssec.make_dnskey(
        ec.generate_private_key(ec.SECP256R1()).public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257
    )
    zone.replace_rdataset(ORIGIN, dns.rdataset.from_rdata(300, dns.dnssec.make_ds(ORIGIN, other, "SHA256")))
    with serving(zone) as server:
        assert seen(server)["dnssec"].policy == "broken"


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("servfail", "unreachable"),
        ("refused", "denied"),
        ("cut", "incomplete"),
        ("lame", "incomplete"),
        ("garbage", "malformed"),
        ("silent", "timed_out"),
    ],
)
def test_an_answer_that_proves_nothing_is_inconclusive(server: NameServer, mode: str, cause: str) -> None:
    server.mode = mode
    with pytest.raises(CouldNotTell) as caught:
        seen(server, seconds=1.5)
    assert caught.value.cause == cause


def test_it_conforms(server: NameServer) -> None:
    assert DNS.description.id == "dns_records"
    stage = Stage(settings(server), {"dkim_selectors": ["s1"]}, ways=[Resolver(server)], patience=1.0)
    assert [str(one) for one in conform(find("dns_records"), stage)] == []
