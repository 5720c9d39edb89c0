"""TLS handshakes with one host and port, one version at a time.

A refusal counts only when the server makes it: by the alert `protocol_version`; by `handshake_failure` where the same
server accepts another hello; or by closing without a word where, in turns, it closes on this hello each time and
accepts the other (asyncio's servers drop the alert). A reset in the middle, silence, or a refusal by this machine's own
OpenSSL proves nothing and raises `CouldNotTell`.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import urlsplit

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources import hello
from trustcenter.sources.hosts import added_hosts, all_hosts
from trustcenter.sources.interface import Budget, Handshake, Host
from trustcenter.sources.settings import text_setting

SECONDS = 8.0
CLOSED = "closed"
"""The server's answer was the end of the connection, before its first byte."""
TURNS = 3
"""How often a closing must alternate with an accepted hello before it counts as a refusal."""
_BY_LIBRARY: Mapping[str, ssl.TLSVersion] = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
_ALERTS = frozenset(
    {"TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"}
)
_LOCAL = frozenset({"NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE", "UNSUPPORTED_PROTOCOL", "NO_SUITABLE_KEY_SHARE"})
_SUITES: Mapping[int, str] = {**hello.WEAK_SUITES, **hello.STRONG_SUITES}


def from_source(source: Source, run: Budget) -> TlsEndpoint:
    """The endpoint named by `host` and `port`, else by the address in `url`, else the first of `hosts`.

    `ca` is the file of its authority.
    """
    settings = source.settings
    if settings.get("host"):
        try:
            host, port = str(settings["host"]), int(settings.get("port", 443))
        except ValueError as error:
            raise CouldNotTell("unsupported", f"source {source.name}: the port is no number") from error
    else:
        url = settings.get("url") or next((each.url for each in added_hosts(run)), None)
        host, port = _address(source, url if isinstance(url, str) and url else text_setting(run, "url"))
    return TlsEndpoint(run, host, port, name=settings.get("server_name"), authority=settings.get("ca"))


def _address(source: Source, url: str) -> tuple[str, int]:
    try:
        address = urlsplit(url)
        if address.scheme != "https" or not address.hostname:
            raise CouldNotTell("unsupported", f"source {source.name}: `url` is no https address")
        return address.hostname, address.port or 443
    except ValueError as error:
        raise CouldNotTell("unsupported", f"source {source.name}: the port is no number") from error


