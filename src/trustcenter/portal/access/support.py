"""Support access: begun by the vendor's staff, seen and ended by the customer's owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from trustcenter.portal import store
from trustcenter.portal.call import Caller, Support
from trustcenter.runtime.routes import SUPPORT, Standing
from trustcenter.runtime.tenancy import tenant_transaction

if TYPE_CHECKING:
    from trustcenter.portal.services import Services

DEFAULT_LENGTH = timedelta(minutes=30)

_LASTING = """
select i.id, i.staff_name, i.account_id, p.display_name, i.ticket, i.expires_at
from portal.impersonations i join portal.people p on p.organisation_id = i.organisation_id and p.id = i.account_id
where i.ended_at is null and i.expires_at > clock_timestamp()
"""

LISTED = """
select i.id, i.staff_name, p.display_name as for_whom, i.reason, i.ticket, i.started_at, i.expires_at, i.ended_at,
       i.ended_by, i.ended_at is null and i.expires_at > clock_timestamp() as live
from portal.impersonations i left join portal.people p on p.organisation_id = i.organisation_id and p.id = i.account_id
order by i.started_at desc limit 200
"""


async def lasting(connection: Any) -> Support | None:
    """The access that the tenant's organisation is under now; the one that lasts longest."""
    cursor = await connection.execute(_LASTING + "order by i.expires_at desc limit 1")
    row = await cursor.fetchone()
    return Support(*row) if row else None


async def acting(services: Services, staff: Caller) -> Caller:
    """The staff as it acts for a customer, where its session does so now; else as it is.

    The customer's organisation comes from the row of this session's access and from nowhere in the request.
    """
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select * from portal.support_of_session(%s)", (staff.session_id,))
        row = await cursor.fetchone()
    if row is None:
        return staff
    support_id, organisation_id, _, _, started_at, expires_at = row
    if not services.support_policy.live(started_at, expires_at, None, services.now()):
        return staff
    async with tenant_transaction(services.pool, organisation_id) as connection:
        cursor = await connection.execute(_LASTING + "and i.id = %s", (support_id,))
        found = await cursor.fetchone()
        person = await store.member(connection, found[2]) if found else None
    if found is None or person is None or person["state"] != "active":
        return staff
    standing = Standing(SUPPORT, staff.stage, stepped_up=False)
    return replace(
        staff, organisation_id=organisation_id, organisation=person["organisation"], role=SUPPORT, standing=standing,
        stepped_up_at=None, support=Support(*found),
    )  # fmt: skip


async def end(connection: Any, support_id: UUID, by: str) -> bool:
    """Ends one access of the tenant; False where it has ended already."""
    cursor = await connection.execute(
        "update portal.impersonations set ended_at = clock_timestamp(), ended_by = %s "
        "where id = %s and ended_at is null and expires_at > clock_timestamp()",
        (by, support_id),
    )
    return int(cursor.rowcount) == 1
