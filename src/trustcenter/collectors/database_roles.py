"""The roles of a PostgreSQL server, with what each may do beyond its own tables, by itself or through others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Sql

ATTRIBUTES = {
    "rolsuper": "superuser",
    "rolcreaterole": "creates_roles",
    "rolcreatedb": "creates_databases",
    "rolreplication": "replicates",
    "rolbypassrls": "bypasses_row_security",
}
PREDEFINED = (
    "pg_read_all_data", "pg_write_all_data", "pg_read_server_files", "pg_write_server_files",
    "pg_execute_server_program", "pg_signal_backend", "pg_maintain", "pg_create_subscription", "pg_checkpoint",
)  # fmt: skip
"""Roles of PostgreSQL's own whose members may do what a table's grants do not show (PostgreSQL manual, 21.5)."""


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """One role, of people, of services or of groups."""

    role: Annotated[str, Key]
    signs_in: bool
    powers: tuple[str, ...]
    """`superuser`, `creates_roles`, `creates_databases`, `replicates`, `bypasses_row_security`, and PostgreSQL's own
    roles; the role's own ones and those of every role that it can become.
    """
    through: tuple[str, ...]
    """The other roles from which powers come."""

    @property
    def privileged(self) -> bool:
        """It has at least one of these powers."""
        return bool(self.powers)


_ROLES = """
select rolname as role, rolcanlogin as signs_in, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
from pg_roles order by rolname
"""
# A membership that neither inherits nor allows SET ROLE, and cannot be passed on, gives nothing; before PostgreSQL 16
# every membership allows SET ROLE.
_MEMBERS = """
select o.rolname as role, g.rolname as becomes from pg_auth_members m
join pg_roles o on o.oid = m.member join pg_roles g on g.oid = m.roleid
where m.admin_option or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
   or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
order by 1, 2
"""
_COUNT = "select count(*) as n from pg_roles"


@collector(method="inspection", kinds=("platform", "postgresql"))
def database_roles(db: Sql, run: Run) -> Population[DatabaseRole]:
    """Every role of the server that is not PostgreSQL's own, with its powers (TSC CC6.3).

    A role has a power when it, or a role that it may become by membership however many steps away, has it. Any role
    may read the catalogue, so no grant is needed. Without roles nothing was read: raises CouldNotTell.
    """
    rows = {str(row["role"]): row for row in db.rows(_ROLES)}
    own = [name for name in rows if not name.startswith("pg_")]
    if not own:
        raise CouldNotTell("incomplete", "the catalogue of the server names no role")
    becomes: dict[str, set[str]] = {}
    for row in db.rows(_MEMBERS):
        becomes.setdefault(str(row["role"]), set()).add(str(row["becomes"]))
    facts = tuple(_role(name, rows, becomes) for name in own)
    counted = int(db.rows(_COUNT)[0]["n"])
    return Population(
        facts=facts,
        completeness=Completeness(
            "roles counted again by a statement of its own, those of PostgreSQL's own left out",
            counted - (len(rows) - len(own)),
            len(facts),
        ),
        query="\n;\n".join(text.strip() for text in (_ROLES, _MEMBERS, _COUNT)),
        parameters={},
        exclusions=tuple(
            f"{name}: one of PostgreSQL's own, in which nobody signs in" for name in rows if name not in own
        ),
        observed_at=run.now(),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
    )


def _role(name: str, rows: Mapping[str, Mapping[str, Any]], becomes: Mapping[str, set[str]]) -> DatabaseRole:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        for other in becomes.get(waiting.pop(), ()):
            if other not in reached and other != name:
                reached.add(other)
                waiting.append(other)
    powers = set(_own(name, rows))
    through = {other for other in reached if _own(other, rows)}
    for other in through:
        powers |= _own(other, rows)
    return DatabaseRole(name, bool(rows[name]["signs_in"]), tuple(sorted(powers)), tuple(sorted(through)))


def _own(name: str, rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    if name in PREDEFINED:
        return {name}
    return {power for column, power in ATTRIBUTES.items() if name in rows and rows[name][column]}
