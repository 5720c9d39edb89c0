"""A transport whose every wait ends at one moment, however slowly the bytes come.

httpx limits each read, so a server that drips a byte at a time could hold a run up for ever; here the time left is
looked at before each one.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

Route = Callable[[str, int], tuple[str, int]]


class LimitedTransport(httpx.HTTPTransport):
    """An HTTP/1.1 transport; `left` gives the seconds until everything must have ended; `address` is the local one.

    `route` says where the connection to a host and port goes; certificates are for the host's name all the same.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        left: Callable[[], float],
        address: str | None = None,
        route: Route | None = None,
    ) -> None:
        super().__init__(verify=context)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=_Backend(left, route), local_address=address
        )


class _Backend(httpcore.SyncBackend):
    def __init__(self, left: Callable[[], float], route: Route | None) -> None:
        self._left, self._route = left, route

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        limit = _limit(timeout, self._left(), httpcore.ConnectTimeout)
        host, port = (host, port) if self._route is None else self._route(host, port)
        return _Stream(super().connect_tcp(host, port, limit, local_address, socket_options), self._left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _limit(timeout, self._left(), httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _limit(timeout, self._left(), httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = _limit(timeout, self._left(), httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, limit), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _limit(asked: float | None, left: float, error: type[Exception]) -> float:
    if left <= 0:
        raise error("the time is used up")
    return left if asked is None else min(asked, left)
