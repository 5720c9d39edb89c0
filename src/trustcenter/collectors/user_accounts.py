"""Every account of a platform: role, state, second factor, times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Subject
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Sql


@dataclass(frozen=True, slots=True)
class UserAccount:
    """One account. A field whose column the mapping does not name is absent, and so meets no expectation."""

    account: Annotated[str, Subject]
    organisation: str | None
    role: str | None
    state: Literal["active", "disabled"]
    second_factor: str | None
    created_at: datetime | None
    last_sign_in: datetime | None
    disabled_at: datetime | None

    @property
    def last_active(self) -> datetime | None:
        """The last sign-in, or the creation of an account that never signed in."""
        return self.last_sign_in or self.created_at


@collector(method="inspection", kinds=("platform", "postgresql"))
def user_accounts(db: Sql, run: Run) -> Population[UserAccount]:
    """Every account with its role, state and second factor, read from the platform's own table.

    Mapping: `table`, `account` (column of the name or address that rosters use too); optional columns `organisation`,
    `role`, `state`, `second_factor`, `created_at`, `last_sign_in`, `disabled_at`; `active` lists the words of `state`
    that mean active (default: active); `values.role`, `values.second_factor` translate the platform's words. One of
    `state` and `disabled_at` is needed. A second factor that is null in its column is `none`.
    """
    if "state" not in run.mapping and "disabled_at" not in run.mapping:
        run.setting("state")
    table = postgresql.quoted(run.setting("table"))
    active = postgresql.texts(run, "active") or ("active",)
    query = (
        f"select {postgresql.column(run, 'account')}::text as account,\n"
        f"  {postgresql.column(run, 'organisation', 'null')}::text as organisation,\n"
        f"  {postgresql.column(run, 'role', 'null')}::text as role,\n"
        f"  {postgresql.column(run, 'state', 'null')}::text as state,\n"
        f"  {postgresql.column(run, 'second_factor', 'null')}::text as second_factor,\n"
        f"  {postgresql.column(run, 'created_at', 'null::timestamptz')} as created_at,\n"
        f"  {postgresql.column(run, 'last_sign_in', 'null::timestamptz')} as last_sign_in,\n"
        f"  {postgresql.column(run, 'disabled_at', 'null::timestamptz')} as disabled_at\n"
        f"from {table}\norder by 1"
    )
    facts = []
    for row in db.rows(query):
        if not row["account"]:
            raise CouldNotTell("malformed", "an account has no name in the mapped column", hint="map another column")
        disabled_at = postgresql.optional_utc(row["disabled_at"], "disabled_at")
        on = row["state"] in active if "state" in run.mapping else disabled_at is None
        factor = postgresql.translated(run, "second_factor", row["second_factor"])
        facts.append(
            UserAccount(
                account=row["account"],
                organisation=row["organisation"],
                role=postgresql.translated(run, "role", row["role"]),
                state="active" if on else "disabled",
                second_factor=factor or ("none" if "second_factor" in run.mapping else None),
                created_at=postgresql.optional_utc(row["created_at"], "created_at"),
                last_sign_in=postgresql.optional_utc(row["last_sign_in"], "last_sign_in"),
                disabled_at=disabled_at,
            )
        )
    counted = run.mapping.get("counted")
    expected, method, independent = postgresql.count(db, postgresql.quoted(counted) if counted else table)
    return Population(
        facts=tuple(facts),
        completeness=Completeness(method, expected, len(facts), independent),
        query=query,
        parameters={"active": list(active)},
        observed_at=run.now(),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )
