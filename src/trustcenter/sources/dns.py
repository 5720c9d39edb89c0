"""`Dns`: questions to one resolver or name server, over UDP and again over TCP where an answer was cut (RFC 7766 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trustcenter.model.population import Cause, CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.interface import Budget
from trustcenter.sources.settings import seconds_left, text_setting

if TYPE_CHECKING:
    import dns.message
    import dns.rrset

SECONDS = 4.0
PAYLOAD = 1232
"""Octets of UDP payload that pass unfragmented nearly everywhere."""


def from_source(source: Source, run: Budget) -> Resolver:
    """The resolver in `resolver` (an address, `resolver_port` beside it), for the `domain` of the source."""
    try:
        port = int(source.settings.get("resolver_port", 53))
    except ValueError as error:
        raise CouldNotTell("unsupported", f"source {source.name}: `resolver_port` is no number") from error
    return Resolver(run, text_setting(run, "domain").rstrip("."), text_setting(run, "resolver"), port)


class Resolver:
    """`Dns` with dnspython. Nothing of this machine's own resolver configuration is used."""

    def __init__(self, budget: Budget, domain: str, address: str, port: int) -> None:
        self._domain = domain
        self._budget = budget
        self._address = address
        self._port = port

    @property
    def domain(self) -> str:
        return self._domain

    def records(self, name: str, kind: str) -> Sequence[str] | None:
        """See `Dns.records`. Raises CouldNotTell for every answer that proves neither presence nor absence."""
        found = self._rrset(name, kind)
        return None if found is None else sorted(record.to_text() for record in found)

    def signed(self, name: str) -> str:
        """See `Dns.signed`."""
        import dns.dnssec
        import dns.exception
        import dns.name
        import dns.rrset

        parent = self._rrset(name, "DS")
        if parent is None:
            return "unsigned"
        answer = self._ask(name, "DNSKEY")
        keys = self._of(answer, name, "DNSKEY")
        signatures = next((one for one in answer.answer if one.rdtype == 46), None)
        if keys is None or signatures is None:
            return "broken"
        zone = dns.name.from_text(name)
        known = [key for key in keys if any(self._matches(zone, key, one) for one in parent)]
        if not known:
            return "broken"
        entry = dns.rrset.from_rdata_list(zone, keys.ttl, known)
        for signature in signatures:
            try:
                dns.dnssec.validate_rrsig(keys, signature, {zone: entry}, now=self._budget.now().timestamp())
                return "signed"
            except dns.exception.DNSException:
                continue
        return "broken"

    def _matches(self, zone: Any, key: Any, parent: Any) -> bool:
        import dns.dnssec

        if parent.digest_type not in (2, 4):  # SHA-256, SHA-384; RFC 8624 3.3 forbids what is older
            return False
        made = dns.dnssec.make_ds(zone, key, {2: "SHA256", 4: "SHA384"}[parent.digest_type])
        return bool(made.digest == parent.digest and made.key_tag == parent.key_tag)

    def _rrset(self, name: str, kind: str) -> dns.rrset.RRset | None:
        return self._of(self._ask(name, kind), name, kind)

    def _of(self, answer: dns.message.Message, name: str, kind: str) -> dns.rrset.RRset | None:
        """The answer's records, aliases followed; None where a negative answer has its SOA (RFC 2308 2)."""
        import dns.flags
        import dns.rdatatype

        wanted = dns.rdatatype.from_text(kind)
        for found in answer.answer:
            if found.rdtype == wanted:
                return found
        proof = any(one.rdtype == dns.rdatatype.SOA for one in answer.authority)
        if proof or answer.flags & dns.flags.AA:
            return None
        raise CouldNotTell(
            "incomplete", "the server neither knows the zone nor asks for us: an empty answer that proves nothing",
            where=self._where(name, kind), hint="name a resolver that answers for this domain",
        )  # fmt: skip

    def _where(self, name: str, kind: str) -> str:
        return f"source {self._budget.source.name}: {kind} of {name}"

    def _ask(self, name: str, kind: str) -> dns.message.Message:
        import dns.exception
        import dns.message
        import dns.query
        import dns.rcode

        where = self._where(name, kind)
        try:
            question = dns.message.make_query(name, kind, want_dnssec=True, payload=PAYLOAD)
            answer, _ = dns.query.udp_with_fallback(
                question, self._address, timeout=seconds_left(self._budget, SECONDS), port=self._port
            )
        except dns.exception.Timeout as error:
            raise CouldNotTell("timed_out", "the resolver did not answer in time", where=where) from error
        except EOFError as error:
            raise CouldNotTell("incomplete", "the answer was cut off", where=where) from error
        except (dns.exception.DNSException, ValueError) as error:
            raise CouldNotTell("malformed", "the answer is no answer to this question", where=where) from error
        except OSError as error:
            raise CouldNotTell("unreachable", "the resolver cannot be reached", where=where) from error
        code = answer.rcode()
        if code in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return answer
        cause: Cause = "denied" if code in (dns.rcode.REFUSED, dns.rcode.NOTAUTH) else "unreachable"
        raise CouldNotTell(cause, f"the resolver answered {dns.rcode.to_text(code)}", where=where)
