"""A server in front of moto: answers what moto lacks, breaks what a test wants broken, notes what was asked.

Every request is read by botocore's own models, and every answer of ours is validated against them. Clients talk to it
unmodified; faults are made in the socket.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aws_models
from aws_models import Asked

Answer = Mapping[str, Any] | Callable[[Asked], Mapping[str, Any]]
_PASSED = ("content-type", "x-amzn-requestid", "x-amz-request-id", "x-amz-meta-signature", "etag", "last-modified")


@dataclass(frozen=True)
class Raw:
    """An answer as bytes."""

    status: int
    body: bytes
    kind: str = "text/xml"
    date: datetime | None = None
    length: int | None = None
    """What Content-Length promises, where that is not the truth."""


Fault = Callable[[Asked, Raw], Raw]
"""What becomes of an answer on its way back."""


@dataclass
class Front:
    """The server as a test sees it. `asked` counts calls; `faults` are by call, or `*`, and may depend on how often."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    regions: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """Requests that the models do not allow."""

    known: dict[tuple[Any, ...], tuple[Raw, dict[str, str]]] | None = None
    """What moto answered to each request, while it is remembered."""

    @contextlib.contextmanager
    def remembering(self) -> Iterator[None]:
        """Ask moto the same thing once while the block runs, in which nothing is written to the account."""
        self.known = {}
        try:
            yield
        finally:
            self.known = None

    @contextlib.contextmanager
    def breaking(self, name: str, fault: Fault) -> Iterator[None]:
        """Break one call while the block runs."""
        self.faults[name] = fault
        try:
            yield
        finally:
            del self.faults[name]

    @contextlib.contextmanager
    def answering(self, name: str, answer: Answer) -> Iterator[None]:
        """Answer one call from here while the block runs."""
        before = self.answers.get(name)
        self.answers[name] = answer
        try:
            yield
        finally:
            if before is None:
                del self.answers[name]
            else:
                self.answers[name] = before


def error(asked: Asked, status: int, code: str, said: str = "no") -> Raw:
    """An error in the form of the service's protocol."""
    protocol = aws_models.service(asked.service).resolved_protocol
    if protocol in ("json", "rest-json"):
        return Raw(status, f'{{"__type": "{code}", "message": "{said}"}}'.encode(), "application/x-amz-json-1.1")
    if protocol == "ec2":
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>{said}</Message></Error></Errors></Response>"
    elif asked.service == "s3":
        text = f"<Error><Code>{code}</Code><Message>{said}</Message></Error>"
    else:
        text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{said}</Message></Error></ErrorResponse>"
    return Raw(status, text.encode())


def _kind(asked: Asked) -> str:
    query = aws_models.service(asked.service).resolved_protocol == "query"
    return "text/xml" if query else "application/x-amz-json-1.1"


def denied(asked: Asked, answer: Raw) -> Raw:
    return error(asked, 403, "UnauthorizedOperation" if asked.service == "ec2" else "AccessDenied")


def expired(asked: Asked, answer: Raw) -> Raw:
    return error(asked, 403, "ExpiredToken")


def region_disabled(asked: Asked, answer: Raw) -> Raw:
    return error(asked, 403, "OptInRequired")


def throttled(asked: Asked, answer: Raw) -> Raw:
    return error(asked, 400, "ThrottlingException")


def broken(asked: Asked, answer: Raw) -> Raw:
    return error(asked, 500, "InternalError")


