"""Tenants with SQLAlchemy: every query of a tenant's classes is bound to the session's tenant, and so is every row.

Two locks of one door. The first is in the object-relational mapper: criteria on every statement that touches a class
with `TenantOwned`, joins and lazy loads included, and a refusal of rows of another tenant at the flush. The second is
the database's own: the transaction-local setting that row-level security compares (`runtime.tenancy`). Either alone
holds; raw SQL passes the first, so that where there is no second it is refused.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, event, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from trustcenter.errors import TrustCenterError
from trustcenter.runtime.tenancy import SETTING

_TENANT = "tenant"


class ForeignRowError(TrustCenterError):
    """A row of another tenant was to be written, or SQL was run that no criteria can bind."""


class TenantOwned:
    """Mixin of every class whose rows belong to a tenant."""

    organisation_id: Mapped[UUID] = mapped_column(Uuid, index=True)


def for_tenant(session: Session, tenant: UUID, *, row_security: bool) -> Session:
    """Binds a session to a tenant for its life. `tenant` comes from the signed-in session, never from a request.

    `row_security` says that the database separates tenants too; each transaction then carries the setting.
    """
    if session.info.get(_TENANT, tenant) != tenant:
        raise ForeignRowError("A session is bound to one tenant for its life.", where="tenancy")
    if _TENANT not in session.info:
        session.info[_TENANT] = tenant
        event.listen(session, "do_orm_execute", _bind)
        event.listen(session, "before_flush", _own_rows)
        if row_security:
            session.info["row_security"] = True
            event.listen(session, "after_begin", _carry)
            if session.in_transaction():
                _carry(session, None, session.connection())
    return session


def _bind(state: ORMExecuteState) -> None:
    tenant = state.session.info[_TENANT]
    if not (state.is_orm_statement or state.is_column_load or state.is_relationship_load):
        if not state.session.info.get("row_security"):
            raise ForeignRowError("SQL without classes cannot be bound to a tenant here.", where="tenancy")
        return
    state.statement = state.statement.options(
        with_loader_criteria(
            TenantOwned, lambda cls: cls.organisation_id == tenant, include_aliases=True, propagate_to_loaders=True
        )
    )


def _own_rows(session: Session, *_: Any) -> None:
    tenant = session.info[_TENANT]
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned):
            continue
        if row.organisation_id is None and row in session.new:
            row.organisation_id = tenant
        if row.organisation_id != tenant:
            raise ForeignRowError(f"A {type(row).__name__} of another tenant is not written.", where="tenancy")


def _carry(_: Session, __: Any, connection: Any) -> None:
    """`set_config(..., true)` ends with the transaction: a pooled connection carries nothing over."""
    tenant = _.info[_TENANT]
    connection.execute(text("select set_config(:name, :tenant, true)"), {"name": SETTING, "tenant": str(tenant)})
