"""What can be changed in a database, by whom, and what is declared and enforced about it: the catalogue, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Sql

# Who writes: roles that sign in, and owners of functions that run with their owner's rights and may write (PostgreSQL
# lets a function that is stable or immutable write nothing), where such a role may call them or a trigger does.
CATALOGUE = """
with ours as (
  select c.oid, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), people as (
  select r.oid, r.rolname from pg_roles r where r.rolcanlogin and not r.rolsuper
), actors as (
  select oid, rolname::text as name from people
  union
  select o.oid, o.rolname::text from pg_proc p join pg_roles o on o.oid = p.proowner
    join pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and p.provolatile = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (exists (select from pg_trigger t where t.tgfoid = p.oid)
         or exists (select from people r where has_function_privilege(r.oid, p.oid, 'execute')
                                           and has_schema_privilege(r.oid, n.oid, 'usage')))
)
select t.name,
  array(select a.name from actors a where has_any_column_privilege(a.oid, t.oid, 'insert') order by 1) as "insert",
  array(select a.name from actors a where has_any_column_privilege(a.oid, t.oid, 'update') order by 1) as "update",
  array(select a.name from actors a where has_table_privilege(a.oid, t.oid, 'delete') order by 1) as "delete",
  array(select a.name from actors a where has_table_privilege(a.oid, t.oid, 'truncate') order by 1) as "truncate",
  array(select c.attname::text from pg_attribute c
        where c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped and c.attgenerated = ''
          and exists (select from actors a where has_column_privilege(a.oid, t.oid, c.attnum, 'update'))) as columns,
  array(select p.name from pg_constraint k join ours p on p.oid = k.confrelid
        where k.conrelid = t.oid and k.contype = 'f' and k.confdeltype = 'c') as removed_with,
  array(select p.name from pg_constraint k join ours p on p.oid = k.confrelid
        where k.conrelid = t.oid and k.contype = 'f' and (k.confdeltype in ('n', 'd') or k.confupdtype <> 'a')
          and k.confupdtype <> 'r') as changed_with
from ours t order by 1
"""

GUARDS = """
select n.nspname || '.' || c.relname as "table", t.tgtype::int as type, t.tgenabled::text as enabled,
  t.tgqual is null as always, encode(t.tgargs, 'escape') as arguments,
  array(select a.attname::text from unnest(t.tgattr::int[]) number
        join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = number) as columns
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_proc p on p.oid = t.tgfoid join pg_namespace f on f.oid = p.pronamespace
where not t.tgisinternal and f.nspname || '.' || p.proname = any (%(guards)s) order by 1
"""

# What a function does: its language, whose rights it has, its settings and its text.
TEXTS = """
select n.nspname || '.' || p.proname as name, 'sha256:' || encode(sha256(convert_to(concat_ws(E'\\n', l.lanname,
  p.prosecdef::text, array_to_string(p.proconfig, ','), p.prosrc), 'UTF8')), 'hex') as digest
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where n.nspname || '.' || p.proname = any (%(names)s) order by 1, 2
"""

# Another catalogue: a table has a row type and system columns.
COUNT = """
select count(*) as row_types from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and exists (select from pg_attribute a where a.attrelid = t.typrelid and a.attname = 'tableoid' and a.attnum < 0)
"""

OPERATIONS = ("insert", "update", "delete", "truncate")
_BITS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
"""Of pg_trigger.tgtype (PostgreSQL, src/include/catalog/pg_trigger.h)."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: who may make which change, and the columns that can be changed."""

    name: str
    writers: Mapping[str, tuple[str, ...]]
    columns: frozenset[str]

    @staticmethod
    def all_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Table]:
        """By name; what goes or changes with another table's row is added to what is granted."""
        found = {str(row["name"]): row for row in rows}
        writers = {name: {each: set(row[each]) for each in OPERATIONS} for name, row in found.items()}
        again = True
        while again:
            again = False
            for name, row in found.items():
                for operation, parents in (("delete", row["removed_with"]), ("update", row["changed_with"])):
                    for parent in parents:
                        moved = writers[parent]["delete"] or (operation == "update" and writers[parent]["update"])
                        if moved and f"cascade of {parent}" not in writers[name][operation]:
                            writers[name][operation].add(f"cascade of {parent}")
                            again = True
        return {
            name: Table(
                name, {each: tuple(sorted(writers[name][each])) for each in OPERATIONS}, frozenset(row["columns"])
            )
            for name, row in found.items()
        }


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger of a function that the mapping names."""

    table: str
    type: int
    live: bool
    columns: frozenset[str]
    kinds: frozenset[str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Guard:
        kinds = frozenset(str(row["arguments"]).split("\\000")) - {""}
        live = bool(row["always"]) and row["enabled"] in ("O", "A")
        return cls(row["table"], int(row["type"]), live, frozenset(row["columns"]), kinds)

    def holds(self, table: str, operation: str, columns: frozenset[str], kinds: frozenset[str]) -> bool:
        """Whether it fires for every such change of these columns, and takes no event for one that is not declared."""
        fires = self.live and self.table == table and bool(self.type & _BITS[operation])
        return fires and self.kinds <= kinds and (not self.columns or columns <= self.columns)


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared about one kind of change of one table."""

    kinds: tuple[str, ...]
    unrecorded: frozenset[str]
    technical: str


