"""TLS handshakes with one host and port, one version at a time.

A refusal counts only when the server says so by an alert: `protocol_version`, or `handshake_failure` where the same
server accepts another hello, so that it is not refusing everything. Silence, a reset or a refusal by this machine's own
OpenSSL proves nothing and raises `CouldNotTell`.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources import hello
from trustcenter.sources.interface import Budget, Handshake
from trustcenter.sources.settings import text_setting

SECONDS = 8.0
_BY_LIBRARY: Mapping[str, ssl.TLSVersion] = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
_VERSION_REFUSED = "TLSV1_ALERT_PROTOCOL_VERSION"
_OTHER_REFUSALS = frozenset({"SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"})
_LOCAL = frozenset({"NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE", "UNSUPPORTED_PROTOCOL", "NO_SUITABLE_KEY_SHARE"})
_SUITES: Mapping[int, str] = {**hello.WEAK_SUITES, **hello.STRONG_SUITES}


def from_source(source: Source, run: Budget) -> TlsEndpoint:
    """The endpoint named by `host` and `port`, or else by the address in `url`; `ca` is its authority's file."""
    settings = source.settings
    try:
        if settings.get("host"):
            host, port = str(settings["host"]), int(settings.get("port", 443))
        else:
            address = urlsplit(text_setting(run, "url"))
            if address.scheme != "https" or not address.hostname:
                raise CouldNotTell("unsupported", f"source {source.name}: `url` is no https address")
            host, port = address.hostname, address.port or 443
    except ValueError as error:
        raise CouldNotTell("unsupported", f"source {source.name}: the port is no number") from error
    return TlsEndpoint(run, host, port, name=settings.get("server_name"), authority=settings.get("ca"))


