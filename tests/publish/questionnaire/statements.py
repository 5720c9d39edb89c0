"""Claims to answer from, as another part would hand them over: current ones, open ones, and ones that fell."""

from __future__ import annotations

from dataclasses import replace

from claims_of_access import ACCESS_AND_DATA
from claims_of_running import RUNNING
from made_claims import AS_OF, NOW, claim

from trustcenter.publish.questionnaire import Answerable, CriterionText

__all__ = ["AS_OF", "CLAIMS", "CRITERIA", "NOW", "claim", "with_state"]

CLAIMS = (*ACCESS_AND_DATA, *RUNNING)

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