def declarations(db: Sql, run: Run) -> dict[tuple[str, str], Declared]:
    """By table and operation, from the table that the mapping names or from the mapping itself.

    Raises CouldNotTell("unsupported") where there is none, or one says neither an event nor a reason.
    """
    given = run.mapping.get("declared")
    if given is not None:
        home = str(given).rpartition(".")[0]
        rows = db.rows(f'select "table", operation, kinds, unrecorded, reason from {postgresql.quoted(given)}')  # noqa: S608
    else:
        home, rows = "", run.setting("changes")
    found: dict[tuple[str, str], Declared] = {}
    for row in rows:
        try:
            name, operation = str(row["table"]), str(row["operation"])
            kinds, unrecorded = tuple(row.get("kinds") or ()), frozenset(row.get("unrecorded") or ())
            reason = str(row.get("reason") or "").strip()
        except (KeyError, TypeError, AttributeError) as error:
            raise CouldNotTell("unsupported", "a declared change has no table or operation") from error
        if operation not in OPERATIONS[:3] or not (kinds or reason) or (unrecorded and not reason):
            raise CouldNotTell(
                "unsupported",
                f"the declared {operation} of {name} has neither an event nor a reason, or columns without a reason",
                hint="operations are insert, update, delete; each has `kinds`, or a `reason`",
            )
        full = name if "." in name or not home else f"{home}.{name}"
        found[full, operation] = Declared(kinds, unrecorded, reason)
    if not found:
        raise CouldNotTell("unsupported", "no change is declared", hint="map `declared` or list `changes`")
    return found


def others(db: Sql, run: Run, guards: Sequence[str]) -> tuple[str, ...]:
    """Functions that `texts` names and that are not what was read when their digest was written there.

    Raises CouldNotTell("unsupported") where a guard has no digest: a trigger may fire and refuse nothing.
    """
    known = {str(name): str(digest) for name, digest in run.mapping.get("texts", {}).items()}
    found: dict[str, set[str]] = {}
    for row in db.rows(TEXTS, {"names": sorted({*guards, *known})}):
        found.setdefault(str(row["name"]), set()).add(str(row["digest"]))
    for name in guards:
        if name not in known:
            now = ", ".join(sorted(found.get(name, ()))) or "no such function"
            raise CouldNotTell(
                "unsupported",
                f"nobody has read what {name} does",
                hint=f"read it, and what it rests on; then write its digest down under `texts` ({now})",
            )
    return tuple(f"{name} ({', '.join(sorted(found.get(name, ())) or ['gone'])})"
                 for name, digest in known.items() if found.get(name) != {digest})  # fmt: skip
