"""What the collectors on a database share: mapped names, the server's clock, the reader's rights, a sound count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Sql


def quoted(name: object) -> str:
    """A mapped name (`table`, `schema.table`) as a quoted SQL identifier (PostgreSQL documentation, 4.1.1).

    Raises CouldNotTell("unsupported") for what cannot be one, so that a mapping never becomes a statement.
    """
    text = name if isinstance(name, str) else ""
    parts = text.split(".")
    if not 1 <= len(parts) <= 2 or any(not part or "\0" in part or "%" in part for part in parts):
        raise CouldNotTell("unsupported", f"{name!r} is not a name of a table or column", hint="write schema.table")
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def column(run: Run, name: str, default: str | None = None) -> str:
    """The quoted column that the mapping gives for `name`; `default` stands for no column (`null::text`)."""
    if default is not None and name not in run.mapping:
        return default
    mapped = run.setting(name)
    if not isinstance(mapped, str) or "." in mapped:
        raise CouldNotTell(
            "unsupported", f"{mapped!r} is not the name of a column", hint=f"check the mapping of `{name}`"
        )
    return quoted(mapped)


def texts(run: Run, name: str) -> tuple[str, ...]:
    """An optional list of texts of the mapping."""
    value = run.mapping.get(name, ())
    if isinstance(value, str) or not isinstance(value, Sequence) or any(not isinstance(item, str) for item in value):
        raise CouldNotTell("unsupported", f"`{name}` of source {run.source.name} is not a list of texts")
    return tuple(value)


def translated(run: Run, name: str, value: object) -> str | None:
    """A platform's own word in ours, by the mapping's `values.NAME`; words that it does not list stay as they are."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    values = run.mapping.get("values", {})
    words: Mapping[str, Any] = values.get(name, {}) if isinstance(values, Mapping) else {}
    return str(words.get(text, text))


def server_clock(db: Sql) -> datetime:
    """What the database's own clock says, in UTC."""
    return utc(db.rows("select clock_timestamp() as now")[0]["now"], "the clock")


def utc(value: object, what: str) -> datetime:
    """A moment that the database returned. A column without a time zone is read as UTC."""
    if not isinstance(value, datetime):
        raise CouldNotTell("malformed", f"{what} is not a moment", hint="map a column of type timestamptz")
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def optional_utc(value: object, what: str) -> datetime | None:
    """Like `utc`; null stays None."""
    return None if value is None else utc(value, what)


_RIGHTS = """
select 'role ' || r.rolname || ': superuser=' || r.rolsuper || ' bypass_row_security=' || r.rolbypassrls
       || ' create_role=' || r.rolcreaterole || ' create_database=' || r.rolcreatedb as line
from pg_catalog.pg_roles r where r.rolname = current_user
union all
select 'member of ' || r.rolname from pg_catalog.pg_roles r
where r.rolname <> current_user and pg_catalog.pg_has_role(current_user, r.oid, 'member')
union all
select 'on ' || c.oid::pg_catalog.regclass::text || ':'
       || case when pg_catalog.has_any_column_privilege(c.oid, 'select') then ' select' else '' end
       || case when pg_catalog.has_any_column_privilege(c.oid, 'insert') then ' insert' else '' end
       || case when pg_catalog.has_any_column_privilege(c.oid, 'update') then ' update' else '' end
       || case when pg_catalog.has_table_privilege(c.oid, 'delete') then ' delete' else '' end
       || case when pg_catalog.has_table_privilege(c.oid, 'truncate') then ' truncate' else '' end
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and pg_catalog.has_schema_privilege(n.oid, 'usage')
order by 1
"""


def rights(db: Sql) -> str:
    """The reader's own rights as text, one a line: attributes, memberships, tables."""
    return "\n".join(str(row["line"]) for row in db.rows(_RIGHTS))


COUNT_METHOD = (
    "count(*) without conditions by a statement of its own in the same snapshot; with row_security = off PostgreSQL "
    "raises where a policy would hide rows, and the relation is {kind}"
)
_KINDS = {"r": "a table", "p": "a partitioned table", "v": "a view", "m": "a materialized view", "f": "a foreign table"}


def count(db: Sql, table: str) -> tuple[int, str, bool]:
    """The number of rows, how it was counted, and whether no filter can have shrunk it.

    A view has conditions of its own, which shrink list and count alike: its count is not independent.
    """
    expected = int(db.rows(f"select count(*) as n from {table}")[0]["n"])  # noqa: S608 - quoted by `quoted`
    found = db.rows(
        "select relkind::text as kind from pg_catalog.pg_class where oid = %(name)s::pg_catalog.regclass",
        {"name": table},
    )
    kind = str(found[0]["kind"]) if found else "?"
    return expected, COUNT_METHOD.format(kind=_KINDS.get(kind, "of an unknown kind")), kind in ("r", "p")
