"""A customer's questions in our own wording, by section, with the answer that the sample claims allow.

The last column is what must come of it: yes, no, partial, not_applicable, text (quoted), review or abstain.
"""

from __future__ import annotations

FORM: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Access control", (
        ("Is multi-factor authentication required for administrators?", "yes"),
        ("Are user passwords stored as salted one-way hashes?", "yes"),
        ("Are passwords ever stored in plain text?", "no"),
        ("Must passwords have at least 14 characters?", "yes"),
        ("Must passwords have at least 20 characters?", "no"),
        ("Are known breached passwords refused?", "yes"),
        ("Are accounts locked after repeated failed login attempts?", "yes"),
        ("Do idle sessions time out after 15 minutes?", "no"),
        ("Is access of departing employees revoked within 24 hours?", "yes"),
        ("Are user access rights reviewed at least quarterly?", "yes"),
        ("Do your employees use shared accounts?", "no"),
        ("Do you support single sign-on with SAML?", "no"),
        ("Is remote access to the network only possible through a VPN?", "partial"),
    )),
    ("Encryption", (
        ("Is customer data encrypted at rest?", "yes"),
        ("Is customer data ever stored unencrypted?", "no"),
        ("Is customer data encrypted in transit and at rest?", "yes"),
        ("Which TLS versions do you accept?", "text"),
        ("Are TLS 1.0 and TLS 1.1 disabled?", "yes"),
        ("Do you still support TLS 1.0?", "no"),
        ("Are backups encrypted?", "yes"),
        ("Can customers manage their own encryption keys (BYOK)?", "no"),
    )),
    ("Separation of customers", (
        ("Is our data logically separated from the data of your other customers?", "yes"),
        ("Can one customer access another customer's data?", "no"),
    )),
    ("Backup and continuity", (
        ("Are backups taken at least daily?", "yes"),
        ("Are backups taken at least hourly?", "no"),
        ("How often do you test restoring from backup?", "text"),
        ("Do you have a disaster recovery plan?", "yes"),
        ("Are backups kept in an air-gapped location?", "abstain"),
    )),
    ("Logging", (
        ("Are administrative actions logged?", "yes"),
        ("Is the audit log protected against modification?", "yes"),
        ("Can your administrators modify audit log entries?", "abstain"),
        ("Are audit logs retained for at least 12 months?", "yes"),
        ("Are logs sent to a SIEM?", "abstain"),
    )),
    ("Vendors", (
        ("Do you publish a list of your subprocessors?", "yes"),
        ("Are vendors assessed before they are used?", "yes"),
        ("Do you carry cyber liability insurance?", "abstain"),
    )),
    ("Incidents", (
        ("Do you have an incident response plan?", "yes"),
        ("Will you notify us of a data breach within 72 hours?", "yes"),
        ("Will you notify us of a data breach within 24 hours?", "no"),
        ("Have you experienced a data breach in the last three years?", "abstain"),
    )),
    ("Privacy", (
        ("Do you sell personal data?", "no"),
        ("Will you sign a data processing agreement?", "yes"),
        ("Where is customer data stored?", "text"),
        ("Is customer data deleted within 90 days after the contract ends?", "yes"),
        ("Have you appointed a data protection officer?", "abstain"),
    )),
    ("Artificial intelligence", (
        ("Is customer data used to train AI models?", "no"),
        ("Do you red-team your language models against prompt injection?", "abstain"),
    )),
    ("Development and platform", (
        ("Is code reviewed by a second person before it is deployed to production?", "yes"),
        ("Is production data used in test environments?", "no"),
        ("Has an independent third party performed a penetration test?", "no"),
        ("Are critical patches installed within 30 days?", "review"),
        ("Are your databases reachable from the internet?", "no"),
        ("Do you run a bug bounty programme?", "abstain"),
    )),
    ("People and places", (
        ("Do employees receive security awareness training every year?", "yes"),
        ("Are background checks carried out before employment?", "yes"),
        ("Describe the physical security of your data centres (badges, visitors, cameras).", "not_applicable"),
        ("Are company laptops encrypted?", "abstain"),
    )),
)  # fmt: skip

QUESTIONS = tuple(pair for _, pairs in FORM for pair in pairs)
