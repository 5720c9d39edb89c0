"""`dns_providers` against a name server of our own, and its facts against the register of subprocessors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dns.rdataset
import dns.zone
import pytest
from name_server import NameServer, Resolver, serving
from runs import collect, run_of

from trustcenter.assess.derive import reconcile
from trustcenter.collectors.registry import find
from trustcenter.model.control import ReconcilePart
from trustcenter.model.fact import row_of
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.testing import Stage, conform

ZONE = """
$ORIGIN shop.example.
$TTL 300
@ IN SOA ns hostmaster 1 3600 600 86400 300
@ IN NS ns
@ IN NS ns1.names.example.
@ IN MX 10 mail
@ IN MX 20 mx.Pennon.example.
@ IN TXT "v=spf1 include:_spf.pennon.example a:relay.shop.example ip4:192.0.2.1 -all"
@ IN TXT "google-site-verification=abc"
@ IN TXT "something else"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:a@shop.example,mailto:b@reports.example!10m"
www IN CNAME edge
edge IN CNAME shop.cdn.example.
help IN CNAME shop.willowdesk.example.
api IN A 127.0.0.1
ns IN A 127.0.0.1
mail IN A 127.0.0.1
"""
PROVIDERS, REGISTER = find("dns_providers"), find("subprocessors")
NAMES = ["@", "www", "help", "api"]
COMPANIES = {
    "names": ["*.names.example"], "pennon": ["*.pennon.example"], "google": ["google.com"],
    "reports": ["reports.example"], "cdn": ["*.cdn.example"], "willowdesk": ["*.willowdesk.example"],
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[NameServer]:
    with serving(dns.zone.from_text(ZONE, relativize=False)) as running:
        yield running


def settings(server: NameServer) -> dict[str, Any]:
    return {"domain": "Shop.example", "resolver": "127.0.0.1", "resolver_port": server.port}


def seen(server: NameServer, *, seconds: float = 20, **mapping: Any) -> Population[Any]:
    run = run_of(settings(server), {"names": NAMES, **mapping}, kind="domain", seconds=seconds)
    return collect(PROVIDERS, run)


def undeclared(server: NameServer, companies: dict[str, list[str]]) -> set[tuple[str, str]]:
    """What the library's control calls a deviation: no company of the register has it."""
    found = seen(server)
    blank = dict.fromkeys(REGISTER.description.schema.names)
    right = [{**blank, "id": name, "hosts": hosts} for name, hosts in companies.items()]
    part = ReconcilePart(left="seen", right="declared", on=(("covered_by", "hosts"),))
    schemas = PROVIDERS.description.schema, REGISTER.description.schema
    rows = reconcile(part, [row_of(fact) for fact in found.facts], schemas[0], right, schemas[1]).rows
    return {(row["left.record"], row["left.target"]) for row in rows if row["matched"] == "left_only"}


def added(server: NameServer, name: str, kind: str, *values: str) -> None:
    server.zone.replace_rdataset(f"{name}.shop.example.".lstrip("."), dns.rdataset.from_text("IN", kind, 300, *values))


def test_each_kind_of_record_that_leads_outside_is_a_fact(server: NameServer) -> None:
    found = seen(server)
    assert {(fact.name, fact.record, fact.target) for fact in found.facts} == {
        ("shop.example", "ns", "ns1.names.example"),
        ("shop.example", "mx", "mx.pennon.example"),
        ("shop.example", "spf", "_spf.pennon.example"),
        ("shop.example", "verification", "google.com"),
        ("_dmarc.shop.example", "dmarc", "reports.example"),
        ("www.shop.example", "cname", "shop.cdn.example"),
        ("help.shop.example", "cname", "shop.willowdesk.example"),
    }
    assert found.completeness.holds
    assert found.completeness.expected == 16


def test_a_register_that_names_them_all_has_no_deviation(server: NameServer) -> None:
    assert undeclared(server, COMPANIES) == set()


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("TXT", '"stripe-verification=9"', ("verification", "stripe.com")),
        ("TXT", '"MS=ms12345"', ("verification", "microsoft.com")),
        ("TXT", '"tally-domain-verification=1"', ("verification", "tally-domain-verification")),
        ("TXT", '"v=spf1 include:mail.stranger.example -all"', ("spf", "mail.stranger.example")),
        ("TXT", '"v=spf1 redirect=spf.stranger.example"', ("spf", "spf.stranger.example")),
        ("TXT", '"v=spf1 exists:%{i}.stranger.example -all"', ("spf", "%{i}.stranger.example")),
        ("MX", "10 mx.stranger.example.", ("mx", "mx.stranger.example")),
        ("CNAME", "shop.stranger.example.", ("cname", "shop.stranger.example")),
        ("NS", "ns.stranger.example.", ("ns", "ns.stranger.example")),
    ],
)
def test_a_company_that_the_register_does_not_name_is_a_deviation(
    server: NameServer, kind: str, value: str, expected: tuple[str, str]
) -> None:
    server.zone.delete_node("api.shop.example.")
    added(server, "api", kind, value)
    assert undeclared(server, COMPANIES) == {expected}


def test_every_provider_is_undeclared_where_the_register_is_empty(server: NameServer) -> None:
    assert len(undeclared(server, {})) == 7
    assert undeclared(server, {name: hosts for name, hosts in COMPANIES.items() if name != "cdn"}) == {
        ("cname", "shop.cdn.example")
    }


def test_what_is_ours_is_left_out_with_its_reason(server: NameServer) -> None:
    found = seen(server, own={"Shop.CDN.example.": "our own network"})
    assert "shop.cdn.example" not in {fact.target for fact in found.facts}
    assert found.exclusions == ("shop.cdn.example: our own network",)


def test_an_alias_that_turns_in_a_circle_cannot_be_told(server: NameServer) -> None:
    added(server, "edge", "CNAME", "www.shop.example.")
    with pytest.raises(CouldNotTell) as caught:
        seen(server)
    assert caught.value.cause == "malformed"


@pytest.mark.parametrize("mapping", [{"names": []}, {"names": ["a", "a"]}, {"names": ["a b"]}, {"own": {"x": ""}}])
def test_a_mapping_that_means_nothing_is_unsupported(server: NameServer, mapping: dict[str, Any]) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(server, **mapping)
    assert caught.value.cause == "unsupported"


def test_it_conforms(server: NameServer) -> None:
    stage = Stage(settings(server), {"names": NAMES}, ways=[Resolver(server)], patience=1.0)
    assert [str(one) for one in conform(find("dns_providers"), stage)] == []