class TlsEndpoint:
    """`Tls` over raw sockets: hand-written hellos below TLS 1.2, OpenSSL above."""

    def __init__(
        self,
        budget: Budget,
        host: str,
        port: int,
        *,
        name: str | None = None,
        authority: str | None = None,
        label: str | None = None,
    ) -> None:
        self.host = label or host
        self.port = port
        self._to = host
        self._budget = budget
        self._name = name or host
        self._authority = authority
        self._where = f"source {budget.source.name}: TLS" + (f" of {label}" if label else "")

    def hosts(self) -> Sequence[TlsEndpoint]:
        """See `Tls.hosts`."""
        named = f"[{self._to}]" if ":" in self._to else self._to
        own = Host(self._to, f"https://{named}:{self.port}")
        found = all_hosts(self._budget, own)
        made = [self]
        self.host = found[0].label
        for host in found[1:]:
            name, port = _address(self._budget.source, host.url)
            made.append(TlsEndpoint(self._budget, name, port, authority=self._authority, label=host.label))
        return made

    def handshake(self, version: str, *, verify: bool = False) -> Handshake:
        """See `Tls.handshake`."""
        if version in _BY_LIBRARY:
            return self._by_library(version, verify)
        if version in hello.VERSIONS:
            return self._by_hand(version)
        raise CouldNotTell("unsupported", f"`{version}` is no TLS version that can be tried", where=self._where)

    def weak_suites(self) -> Sequence[str]:
        """Offer only weak suites, again and again without those that were accepted, until the server refuses."""
        left = dict(hello.WEAK_SUITES)
        found: list[str] = []
        while left:
            offered = tuple(left)
            answer = self._ask(hello.VERSIONS["TLSv1.2"], offered)
            if isinstance(answer, hello.Refused):
                self._prove(answer.alert, "TLSv1.2", partial(self._ask, hello.VERSIONS["TLSv1.2"], offered))
                return tuple(found)
            if answer.suite not in left:
                raise CouldNotTell("contradicted", "the server chose a suite that was not offered", where=self._where)
            found.append(left.pop(answer.suite))
        return tuple(found)

    def _by_hand(self, version: str) -> Handshake:
        number, suites = hello.VERSIONS[version], tuple(hello.LEGACY_SUITES)
        answer = self._ask(number, suites)
        if isinstance(answer, hello.Agreed):
            if answer.version != number:
                raise CouldNotTell("contradicted", f"asked for {version}, answered with another", where=self._where)
            return Handshake(version, True, cipher=_SUITES.get(answer.suite, f"0x{answer.suite:04X}"))
        self._prove(answer.alert, version, partial(self._ask, number, suites))
        return Handshake(version, False, refusal=answer.alert)

    def _prove(self, alert: str, version: str, again: Callable[[], object]) -> None:
        """That this answer is the server's refusal of this hello. Raises CouldNotTell where it may be anything else."""
        if alert == "protocol_version":
            return
        if alert not in ("handshake_failure", "insufficient_security", CLOSED):
            raise CouldNotTell("contradicted", f"the server answered {version} with {alert}", where=self._where)
        for _ in range(TURNS if alert == CLOSED else 1):
            if not self._accepts_another(version):
                raise CouldNotTell("incomplete", "the server refuses every hello: no proof", where=self._where)
            if alert == CLOSED and again() != hello.Refused(CLOSED):
                raise CouldNotTell("contradicted", f"the server answers {version} now so, now so", where=self._where)

    def _accepts_another(self, refused: str) -> bool:
        """The control: a hello at TLS 1.2 with every suite, or a handshake at TLS 1.3, that this server does accept."""
        answer = self._ask(hello.VERSIONS["TLSv1.2"], (*hello.STRONG_SUITES, *hello.WEAK_SUITES))
        if isinstance(answer, hello.Agreed):
            return True
        return refused != "TLSv1.3" and isinstance(self._shake(_trusting(), "TLSv1.3"), tuple)

    def _ask(self, version: int, suites: Sequence[int]) -> hello.Agreed | hello.Refused:
        with self._connection() as exchange:
            exchange.send(hello.client_hello(version, suites, self._name))
            data = b""
            try:
                while (answer := hello.read_answer(data)) is None:
                    chunk = exchange.receive()
                    if not chunk:
                        return hello.Refused(CLOSED)
                    data += chunk
            except ValueError as error:
                raise CouldNotTell("malformed", f"the answer is not TLS: {error}", where=self._where) from error
            return answer

    def _by_library(self, version: str, verify: bool) -> Handshake:
        problem = self._chain_problem(version) if verify else None
        answer = self._shake(_trusting(), version)
        if isinstance(answer, hello.Refused):
            self._prove(answer.alert, version, lambda: self._shake(_trusting(), version))
            return Handshake(version, False, refusal=answer.alert)
        verified = (problem is None) if verify else None
        return Handshake(version, True, answer[0], answer[1], verified=verified, problem=problem)

    def _chain_problem(self, version: str) -> str | None:
        """Why chain or name do not verify; None where they do, or where the version is refused before."""
        try:
            context = ssl.create_default_context(cafile=self._authority)
        except (OSError, ssl.SSLError) as error:
            raise CouldNotTell(
                "unsupported",
                f"source {self._budget.source.name}: the authority's file `ca` cannot be read",
                hint="`ca` names a PEM file with the certificates of the authority",
            ) from error
        try:
            self._shake(context, version)
        except ssl.SSLCertVerificationError as error:
            return str(error.verify_message or "the chain does not verify").rstrip(".")
        return None

    def _shake(self, context: ssl.SSLContext, version: str) -> hello.Refused | tuple[str, bytes]:
        """One handshake: the refusal, not yet proven, or suite and certificate."""
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = _BY_LIBRARY[version]
        except (ssl.SSLError, ValueError) as error:
            raise CouldNotTell(
                "unsupported", f"this machine's OpenSSL cannot speak {version}", where=self._where
            ) from error
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        shaking = context.wrap_bio(incoming, outgoing, server_hostname=self._name)
        with self._connection() as exchange:
            while True:
                try:
                    shaking.do_handshake()
                    exchange.send(outgoing.read())
                    break
                except ssl.SSLWantReadError:
                    exchange.send(outgoing.read())
                    chunk = exchange.receive()
                    if not chunk:
                        return hello.Refused(CLOSED)
                    incoming.write(chunk)
                except ssl.SSLCertVerificationError:
                    raise
                except ssl.SSLError as error:
                    return self._refusal(error, version)
        suite, certificate = shaking.cipher(), shaking.getpeercert(binary_form=True)
        if suite is None or certificate is None or shaking.version() != version:
            raise CouldNotTell("contradicted", "the handshake ended at another version", where=self._where)
        return suite[0], certificate

    def _refusal(self, error: ssl.SSLError, version: str) -> hello.Refused:
        reason = error.reason or ""
        if reason in _ALERTS:
            return hello.Refused(reason.split("_ALERT_", 1)[1].lower())
        if reason in _LOCAL:
            raise CouldNotTell(
                "unsupported", f"this machine's OpenSSL refused {version} itself: {reason}", where=self._where
            ) from error
        raise CouldNotTell(
            "malformed", f"the handshake failed without an alert: {reason}", where=self._where
        ) from error

    @contextlib.contextmanager
    def _connection(self) -> Iterator[_Exchange]:
        until = min(self._budget.timer() + SECONDS, self._budget.deadline)
        try:
            left = max(until - self._budget.timer(), 0.001)
            raw = socket.create_connection((self._to, self.port), timeout=left)
        except TimeoutError as error:
            raise CouldNotTell("timed_out", "no connection in time", where=self._where) from error
        except OSError as error:
            raise CouldNotTell("unreachable", "no connection", where=self._where) from error
        with raw:
            yield _Exchange(raw, lambda: until - self._budget.timer(), self._where)


