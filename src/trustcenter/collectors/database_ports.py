"""Where the database's port answers: on loopback alone, or at addresses of its machine that others could reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import End, Ports, Sql

_SEEN = """
select host(inet_client_addr()) as client, inet_client_port() as client_port,
       host(inet_server_addr()) as server, inet_server_port() as server_port,
       current_setting('port')::integer as listening, pg_postmaster_start_time() as started
"""


@dataclass(frozen=True, slots=True)
class DatabasePort:
    """One port of a database that runs on this machine, tried at each address of the machine but loopback."""

    port: Annotated[int, Key]
    served_at: Literal["loopback", "network"]
    """Where the reader's own session with the database goes; a UNIX socket is loopback."""
    tried: int
    """Addresses of the machine's interfaces other than loopback: 0 on a machine without a network."""
    open: int
    """Of those tried: somebody accepted the connection."""
    refused: int
    silent: int
    """Of those tried: nobody answered in time. Only told beside an open one: alone, silence proves nothing."""
    addresses: tuple[str, ...]
    """Those tried."""


@collector(method="probe", kinds=("platform", "postgresql"))
def database_ports(db: Sql, ports: Ports, run: Run) -> Population[DatabasePort]:
    """Connects to the database's port at each address of its machine other than loopback; nothing is sent.

    Runs on the database's own machine, which it makes sure of: what the server says of the session's ends is what they
    are here, and its end is an address of this machine. The session is the witness that the server answers; it is asked
    again afterwards, in a new session. A connection to one's own address leaves no machine: a firewall before it is not
    seen, so that `refused` says that nobody listens there, and `open` not that strangers get through.
    """
    asked = db.rows(_SEEN)[0]
    ends = db.ends()
    own = ports.own_addresses()
    _is_direct(asked, ends)
    if ends is not None and not _loopback(ends[1].host) and _bare(ends[1].host) not in map(_bare, own):
        raise CouldNotTell(
            "unsupported",
            "the database runs on another machine, whose addresses are not seen from here",
            hint="collect on the database's machine, or knock from outside with `exposed_ports`",
        )
    others = tuple(address for address in own if not _loopback(address))
    wanted = sorted({int(asked["listening"])} | ({ends[1].port} if ends is not None else set()))
    served: Literal["loopback", "network"] = "loopback" if ends is None or _loopback(ends[1].host) else "network"
    facts = tuple(_knocked(ports, port, others, served) for port in wanted)
    if db.committed("select pg_postmaster_start_time() as started")[0]["started"] != asked["started"]:
        raise CouldNotTell("contradicted", "the database was started anew meanwhile", hint="collect again")
    if ports.own_addresses() != own:
        raise CouldNotTell("contradicted", "the machine's addresses changed meanwhile", hint="collect again")
    return Population(
        facts=facts,
        completeness=Completeness(
            "each address listed by the machine's interfaces, before and after, was tried at each port",
            len(wanted) * len(others),
            sum(fact.open + fact.refused + fact.silent for fact in facts),
            independent=True,
        ),
        query=f"{_SEEN.strip()}\n;\none TCP connection to each address and port, closed without a word",
        parameters={"ports": wanted, "addresses": list(others)},
        observed_at=run.now(),
        notes=("Tried from the machine itself: no firewall outside of it is seen.",),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


def _knocked(ports: Ports, port: int, addresses: Sequence[str], served: Literal["loopback", "network"]) -> DatabasePort:
    found = [ports.reach(address, port) for address in addresses]
    opened, refused, silent = (found.count(state) for state in ("open", "closed", "silent"))
    if silent and not opened:
        raise CouldNotTell(
            "timed_out",
            f"{silent} of {len(found)} addresses of this machine did not answer it: nothing is known of what listens",
            hint="let the machine reach its own addresses",
        )
    return DatabasePort(port, served, len(found), opened, refused, silent, tuple(addresses))


def _is_direct(asked: Any, ends: tuple[End, End] | None) -> None:
    """Raises CouldNotTell where server and machine see two connections: a forwarder stands between them."""
    if ends is None:
        return
    seen = (asked["client"], asked["client_port"], asked["server"], asked["server_port"])
    here = (_bare(ends[0].host), ends[0].port, _bare(ends[1].host), ends[1].port)
    if (_bare(str(seen[0])), seen[1], _bare(str(seen[2])), seen[3]) != here:
        raise CouldNotTell(
            "unsupported",
            "something stands between this machine and the database, and the addresses would be its own",
            hint="give the source a `dsn` that leads to the database itself",
        )


def _bare(address: str) -> str:
    return address.partition("%")[0]


def _loopback(address: str) -> bool:
    return ipaddress.ip_address(_bare(address)).is_loopback
