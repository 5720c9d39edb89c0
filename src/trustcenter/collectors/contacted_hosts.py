"""Hosts that the application contacted, as its own recorder of outgoing connections wrote them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._hosts import patterns_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Period, Population
from trustcenter.sources.interface import Sql

UNSEEN = (
    "What the recorder cannot hear is not here: sockets that code in C opens by itself (the database's own client), "
    "other processes, and the time in which the application did not run."
)


@dataclass(frozen=True, slots=True)
class ContactedHost:
    """One host that is not declared as our own, in the days that are looked at."""

    host: Annotated[str, Key]
    """A name, or an address that no name led to."""
    port: Annotated[int, Key]
    protocol: Annotated[Literal["tcp", "udp"], Key]
    connections: int
    first_hour: datetime
    last_hour: datetime
    covered_by: tuple[str, ...]
    """Each pattern that covers the host: its name, and `*.` before each of its parents."""


@collector(method="inspection", kinds=("platform", "postgresql"))
def contacted_hosts(db: Sql, run: Run) -> Population[ContactedHost]:
    """The record of outgoing connections by host; hosts that the mapping declares as own are listed as excluded.

    Mapping: `table`, `host`, `port`, `protocol`, `hour`, `connections`; `recorders` with `table`, `began`, `until` and
    `silence`, the seconds after which a recorder that says nothing is not listening; `days` to look back; `own`, each
    host that is ours with the reason. A recorder that is silent raises CouldNotTell: an empty record proves nothing.
    """
    own, days = _own(run), _number(run.setting("days"), "days")
    table, hour = postgresql.quoted(run.setting("table")), postgresql.column(run, "hour")
    host, port = postgresql.column(run, "host"), postgresql.column(run, "port")
    protocol, connections = postgresql.column(run, "protocol"), postgresql.column(run, "connections")
    clock = postgresql.server_clock(db)
    since = clock - timedelta(days=days)
    listened = _listened(db, run, clock)
    query = f"""select {host}::text as host, {port}::int as port, {protocol}::text as protocol, count(*)::int as rows,
  coalesce(sum({connections}) filter (where {hour} >= %(since)s), 0)::bigint as connections,
  min({hour}) filter (where {hour} >= %(since)s) as first_hour,
  max({hour}) filter (where {hour} >= %(since)s) as last_hour
from {table} group by 1, 2, 3 order by 1, 2, 3"""  # noqa: S608 - names quoted by `quoted`
    rows = db.rows(query, {"since": since})
    expected, method, independent = postgresql.count(db, table)
    recent = [row for row in rows if row["first_hour"] is not None]
    return Population(
        facts=tuple(_fact(row) for row in recent if row["host"] not in own),
        completeness=Completeness(
            "hours of all hosts, summed over the groups, against " + method,
            expected,
            sum(int(row["rows"]) for row in rows),
            independent,
        ),
        query=query,
        parameters={"days": days, "own": own},
        observed_at=run.now(),
        exclusions=tuple(f"{name}: {reason}" for name, reason in sorted(own.items())),
        period=Period(max(since, listened), clock),
        source_clock=clock,
        actor=db.actor,
        permissions=postgresql.rights(db),
        notes=(UNSEEN,),
    )


def _own(run: Run) -> dict[str, str]:
    own = run.mapping.get("own", {})
    if not isinstance(own, Mapping) or not all(isinstance(why, str) and why.strip() for why in own.values()):
        raise CouldNotTell(
            "unsupported", f"source {run.source.name}: `own` does not give each host of ours with the reason"
        )
    return {str(name).lower(): why for name, why in own.items()}


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise CouldNotTell("unsupported", f"`{name}` is not a number above zero", hint=f"check the mapping of `{name}`")
    return float(value)


def _listened(db: Sql, run: Run, clock: datetime) -> datetime:
    """Since when a recorder is known to have listened. Raises CouldNotTell where none listens now."""
    mapped = run.setting("recorders")
    if not isinstance(mapped, Mapping) or not {"table", "began", "until", "silence"} <= set(mapped):
        raise CouldNotTell("unsupported", "`recorders` gives no `table`, `began`, `until` and `silence`")
    table = postgresql.quoted(mapped["table"])
    began, until = (postgresql.quoted(mapped[name]) for name in ("began", "until"))
    found = db.rows(
        f"select min({began}) as began, max({until}) as until from {table}"  # noqa: S608 - names quoted by `quoted`
    )[0]
    if found["until"] is None:
        raise CouldNotTell("incomplete", "no recorder of outgoing connections has ever listened")
    silent = clock - postgresql.utc(found["until"], "until")
    if silent > timedelta(seconds=_number(mapped["silence"], "recorders.silence")):
        raise CouldNotTell(
            "incomplete",
            f"the recorder of outgoing connections has said nothing for {int(silent.total_seconds())} seconds",
            hint="start the application, or look why it cannot write its record",
        )
    return postgresql.utc(found["began"], "began")


def _fact(row: Mapping[str, Any]) -> ContactedHost:
    if row["protocol"] not in ("tcp", "udp") or not row["host"]:
        raise CouldNotTell("malformed", "a contact has no host, or a protocol that is neither tcp nor udp")
    return ContactedHost(
        host=row["host"],
        port=int(row["port"]),
        protocol=row["protocol"],
        connections=int(row["connections"]),
        first_hour=postgresql.utc(row["first_hour"], "hour"),
        last_hour=postgresql.utc(row["last_hour"], "hour"),
        covered_by=patterns_of(row["host"]),
    )