class _Exchange:
    """One connection with its time limit; errors of the socket as causes."""

    def __init__(self, raw: socket.socket, left: Callable[[], float], where: str) -> None:
        self._raw, self._left, self._where = raw, left, where
        self._received = 0

    def send(self, data: bytes) -> None:
        self._limit()
        with self._causes():
            self._raw.sendall(data)

    def receive(self) -> bytes:
        """The next bytes; none where the server closed before its first byte. A later end is `incomplete`."""
        self._limit()
        chunk = b""
        with self._causes():
            try:
                chunk = self._raw.recv(16384)
            except ConnectionResetError:
                if self._received:
                    raise
        if not chunk and self._received:
            raise CouldNotTell("incomplete", "the handshake was cut off", where=self._where)
        self._received += len(chunk)
        return chunk

    def _limit(self) -> None:
        left = self._left()
        if left <= 0:
            raise CouldNotTell("timed_out", "the handshake did not end in time", where=self._where)
        self._raw.settimeout(left)

    @contextlib.contextmanager
    def _causes(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise CouldNotTell("timed_out", "the handshake did not end in time", where=self._where) from error
        except OSError as error:
            raise CouldNotTell("incomplete", "the connection was cut off", where=self._where) from error


def _trusting() -> ssl.SSLContext:
    """A context that looks and does not judge."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
