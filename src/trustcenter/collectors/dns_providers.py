"""Companies that a domain's own records lead to: whoever hosts a name, takes its mail, sends it, or has proven it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._hosts import patterns_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Dns

Record = Literal["cname", "mx", "ns", "spf", "dmarc", "verification"]
KINDS = ("CNAME", "MX", "NS", "TXT")
LONGEST_CHAIN = 8
PROOFS: Mapping[str, str] = {
    "adobe-idp-site-verification": "adobe.com", "apple-domain-verification": "apple.com",
    "atlassian-domain-verification": "atlassian.com", "docusign": "docusign.com",
    "dropbox-domain-verification": "dropbox.com", "facebook-domain-verification": "facebook.com",
    "google-site-verification": "google.com", "ms": "microsoft.com", "slack-domain-verification": "slack.com",
    "stripe-verification": "stripe.com", "zoom-domain-verification": "zoom.us",
}  # fmt: skip
"""Texts by which a company lets the owner of a domain prove it, and whose they are. Ours, and not complete."""
_PROOF = re.compile(
    r"([a-z0-9][a-z0-9_.-]*?(?:verification|verify|verify-domain|validation))[=: ]|(docusign|ms)=", re.I
)
_MECHANISM = re.compile(r"[-~?+]?(?:include|a|mx|exists):([^\s/]+)|redirect=(\S+)", re.I)
_NAME = re.compile(r"@|\*|(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,200})")


@dataclass(frozen=True, slots=True)
class DnsProvider:
    """One place outside the domain that one of its records leads to."""

    name: Annotated[str, Key]
    record: Annotated[Record, Key]
    target: Annotated[str, Key]
    """A host, or for a proof that nobody on our list asks for, its own word."""
    covered_by: tuple[str, ...]
    """Each pattern that covers the target; none where nobody can say whose it is, so that no company has it."""


@collector(method="probe", kinds=("domain",))
def dns_providers(dns: Dns, run: Run) -> Population[DnsProvider]:
    """Targets outside the domain of its CNAME, MX, NS, SPF and DMARC records, and proofs of ownership in its TXT.

    Settings: `domain`, `resolver`, optional `resolver_port`. Mapping: `names`, each name below the domain that the
    zone has (`@` is the domain itself), since the DNS does not list them; `own`, each target that is ours with the
    reason. A chain of names is followed to its first one outside the domain.
    """
    names, own = _names(run, dns.domain), _own(run)
    answers = [answer for name in names for answer in _of(dns, name)]
    found = [fact for answer in answers for fact in answer]
    return Population(
        facts=tuple(fact for fact in dict.fromkeys(found) if fact.target not in own),
        completeness=Completeness(
            "each kind of record of each name was asked for and answered", len(KINDS) * len(names), len(answers), True
        ),
        query=f"{', '.join(KINDS)} of each name, TXT of _dmarc; proofs of ownership looked up in a list",
        parameters={"domain": dns.domain, "names": names, "own": own, "known": sorted(PROOFS)},
        observed_at=run.now(),
        exclusions=tuple(f"{target}: {reason}" for target, reason in sorted(own.items())),
        notes=(
            "Names are those that the mapping lists: one that it leaves out is not seen. A name with an address only "
            "(A, AAAA) leads to no company by name, and what an included SPF record includes is that company's.",
        ),
    )


def _names(run: Run, domain: str) -> list[str]:
    named = run.mapping.get("names")
    if not isinstance(named, (list, tuple)) or not named or len(set(named)) != len(named):
        raise CouldNotTell(
            "unsupported",
            f"source {run.source.name}: `names` is no list of different names of the zone",
            hint='under mapping.dns_providers: names = ["@", "www", "mail"]',
        )
    for name in named:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise CouldNotTell("unsupported", f"source {run.source.name}: `names` holds {str(name)[:80]!r}")
    return [domain.lower() if name == "@" else f"{name.lower()}.{domain.lower()}" for name in named]


def _own(run: Run) -> dict[str, str]:
    own = run.mapping.get("own", {})
    if not isinstance(own, Mapping) or not all(isinstance(why, str) and why.strip() for why in own.values()):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `own` does not give each target with the reason")
    return {str(target).lower().rstrip("."): why for target, why in own.items()}


def _of(dns: Dns, name: str) -> list[list[DnsProvider]]:
    """What CNAME, MX, NS and TXT of a name lead to. An alias has no other records (RFC 1034 3.6.2)."""
    outside = _alias(dns, name)
    if outside is not None:
        return [[DnsProvider(name, "cname", outside, patterns_of(outside))], [], [], []]
    exchangers = [value.split()[-1] for value in dns.records(name, "MX") or ()]
    servers = list(dns.records(name, "NS") or ())
    texts = ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', value)) for value in dns.records(name, "TXT") or ()]
    said = [*_texts(name, texts)]
    if name == dns.domain.lower():
        said += _reports(dns, f"_dmarc.{name}")
    inside = [fact for fact in said if fact.record != "verification" and _below(fact.target, dns.domain)]
    return [
        [],
        _hosts(dns, name, "mx", exchangers),
        _hosts(dns, name, "ns", servers),
        [fact for fact in said if fact not in inside],
    ]


def _alias(dns: Dns, name: str) -> str | None:
    """The first name outside the domain that this one is an alias of; None where there is none."""
    at = name
    for _ in range(LONGEST_CHAIN):
        targets = dns.records(at, "CNAME")
        if not targets:
            return None
        at = targets[0].rstrip(".").lower()
        if not _below(at, dns.domain):
            return at
    raise CouldNotTell("malformed", f"{name} is an alias of an alias, more than {LONGEST_CHAIN} times")


def _hosts(dns: Dns, name: str, record: Record, targets: Sequence[str]) -> list[DnsProvider]:
    hosts = [target.rstrip(".").lower() for target in targets]
    return [
        DnsProvider(name, record, host, patterns_of(host)) for host in hosts if host and not _below(host, dns.domain)
    ]


def _below(host: str, domain: str) -> bool:
    own = domain.lower()
    return host == own or host.endswith("." + own)


def _texts(name: str, texts: Sequence[str]) -> Iterator[DnsProvider]:
    for text in texts:
        if re.match(r"v=spf1( |$)", text, re.IGNORECASE):
            for found in _MECHANISM.finditer(text):
                host = (found[1] or found[2]).rstrip(".").lower()
                yield DnsProvider(name, "spf", host, () if "%" in host else patterns_of(host))
        elif (proof := _PROOF.match(text)) is not None:
            word = str(proof[1] or proof[2]).lower()
            company = PROOFS.get(word)
            yield DnsProvider(
                name, "verification", company or word, (company, f"*.{company}") if company is not None else ()
            )


def _reports(dns: Dns, name: str) -> Iterator[DnsProvider]:
    """Who is sent reports about our mail (RFC 7489 6.2)."""
    for value in dns.records(name, "TXT") or ():
        for found in re.finditer(r"mailto:[^@\s,;!\"]+@([A-Za-z0-9.-]+)", value):
            host = found[1].rstrip(".").lower()
            yield DnsProvider(name, "dmarc", host, patterns_of(host))
