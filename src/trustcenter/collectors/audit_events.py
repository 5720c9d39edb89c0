"""The audit log, tried: deeds of a canary are found in it, its fields are filled, and nobody can rewrite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from trustcenter.collectors import _canary_deeds as canary_deeds
from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._canary_deeds import Done
from trustcenter.collectors._posture import read_posture
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.collector import Parameter
from trustcenter.model.fact import Field, Key
from trustcenter.model.population import Completeness, CouldNotTell, Period, Population
from trustcenter.sources.interface import Http, Sql

PERIOD_SECONDS = 30 * 86400
CLOCK_SLACK = timedelta(seconds=2)
"""The deed's event may carry the application's clock instead of the database's."""
_RIGHTS = ("update", "delete", "truncate", "own")


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One thing that an audit log must hold or refuse."""

    check: Annotated[str, Key]
    kind: Literal["deed", "field", "event_kind", "right"]
    """A deed of the canary and its event; a required field over the period; a kind of event that the platform publishes
    or that is found in its log; a right to change history.
    """
    events: int | None
    """Deed: its events. Field: the events examined. Kind: its events over the period."""
    incomplete: int | None
    """Deed: required fields that are empty in its event. Field: events in which it is empty."""
    on_time: bool | None
    """Deed: its event is dated between the request and the look into the log."""
    permitted: bool | None
    """Right: the role has it."""
    proof: str
    """How it was found out."""
    listed: bool | None = None
    """Kind: it is in the list that the platform publishes."""

    @property
    def held(self) -> bool:
        """A deed has exactly one complete event on time; no field is empty; a kind is listed; no right is given."""
        if self.kind == "right":
            return self.permitted is False
        if self.kind == "field":
            return self.incomplete == 0
        if self.kind == "event_kind":
            return bool(self.listed)
        return self.events == 1 and self.incomplete == 0 and bool(self.on_time)


@dataclass(frozen=True, slots=True)
class _Log:
    """The audit table in our words; names are quoted."""

    name: str
    at: str
    action: str
    found_by: str
    required: Mapping[str, str]

    @classmethod
    def of(cls, run: Run) -> _Log:
        required = postgresql.texts(run, "required")
        if not required:
            raise CouldNotTell("unsupported", "`required` names no field", hint="list the columns never to be empty")
        return cls(
            name=postgresql.quoted(run.setting("table")),
            at=postgresql.column(run, "at"),
            action=postgresql.column(run, "action"),
            found_by=postgresql.column(run, "found_by"),
            required={name: postgresql.quoted(name) for name in required},
        )


@collector(
    method="probe",
    kinds=("platform",),
    safety="canary",
    parameters={
        "period": Parameter(Field("period", "duration"), PERIOD_SECONDS, doc="how far back fields are examined")
    },
)
def audit_events(http: Http, db: Sql, run: Run) -> Population[AuditCheck]:
    """Signs in as a canary, does what `deeds` lists, and looks for exactly these deeds in the platform's audit table.

    Mapping: `table`, columns `at`, `action`, `found_by` (holds the request's id, by which a deed's event is found),
    `request_header` (response header with that id), `required` (columns never to be empty), `sign_in_action`,
    `sign_out_action`, `deeds` (list of method, path, json, action, optional `keep` = key of the answer usable in later
    paths as `{key}`, optional `cleanup`), optional `failed_sign_in_action` (a wrong password is tried first), optional
    `event_kinds` (name of the list in the posture document: each kind of event in the log must be one of it). In texts
    `{nonce}` is this run's nonce and `{password}` the canary's password. Every role that can sign in is asked
    for its right to change the table; superusers are named in the notes.
    """
    log = _Log.of(run)
    period = timedelta(seconds=float(run.parameters.get("period", PERIOD_SECONDS)))
    before = postgresql.utc(db.committed("select clock_timestamp() as now")[0]["now"], "the clock")
    done = canary_deeds.do(http, run)
    deeds = [_deed(db, log, deed, before) for deed in done]
    clock = postgresql.server_clock(db)
    fields, examined = _fields(db, log, clock - period)
    published = _published(http, run)
    found = db.rows(_kinds(log), {"since": clock - period}) if published is not None else []
    kinds = _listed(published or (), found)
    superusers = db.rows("select rolname from pg_roles where rolsuper and rolcanlogin order by 1")
    rights = (*_granted(db, log.name), *_attempted(db, log))
    facts = (*deeds, *fields, *kinds, *rights)
    roles = int(db.rows("select count(*) as n from pg_roles where rolcanlogin and not rolsuper")[0]["n"])
    return Population(
        facts=facts,
        completeness=Completeness(
            "one check for each deed done, each required field, each kind of event published or found, each right of "
            "each role that can sign in, two attempts",
            len(done)
            + len(log.required)
            + len({*(published or ()), *(str(row["action"]) for row in found)})
            + roles * len(_RIGHTS)
            + 2,
            len(facts),
        ),
        query="\n;\n".join((_found(log), _counts(log), _GRANTED.strip(), *_attempts(log))),
        parameters={"period": period.total_seconds(), "deeds": [deed.action for deed in done]},
        observed_at=run.now(),
        period=Period(clock - period, clock),
        notes=(
            f"{examined} events of the period were examined.",
            "Superusers that can sign in and are bound by no grant: "
            + (", ".join(row["rolname"] for row in superusers) or "none"),
            "Attempts were made as the reader role with statements that change no row.",
        ),
        source_clock=clock,
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


def _found(log: _Log) -> str:
    empty = " + ".join(f"({_empty(column)})::int" for column in log.required.values())
    return (
        f"select {empty} as empty, {log.at} as at from {log.name} "  # noqa: S608 - quoted by `quoted`
        f"where {log.found_by}::text = %(request)s and {log.action}::text = %(action)s"
    )


def _empty(column: str) -> str:
    return f"nullif({column}::text, '') is null"


def _deed(db: Sql, log: _Log, deed: Done, before: datetime) -> AuditCheck:
    """Look in a fresh snapshot, after the answer: what is not there now was not written with the deed."""
    rows = db.committed(_found(log), {"request": deed.request, "action": deed.action})
    after = postgresql.utc(db.committed("select clock_timestamp() as now")[0]["now"], "the clock")
    times = [postgresql.utc(row["at"], "at") for row in rows if row["at"] is not None]
    return AuditCheck(
        check=f"{deed.name} by the canary",
        kind="deed",
        events=len(rows),
        incomplete=sum(int(row["empty"]) for row in rows),
        on_time=len(times) == len(rows) and all(before - CLOCK_SLACK <= at <= after + CLOCK_SLACK for at in times),
        permitted=None,
        proof="the request's id, committed before the answer",
    )


def _counts(log: _Log) -> str:
    counted = ", ".join(
        f'count(*) filter (where {_empty(column)}) as "{number}"' for number, column in enumerate(log.required.values())
    )
    return f"select count(*) as events, {counted} from {log.name} where {log.at} >= %(since)s or {log.at} is null"  # noqa: S608


def _fields(db: Sql, log: _Log, since: datetime) -> tuple[list[AuditCheck], int]:
    row = db.rows(_counts(log), {"since": since})[0]
    events = int(row["events"])
    checks = [
        AuditCheck(f"field {name}", "field", events, int(row[str(number)]), None, None, "counted over the period")
        for number, name in enumerate(log.required)
    ]
    return checks, events


def _published(http: Http, run: Run) -> tuple[str, ...] | None:
    """The kinds of event in the posture document, by the mapping's `event_kinds`; None where it maps none."""
    name = run.mapping.get("event_kinds")
    if name is None:
        return None
    listed = read_posture(http, run).observed.get(str(name))
    try:
        actions = tuple(str(row["action"]) for row in listed or ())
    except (KeyError, TypeError) as error:
        raise CouldNotTell("malformed", f"`{name}` of the posture document is no list of actions") from error
    if not actions:
        raise CouldNotTell("incomplete", f"the posture document lists no `{name}`")
    return actions


