"""How the password of every account is stored: scheme and cost, never the hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Subject, unit
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Sql


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """One account's stored password. `cost` is the work factor in the scheme's own measure."""

    account: Annotated[str, Subject]
    scheme: str
    """`none` for an account without a password, `unrecognised` for a form that nobody knows."""
    cost: int | None
    """bcrypt: the exponent; PBKDF2: iterations; Argon2: passes; scrypt: the exponent of N."""
    memory: Annotated[int | None, unit("KiB")]
    """Argon2 only."""
    derived: bool
    """The database itself computes scheme and cost from the stored hash, so the application cannot misreport them."""


# The hash is taken apart inside the database: only scheme and cost leave it. {hash} is a quoted column.
_SCHEME = r"""case
    when {hash} is null or {hash} = '' then 'none'
    when {hash} ~ '^\$2[aby]\$[0-9]{{2}}\$' then 'bcrypt'
    when {hash} ~ '^bcrypt(_sha256)?\$\$2[aby]\$[0-9]{{2}}\$' then 'bcrypt'
    when {hash} ~ '\$?argon2(id|i|d)\$' then substring({hash} from 'argon2(?:id|i|d)')
    when {hash} ~ '^\$?pbkdf2[_-]sha(1|256|512)\$[0-9]+\$'
      then replace(substring({hash} from 'pbkdf2[_-]sha(?:1|256|512)'), '_', '-')
    when {hash} ~ '^\$scrypt\$ln=[0-9]+' then 'scrypt'
    else 'unrecognised' end"""
_COST = r"""case
    when {hash} ~ '\$2[aby]\$[0-9]{{2}}\$' then substring({hash} from '\$2[aby]\$([0-9]{{2}})\$')::integer
    when {hash} ~ 'argon2(id|i|d)\$' then substring({hash} from '[,$]t=([0-9]+)')::integer
    when {hash} ~ '^\$?pbkdf2' then substring({hash} from 'pbkdf2[_-]sha(?:1|256|512)\$([0-9]+)')::integer
    when {hash} ~ '^\$scrypt\$ln=' then substring({hash} from 'ln=([0-9]+)')::integer end"""
_MEMORY = r"case when {hash} ~ 'argon2(id|i|d)\$' then substring({hash} from '[,$]m=([0-9]+)')::integer end"

_GENERATED = """
select count(*) as n from pg_catalog.pg_attribute
where attrelid = %(table)s::pg_catalog.regclass and attname in (%(scheme)s, %(cost)s) and attgenerated <> ''
"""


@collector(method="inspection", kinds=("platform", "postgresql"))
def password_hashes(db: Sql, run: Run) -> Population[PasswordHash]:
    """Scheme and cost of the stored password of every account; no hash is read.

    Mapping: `table`, `account`, and either `scheme` and `cost` (columns, best generated ones) or `hash` (a column that
    the reader may read; the database takes it apart and only scheme and cost leave it).
    """
    table = postgresql.quoted(run.setting("table"))
    notes: tuple[str, ...]
    if "scheme" in run.mapping:
        scheme, cost, memory = postgresql.column(run, "scheme"), postgresql.column(run, "cost"), "null"
        names = {"table": table, "scheme": run.setting("scheme"), "cost": run.setting("cost")}
        derived = db.rows(_GENERATED, names)[0]["n"] == 2
        notes = ("The reader role cannot read the hash: scheme and cost are columns of their own.",)
    else:
        hashed = postgresql.column(run, "hash")
        scheme, cost, memory = (text.format(hash=hashed) for text in (_SCHEME, _COST, _MEMORY))
        derived = True
        notes = ("The reader role may read the hash column; only what the query names left the database.",)
    query = (
        f"select {postgresql.column(run, 'account')}::text as account,\n  {scheme}::text as scheme,\n"
        f"  {cost}::integer as cost,\n  {memory}::integer as memory\nfrom {table}\norder by 1"
    )
    facts = []
    for row in db.rows(query):
        if not row["account"]:
            raise CouldNotTell("malformed", "an account has no name in the mapped column", hint="map another column")
        facts.append(
            PasswordHash(
                account=row["account"],
                scheme=row["scheme"] or "none",
                cost=row["cost"],
                memory=row["memory"],
                derived=derived,
            )
        )
    expected, method, independent = postgresql.count(db, table)
    return Population(
        facts=tuple(facts),
        completeness=Completeness(method, expected, len(facts), independent),
        query=query,
        observed_at=run.now(),
        notes=notes,
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )
