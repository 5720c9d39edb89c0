"""Whom a process contacts: every outgoing connection by host, port and protocol, counted by the hour.

Python tells an audit hook of each connection before it is made (PEP 578, events `socket.connect` and `socket.sendto`),
whichever library asks. Names are learned from `socket.getaddrinfo`; an address that nobody resolved here is recorded as
itself. Code in C that opens sockets of its own (libpq to the database) is not seen, and neither is a name that it asks.
Nothing is left out here: which hosts are our own is for the reader to declare.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Protocol = Literal["tcp", "udp"]
REMEMBERED = 4096
"""Addresses whose names are kept; the oldest is forgotten first, and its address then stands for itself."""


@dataclass(frozen=True)
class Resolved:
    """A name was asked for, and these addresses were the answer."""

    host: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Connecting:
    """A connection to this address is about to be made, or a datagram sent."""

    address: str
    port: int
    protocol: Protocol


@dataclass(frozen=True)
class Contact:
    """One host in one hour (UTC)."""

    host: str
    port: int
    protocol: Protocol
    hour: datetime


@dataclass(frozen=True)
class Names:
    """Which names led to an address, and when each was last asked for."""

    of: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class EgressPolicy:
    """`names_last` is how long a name stands for an address; of several that do, each is recorded, so none hides."""

    names_last: timedelta = timedelta(hours=1)

    def decide(self, names: Names, event: Resolved | Connecting, now: datetime) -> tuple[Names, tuple[Contact, ...]]:
        """The names known afterwards, and what is to be recorded."""
        if isinstance(event, Resolved):
            return self._learn(names, event, now), ()
        known = names.of.get(event.address, {})
        hosts = sorted(name for name, at in known.items() if now - at <= self.names_last) or [event.address]
        hour = now.replace(minute=0, second=0, microsecond=0)
        return names, tuple(Contact(host, event.port, event.protocol, hour) for host in hosts)

    def _learn(self, names: Names, event: Resolved, now: datetime) -> Names:
        known = dict(names.of)
        host = event.host.rstrip(".").lower()
        for address in event.addresses:
            if address == host:
                continue
            lasting = {name: at for name, at in known.pop(address, {}).items() if now - at <= self.names_last}
            known[address] = {**lasting, host: now}
        for oldest in list(known)[: max(0, len(known) - REMEMBERED)]:
            del known[oldest]
        return Names(known)


class Recorder:
    """Counts what this process contacts, from `start` to `stop`; `drain` hands over what was counted since the last.

    The hook only notes what happens: it never waits, never raises and never resolves a name itself.
    """

    def __init__(self, now: Callable[[], datetime], policy: EgressPolicy | None = None) -> None:
        self._now = now
        self._policy = policy or EgressPolicy()
        self._names = Names()
        self._events: deque[tuple[datetime, Resolved | Connecting]] = deque()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to listen."""
        _install()
        if self not in _LISTENING:
            _LISTENING.append(self)

    def stop(self) -> None:
        """Hear no more."""
        if self in _LISTENING:
            _LISTENING.remove(self)

    def hear(self, event: Resolved | Connecting) -> None:
        """Note one event at the time that it is."""
        self._events.append((self._now(), event))

    def drain(self) -> dict[Contact, int]:
        """How often each host was contacted since the last call."""
        counted: dict[Contact, int] = {}
        with self._lock:
            while self._events:
                at, event = self._events.popleft()
                self._names, contacts = self._policy.decide(self._names, event, at)
                for contact in contacts:
                    counted[contact] = counted.get(contact, 0) + 1
        return counted


_LISTENING: list[Recorder] = []
_installed = threading.Lock()
"""Taken once and never given back: an audit hook stays until its process ends (PEP 578)."""


def _install() -> None:
    if not _installed.acquire(blocking=False):
        return
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **more: Any) -> Any:
        found = resolve(host, *arguments, **more)
        if host and _LISTENING:
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
            event = Resolved(name, tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))
            for recorder in tuple(_LISTENING):
                recorder.hear(event)
        return found

    socket.getaddrinfo = getaddrinfo
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto") or not _LISTENING:
        return
    for contact in _addressed(*arguments[:2]):
        for recorder in tuple(_LISTENING):
            recorder.hear(contact)


def _addressed(sock: Any, address: Any) -> Iterator[Connecting]:
    """Sockets of this machine's file system (AF_UNIX) lead nowhere else, and have no host."""
    if getattr(sock, "family", None) not in (socket.AF_INET, socket.AF_INET6):
        return
    if isinstance(address, tuple) and len(address) >= 2 and isinstance(address[1], int):
        protocol: Protocol = "udp" if sock.type == socket.SOCK_DGRAM else "tcp"
        yield Connecting(str(address[0]), address[1], protocol)
