"""What the database's catalogue says about the isolation of tenants: tables, views, roles, functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Sql


@dataclass(frozen=True, slots=True)
class IsolationFact:
    """One object on which isolation rests; fields that do not apply to its kind are absent.

    `isolated` says whether rows of one tenant are kept from another as far as this object is concerned.
    """

    object: Annotated[str, Key]
    kind: Annotated[Literal["table", "view", "materialized_view", "role", "function"], Key]
    tenant_data: bool
    """The table has the tenant's key; a view reads such a table, however indirectly."""
    declared_shared: bool
    """The mapping names it as holding nothing of any tenant (tables), or as reviewed (functions)."""
    reachable: bool
    """The application's role may read, change or call it (a role: may become it)."""
    row_security: bool | None = None
    forced: bool | None = None
    policies: tuple[str, ...] = ()
    """Each policy that applies to the application's role, as the server writes it."""
    open_policies: int | None = None
    """Permissive policies with a condition that does not bind the tenant's key, such as `USING (true)`."""
    owned_by_application: bool | None = None
    """The application's role is the owner or may become it, and so could switch row security off."""
    truncatable: bool | None = None
    """TRUNCATE asks no policy (PostgreSQL documentation, 5.9)."""
    security_invoker: bool | None = None
    superuser: bool | None = None
    bypasses_row_security: bool | None = None
    owned_tables: int | None = None
    fixed_search_path: bool | None = None

    @property
    def isolated(self) -> bool:
        """Forced row security with bound policies; views run as the caller; no role above it; functions reviewed."""
        if self.kind == "role":
            return not self.superuser and not self.bypasses_row_security and self.owned_tables == 0
        if self.kind == "function":
            return not self.reachable or (self.declared_shared and bool(self.fixed_search_path))
        if self.kind == "view":
            return not self.tenant_data or not self.reachable or bool(self.security_invoker)
        if self.kind == "materialized_view":
            return not self.tenant_data or not self.reachable
        if not self.tenant_data:
            return self.declared_shared
        return (
            bool(self.row_security)
            and bool(self.forced)
            and bool(self.policies)
            and self.open_policies == 0
            and not self.owned_by_application
            and not self.truncatable
        )


# %(app)s: the application's role; %(keys)s: names of the tenant's key; %(own)s: `schema.table.column` of other keys.
_RELATIONS = """
with recursive ours as (
  select c.oid, n.nspname || '.' || c.relname as name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
    coalesce((select option_value::boolean from pg_options_to_table(c.reloptions)
              where option_name = 'security_invoker'), false) as invoker,
    coalesce((select array_agg(a.attname::text) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and (a.attname = any (%(keys)s)
                     or n.nspname || '.' || c.relname || '.' || a.attname = any (%(own)s))), '{}') as keys
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm') and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), reads (relation, reads) as (
  select r.ev_class, d.refobjid from pg_rewrite r
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
  where d.refobjid <> r.ev_class
  union
  select reads.relation, d.refobjid from reads join pg_rewrite r on r.ev_class = reads.reads
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
  where d.refobjid <> r.ev_class
)
select o.name, o.relkind::text as kind, o.relrowsecurity as row_security, o.relforcerowsecurity as forced, o.invoker,
  o.keys,
  case when o.relkind in ('v', 'm')
       then exists (select from reads join ours t on t.oid = reads.reads
                    where reads.relation = o.oid and t.relkind in ('r', 'p', 'f') and t.keys <> '{}')
       else o.keys <> '{}' end as tenant_data,
  has_any_column_privilege(%(app)s, o.oid, 'select, insert, update')
    or has_table_privilege(%(app)s, o.oid, 'delete, truncate') as reachable,
  has_table_privilege(%(app)s, o.oid, 'truncate') as truncatable,
  pg_has_role(%(app)s, o.relowner, 'member') as owned,
  coalesce((select jsonb_agg(jsonb_build_object('name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive,
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname)
    from pg_policy p where p.polrelid = o.oid
      and (0 = any (p.polroles) or exists (select from unnest(p.polroles) r where r <> 0
                                           and pg_has_role(%(app)s, r, 'member')))), '[]') as policies
from ours o order by o.name
"""

_ROLES = """
select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypasses,
  (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relowner = r.oid and c.relkind in ('r', 'p', 'f') and n.nspname !~ '^pg_') as owned
from pg_roles r where pg_has_role(%(app)s, r.oid, 'member') order by r.rolname = %(app)s desc, 1
"""

_FUNCTIONS = """
select n.nspname || '.' || p.proname as name, p.oid::regprocedure::text as signature,
  has_function_privilege(%(app)s, p.oid, 'execute') and has_schema_privilege(%(app)s, n.oid, 'usage') as reachable,
  coalesce((select bool_or(c ~ '^search_path=') from unnest(p.proconfig) c), false) as fixed
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 2
"""

# Other catalogues: a table has a row type and system columns, a view a row type and a _RETURN rule.
_COUNT = """
select count(*) as row_types from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (exists (select from pg_attribute a where a.attrelid = t.typrelid and a.attname = 'tableoid' and a.attnum < 0)
       or exists (select from pg_rewrite r where r.ev_class = t.typrelid and r.rulename = '_RETURN'))
"""


