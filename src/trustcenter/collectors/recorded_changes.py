"""Every table and every change that the service can make to it: which event is written with it, and who insists on it.

The catalogue says what can be changed, by grant, by a function that runs with its owner's rights, or by a cascade; a
declaration says which events belong to each change, or why none does; a trigger refuses a change without them. Deeds of
a canary are tried as well: rows written meanwhile, by whomever, must be of transactions that wrote such an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors import _canary_deeds as canary_deeds
from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._recorded_changes import (
    CATALOGUE,
    COUNT,
    GUARDS,
    TEXTS,
    Declared,
    Guard,
    Table,
    declarations,
    others,
)
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Sql


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One table, or one kind of change that can be made to it."""

    item: Annotated[str, Key]
    """`schema.table`, or `schema.table: insert`, `update`, `delete` or `truncate`."""
    kind: Literal["table", "change"]
    writers: tuple[str, ...]
    """Roles that may make the change: they sign in, or own a function that runs with their rights; `cascade of X`."""
    declared: bool
    """The declaration names it, and the table exists."""
    events: tuple[str, ...]
    """Kinds of event, one of which belongs to the change; of a table those of all its changes."""
    technical: str
    """Why it needs no event, or which of its columns need none."""
    enforced: bool | None = None
    """Change with events: a trigger that the mapping names fires for it, whatever its values, on every column that can
    be changed and is not declared to need none; and what it does is what was read (`texts`).
    """
    written: int | None = None
    """Table whose every change needs an event: its rows that were written while the canary acted."""
    without_event: int | None = None
    """Those of them whose transaction wrote no event of these kinds."""

    @property
    def recorded(self) -> bool:
        """Declared, and either technical with a reason or refused without its event; no row was seen without one."""
        if not self.declared or self.without_event:
            return False
        return self.kind == "table" or bool(self.enforced if self.events else self.technical)


@collector(method="probe", kinds=("platform",), safety="canary")
def recorded_changes(http: Http, db: Sql, run: Run) -> Population[RecordedChange]:
    """Every table of every schema, and every change that a role of the service may make to it.

    Mapping: `declared`, a table with the columns `table`, `operation` (insert, update, delete), `kinds` (events),
    `unrecorded` (columns) and `reason`, or `changes`, the same as a list of tables; `guards`, trigger functions
    (`schema.function`) that refuse or record a change, with the kinds as their arguments if with any; `texts`, for each
    of them and for whatever they rest on, the digest of the function that somebody read; `table`, the audit table, and
    its column `action`; and what a canary does, as for `audit_events`: `request_header`,
    `sign_in_action`, `sign_out_action`, `deeds`.

    A row is held against events by the number of the transaction that wrote it (`xmin`): an event in another
    transaction, or in a savepoint of its own, is not found. Rows of tables with columns that need no event are not held
    against events, since nothing tells which column was written. Superusers are bound by no trigger and no grant.
    """
    declared = declarations(db, run)
    log, action = postgresql.quoted(run.setting("table")), postgresql.column(run, "action")
    guards = postgresql.texts(run, "guards")
    tables = Table.all_of(db.rows(CATALOGUE))
    changed = others(db, run, guards)
    triggers = [] if changed else [Guard.of(row) for row in db.rows(GUARDS, {"guards": list(guards)})]
    expected = int(db.rows(COUNT)[0]["row_types"])
    by_table: dict[str, dict[str, Declared]] = {name: {} for name in tables}
    for (name, operation), one in declared.items():
        by_table.setdefault(name, {})[operation] = one
    start = str(db.committed("select pg_snapshot_xmax(pg_current_snapshot())::text as next")[0]["next"])
    written: dict[str, tuple[int, int]] = {}

    def look() -> None:
        for name, of_table in by_table.items():
            kinds = _kinds(of_table)
            if name in tables and kinds and not any(one.technical for one in of_table.values()):
                written[name] = _Log(log, action, start).written(db, name, kinds)

    done = canary_deeds.do(http, run, look)
    facts: list[RecordedChange] = []
    for name, of_table in sorted(by_table.items()):
        found = tables.get(name)
        facts.append(_table(name, found, of_table, written.get(name, (None, None))))
        if found is not None:
            facts += [
                _change(found, operation, writers, of_table.get(operation), triggers)
                for operation, writers in found.writers.items()
                if writers
            ]
    if not any(fact.written for fact in facts):
        raise CouldNotTell("contradicted", "no row was written while the canary acted: the deeds reach no table")
    superusers = db.rows("select rolname from pg_roles where rolsuper and rolcanlogin order by 1")
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "tables listed from pg_class (which shows them whatever the reader's rights) against their row types in "
            "pg_type",
            expected,
            len(tables),
            independent=True,
        ),
        query="\n;\n".join(
            (CATALOGUE.strip(), GUARDS.strip(), TEXTS.strip(), COUNT.strip(), _Log(log, action, start).query("TABLE"))
        ),
        parameters={"guards": list(guards), "deeds": [deed.action for deed in done]},
        observed_at=run.now(),
        exclusions=("temporary tables", "schemas of the server itself (pg_*, information_schema)"),
        notes=(
            "Superusers that can sign in and are bound by no grant: "
            + (", ".join(row["rolname"] for row in superusers) or "none"),
            *(f"Not the function that was read, so nothing counts as enforced: {each}" for each in changed),
        ),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


@dataclass(frozen=True, slots=True)
class _Log:
    """The audit table, quoted, and the first transaction that may have been ours."""

    name: str
    action: str
    start: str

    def query(self, table: str) -> str:
        return (
            "select count(*) as written, count(*) filter (where not exists (select from "  # noqa: S608 - quoted names
            f"{self.name} e where e.xmin = t.xmin and e.{self.action}::text = any (%(kinds)s))) as without_event "
            f"from {table} t where age(t.xmin) <= age(%(start)s::text::xid8::xid)"
        )

    def written(self, db: Sql, table: str, kinds: Sequence[str]) -> tuple[int, int]:
        query = self.query(postgresql.quoted(table))
        row = db.committed(query, {"kinds": list(kinds), "start": self.start})[0]
        return int(row["written"]), int(row["without_event"])


def _kinds(declared: Mapping[str, Declared]) -> tuple[str, ...]:
    return tuple(sorted({kind for one in declared.values() for kind in one.kinds}))


def _table(
    name: str, found: Table | None, declared: Mapping[str, Declared], written: tuple[int | None, int | None]
) -> RecordedChange:
    return RecordedChange(
        item=name,
        kind="table",
        writers=tuple(sorted({role for roles in found.writers.values() for role in roles})) if found else (),
        declared=bool(declared) and found is not None,
        events=_kinds(declared),
        technical="; ".join(dict.fromkeys(one.technical for one in declared.values() if one.technical)),
        written=written[0],
        without_event=written[1],
    )


def _change(
    table: Table, operation: str, writers: Sequence[str], declared: Declared | None, triggers: Sequence[Guard]
) -> RecordedChange:
    kinds = declared.kinds if declared else ()
    enforced = None
    if declared is not None and kinds:
        needed = table.columns - declared.unrecorded if operation == "update" else frozenset()
        enforced = any(each.holds(table.name, operation, needed, frozenset(kinds)) for each in triggers)
    return RecordedChange(
        item=f"{table.name}: {operation}",
        kind="change",
        writers=tuple(writers),
        declared=declared is not None,
        events=kinds,
        technical=declared.technical if declared else "",
        enforced=enforced,
    )
