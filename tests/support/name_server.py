"""An authoritative name server on loopback, over UDP and TCP, that also refuses, fails, cuts and knows nothing."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.zone

from trustcenter.testing.sockets import listening


@dataclass
class NameServer:
    """One zone; `mode` is how it answers now: well, servfail, refused, cut, lame, garbage, silent."""

    zone: dns.zone.Zone
    mode: str = "well"
    port: int = 0
    tcp: int = 0

    def answer(self, wire: bytes, *, stream: bool) -> bytes | None:
        if self.mode == "silent":
            return None
        if self.mode == "garbage":
            return b"\xff" * 40
        question = dns.message.from_wire(wire)
        made = dns.message.make_response(question)
        made.flags |= dns.flags.AA
        if self.mode in ("servfail", "refused"):
            made.set_rcode(dns.rcode.SERVFAIL if self.mode == "servfail" else dns.rcode.REFUSED)
        elif self.mode == "lame":
            made.flags &= ~dns.flags.AA
        elif self.mode == "cut" and not stream:
            made.flags |= dns.flags.TC
        else:
            self._fill(made)
        return made.to_wire(max_size=65535)

    def _fill(self, made: dns.message.Message) -> None:
        asked = made.question[0]
        node = self.zone.get_node(asked.name)
        found = node.get_rdataset(asked.rdclass, asked.rdtype) if node is not None else None
        if found is None:
            made.set_rcode(dns.rcode.NOERROR if node is not None else dns.rcode.NXDOMAIN)
            soa = self.zone.find_rrset("@", "SOA")
            made.authority.append(soa)
            return
        made.find_rrset(made.answer, asked.name, asked.rdclass, asked.rdtype, create=True).update(found)
        signatures = node.get_rdataset(asked.rdclass, dns.rdatatype.RRSIG, asked.rdtype)
        if signatures is not None:
            rrset = made.find_rrset(
                made.answer, asked.name, asked.rdclass, dns.rdatatype.RRSIG, asked.rdtype, create=True
            )
            rrset.update(signatures)


@contextlib.contextmanager
def serving(zone: dns.zone.Zone) -> Iterator[NameServer]:
    """Serve a zone until the end; UDP and TCP have the same port."""
    server = NameServer(zone)

    def stream(connection: socket.socket, ending: threading.Event) -> None:
        head = connection.recv(2)
        wire = connection.recv(struct.unpack("!H", head)[0])
        if server.mode == "cut":
            connection.sendall(struct.pack("!H", 400) + b"\0" * 10)
            return
        said = server.answer(wire, stream=True)
        if said is not None:
            connection.sendall(struct.pack("!H", len(said)) + said)
        while said is None and not ending.is_set() and connection.recv(100):
            pass

    def datagrams(listener: socket.socket, ending: threading.Event) -> None:
        while not ending.is_set():
            with contextlib.suppress(TimeoutError):
                wire, sender = listener.recvfrom(4096)
                said = server.answer(wire, stream=False)
                if said is not None:
                    listener.sendto(said, sender)

    ending = threading.Event()
    with listening(stream) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", port))
        listener.settimeout(0.2)
        server.port = port
        thread = threading.Thread(target=datagrams, args=(listener, ending), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            thread.join()


@dataclass(frozen=True)
class Resolver:
    """The way to a resolver, for the kit."""

    server: NameServer
    name: str = "resolver_port"
    faults: tuple[str, ...] = ("denied", "refused", "timeout", "malformed", "truncated")

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        modes = {"denied": "refused", "timeout": "silent", "malformed": "garbage", "truncated": "cut"}
        if fault == "refused":
            settings["resolver_port"] = 9
            return
        self.server.mode = modes[fault]
        stack.callback(setattr, self.server, "mode", "well")
