"""The search of the built page finds a claim by a questionnaire's words, as a reader types them."""

from __future__ import annotations

import pytest
from page_server import Visitor, served

pytestmark = pytest.mark.browser

ASKED = {
    "do you enforce MFA": "owner-2fa",
    "two-factor authentication for administrators": "owner-2fa",
    "is multi-factor authentication required": "owner-2fa",
    "SSO": "single-sign-on",
    "SAML single sign-on": "single-sign-on",
    "do you support passkeys or FIDO2": "passkeys",
    "password hashing algorithm": "password-hash",
    "are passwords salted and hashed": "password-hash",
    "brute force protection": "throttling",
    "account lockout after failed logins": "throttling",
    "session timeout": "session-limits",
    "idle session inactivity": "session-limits",
    "role based access control": "roles",
    "RBAC": "roles",
    "periodic user access review": "access-review",
    "offboarding of terminated employees": "leavers",
    "data at rest encrypted": "encryption-at-rest-code",
    "encryption at rest AES": "encryption-at-rest-code",
    "encryption in transit TLS 1.2": "tls-old-refused forward-secrecy",
    "key management KMS rotation": "key-rotation-code",
    "tenant isolation multi-tenant": "tenant-isolation tenant-probe",
    "row level security": "tenant-isolation",
    "do you back up data daily": "backups-daily",
    "are backups tested": "restore-drill",
    "RPO RTO": "log-archive restore-drill continuity-plan",
    "recovery point objective": "log-archive",
    "disaster recovery plan": "continuity-plan",
    "business continuity": "continuity-plan",
    "pen test": "penetration-test",
    "third party penetration test": "penetration-test",
    "vulnerability disclosure": "security-contact",
    "data residency": "subprocessor-terms",
    "where is data stored region": "subprocessor-terms",
    "list of subprocessors": "subprocessor-terms",
    "notification of new subprocessors": "subprocessor-notice",
    "breach notification": "incident-plan",
    "incident response plan": "incident-plan",
    "audit log": "audit-log audit-append-only audit-chain recorded-changes",
    "immutable audit trail": "audit-append-only audit-chain",
    "uptime SLA": "availability",
    "background checks on employees": "background-checks",
    "security awareness training": "training",
    "do you train AI on customer data": "no-ai",
    "data retention period": "retention-policy",
    "right to erasure": "deletion-proof requests",
    "DPA data processing agreement": "processing-agreement",
    "do you sell personal data": "no-sale",
    "code review before deployment": "reviewed-merges",
    "dependency scanning SCA": "dependency-alerts",
    "publicly accessible databases": "database-exposure",
}
"""What people type, and the claims (any of them) that answer it."""


@pytest.fixture(scope="module")
def address(line):
    with served(line.site) as found:
        yield found


def _results(page, words):
    """The addresses of the first three claims or sections that a reader sees, the folded ones left out."""
    page.fill("input[name=query]", "")
    page.press("input[name=query]", "Shift")  # the theme listens to keys
    page.wait_for_function("!document.querySelector('.md-search-result__item')")
    page.fill("input[name=query]", words)
    page.press("input[name=query]", "Shift")
    page.wait_for_selector(".md-search-result__item a", state="attached", timeout=30_000)
    return page.evaluate(
        """() => [...document.querySelectorAll('.md-search-result__item a')]
             .filter(link => !link.closest('details:not([open])')).map(link => new URL(link.href))
             .filter(target => target.hash).slice(0, 3).map(target => target.pathname + target.hash)"""
    )


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.deep)])
def test_a_questionnaires_words_find_the_claim_among_the_first_three(chromium, address, step):
    """Nine of ten do; each third of the phrases here, all of them in the deep run."""
    asked = dict(list(ASKED.items())[::step])
    with Visitor(chromium, address) as visitor:
        page = visitor.go("")
        page.click("input[name=query]")
        page.wait_for_function("document.querySelector('.md-search-result__meta').textContent.startsWith('Type')")
        missed = {}
        for words, claims in asked.items():
            found = _results(page, words)
            if not any(place.endswith(f"/#{claim}") for place in found for claim in claims.split()):
                missed[words] = found
    assert len(ASKED) >= 36
    assert len(missed) <= len(asked) // 10, "\n".join(f"{words}: {found}" for words, found in missed.items())
