"""A client of one web application, over httpx: bounded in time, size and retries, and it follows no redirect.

Denial (401, 403) is an answer, for the collector to read. What is no answer is raised as `CouldNotTell`: refused or
reset (`unreachable`), too slow (`timed_out`), cut off (`incomplete`), not HTTP (`malformed`).
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from trustcenter.model.population import Cause, CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.hosts import added_hosts, all_hosts
from trustcenter.sources.interface import Budget, Host, Response
from trustcenter.sources.settings import text_setting

if TYPE_CHECKING:
    import httpx

LARGEST_BODY = 8 * 1024 * 1024
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
_TRANSIENT_CAUSES: frozenset[Cause] = frozenset({"timed_out", "unreachable", "incomplete"})
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_SAFE = frozenset({"GET", "HEAD"})


def from_source(source: Source, run: Budget) -> HttpClient:
    """A client of the source's `url`, else of the first of its `hosts`; it trusts `ca` or the machine's authorities."""
    url = source.settings.get("url") or next((host.url for host in added_hosts(run)), None) or text_setting(run, "url")
    if not isinstance(url, str):
        url = text_setting(run, "url")
    if urlsplit(url).scheme not in ("http", "https"):
        raise CouldNotTell(
            "unsupported",
            f"source {source.name}: `url` is no http or https address",
            hint="write https://HOST",
        )
    settings = source.settings
    plain = settings.get("http_url") if settings.get("url") else next(host.http_url for host in added_hosts(run))
    return HttpClient(run, url, http_url=plain, authority=settings.get("ca"), settings=settings)


class HttpClient:
    """`Http` over httpx; one cookie jar a session."""

    def __init__(
        self,
        budget: Budget,
        base_url: str,
        *,
        http_url: str | None = None,
        authority: str | None = None,
        settings: Mapping[str, Any] | None = None,
        address: str | None = None,
        label: str = "",
        route: Callable[[str, int], tuple[str, int]] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.settings = settings or {}
        self._budget = budget
        self._http_url = http_url.rstrip("/") if http_url else None
        self._authority = authority
        self._from = address
        self._label = label
        self._route = route
        self._sessions: list[HttpClient] = []
        self._until = budget.deadline
        self._client = self._connect()

    def session(self, address: str | None = None) -> HttpClient:
        """See `Http.session`."""
        if address is not None:
            _check_ours(address, self._budget.source.name)
        made = HttpClient(
            self._budget, self.base_url, http_url=self._http_url, authority=self._authority, settings=self.settings,
            address=address, label=self._label,
        )  # fmt: skip
        self._sessions.append(made)
        return made

    def hosts(self) -> Sequence[tuple[Host, HttpClient]]:
        """See `Http.hosts`."""
        own = Host(urlsplit(self.base_url).hostname or "", self.base_url, self._http_url)
        found = all_hosts(self._budget, own)
        made = []
        for host in found:
            client = self if host is own else HttpClient(
                self._budget, host.url, http_url=host.http_url, authority=self._authority, settings=self.settings,
                label=host.label if len(found) > 1 else "",
            )  # fmt: skip
            if client is not self:
                self._sessions.append(client)
            made.append((host, client))
        return made

    def close(self) -> None:
        """End every connection, those of its sessions too."""
        for session in self._sessions:
            session.close()
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        retry: bool = True,
    ) -> Response:
        """See `Http.request`."""
        url = self._address(path)
        where = f"source {self._budget.source.name}: {method} {self._label}{urlsplit(url).path or '/'}"
        attempts = ATTEMPTS if retry else 1
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            wait = min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
            try:
                response = self._once(method, url, where, headers, form, json)
            except CouldNotTell as error:
                if last or error.cause not in _TRANSIENT_CAUSES or method not in _REPEATABLE:
                    raise
            else:
                busy = response.status == 429 or response.status >= 500
                if not retry or not busy:
                    return response
                if last or (response.status != 429 and method not in _REPEATABLE):
                    raise _busy(response.status, where)
                wait = _asked_pause(response, wait)
            if self._remaining() <= wait:
                raise CouldNotTell("timed_out", "the run's time is used up", where=where)
            time.sleep(wait)
        raise CouldNotTell("defect", "no attempt was made", where=where)  # pragma: no cover

    def _connect(self) -> httpx.Client:
        import httpx

        from trustcenter.sources.http_limits import LimitedTransport

        try:
            trust = ssl.create_default_context(cafile=self._authority)
        except (OSError, ssl.SSLError) as error:
            raise CouldNotTell(
                "unsupported",
                f"source {self._budget.source.name}: the authority's file `ca` cannot be read",
                hint="`ca` names a PEM file with the certificates of the authority",
            ) from error
        return httpx.Client(
            transport=LimitedTransport(trust, lambda: self._until - self._budget.timer(), self._from, self._route),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "trustcenter", "accept": "*/*"},
        )

    def _address(self, path: str) -> str:
        if path.startswith("/") and not path.startswith("//"):
            return self.base_url + path
        asked = urlsplit(path)
        for allowed in (self.base_url, self._http_url):
            if allowed and (asked.scheme, asked.netloc) == urlsplit(allowed)[:2]:
                return path
        raise CouldNotTell(
            "unsafe",
            f"source {self._budget.source.name}: the address does not belong to the source",
            hint="a collector reaches `url` and `http_url` of its source, nothing else",
        )

    def _remaining(self) -> float:
        return self._budget.deadline - self._budget.timer()

    def _once(
        self,
        method: str,
        url: str,
        where: str,
        headers: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
        json: Any,
    ) -> Response:
        import httpx

        remaining = self._remaining()
        if remaining <= 0:
            raise CouldNotTell("timed_out", "the run's time is used up", where=where)
        self._until = self._budget.timer() + min(READ_SECONDS, remaining)
        timeout = httpx.Timeout(min(READ_SECONDS, remaining), connect=min(CONNECT_SECONDS, remaining))
        body = bytearray()
        sent = {**_origin(method, url), **{name.lower(): value for name, value in (headers or {}).items()}}
        try:
            with self._client.stream(method, url, headers=sent, data=form, json=json, timeout=timeout) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        raise CouldNotTell("malformed", f"the answer is larger than {LARGEST_BODY} bytes", where=where)
                received = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
                return Response(answer.status_code, received, bytes(body), url)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError) as error:
            cause, what = _cause_of(error)
            raise CouldNotTell(cause, what, where=where) from None


def _check_ours(address: str, source: str) -> None:
    """Raises CouldNotTell("unsupported") where no socket of this machine can be bound to the address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as bound:
            bound.bind((address, 0))
    except (OSError, UnicodeError) as error:
        raise CouldNotTell(
            "unsupported",
            f"source {source}: this machine cannot call from the address that the mapping names",
            hint="name an address of this machine; 127.0.8.1 and its like are there on Linux without more",
        ) from error


