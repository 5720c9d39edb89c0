"""Claims about who gets in and what happens to data."""

from __future__ import annotations

from made_claims import claim

from trustcenter.publish.questionnaire import Answerable

ACCESS_AND_DATA: tuple[Answerable, ...] = (
    claim(
        "access.second-factor/owners",
        "Account owners must use a second factor to sign in (12 of 12 enrolled).",
        "Multi-factor authentication for privileged accounts",
        criteria=("soc2:CC6.1",),
        aliases=("MFA for administrators",),
    ),
    claim(
        "access.password-storage/hash-cost",
        "Passwords are stored only as bcrypt hashes with a cost of at least 12 (40 of 40).",
        "Password storage",
        criteria=("soc2:CC6.1",),
    ),
    claim(
        "access.password-length/minimum",
        "Passwords have at least 15 characters.",
        "Password policy: length",
        criteria=("soc2:CC6.1",),
        aliases=("password policy", "minimum password length"),
    ),
    claim(
        "access.password-blocklist/common",
        "Known breached and common passwords are refused.",
        "Password blocklist",
        criteria=("soc2:CC6.1",),
        aliases=("password policy",),
    ),
    claim(
        "access.lockout/throttled",
        "Sign-in is locked for a time after 10 failed attempts.",
        "Lockout after failed sign-ins",
        criteria=("soc2:CC6.1",),
    ),
    claim(
        "access.sessions/idle",
        "Sessions end after 30 minutes without activity.",
        "Session idle timeout",
        criteria=("soc2:CC6.1",),
    ),
    claim(
        "access.leavers/disabled",
        "Accounts of leavers are disabled within 24 hours of their departure (3 of 3).",
        "Access removal for leavers",
        criteria=("soc2:CC6.2",),
    ),
    claim(
        "access.reviews/quarterly",
        "User access rights are reviewed every quarter.",
        "Access reviews",
        state="documented",
        criteria=("soc2:CC6.3",),
    ),
    claim(
        "access.individual/named",
        "Every person has an individual account; shared accounts do not exist.",
        "Individual accounts",
        criteria=("soc2:CC6.2",),
    ),
    claim(
        "access.roles/least",
        "Access is granted by role with least privilege.",
        "Role-based access",
        criteria=("soc2:CC6.3",),
    ),
    claim(
        "data.at-rest/volumes",
        "Customer data at rest is encrypted with AES-256.",
        "Encryption at rest",
        criteria=("soc2:CC6.1",),
    ),
    claim(
        "data.in-transit/tls",
        "Connections use TLS 1.2 or 1.3; TLS 1.0 and TLS 1.1 are refused.",
        "Encryption in transit",
        criteria=("soc2:CC6.7",),
        aliases=("https", "data encrypted in transit"),
    ),
    claim(
        "data.backup-encryption/encrypted",
        "Backups are encrypted with AES-256.",
        "Backup encryption",
        criteria=("soc2:CC6.1",),
    ),
    claim(
        "data.tenants/isolated",
        "Requests for another tenant's data are refused (248 of 248 routes tried).",
        "Tenant isolation",
        criteria=("soc2:CC6.1",),
        aliases=("multi-tenant separation", "row-level security"),
    ),
    claim(
        "data.retention/deletion",
        "Customer data is deleted within 30 days after the contract ends.",
        "Deletion after contract end",
        criteria=("soc2:C1.2",),
    ),
    claim(
        "data.export/portable",
        "Customers can export their data at any time.",
        "Data export",
        state="documented",
        criteria=("soc2:P5.1",),
    ),
    claim(
        "data.test-data/none",
        "Production data is never used in test environments.",
        "Test data",
        criteria=("soc2:C1.1",),
    ),
    claim(
        "data.card/none", "We do not store payment card data.", "Card data", criteria=("soc2:C1.1",), state="declared"
    ),
)
