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
    tokens,
    transport,
    web,
)

FAMILIES = (
    database,
    application,
    factors,
    identity,
    access,
    tokens,
    records,
    server,
    backups,
    web,
    transport,
    code,
    registers,
)

MUTANTS = tuple(mutant for family in FAMILIES for mutant in family.MUTANTS)

SLOW = frozenset(
    {
        "api_token_probe",
        "impersonation_probe",
        "infrastructure_code",
        "passkey_probe",
        "password_policy_probe",
        "password_reset_probe",
        "plaintext_search",
        "restore_drill",
        "role_matrix_probe",
        "second_factor_probe",
        "session_lifecycle_probe",
        "sign_in_alert_probe",
        "sign_in_throttle_probe",
        "status_page",
        "tenant_isolation_probe",
    }
)
"""Collectors that take seconds: they sign in often, start programs, or wait for mail."""


def further() -> frozenset[str]:
    """The mutants for the long run: a slow collector looks again at a control that a mutant before them breaks already.

    Each automatic control has one in the ordinary run, and each test of a collector that is quick; that every test can
    fall on what its collector hands over, its cases show (`trustcenter test`).
    """
    broken: set[str] = set()
    found = set()
    for mutant in MUTANTS:
        controls = {test.partition("/")[0] for test in mutant.falls}
        if controls <= broken and SLOW & set(mutant.collectors):
            found.add(mutant.id)
        broken |= controls
    return frozenset(found)
