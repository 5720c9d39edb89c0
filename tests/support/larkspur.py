"""The sample organisation with its registers, one assessment and the ledger's record of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

from larkspur_controls import DAY, NOW, PLACE, conclusions, controls, digest

from trustcenter.model.assessment import Assessment
from trustcenter.model.catalogue import Catalogue, NotDone, Organisation
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.place import Place
from trustcenter.model.records import Document, Engagement, Subprocessor, Waiver
from trustcenter.publish.inputs import ChangeNote, CriterionStatus, EvidenceEntry, LedgerRecord

ROOT = "q0F2mQW1m3l7pN0W4c8Q0Wl0Vw3mJx0l1n6oQy2W5Zk="


def sample() -> SimpleNamespace:
    """Catalogue, assessment, record and the rest of what a view is built from."""
    concluded = conclusions()
    organisation = Organisation(
        name="Larkspur Billing",
        url="https://trust.larkspur.example",
        covers="the billing service and its API, app.larkspur.example",
        sample=True,
        roles={"gdpr": ("controller", "processor"), "ccpa": ("service_provider",)},
        categories=("security", "availability"),
        contacts={
            "security": "security@larkspur.example",
            "trust": "trust@larkspur.example",
            "incidents": "+49 69 0000 0000",
        },
        not_done=(
            NotDone("soc-2-report", "We have no SOC 2 report.", Place("trustcenter.toml")),
            NotDone(
                "bug-reports", "We do not pay for bug reports. We thank people by name.", Place("trustcenter.toml")
            ),
        ),
    )
    catalogue = Catalogue(
        organisation=organisation,
        controls=controls(),
        sources=(),
        digest=digest("catalogue"),
        waivers=(
            Waiver(
                "logs",
                "platform.buckets",
                "test",
                "platform",
                "security",
                "Two buckets move next month.",
                NOW - 10 * DAY,
                NOW + 40 * DAY,
                PLACE,
            ),
        ),
        documents=(
            Document(
                "dpa",
                "Data processing agreement 3.1",
                "agreement",
                "legal",
                "public",
                date(2026, 7, 1),
                date(2027, 7, 1),
                PLACE,
            ),
            Document(
                "pentest",
                "Penetration test, summary",
                "report",
                "security",
                "nda",
                date(2026, 6, 12),
                date(2026, 11, 1),
                PLACE,
            ),
            Document(
                "canary",
                "Canary auditors’ list",
                "report",
                "security",
                "auditor",
                date(2026, 6, 12),
                date(2027, 1, 1),
                PLACE,
            ),
        ),
        subprocessors=(
            Subprocessor(
                "hallgrim",
                "Hallgrim Cloud GmbH",
                "Hosting and backups",
                ("all customer data",),
                "Frankfurt",
                "Not needed (EU)",
                "https://hallgrim.example/security",
                "Data processing agreement",
                date(2024, 1, 1),
                date(2024, 2, 1),
                PLACE,
            ),
            Subprocessor(
                "tracewell",
                "Tracewell Inc.",
                "Error reports",
                ("pseudonymous id", "stack trace"),
                "United States",
                "SCCs",
                "javascript:alert(1)",
                "Data processing agreement",
                date(2025, 1, 28),
                date(2025, 3, 3),
                PLACE,
            ),
        ),
        engagements=(
            Engagement(
                "soc2",
                "soc2",
                "observing",
                PLACE,
                type=2,
                categories=("security", "availability"),
                boundary="The billing service",
                firm="Harrow Pell",
                firm_consents=False,
                period_start=date(2026, 9, 1),
                period_end=date(2027, 2, 28),
                report_due=date(2027, 4, 30),
                subservice={"Hallgrim Cloud GmbH": "carve_out"},
                user_entity_controls=("Remove people who leave you from your workspace.",),
            ),
        ),
    )
    assessment = Assessment(NOW, "judge 1", catalogue.digest, concluded)
    entries = {
        evidence: EvidenceEntry(evidence, 48_090 + i, c.observed_at, "collector", c.source, c.size)
        for i, c in enumerate(concluded)
        for evidence in c.evidence
    }
    record = LedgerRecord(
        origin="trust.larkspur.example/log",
        size=48_112,
        root=ROOT,
        note=f"trust.larkspur.example/log\n48112\n{ROOT}\n\n— trust.larkspur.example/log fBwJ…\n",
        key="trust.larkspur.example/log+7c1d09be+AbV3zQ4m1n8pK5sT2vX7yB0dF3hJ6lN9qR4uW8xZ1cE",
        assessment=digest("assessment"),
        assessment_index=48_111,
        entries=entries,
    )
    coverage = (
        CriterionStatus(
            "soc2",
            "CC6.1",
            "Logical access security",
            "covered",
            ("access.owner-second-factor", "access.password-storage"),
        ),
        CriterionStatus("soc2", "CC6.3", "Access is reviewed", "covered", ("access.review",)),
        CriterionStatus(
            "soc2",
            "A1.2",
            "Environmental protections",
            "carved_out",
            (),
            "Hallgrim Cloud GmbH, monitored by vendors.reviews",
        ),
        CriterionStatus("gdpr", "Art. 32", "Security of processing", "covered", ("data.isolation", "platform.tls")),
        CriterionStatus(
            "gdpr", "Art. 35", "Impact assessment", "gap", (), "No assessment is written.", target=date(2027, 2, 1)
        ),
        CriterionStatus("ccpa", "1798.130", "Requests", "planned", ("access.scim",)),
    )
    changes = (
        ChangeNote(
            date(2026, 11, 14), "access.review/access-review", "worse", "Access reviews are not confirmed any more."
        ),
        ChangeNote(
            date(2026, 10, 21), "access.session-length", "loosened", "Idle sessions last 30 minutes, before 15.", True
        ),
    )
    schema = FactSchema("Settings", (Field("cost", "integer"), Field("idle", "duration"), Field("took", "duration")))
    return SimpleNamespace(
        catalogue=catalogue,
        assessment=assessment,
        record=record,
        now=NOW,
        coverage=coverage,
        changes=changes,
        since={"access.review/access-review": datetime(2026, 11, 14, 6, 2, tzinfo=UTC)},
        schemas={"password_hashes": schema},
    )
