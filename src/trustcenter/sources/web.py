"""`Web`: pages of other companies, over https with the same bounds as everything else.

It stays on this machine unless the source says `outbound = true`: no name is asked for in the DNS before. `addresses`
says where a name is reached instead of asking the DNS, as in `{"vendor.example" = "127.0.0.1:8443"}`.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.http import HttpClient
from trustcenter.sources.interface import Budget, Response

Resolve = Callable[[str, int], list[str]]


class _NoSuchNameError(Exception):
    """The DNS says that there is no such name."""


def from_source(source: Source, run: Budget) -> WebClient:
    """A client with `ca`, `outbound` and `addresses` of the mapping, else of the source; all may be left out."""
    addresses, outbound = _optional(run, "addresses", {}), _optional(run, "outbound", False)
    places: dict[str, tuple[str, int]] = {}
    for name, place in addresses.items() if isinstance(addresses, Mapping) else [("", "")]:
        host, colon, port = str(place).rpartition(":")
        if not name or not colon or not host or not port.isdigit():
            raise CouldNotTell(
                "unsupported",
                f"source {source.name}: `addresses` does not give each name its host and port",
                hint='addresses = {"vendor.example" = "127.0.0.1:8443"}',
            )
        places[str(name).lower()] = (host.strip("[]"), int(port))
    if not isinstance(outbound, bool):
        raise CouldNotTell("unsupported", f"source {source.name}: `outbound` is neither true nor false")
    return WebClient(run, outbound=outbound, addresses=places, authority=_optional(run, "ca", None))


def _optional(run: Budget, name: str, otherwise: Any) -> Any:
    try:
        return run.setting(name)
    except CouldNotTell as error:
        if error.cause != "unsupported":
            raise
        return otherwise


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            raise _NoSuchNameError from error
        raise CouldNotTell("unreachable", f"the DNS did not answer for {host}") from error
    except UnicodeError as error:
        raise CouldNotTell("unsupported", f"{host[:80]!r} is no name of a host") from error
    return [str(one[4][0]) for one in found]


class WebClient:
    """`Web` over `HttpClient`, one for each origin."""

    def __init__(
        self,
        budget: Budget,
        *,
        outbound: bool,
        addresses: Mapping[str, tuple[str, int]],
        authority: str | None = None,
        resolve: Resolve = _resolve,
    ) -> None:
        self._budget = budget
        self._outbound = outbound
        self._addresses = addresses
        self._authority = authority
        self._resolve = resolve
        self._clients: dict[str, HttpClient] = {}

    def get(self, address: str) -> Response | None:
        """See `Web.get`."""
        asked = urlsplit(address)
        if asked.scheme != "https" or not asked.hostname:
            raise CouldNotTell("unsupported", f"{address[:120]!r} is no https address")
        origin = f"https://{asked.netloc}"
        if origin not in self._clients:
            self._clients[origin] = HttpClient(
                self._budget, origin, authority=self._authority, label=asked.hostname, route=self._route
            )
        try:
            return self._clients[origin].request("GET", address.partition("#")[0])
        except _NoSuchNameError:
            return None

    def close(self) -> None:
        """End every connection."""
        for client in self._clients.values():
            client.close()

    def _route(self, host: str, port: int) -> tuple[str, int]:
        """Where a name is reached. Raises CouldNotTell("unsafe") for what may not be, _NoSuchNameError."""
        if host in self._addresses:
            return self._addresses[host]
        literal = _literal(host)
        if literal is None and host != "localhost" and not self._outbound:
            raise self._unsafe(f"{host} is not on this machine", "outbound = true lets this collector ask the internet")
        found = [host] if literal is not None else self._resolve(host, port)
        for each in found:
            reached = ipaddress.ip_address(each.partition("%")[0])
            if not reached.is_loopback and not self._outbound:
                raise self._unsafe(f"{host} is not on this machine", "outbound = true lets it ask the internet")
            if not reached.is_loopback and not reached.is_global:
                raise self._unsafe(f"{host} lies in a private network", "name its host and port in `addresses`")
            if reached.is_loopback and self._outbound and literal is None and host != "localhost":
                raise self._unsafe(f"{host} leads to this machine", "name its host and port in `addresses`")
        return found[0], port

    def _unsafe(self, what: str, hint: str) -> CouldNotTell:
        source = self._budget.source
        where = str(source.place) if source.place else None
        return CouldNotTell("unsafe", f"source {source.name}: {what}", where=where, hint=hint)


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
