"""The collectors on a database, each with its mapping onto the foreign platform and the grants to take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foreign_platform import ACCOUNTS, AVAILABILITY, CONTACTS, ISOLATION, PASSWORDS, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.availability import availability
from trustcenter.collectors.contacted_hosts import contacted_hosts
from trustcenter.collectors.database_roles import database_roles
from trustcenter.collectors.database_settings import database_settings
from trustcenter.collectors.interface import Collector
from trustcenter.collectors.password_hashes import password_hashes
from trustcenter.collectors.tenant_isolation_catalog import tenant_isolation_catalog
from trustcenter.collectors.user_accounts import user_accounts
from trustcenter.testing import sockets as faults

_TOTALS: dict[str, int] = {}


@dataclass(frozen=True)
class Case:
    """One collector; `revoke` are the statements that take the reader's rights to what it reads."""

    collector: Collector
    mapping: Mapping[str, Any]
    revoke: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    sign_in_bytes = 900
    """More than the server says until the session is set up, less than until the first query is answered."""

    def total(self, foreign: ForeignPlatform) -> int:
        """How many bytes the server sends in one good run."""
        name = self.collector.description.id
        if name not in _TOTALS:
            counted = 0

            def change(chunk: bytes, offset: int) -> bytes:
                nonlocal counted
                counted += len(chunk)
                return chunk

            with faults.proxy(foreign.server.port, change) as port:
                collect(self.collector, run_of(foreign.settings(port=port), self.mapping, parameters=self.parameters))
            _TOTALS[name] = counted
        return _TOTALS[name]

    def middle(self, foreign: ForeignPlatform) -> int:
        return self.total(foreign) // 2


COLLECTORS = (
    Case(availability, AVAILABILITY, ("revoke all on crm.probes from crm_reader",)),
    Case(contacted_hosts, CONTACTS, ("revoke all on crm.calls from crm_reader",)),
    Case(database_roles, {}, ("revoke select on pg_catalog.pg_roles from public",)),
    Case(database_settings, {}, ("revoke select on pg_catalog.pg_hba_file_rules from crm_reader",)),
    Case(user_accounts, ACCOUNTS, ("revoke all on crm.users from crm_reader",)),
    Case(password_hashes, PASSWORDS, ("revoke all on crm.users from crm_reader",)),
    Case(tenant_isolation_catalog, ISOLATION, ("revoke select on pg_catalog.pg_policy from public",)),
)
