"""Claims to answer from, as another part would hand them over: current ones, open ones, and ones that fell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from trustcenter.publish.questionnaire import Answerable, CriterionText

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def claim(
    identifier: str,
    sentence: str,
    title: str,
    *,
    state: str = "tested",
    criteria: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    opposites: tuple[str, ...] = (),
    missing: str | None = None,
) -> Answerable:
    """One claim with the fields that do not matter here filled in."""
    return Answerable(
        claim=identifier,
        sentence=sentence,
        state=state,
        methods=("inspection", "probe") if state == "tested" else ("representation",),
        as_of=AS_OF,
        criteria=criteria,
        aliases=aliases,
        title=title,
        link=f"https://trust.example/claims/{identifier}",
        missing=missing,
        opposites=opposites,
    )


CLAIMS: tuple[Answerable, ...] = (
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
    claim(
        "platform.audit/append-only",
        "The audit log is append-only: updates and deletions by the application are denied.",
        "Audit log integrity",
        criteria=("soc2:CC7.2",),
        aliases=("tamper-proof audit trail", "immutable logs"),
    ),
    claim(
        "platform.audit/retained",
        "Audit logs are kept for at least 400 days.",
        "Audit log retention",
        criteria=("soc2:CC7.2",),
    ),
    claim(
        "platform.audit/admin",
        "Administrative actions are written to the audit log.",
        "Audit log of administrators",
        criteria=("soc2:CC7.2",),
    ),
    claim(
        "platform.database/private",
        "Databases are not reachable from the internet.",
        "Database exposure",
        criteria=("soc2:CC6.6",),
        opposites=("publicly accessible database", "database reachable from the internet"),
    ),
    claim("platform.firewall/deny", "Firewalls deny inbound traffic by default.", "Firewall", criteria=("soc2:CC6.6",)),
    claim(
        "platform.headers/csp",
        "Every page sends HSTS and a content security policy.",
        "HTTP security headers",
        criteria=("soc2:CC6.6",),
    ),
    claim(
        "platform.vulnerabilities/scan",
        "Dependencies are scanned for known vulnerabilities daily.",
        "Dependency scanning",
        criteria=("soc2:CC7.1",),
        aliases=("vulnerability scanning of dependencies",),
    ),
    claim(
        "change.review/second-person",
        "Code is reviewed by a second person before it reaches production (112 of 112 changes).",
        "Code review",
        criteria=("soc2:CC8.1",),
        aliases=("peer review of pull requests",),
    ),
    claim(
        "change.environments/separate",
        "Development, test and production are separate environments.",
        "Separate environments",
        criteria=("soc2:CC8.1",),
        state="documented",
    ),
    claim(
        "change.static-analysis/infrastructure",
        "Infrastructure code is checked by static analysis.",
        "Static analysis of infrastructure code",
        criteria=("soc2:CC8.1",),
    ),
    claim("continuity.backups/daily", "Backups are made at least every 24 hours.", "Backups", criteria=("soc2:A1.2",)),
    claim(
        "continuity.restore/drill",
        "Restoring from backup is tested every month (the last drill took 41 seconds).",
        "Restore drill",
        criteria=("soc2:A1.3",),
        aliases=("backup restore test", "recovery test"),
    ),
    claim(
        "continuity.plan/documented",
        "A business continuity and disaster recovery plan is documented.",
        "Continuity plan",
        state="documented",
        criteria=("soc2:CC9.1",),
    ),
    claim(
        "incidents.plan/documented",
        "An incident response plan is documented.",
        "Incident response plan",
        state="documented",
        criteria=("soc2:CC7.4",),
    ),
    claim(
        "incidents.notice/customers",
        "Affected customers are notified of a data breach within 48 hours.",
        "Breach notification",
        state="declared",
        criteria=("soc2:CC7.4", "soc2:P6.6"),
    ),
    claim(
        "incidents.review/after",
        "Every incident ends with a post-incident review.",
        "Post-incident review",
        state="declared",
        criteria=("soc2:CC7.5",),
    ),
    claim(
        "vendors.subprocessors/listed",
        "Our list of subprocessors is published.",
        "Subprocessor list",
        state="documented",
        criteria=("soc2:CC9.2",),
    ),
    claim(
        "vendors.reviews/yearly",
        "Vendors are assessed before use and every year.",
        "Vendor risk assessment",
        state="documented",
        criteria=("soc2:CC9.2",),
        aliases=("due diligence of third parties",),
    ),
    claim(
        "privacy.dpa/signed",
        "A data processing agreement is available to every customer.",
        "Data processing agreement",
        state="documented",
        criteria=("gdpr:28",),
    ),
    claim(
        "privacy.sale/none",
        "We do not sell or share personal data.",
        "No sale of personal data",
        state="declared",
        criteria=("soc2:P6.1",),
    ),
    claim(
        "privacy.region/eu",
        "Customer data is stored in the European Union.",
        "Data residency",
        state="documented",
        criteria=("soc2:P6.1",),
        aliases=("data location", "hosting region"),
    ),
    claim(
        "ai.training/never",
        "Customer data is never used to train AI models.",
        "No training on customer data",
        state="declared",
        criteria=("soc2:P4.1",),
    ),
    claim(
        "people.training/yearly",
        "Employees receive security awareness training every year.",
        "Security awareness training",
        state="documented",
        criteria=("soc2:CC1.4",),
    ),
    claim(
        "people.background/checks",
        "Background checks are carried out before employment.",
        "Background checks",
        state="declared",
        criteria=("soc2:CC1.4",),
    ),
    claim(
        "access.sso/saml",
        "",
        "Single sign-on with SAML",
        state="in_progress",
        criteria=("soc2:CC6.1",),
        missing="Single sign-on with SAML is planned for 2027-03-31.",
    ),
    claim(
        "data.customer-keys/none",
        "",
        "Customer-managed encryption keys",
        state="not_done",
        criteria=("soc2:CC6.1",),
        missing="Customer-managed keys are not offered.",
    ),
    claim(
        "change.pentest/yearly",
        "",
        "Penetration test by an independent third party",
        state="in_progress",
        criteria=("soc2:CC4.1",),
        missing="The first penetration test is planned for 2027-02-28.",
    ),
    claim(
        "platform.patching/thirty-days",
        "Not currently confirmed, since 2026-11-19.",
        "Critical patches within 30 days",
        state="failing",
        criteria=("soc2:CC7.1",),
        aliases=("patch management",),
        missing="withdrawn",
    ),
    claim(
        "platform.hardening/baseline",
        "Not currently confirmed, since 2026-10-01.",
        "Hardened configuration baseline",
        state="stale",
        criteria=("soc2:CC7.1",),
        missing="evidence is out of date",
    ),
    claim(
        "access.remote/vpn",
        "Employees connect remotely only through a VPN.",
        "Remote access",
        state="accepted_deviation",
        criteria=("soc2:CC6.6",),
        missing="one bastion without VPN is accepted until 2026-12-31",
    ),
    claim(
        "physical.offices/none",
        "We run no data centre of our own.",
        "Physical security of data centres",
        state="not_applicable",
        criteria=("soc2:CC6.4",),
        missing="we run no data centre; our hosting provider's report covers it",
        aliases=("badges, visitors and cameras",),
    ),
)

CRITERIA: tuple[CriterionText, ...] = (
    CriterionText("soc2:CC1.4", "Competent people", "Hiring, background checks, security awareness training."),
    CriterionText("soc2:CC4.1", "Evaluation of controls", "Audits, penetration tests, certification."),
    CriterionText(
        "soc2:CC6.1",
        "Logical access",
        "Authentication, MFA, SSO, passwords, encryption at rest, key management, tenants.",
    ),
    CriterionText("soc2:CC6.2", "Accounts", "Provisioning and removal of accounts, leavers."),
    CriterionText("soc2:CC6.3", "Least privilege", "Access by role, periodic access review."),
    CriterionText("soc2:CC6.4", "Physical access", "Data centres, badges, visitors."),
    CriterionText("soc2:CC6.6", "Perimeter", "Firewalls, VPN, exposed services."),
    CriterionText("soc2:CC6.7", "Data in transmission", "TLS, encryption in transit, removable media, laptops."),
    CriterionText("soc2:CC7.1", "Vulnerabilities", "Vulnerability scanning, patching, hardening."),
    CriterionText("soc2:CC7.2", "Monitoring", "Logs, alerts, detection."),
    CriterionText("soc2:CC7.4", "Incident response", "Plan, roles, breach notification."),
    CriterionText("soc2:CC8.1", "Change management", "Code review, testing, environments."),
    CriterionText("soc2:CC9.1", "Disruption", "Business continuity planning, insurance."),
    CriterionText("soc2:CC9.2", "Vendors", "Subprocessors, due diligence."),
    CriterionText("soc2:A1.2", "Backups", "Backups, redundancy, recovery sites."),
    CriterionText("soc2:A1.3", "Recovery tests", "Restore tests and exercises."),
    CriterionText("soc2:C1.2", "Disposal", "Deletion and return of customer data."),
    CriterionText("soc2:P4.1", "Purpose", "Use of personal data limited to the purpose."),
    CriterionText("soc2:P6.1", "Disclosure", "Sharing personal data with third parties."),
)


def with_state(identifier: str, state: str) -> tuple[Answerable, ...]:
    """All claims, one of them fallen: its sentence is replaced as the page replaces it."""
    return tuple(
        replace(entry, state=state, sentence="Not currently confirmed, since 2026-11-20.")
        if entry.claim == identifier
        else entry
        for entry in CLAIMS
    )
