"""What a domain says in the DNS: who may issue certificates, who may send mail in its name, whether it is signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Dns

Record = Literal["caa", "dnssec", "spf", "dkim", "dmarc", "mx"]


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One thing that a domain may say. `policy` is what it demands of others, in the record's own word."""

    name: Annotated[str, Key]
    record: Annotated[Record, Key]
    found: bool
    valid: bool
    """Exactly one record where one is allowed, and it says something that others can follow."""
    policy: str | None
    """SPF: the qualifier of `all` (`-`, `~`, `?`, `+`). DMARC: `p`. DNSSEC: signed, unsigned, broken."""
    values: tuple[str, ...]


@collector(method="probe", kinds=("domain",))
def dns_records(dns: Dns, run: Run) -> Population[DnsRecord]:
    """CAA (RFC 8659), DNSSEC, SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX of a domain.

    Settings: `domain`, `resolver`, optional `resolver_port`. Mapping: `dkim_selectors`, a list, since the DNS does not
    list them.
    """
    domain = dns.domain
    selectors = _selectors(run)
    facts = [
        _caa(dns, domain),
        _dnssec(dns, domain),
        _spf(domain, dns.records(domain, "TXT")),
        *(_dkim(f"{one}._domainkey.{domain}", dns.records(f"{one}._domainkey.{domain}", "TXT")) for one in selectors),
        _dmarc(f"_dmarc.{domain}", dns.records(f"_dmarc.{domain}", "TXT")),
        _mx(domain, dns.records(domain, "MX")),
    ]
    expected = 5 + len(selectors)
    return Population(
        facts=tuple(facts),
        completeness=Completeness("each kind of record was asked for and answered", expected, len(facts), True),
        query="CAA, DS and DNSKEY, TXT and MX of the domain; TXT of _dmarc and of each DKIM selector",
        parameters={"domain": domain, "dkim_selectors": selectors},
        observed_at=run.now(),
        notes=("Answers are those of the resolver in the source's settings; DKIM selectors are those that we name.",),
    )


def _selectors(run: Run) -> list[str]:
    named = run.mapping.get("dkim_selectors", [])
    if not isinstance(named, (list, tuple)) or any(
        not re.fullmatch(r"[A-Za-z0-9._-]{1,63}", str(one)) for one in named
    ):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `dkim_selectors` is no list of selectors")
    return [str(one) for one in named]


def _texts(records: Sequence[str] | None) -> list[str]:
    """TXT records as one text each: their strings are joined without a space (RFC 7208 3.3)."""
    return ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', record)) for record in records or ()]


def _caa(dns: Dns, domain: str) -> DnsRecord:
    """The nearest set of records, climbing towards the root (RFC 8659 3)."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        records = dns.records(".".join(labels[at:]), "CAA")
        if records:
            values = tuple(records)
            issuing = any(re.match(r"\d+ issue ", value) for value in values)
            return DnsRecord(domain, "caa", True, issuing, None, values)
    return DnsRecord(domain, "caa", False, False, None, ())


def _dnssec(dns: Dns, domain: str) -> DnsRecord:
    state = dns.signed(domain)
    return DnsRecord(domain, "dnssec", state != "unsigned", state == "signed", state, ())


def _spf(domain: str, records: Sequence[str] | None) -> DnsRecord:
    found = [text for text in _texts(records) if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
    last = re.search(r"(?:^|\s)([-~?+]?)all(?:\s|$)", found[0]) if len(found) == 1 else None
    policy = (last[1] or "+") if last else None
    return DnsRecord(domain, "spf", bool(found), len(found) == 1 and policy is not None, policy, tuple(found))


def _dkim(name: str, records: Sequence[str] | None) -> DnsRecord:
    """A key that is there and not revoked: an empty `p=` revokes it (RFC 6376 3.6.1)."""
    texts = _texts(records)
    keys = [tag[1] for text in texts if (tag := re.search(r"(?:^|;)\s*p=([A-Za-z0-9+/=\s]*)", text))]
    return DnsRecord(name, "dkim", bool(texts), len(keys) == 1 and bool(keys[0].strip()), None, tuple(texts))


def _dmarc(name: str, records: Sequence[str] | None) -> DnsRecord:
    found = [text for text in _texts(records) if re.match(r"v=DMARC1\s*;", text)]
    tag = re.search(r";\s*p\s*=\s*(none|quarantine|reject)\s*(;|$)", found[0]) if len(found) == 1 else None
    return DnsRecord(name, "dmarc", bool(found), tag is not None, tag[1] if tag else None, tuple(found))


def _mx(domain: str, records: Sequence[str] | None) -> DnsRecord:
    """Mail servers, or the null MX that refuses mail (RFC 7505)."""
    values = tuple(records or ())
    null = values == ("0 .",)
    return DnsRecord(domain, "mx", bool(values), null or all(not one.endswith(" .") for one in values), None, values)