@collector(method="inspection", kinds=("platform", "postgresql"))
def tenant_isolation_catalog(db: Sql, run: Run) -> Population[IsolationFact]:
    """Row security on every table, views, and what the application's role could do to get around it.

    Mapping: `application_role`; `tenant_key` (a column's name or a list of them); optional `tenant_keys` for tables
    whose key has another name (`schema.table.column`), `shared_tables` (`schema.table`, nothing of any tenant in them)
    and `definer_functions` (`schema.function`, reviewed functions that run with their owner's rights), and
    `tenant_conditions`, the only conditions that a permissive policy may have, as the server writes them; else
    each arm of one must name the key and compare it with something else than itself. Every table of
    every schema is listed, whether the reader may read it or not; one that has no tenant key and is not declared
    shared is not isolated.
    """
    keys = run.setting("tenant_key")
    parameters: dict[str, Any] = {
        "app": str(run.setting("application_role")),
        "keys": [keys] if isinstance(keys, str) else [str(key) for key in keys],
        "own": list(postgresql.texts(run, "tenant_keys")),
    }
    shared, reviewed = postgresql.texts(run, "shared_tables"), postgresql.texts(run, "definer_functions")
    roles = db.rows("select 1 as found from pg_roles where rolname = %(app)s", parameters)
    if not roles:
        raise CouldNotTell(
            "unsupported", f"there is no role {parameters['app']}", hint="check the mapping of `application_role`"
        )
    conditions = postgresql.texts(run, "tenant_conditions")
    relations = [_relation(row, shared, conditions) for row in db.rows(_RELATIONS, parameters)]
    expected = int(db.rows(_COUNT)[0]["row_types"])
    facts = (
        *relations,
        *(_role(row) for row in db.rows(_ROLES, parameters)),
        *(_function(row, reviewed) for row in db.rows(_FUNCTIONS, parameters)),
    )
    if not any(fact.kind == "table" and fact.tenant_data for fact in facts):
        raise CouldNotTell("unsupported", "no table has the tenant's key", hint="check the mapping of `tenant_key`")
    return Population(
        facts=facts,
        completeness=Completeness(
            "tables, views and materialized views listed from pg_class (which shows them whatever the reader's rights) "
            "against their row types in pg_type",
            expected,
            len(relations),
            independent=True,
        ),
        query="\n;\n".join(text.strip() for text in (_RELATIONS, _ROLES, _FUNCTIONS, _COUNT)),
        parameters=parameters
        | {
            "shared_tables": list(shared),
            "definer_functions": list(reviewed),
            "tenant_conditions": list(conditions),
        },
        observed_at=run.now(),
        exclusions=("temporary tables", "schemas of the server itself (pg_*, information_schema)"),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


_KINDS: Mapping[str, Literal["table", "view", "materialized_view"]] = {
    "r": "table",
    "p": "table",
    "f": "table",
    "v": "view",
    "m": "materialized_view",
}
_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


def _relation(row: Mapping[str, Any], shared: tuple[str, ...], conditions: tuple[str, ...]) -> IsolationFact:
    kind = _KINDS[row["kind"]]
    table = kind == "table"
    policies = row["policies"]
    return IsolationFact(
        object=row["name"],
        kind=kind,
        tenant_data=row["tenant_data"],
        declared_shared=row["name"] in shared,
        reachable=row["reachable"],
        row_security=row["row_security"] if table else None,
        forced=row["forced"] if table else None,
        policies=tuple(_policy(policy) for policy in policies),
        open_policies=sum(_open(policy, row["keys"], conditions) for policy in policies) if table else None,
        owned_by_application=row["owned"] if table else None,
        truncatable=row["truncatable"] if table else None,
        security_invoker=row["invoker"] if kind == "view" else None,
    )


def _policy(policy: Mapping[str, Any]) -> str:
    words = [policy["name"], "permissive" if policy["permissive"] else "restrictive", _COMMANDS[policy["command"]]]
    for clause in ("using", "check"):
        if policy[clause] is not None:
            words.append(f"{clause} {policy[clause]}")
    return " ".join(words)


def _open(policy: Mapping[str, Any], keys: list[str], allowed: tuple[str, ...]) -> bool:
    """A permissive policy lets rows through; every condition that it has must bind them to the tenant."""
    if not policy["permissive"]:
        return False
    conditions = [policy[clause] for clause in ("using", "check") if policy[clause] is not None]
    if allowed:
        return not conditions or not set(conditions) <= set(allowed)
    return not conditions or any(not _binds(condition, keys) for condition in conditions)


def _binds(condition: str, keys: list[str]) -> bool:
    """Each arm of the condition compares a key with something else; a negation is not looked through."""
    if re.search(r"\bNOT\b|<>|\bIS\b", condition):
        return False
    arms = re.split(r"\bOR\b", condition)
    return all(any(_compares(arm, key) for key in keys) for arm in arms)


def _compares(arm: str, key: str) -> bool:
    name = re.escape(key)
    pairs = re.findall(rf'\(?"?\b{name}\b"?(?:\)?::\w+)? = (.+)|(.+) = "?\b{name}\b', arm)
    return any(re.search(rf"\b{name}\b", left + right) is None for left, right in pairs)


def _role(row: Mapping[str, Any]) -> IsolationFact:
    return IsolationFact(
        object=row["name"],
        kind="role",
        tenant_data=False,
        declared_shared=False,
        reachable=True,
        superuser=row["superuser"],
        bypasses_row_security=row["bypasses"],
        owned_tables=row["owned"],
    )


def _function(row: Mapping[str, Any], reviewed: tuple[str, ...]) -> IsolationFact:
    return IsolationFact(
        object=row["signature"],
        kind="function",
        tenant_data=False,
        declared_shared=row["name"] in reviewed,
        reachable=row["reachable"],
        fixed_search_path=row["fixed"],
    )
