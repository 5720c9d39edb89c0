"""Links of the register of subprocessors, fetched: a security page or agreement that is gone helps nobody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit

from trustcenter.collectors._hosts import patterns_of
from trustcenter.collectors._records import records_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.model.records import Subprocessor
from trustcenter.sources.interface import Response, Web

REDIRECTS = 5
_LINK = re.compile(r"https://[^\s<>\"']+")
State = Literal["alive", "empty", "gone", "elsewhere", "loop", "no_such_name"]


@dataclass(frozen=True, slots=True)
class SecurityLink:
    """One link of one company of the register, as it answered."""

    subprocessor: Annotated[str, Key]
    use: Annotated[Literal["security_page", "agreement"], Key]
    address: Annotated[str, Key]
    state: State
    """`gone`: 404 or 410; `elsewhere`: it led to a host that is not the company's, or off https; `loop`: on and on."""
    final_host: str | None
    digest: str | None
    """SHA-256 of what was there."""


@collector(method="probe", kinds=("records",))
def security_links(web: Web, run: Run) -> Population[SecurityLink]:
    """Fetches the security page of each subprocessor, and each https address in its agreement; redirects are followed.

    Mapping: `outbound = true` lets it leave this machine, `addresses` names hosts of an own network, `ca` its
    authority. What is refused (401, 403 and other answers that are neither yes nor no) raises CouldNotTell, and so
    does a name that does not exist where no other link answered: our own network may be down.
    """
    today = run.now().date()
    records = [
        record
        for record in records_of(run, "subprocessors", Subprocessor)
        if record.ended is None or record.ended > today
    ]
    links = [(record, use, address) for record in records for use, address in _links(record)]
    facts = tuple(_followed(web, record, use, address) for record, use, address in links)
    lost = [fact.address for fact in facts if fact.state == "no_such_name"]
    if lost and len(lost) == len(facts):
        raise CouldNotTell(
            "unreachable",
            "no name of the register can be found: that may be our own network",
            hint="look whether this machine can ask the DNS",
        )
    return Population(
        facts=facts,
        completeness=Completeness(
            "every https address of the register's entries that have not ended",
            len(links),
            len(facts),
            independent=True,
        ),
        query=f"GET of each address without a session; at most {REDIRECTS} redirects are followed, over https only",
        parameters={"register": [record.id for record in records]},
        observed_at=run.now(),
        notes=("A page that answers is not read: what it says is the reviewer's to judge.",),
    )


def _links(record: Subprocessor) -> Iterator[tuple[Literal["security_page", "agreement"], str]]:
    if record.security_page.strip():
        yield "security_page", record.security_page.strip()
    for found in dict.fromkeys(_LINK.findall(record.agreement)):
        yield "agreement", found.rstrip(".,;)")


def _followed(web: Web, record: Subprocessor, use: Literal["security_page", "agreement"], address: str) -> SecurityLink:
    def ended(state: State, answer: Response | None = None) -> SecurityLink:
        host = urlsplit(answer.url).hostname if answer is not None else None
        digest = "sha256:" + hashlib.sha256(answer.body).hexdigest() if answer is not None and answer.body else None
        return SecurityLink(record.id, use, address, state, host, digest)

    if urlsplit(address).scheme != "https":
        return ended("elsewhere")
    at = address
    for _ in range(REDIRECTS + 1):
        answer = web.get(at)
        if answer is None:
            return ended("no_such_name")
        target = answer.header("location")
        if answer.status in (301, 302, 303, 307, 308) and target is not None:
            at = urljoin(at, target)
            if urlsplit(at).scheme != "https" or not _own(record, address, urlsplit(at).hostname or ""):
                return ended("elsewhere", answer)
            continue
        if answer.status == 200:
            return ended("alive" if answer.body.strip() else "empty", answer)
        if answer.status in (404, 410):
            return ended("gone", answer)
        cause: Literal["denied", "contradicted"] = "denied" if answer.status in (401, 403) else "contradicted"
        raise CouldNotTell(cause, f"{use} of {record.id} answered {answer.status}, which says neither yes nor no")
    return ended("loop")


def _own(record: Subprocessor, address: str, host: str) -> bool:
    """The company's host: that of the link with or without `www.`, one below it, or one that the register names."""
    first = (urlsplit(address).hostname or "").removeprefix("www.")
    return host == first or host.endswith("." + first) or bool(set(patterns_of(host)) & set(record.hosts))