class TlsEndpoint:
    """`Tls` over raw sockets: hand-written hellos below TLS 1.2, OpenSSL above."""

    def __init__(self, budget: Budget, host: str, port: int, *, name: str | None = None, authority: str | None = None):
        self.host = host
        self.port = port
        self._budget = budget
        self._name = name or host
        self._authority = authority
        self._where = f"source {budget.source.name}: TLS"

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
            answer = self._ask(hello.VERSIONS["TLSv1.2"], tuple(left))
            if isinstance(answer, hello.Refused):
                if answer.alert not in ("handshake_failure", "insufficient_security", "protocol_version"):
                    raise CouldNotTell("contradicted", f"the server answered {answer.alert}", where=self._where)
                return tuple(found)
            if answer.suite not in left:
                raise CouldNotTell("contradicted", "the server chose a suite that was not offered", where=self._where)
            found.append(left.pop(answer.suite))
        return tuple(found)

    def _by_hand(self, version: str) -> Handshake:
        number = hello.VERSIONS[version]
        answer = self._ask(number, tuple(hello.LEGACY_SUITES))
        if isinstance(answer, hello.Agreed):
            if answer.version != number:
                raise CouldNotTell("contradicted", f"asked for {version}, answered with another", where=self._where)
            return Handshake(version, True, cipher=_SUITES.get(answer.suite, f"0x{answer.suite:04X}"))
        if answer.alert == "protocol_version":
            return Handshake(version, False, refusal=answer.alert)
        if answer.alert in ("handshake_failure", "insufficient_security") and self._accepts_another(version):
            return Handshake(version, False, refusal=answer.alert)
        raise CouldNotTell(
            "contradicted",
            f"the server answered {version} with {answer.alert}, which does not say that it refuses the version",
            where=self._where,
        )

    def _accepts_another(self, refused: str) -> bool:
        """The control: a hello at TLS 1.2, or else a handshake at TLS 1.3, that this server does accept."""
        if refused != "TLSv1.2":
            answer = self._ask(hello.VERSIONS["TLSv1.2"], (*hello.STRONG_SUITES, *hello.WEAK_SUITES))
            if isinstance(answer, hello.Agreed):
                return True
        return refused != "TLSv1.3" and self._by_library("TLSv1.3", False).accepted

    def _ask(self, version: int, suites: Sequence[int]) -> hello.Agreed | hello.Refused:
        with self._connection() as (raw, left):
            try:
                raw.sendall(hello.client_hello(version, suites, self._name))
                data = b""
                while (answer := hello.read_answer(data)) is None:
                    raw.settimeout(left())
                    chunk = raw.recv(16384)
                    if not chunk:
                        raise CouldNotTell("incomplete", "the connection ended without an answer", where=self._where)
                    data += chunk
                return answer
            except ValueError as error:
                raise CouldNotTell("malformed", f"the answer is not TLS: {error}", where=self._where) from error
            except TimeoutError as error:
                raise CouldNotTell("timed_out", "no answer to the hello in time", where=self._where) from error
            except OSError as error:
                raise CouldNotTell(
                    "incomplete", "the connection was reset without an alert: no proof of refusal", where=self._where
                ) from error

    def _by_library(self, version: str, verify: bool) -> Handshake:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        problem = None
        if verify:
            problem = self._chain_problem(version)
        answer = self._shake(context, version)
        if isinstance(answer, str):
            return Handshake(version, False, refusal=answer)
        cipher, certificate = answer
        return Handshake(
            version,
            True,
            cipher=cipher,
            certificate=certificate,
            verified=(problem is None) if verify else None,
            problem=problem,
        )

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

    def _shake(self, context: ssl.SSLContext, version: str) -> str | tuple[str, bytes]:
        """One handshake: the alert of a refusal, or suite and certificate."""
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = _BY_LIBRARY[version]
        except (ssl.SSLError, ValueError) as error:
            raise CouldNotTell(
                "unsupported", f"this machine's OpenSSL cannot speak {version}", where=self._where
            ) from error
        with self._connection() as (raw, left):
            raw.settimeout(left())
            try:
                with context.wrap_socket(raw, server_hostname=self._name) as wrapped:
                    suite = wrapped.cipher()
                    certificate = wrapped.getpeercert(binary_form=True)
                    if suite is None or certificate is None or wrapped.version() != version:
                        raise CouldNotTell("contradicted", "the handshake ended elsewhere", where=self._where)
                    return suite[0], certificate
            except ssl.SSLCertVerificationError:
                raise
            except ssl.SSLEOFError as error:
                raise CouldNotTell("incomplete", "the handshake was cut off", where=self._where) from error
            except ssl.SSLError as error:
                return self._refusal(error, version)
            except TimeoutError as error:
                raise CouldNotTell("timed_out", "the handshake did not end in time", where=self._where) from error
            except OSError as error:
                raise CouldNotTell(
                    "incomplete", "the connection was reset without an alert: no proof of refusal", where=self._where
                ) from error

    def _refusal(self, error: ssl.SSLError, version: str) -> str:
        reason = error.reason or ""
        if reason == _VERSION_REFUSED or (reason in _OTHER_REFUSALS and self._accepts_another(version)):
            return reason.split("_ALERT_", 1)[1].lower()
        if reason in _LOCAL:
            raise CouldNotTell(
                "unsupported", f"this machine's OpenSSL refused {version} itself: {reason}", where=self._where
            ) from error
        raise CouldNotTell(
            "malformed", f"the handshake failed without an alert about the version: {reason}", where=self._where
        ) from error

    @contextlib.contextmanager
    def _connection(self) -> Iterator[tuple[socket.socket, Callable[[], float]]]:
        """A connected socket, and how many seconds are left for it."""
        until = min(self._budget.timer() + SECONDS, self._budget.deadline)

        def left() -> float:
            seconds = until - self._budget.timer()
            if seconds <= 0:
                raise CouldNotTell("timed_out", "the run's time is used up", where=self._where)
            return seconds

        try:
            raw = socket.create_connection((self.host, self.port), timeout=left())
        except TimeoutError as error:
            raise CouldNotTell("timed_out", "no connection in time", where=self._where) from error
        except OSError as error:
            raise CouldNotTell("unreachable", "no connection", where=self._where) from error
        with raw:
            yield raw, left