def _origin(method: str, url: str) -> dict[str, str]:
    """Every change carries the page's origin, as from a browser (Fetch standard, 3.2); some platforms insist on it."""
    asked = urlsplit(url)
    return {} if method in _SAFE else {"origin": f"{asked.scheme}://{asked.netloc}"}


def _cause_of(error: Exception) -> tuple[Cause, str]:
    """The typed cause of an httpx error; its text is not repeated, for it may hold an address."""
    import httpx

    reason = _tls_reason(error)
    if isinstance(error, httpx.TimeoutException):
        return "timed_out", "no answer in time"
    if reason == "CERTIFICATE_VERIFY_FAILED":
        return "unreachable", "the certificate does not verify against the authority in `ca`"
    if isinstance(error, httpx.ConnectError):
        if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "UNSUPPORTED_PROTOCOL"):
            return "malformed", "the server does not speak TLS"
        return "unreachable", "no connection"
    if isinstance(error, httpx.RemoteProtocolError):
        cut = "peer closed" in str(error) or "disconnected" in str(error)
        return ("incomplete", "the answer was cut off") if cut else ("malformed", "the answer is not HTTP")
    if isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.CloseError)):
        return "incomplete", "the connection ended before the answer did"
    if isinstance(error, httpx.DecodingError):
        return "malformed", "the answer's content coding is broken"
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return "unsupported", "the address is not valid"
    return "unreachable", "the exchange failed"


def _tls_reason(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error.reason
        error = error.__cause__ or error.__context__
    return None


def _busy(status: int, where: str) -> CouldNotTell:
    if status == 429:
        return CouldNotTell("timed_out", "the server asked us to slow down until the budget ended", where=where)
    return CouldNotTell("unreachable", f"the server answered {status} each time", where=where)


def _asked_pause(response: Response, otherwise: float) -> float:
    """`Retry-After` in seconds where the server said so (RFC 9110 10.2.3)."""
    asked = response.header("retry-after") or ""
    return float(asked) if asked.isdigit() else otherwise
