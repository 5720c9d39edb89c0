"""Every mutant, in one table."""

from __future__ import annotations

from mutations import (
    access,
    application,
    backups,
    code,
    database,
    factors,
    identity,
    records,
    registers,
    server,
    transport,
    web,
)

FAMILIES = (database, application, factors, identity, access, records, server, backups, web, transport, code, registers)

MUTANTS = tuple(mutant for family in FAMILIES for mutant in family.MUTANTS)
