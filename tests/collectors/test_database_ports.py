"""The database's port, tried at the machine's own addresses: on a real server, and on machines that are made up."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from foreign_platform import ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.database_ports import database_ports
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import End
from trustcenter.sources.own_addresses import own_addresses
from trustcenter.testing import sockets

NETWORK = [address for address in own_addresses() if not address.startswith("127.") and address != "::1"]
needs_network = pytest.mark.skipif(not NETWORK, reason="this machine has no address but loopback")


def test_every_address_but_loopback_is_tried(foreign: ForeignPlatform) -> None:
    seen = collect(database_ports, run_of(foreign.settings()))
    (fact,) = seen.facts
    assert (fact.port, fact.served_at, fact.addresses) == (foreign.server.port, "loopback", tuple(NETWORK))
    assert (fact.tried, fact.open, fact.refused, fact.silent) == (len(NETWORK), 0, len(NETWORK), 0)
    assert seen.completeness.holds


@needs_network
def test_whoever_listens_on_the_port_at_another_address_is_found(foreign: ForeignPlatform) -> None:
    """The database's settings say nothing of it: a forwarder, a container's published port."""
    address = next(one for one in NETWORK if ":" not in one)
    with socket.create_server((address, foreign.server.port)):
        (fact,) = collect(database_ports, run_of(foreign.settings())).facts
    assert (fact.open, fact.refused) == (1, len(NETWORK) - 1)


def test_behind_a_forwarder_nothing_is_known(foreign: ForeignPlatform) -> None:
    with sockets.proxy(foreign.server.port, lambda chunk, _: chunk) as port:
        assert cause(lambda: collect(database_ports, run_of(foreign.settings(port=port)))) == "unsupported"


def test_the_machine_lists_its_own_addresses() -> None:
    for address in own_addresses():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        place = socket.getaddrinfo(address, 0, family, socket.SOCK_STREAM)[0][4]
        with socket.socket(family) as own:
            own.bind(place)  # only an address of this machine can be bound


@dataclass
class Machine:
    """A machine that is made up, and the database on it: both protocols of the collector."""

    addresses: Sequence[str] = ("127.0.0.1", "192.0.2.2", "fe80::1%eth0")
    answers: Mapping[str, str] = field(default_factory=dict)
    server: str | None = "127.0.0.1"
    sees: str = "127.0.0.1"
    later: Sequence[str] | None = None
    started: Sequence[int] = (1, 1)
    tried: list[tuple[str, int]] = field(default_factory=list)
    actor: str = "reader"

    def rows(self, query: str, parameters: Any = None) -> list[dict[str, Any]]:
        if "clock_timestamp" in query:
            return [{"now": run_of({}).now()}]
        if "listening" not in query:
            return []
        over = self.server is not None
        return [
            {
                "client": self.sees if over else None, "client_port": 4000 if over else None,
                "server": self.server, "server_port": 5432 if over else None,
                "listening": 5432, "started": self.started[0],
            }
        ]  # fmt: skip

    def committed(self, query: str, parameters: Any = None) -> list[dict[str, Any]]:
        return [{"started": self.started[1]}]

    def ends(self) -> tuple[End, End] | None:
        return None if self.server is None else (End("127.0.0.1", 4000), End(self.server, 5432))

    def own_addresses(self) -> Sequence[str]:
        found = self.addresses
        self.addresses = self.later or self.addresses
        return found

    def reach(self, host: str, port: int) -> str:
        self.tried.append((host, port))
        return self.answers.get(host, "closed")


def seen_on(machine: Machine) -> Population[Any]:
    return database_ports.function(db=machine, ports=machine, run=run_of({}))


def cause(look: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        look()
    return caught.value.cause


def test_a_machine_without_a_network_has_nowhere_to_knock() -> None:
    machine = Machine(addresses=("127.0.0.1", "::1"))
    (fact,) = seen_on(machine).facts
    assert (fact.tried, fact.refused, machine.tried) == (0, 0, [])


def test_over_a_unix_socket_the_server_s_own_port_is_tried() -> None:
    machine = Machine(server=None)
    (fact,) = seen_on(machine).facts
    assert (fact.served_at, machine.tried) == ("loopback", [("192.0.2.2", 5432), ("fe80::1%eth0", 5432)])


def test_what_the_service_reaches_through_the_network_is_told() -> None:
    (fact,) = seen_on(Machine(server="192.0.2.2", answers={"192.0.2.2": "open"})).facts
    assert (fact.served_at, fact.open) == ("network", 1)


def test_an_open_address_is_told_beside_a_silent_one() -> None:
    (fact,) = seen_on(Machine(answers={"192.0.2.2": "open", "fe80::1%eth0": "silent"})).facts
    assert (fact.open, fact.silent) == (1, 1)


@pytest.mark.parametrize(
    ("machine", "because"),
    [
        (Machine(answers={"192.0.2.2": "silent"}), "timed_out"),
        (Machine(server="198.51.100.9"), "unsupported"),
        (Machine(sees="172.17.0.1"), "unsupported"),
        (Machine(later=("127.0.0.1", "192.0.2.9")), "contradicted"),
        (Machine(started=(1, 2)), "contradicted"),
    ],
    ids=["silence", "another machine", "a forwarder", "addresses change", "started anew"],
)
def test_what_cannot_be_known_is_not_green(machine: Machine, because: str) -> None:
    assert cause(lambda: seen_on(machine)) == because
