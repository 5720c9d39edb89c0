"""Ports that should answer nobody from outside: databases, caches, consoles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.hosts import added_hosts
from trustcenter.sources.interface import Ports

SERVICES: Mapping[int, str] = {
    22: "ssh", 23: "telnet", 445: "smb", 1433: "sql server", 1521: "oracle", 2375: "docker", 2379: "etcd",
    3306: "mysql", 3389: "remote desktop", 5432: "postgresql", 5601: "kibana", 5984: "couchdb", 6379: "redis",
    8086: "influxdb", 9042: "cassandra", 9092: "kafka", 9200: "elasticsearch", 11211: "memcached", 27017: "mongodb",
}  # fmt: skip
"""What is looked for where the mapping names no `ports`."""


@dataclass(frozen=True, slots=True)
class ExposedPort:
    """One port of one host, as it answers where this collector runs."""

    host: Annotated[str, Key]
    port: Annotated[int, Key]
    service: str
    state: Literal["open", "closed", "silent"]
    """`silent`: nobody answered in time, while the witness port of the same host did."""


@collector(method="probe", kinds=("platform", "endpoint"))
def exposed_ports(ports: Ports, run: Run) -> Population[ExposedPort]:
    """Connects to ports of each host that must answer nobody; nothing is sent.

    Mapping or source: `hosts` (names or addresses); mapping: optional `ports` (numbers) and `witness` (a port of each
    host that does answer, by default that of `url`, else 443). Where the witness does not answer, nothing is known of
    the others: silence could be our own.
    """
    run.setting("hosts")
    hosts = [host.label for host in added_hosts(run)]
    if len(set(hosts)) != len(hosts):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `hosts` is no list of different hosts")
    wanted = [int(port) for port in run.mapping.get("ports", SERVICES)]
    witness = _witness(run)
    facts = []
    for host in hosts:
        if ports.reach(host, witness) != "open":
            raise CouldNotTell(
                "unreachable",
                f"port {witness} of {host} does not answer, so that silence of the others would prove nothing",
                hint="name as `witness` a port that is open to everybody",
            )
        for port in wanted:
            state = ports.reach(host, port)
            facts.append(ExposedPort(host, port, SERVICES.get(port, "other"), state))  # type: ignore[arg-type]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "each port of each host was tried, and a witness port of each host answered",
            len(hosts) * len(wanted),
            len(facts),
            independent=True,
        ),
        query="one TCP connection to each port, closed without a word",
        parameters={"hosts": hosts, "ports": wanted, "witness": witness},
        observed_at=run.now(),
        notes=("What is seen is seen from where this program runs; another network may see more or less.",),
    )


def _witness(run: Run) -> int:
    if "witness" in run.mapping:
        return int(run.mapping["witness"])
    address = urlsplit(str(run.source.settings.get("url") or "https://none"))
    return address.port or (80 if address.scheme == "http" else 443)
