"""A small catalogue and one assessment of it, in every state that a claim can have."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from trustcenter.model.assessment import Assessment, Deviation, TestConclusion
from trustcenter.model.catalogue import Catalogue, Organisation
from trustcenter.model.control import (
    Claim,
    Control,
    CriterionMapping,
    NotApplicable,
    Progress,
    SelfCheck,
    TestOfControl,
)
from trustcenter.model.fact import Field, FactSchema
from trustcenter.model.place import Place
from trustcenter.model.records import Document, Engagement, Subprocessor, Waiver
from trustcenter.publish.inputs import ChangeNote, CriterionStatus, EvidenceEntry, LedgerRecord

NOW = datetime(2026, 11, 20, 6, 14, tzinfo=UTC)
SEEN = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PLACE = Place("controls/sample.yaml")


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def control(identifier, say="", *, tests=("test",), criteria=None, **more):
    """One control with one claim; `claim_*` settings go to the claim."""
    of_claim = {key.removeprefix("claim_"): more.pop(key) for key in list(more) if key.startswith("claim_")}
    name = identifier.split(".", 1)[1]
    made = tuple(
        TestOfControl(id=test, every=DAY, place=PLACE, collector=more.get("collector", "password_hashes"))
        for test in tests
    )
    more.pop("collector", None)
    claims = (Claim(id=of_claim.pop("id", name), say=say, place=PLACE, **of_claim),) if say else ()
    mappings = criteria or (("soc2", "CC6.1"), ("gdpr", "32(1)(b)"))
    return Control(
        id=identifier,
        title=f"Title of {identifier}",
        owner=more.pop("owner", "security"),
        nature="automated",
        frequency=more.pop("frequency", "continuous"),
        criteria=tuple(CriterionMapping(f, c, c, "because") for f, c in mappings),
        place=PLACE,
        digest=digest(identifier),
        tests=made,
        claims=claims,
        **more,
    )


def concluded(identifier, conclusion="no_deviations", *, test="test", size=14, **more):
    deviating = more.pop("deviating", 0)
    more.setdefault("evidence", (digest(f"{identifier}/{test}"),))
    more.setdefault("observed_at", SEEN)
    more.setdefault("expires_at", SEEN + 2 * DAY)
    return TestConclusion(
        control=identifier,
        test=test,
        source=more.pop("source", "portal"),
        conclusion=conclusion,
        method=more.pop("method", "inspection"),
        holds=more.pop("holds", "tested"),
        environment=more.pop("environment", "production"),
        size=size,
        examined=more.pop("examined", size),
        passed=size - deviating,
        deviating=deviating,
        **more,
    )


def sample() -> SimpleNamespace:
    """Catalogue, assessment, record and the rest of what a view is built from."""
    progress = Progress("in_progress", "In use by two pilot customers.", date(2027, 1, 31))
    controls = (
        control(
            "access.owner-second-factor",
            "Account owners cannot sign in without a second factor ({enforced.passed} of {enforced.examined} refused).",
            tests=("enrolled", "enforced"),
            claim_id="owner-2fa", claim_short="Owner second factor", claim_group="Sign-in", claim_noun="owners",
            claim_asks="Who signs in, and how?",
            claim_check=SelfCheck(
                "Open a trial workspace and sign in with the password alone:",
                "curl -s -o /dev/null -w '%{http_code}\\n' \\\n  -d '{\"email\":\"you@example.com\"}' https://app.example/session",
                "403, until you send a current code.",
            ),
        ),
        control(
            "access.password-storage", "Passwords are stored as bcrypt hashes with a cost of {test.min.cost} or more.",
            claim_id="password-hash", claim_short="Password storage", claim_group="Sign-in",
            claim_noun="stored passwords", claim_asks="Who signs in, and how?",
        ),
        control(
            "access.session-length", "A session without use ends after {test.max.idle}.",
            claim_id="session-length", claim_short="Idle sessions", claim_group="Sessions", claim_noun="settings",
        ),
        control(
            "access.review", "Each staff account’s permissions are reviewed every quarter.",
            claim_id="access-review", claim_short="Access reviews", claim_group="Our staff", claim_noun="accounts",
        ),
        control(
            "access.dormant", "Accounts not used for 90 days are disabled ({test.examined} looked at).",
            claim_id="dormant", claim_short="Dormant accounts", claim_group="Our staff", claim_on_failure="disclose",
        ),
        control(
            "access.new-device", "Owners are e-mailed when a sign-in comes from a new device.",
            claim_id="new-device", claim_short="New-device e-mail", claim_group="Sign-in",
        ),
        control(
            "access.scim", "A user removed in the customer’s directory loses access within 5 minutes.",
            tests=(), progress=progress, claim_id="scim", claim_short="SCIM removal", claim_group="Customer users",
        ),
        control(
            "data.isolation", "One customer cannot reach another’s data: {test.passed} of {test.examined} routes refused.",
            claim_id="isolation", claim_short="Tenant isolation", claim_noun="routes tried",
            claim_asks="Is our data kept apart from other customers’?",
        ),
        control(
            "data.keys", "Disks are encrypted with a customer’s own key.", tests=(),
            progress=Progress("not_done", "We do not offer customer-managed keys."), claim_id="own-keys",
            claim_short="Customer-managed keys",
        ),
        control(
            "platform.buckets", "Storage buckets write an access log.", claim_id="bucket-logs",
            claim_short="Bucket logs", claim_noun="buckets",
        ),
        control(
            "platform.tls", "Connections older than TLS 1.2 are refused on every host.", claim_id="tls",
            claim_short="TLS versions", claim_noun="hosts", claim_asks="Is it encrypted?",
        ),
        control(
            "people.checks", "Everyone with production access passed a background check.", claim_id="background",
            claim_short="Background checks", claim_noun="people", owner="people",
        ),
        control(
            "people.policy", "Access is granted under a written policy.", claim_id="policy",
            claim_short="Access policy", claim_noun="document",
        ),
        control(
            "vendors.cards", "Card numbers are kept in a vault.", tests=(), claim_id="cards",
            claim_short="Card numbers",
            not_applicable=NotApplicable("Cards are taken by the payment company; none reach us.", "finance", date(2026, 5, 1)),
        ),
        control(
            "continuity.restore", "A backup was restored in {test.max.took}; the drill compared every row.",
            claim_id="restore", claim_short="Restore drill", claim_noun="drill", claim_asks="Can you restore?",
        ),
        control("incidents.secret-plan", "Our war room is at pier 9.", claim_id="war-room", claim_tier="nda"),
    )  # fmt: skip
    conclusions = (
        concluded("access.owner-second-factor", test="enrolled"),
        concluded("access.owner-second-factor", test="enforced", method="probe", environment="demo"),
        concluded("access.password-storage", size=226, values={"min.cost": 12}),
        concluded("access.session-length", size=1, values={"max.idle": 1800}),
        concluded(
            "access.review", "deviations", size=11, deviating=1, reason="canary-reason.internal",
            remedy="canary-remedy", deviations=(Deviation("canary-person", ("reviewed is yes",), {"who": "canary-row"}),),
        ),
        concluded("access.dormant", "inconclusive", cause="denied", reason="403 from canary-host.internal", size=0),
        concluded("access.new-device", expires_at=SEEN - 3 * DAY, observed_at=SEEN - 10 * DAY),
        concluded("data.isolation", size=212, method="probe"),
        concluded(
            "platform.buckets", "waived", size=20, deviating=2, accepted=2, accepted_until=NOW + 40 * DAY,
            deviations=(Deviation("b1", ("logged",), {}, "logs"), Deviation("b2", ("logged",), {}, "logs")),
        ),
        concluded("platform.tls", size=9, method="probe"),
        concluded("people.checks", size=11, method="representation", holds="declared"),
        concluded("people.policy", size=1, holds="documented"),
        concluded("continuity.restore", size=1, method="probe", values={"max.took": 8.5}),
        concluded("incidents.secret-plan", size=1),
    )  # fmt: skip
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
        not_done=("We have no SOC 2 report.", "We do not pay for bug reports. We thank people by name."),
    )
    catalogue = Catalogue(
        organisation=organisation,
        controls=controls,
        sources=(),
        digest=digest("catalogue"),
        waivers=(
            Waiver(
                "logs", "platform.buckets", "test", "platform", "security", "Two buckets move next month.",
                NOW - 10 * DAY, NOW + 40 * DAY, PLACE,
            ),
        ),
        documents=(
            Document("dpa", "Data processing agreement 3.1", "agreement", "legal", "public", date(2026, 7, 1), date(2027, 7, 1), PLACE),
            Document("pentest", "Penetration test, summary", "report", "security", "nda", date(2026, 6, 12), date(2026, 11, 1), PLACE),
            Document("canary", "Canary auditors’ list", "report", "security", "auditor", date(2026, 6, 12), date(2027, 1, 1), PLACE),
        ),
        subprocessors=(
            Subprocessor(
                "hallgrim", "Hallgrim Cloud GmbH", "Hosting and backups", ("all customer data",), "Frankfurt", "Not needed (EU)",
                "https://hallgrim.example/security", "Data processing agreement", date(2024, 1, 1), date(2024, 2, 1), PLACE,
            ),
            Subprocessor(
                "tracewell", "Tracewell Inc.", "Error reports", ("pseudonymous id", "stack trace"), "United States", "SCCs",
                "javascript:alert(1)", "Data processing agreement", date(2025, 1, 28), date(2025, 3, 3), PLACE,
            ),
        ),
        engagements=(
            Engagement(
                "soc2", "soc2", "observing", PLACE, type=2, categories=("security", "availability"),
                boundary="The billing service", firm="Harrow Pell", firm_consents=False, period_start=date(2026, 9, 1),
                period_end=date(2027, 2, 28), report_due=date(2027, 4, 30), subservice={"Hallgrim Cloud GmbH": "carve_out"},
                user_entity_controls=("Remove people who leave you from your workspace.",),
            ),
        ),
    )  # fmt: skip
    assessment = Assessment(NOW, "judge 1", catalogue.digest, conclusions)
    entries = {
        evidence: EvidenceEntry(evidence, 48_090 + i, c.observed_at, "collector", c.source, c.size)
        for i, c in enumerate(conclusions)
        for evidence in c.evidence
    }
    record = LedgerRecord(
        origin="trust.larkspur.example/log",
        size=48_112,
        root="q0F2mQW1m3l7pN0W4c8Q0Wl0Vw3mJx0l1n6oQy2W5Zk=",
        note="trust.larkspur.example/log\n48112\nq0F2mQW1m3l7pN0W4c8Q0Wl0Vw3mJx0l1n6oQy2W5Zk=\n\n— trust.larkspur.example/log fBwJ…\n",
        key="trust.larkspur.example/log+7c1d09be+AbV3zQ4m1n8pK5sT2vX7yB0dF3hJ6lN9qR4uW8xZ1cE",
        assessment=digest("assessment"),
        assessment_index=48_111,
        entries=entries,
    )
    coverage = (
        CriterionStatus("soc2", "CC6.1", "Logical access security", "covered", ("access.owner-second-factor", "access.password-storage")),
        CriterionStatus("soc2", "CC6.3", "Access is reviewed", "covered", ("access.review",)),
        CriterionStatus("soc2", "A1.2", "Environmental protections", "carved_out", (), "Hallgrim Cloud GmbH, monitored by vendors.reviews"),
        CriterionStatus("gdpr", "Art. 32", "Security of processing", "covered", ("data.isolation", "platform.tls")),
        CriterionStatus("gdpr", "Art. 35", "Impact assessment", "gap", (), "No assessment is written.", target=date(2027, 2, 1)),
        CriterionStatus("ccpa", "1798.130", "Requests", "planned", ("access.scim",)),
    )  # fmt: skip
    changes = (
        ChangeNote(date(2026, 11, 14), "access.review/access-review", "worse", "Access reviews are not confirmed any more."),
        ChangeNote(date(2026, 10, 21), "access.session-length", "loosened", "Idle sessions last 30 minutes, before 15.", True),
    )  # fmt: skip
    schema = FactSchema(
        "Settings", (Field("cost", "integer"), Field("idle", "duration"), Field("took", "duration"))
    )
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


@pytest.fixture
def given() -> SimpleNamespace:
    return sample()


@pytest.fixture
def build(given):
    """Build a view of the sample; keywords replace what it is built from."""
    from trustcenter.publish.view import build_view

    def make(**changed):
        tier = changed.pop("tier", "public")
        values = {**vars(given), **changed}
        return build_view(values.pop("catalogue"), values.pop("assessment"), values.pop("record"), tier=tier, **values)

    return make


@pytest.fixture
def proofs():
    """Stands for the ledger's bundles: the shape alone."""
    return lambda name: {"statement": name, "inclusion": [], "checkpoint": "note"}