def _kinds(log: _Log) -> str:
    return (
        f"select {log.action}::text as action, count(*) as events from {log.name} "  # noqa: S608 - quoted by `quoted`
        f"where {log.at} >= %(since)s group by 1"
    )


def _listed(published: Sequence[str], found: Sequence[Mapping[str, Any]]) -> list[AuditCheck]:
    counted = {str(row["action"]): int(row["events"]) for row in found}
    proof = "the list in the posture document, and the log over the period"
    return [
        AuditCheck(f"kind {name}", "event_kind", counted.get(name, 0), None, None, None, proof, name in published)
        for name in sorted({*published, *counted})
    ]


_GRANTED = """
select r.rolname as role,
  has_any_column_privilege(r.oid, c.oid, 'update') as "update", has_table_privilege(r.oid, c.oid, 'delete') as "delete",
  has_table_privilege(r.oid, c.oid, 'truncate') as "truncate", pg_has_role(r.oid, c.relowner, 'member') as "own"
from pg_roles r, pg_class c
where r.rolcanlogin and not r.rolsuper and c.oid = %(table)s::regclass order by 1
"""


def _granted(db: Sql, table: str) -> list[AuditCheck]:
    rows: Sequence[Mapping[str, Any]] = db.rows(_GRANTED, {"table": table})
    return [
        AuditCheck(f"{right} by {row['role']}", "right", None, None, None, bool(row[right]), "grants and memberships")
        for row in rows
        for right in _RIGHTS
    ]


def _attempts(log: _Log) -> tuple[str, str]:
    return (
        f"update {log.name} set {log.action} = {log.action} where false",  # noqa: S608
        f"delete from {log.name} where false",  # noqa: S608
    )


def _attempted(db: Sql, log: _Log) -> list[AuditCheck]:
    checks = []
    for right, statement in zip(("update", "delete"), _attempts(log), strict=True):
        state = db.attempt(statement)
        if state not in (None, "42501"):
            raise CouldNotTell(
                "contradicted", f"the attempt to {right} ended with SQLSTATE {state}, which says nothing"
            )
        proof = "attempted: refused with SQLSTATE 42501" if state else "attempted: it was let through"
        checks.append(AuditCheck(f"{right} attempted by the reader", "right", None, None, None, state is None, proof))
    return checks
