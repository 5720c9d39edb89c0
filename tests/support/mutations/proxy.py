"""A proxy between browsers and the portal: its own TLS, and whatever it changes in answers and requests.

It has a certificate of the portal's own authority, so that nothing but what it changes is different.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"})


@dataclass
class Request:
    """What a browser asked; a change may alter it before it is passed on."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What the portal answered; a change may alter it before the browser gets it."""

    request: Request
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def without(self, name: str) -> None:
        self.headers = [(each, value) for each, value in self.headers if each.lower() != name]

    def replaced(self, name: str, change: Callable[[str], str]) -> None:
        self.headers = [(each, change(value) if each.lower() == name else value) for each, value in self.headers]


@dataclass(frozen=True)
class Changes:
    """What the proxy does to what passes. `ciphers` and `lowest`, `highest` are its own TLS."""

    asked: Callable[[Request], Answer | None] = lambda request: None
    answered: Callable[[Answer], None] = lambda answer: None
    days: int = 90
    signature: type[hashes.HashAlgorithm] = hashes.SHA256
    own_authority: bool = False
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: str = "ECDHE+AESGCM:ECDHE+CHACHA20"


@contextlib.contextmanager
def proxy(url: str, tls: Path, changes: Changes, *, plain: bool = False) -> Iterator[str]:
    """The address of a proxy in front of `url`; `tls` is the portal's folder of keys, `plain` one without TLS."""
    upstream = urlsplit(url)
    trust = ssl.create_default_context(cafile=str(tls / "authority.pem")) if upstream.scheme == "https" else None
    bound = type("Bound", (_Handler,), {"upstream": upstream.netloc, "trust": trust, "changes": changes})
    server = ThreadingHTTPServer((HOST, 0), bound)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if not plain:
        server.socket = _context(tls, changes).wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http{'' if plain else 's'}://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _context(tls: Path, changes: Changes) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(_certificate(tls, changes))
        file.flush()
        made.set_ciphers(changes.ciphers)
        made.load_cert_chain(file.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version, made.maximum_version = changes.lowest, changes.highest
    return made


def _certificate(tls: Path, changes: Changes) -> bytes:
    """Key and certificate in PEM, issued by the portal's authority or, with `own_authority`, by nobody known."""
    authority = x509.load_pem_x509_certificate((tls / "authority.pem").read_bytes())
    issuer = serialization.load_pem_private_key((tls / "authority.key").read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "proxy")])
    begun = datetime.now(UTC) - timedelta(days=1)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if changes.own_authority else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(datetime.now(UTC) + timedelta(days=changes.days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not changes.own_authority:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        built = built.add_extension(identifier, critical=False)
    signed = built.sign(key if changes.own_authority else issuer, changes.signature())  # type: ignore[arg-type]
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + signed.public_bytes(serialization.Encoding.PEM)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: str
    trust: ssl.SSLContext | None
    changes: Changes

    def log_message(self, *arguments: object) -> None:
        pass

    def _pass(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        if self.trust is not None:  # a page of the proxy is, for the portal, a page of its own
            ours = {name for name in headers if name.lower() == "origin"}
            headers |= dict.fromkeys(ours, f"https://{self.upstream}")
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        answer = self.changes.asked(request) or self._answer(request)
        self.changes.answered(answer)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

    def _answer(self, request: Request) -> Answer:
        if self.trust is None:
            connection = http.client.HTTPConnection(self.upstream, timeout=30)
        else:
            connection = http.client.HTTPSConnection(self.upstream, timeout=30, context=self.trust)
        try:
            connection.request(request.method, request.path, request.body or None, request.headers)
            found = connection.getresponse()
            headers = [(name, value) for name, value in found.getheaders() if name.lower() not in _HOP]
            return Answer(request, found.status, headers, found.read())
        finally:
            connection.close()