def half(asked: Asked, answer: Raw) -> Raw:
    """Half of the bytes, and a length that says so: a page that ends early without a torn connection."""
    return Raw(200, answer.body[: len(answer.body) // 2], answer.kind)


def torn(asked: Asked, answer: Raw) -> Raw:
    """Half of the bytes, then the connection ends."""
    return Raw(200, answer.body[: len(answer.body) // 2], answer.kind, length=len(answer.body))


def page_for_people(asked: Asked, answer: Raw) -> Raw:
    """What a proxy or a portal of some network answers instead, with status 200."""
    return Raw(200, b"<html><head><title>Welcome</title></head><body>Please sign in</body></html>", "text/html")


def led_elsewhere(asked: Asked, answer: Raw) -> Raw:
    """A redirect to a page where people sign in."""
    return Raw(302, b"<html><body>Moved</body></html>", "text/html")


def signature_expired(asked: Asked, answer: Raw) -> Raw:
    """What AWS says to a signature that our clock dated wrongly."""
    code = "InvalidSignatureException" if asked.service != "iam" else "SignatureDoesNotMatch"
    return error(asked, 403, code, "Signature expired: 20261120T120000Z is now earlier than 20261120T130000Z")


def empty_object(asked: Asked, answer: Raw) -> Raw:
    """A well-formed answer with nothing in it."""
    protocol = aws_models.service(asked.service).resolved_protocol
    if protocol in ("json", "rest-json"):
        return Raw(200, b"{}", "application/x-amz-json-1.1")
    return Raw(200, f"<{asked.operation}Response></{asked.operation}Response>".encode())


def other_clock(asked: Asked, answer: Raw) -> Raw:
    return Raw(answer.status, answer.body, answer.kind, date=datetime.now(UTC) + timedelta(hours=2))


def nth(number: int, fault: Fault) -> Fault:
    """The fault on one time only, counted from 1."""
    times = iter(range(1, 1_000_000))
    lock = threading.Lock()

    def once(asked: Asked, answer: Raw) -> Raw:
        with lock:
            now = next(times)
        return fault(asked, answer) if now == number else answer

    return once


@contextlib.contextmanager
def front(moto_port: int) -> Iterator[Front]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = dict(self.headers.items())
            extra: dict[str, str] = {}
            try:
                asked = aws_models.read(self.command, self.path, headers, body)
                seen.asked[asked.name] += 1
                seen.regions.setdefault(asked.name, set()).add(asked.region)
                answer, extra = self._answer(asked, headers, body)
                fault = seen.faults.get(asked.name) or seen.faults.get("*")
                if fault is not None:
                    answer = fault(asked, answer)
            except aws_models.NotOfTheModel as problem:
                seen.wrong.append(str(problem))
                answer = Raw(400, str(problem).encode(), "text/plain")
            self._send(answer, extra)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _handle  # noqa: N815

        def _answer(self, asked: Asked, headers: dict[str, str], body: bytes) -> tuple[Raw, dict[str, str]]:
            known = seen.answers.get(asked.name)
            if known is not None:
                said = known
                if aws_models.service(asked.service).resolved_protocol in ("json", "rest-json"):
                    aws_models.validate(asked.name, asked.parameters, answer=False)
                if callable(said):
                    said = said(asked)
                if isinstance(said, Raw):
                    return said, {}
                return Raw(200, aws_models.encode(asked.name, said), _kind(asked)), {}
            question = (self.command, self.path, asked.region, asked.name, body)
            if seen.known is not None and question in seen.known:
                return seen.known[question]
            connection = http.client.HTTPConnection("127.0.0.1", moto_port, timeout=30)
            try:
                kept = {key: value for key, value in headers.items() if key.lower() not in ("connection", "expect")}
                connection.request(self.command, self.path, body or None, kept)
                reply = connection.getresponse()
                content = reply.read()
                passed = {key: value for key, value in reply.getheaders() if key.lower() in _PASSED[1:]}
            finally:
                connection.close()
            answer = Raw(reply.status, content, reply.getheader("content-type") or "text/xml"), passed
            if seen.known is not None:
                seen.known[question] = answer
            return answer

        def _send(self, answer: Raw, extra: Mapping[str, str]) -> None:
            self.send_response_only(answer.status)
            self.send_header("Date", format_datetime(answer.date or datetime.now(UTC), usegmt=True))
            self.send_header("Content-Type", answer.kind)
            for key, value in extra.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            if answer.length is not None:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that went away is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        seen = Front(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield seen
        finally:
            server.shutdown()
