"""A small catalogue's controls, and what was concluded of each: every state that a claim can have."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from trustcenter.model.assessment import Deviation, TestConclusion
from trustcenter.model.control import (
    Claim,
    Control,
    CriterionMapping,
    NotApplicable,
    Progress,
    SelfCheck,
    TestOfControl,
)
from trustcenter.model.place import Place

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


def controls():
    progress = Progress("in_progress", "In use by two pilot customers.", date(2027, 1, 31))
    return (
        control(
            "access.owner-second-factor",
            "Account owners cannot sign in without a second factor ({enforced.passed} of {enforced.examined} refused).",
            tests=("enrolled", "enforced"),
            claim_id="owner-2fa",
            claim_short="Owner second factor",
            claim_group="Sign-in",
            claim_noun="owners",
            claim_asks="Who signs in, and how?",
            claim_check=SelfCheck(
                "Open a trial workspace and sign in with the password alone:",
                "curl -s -o /dev/null -w '%{http_code}\\n' \\\n  -d '{\"email\":\"you@example.com\"}' https://app.example/session",
                "403, until you send a current code.",
            ),
        ),
        control(
            "access.password-storage",
            "Passwords are stored as bcrypt hashes with a cost of {test.min.cost} or more.",
            claim_id="password-hash",
            claim_short="Password storage",
            claim_group="Sign-in",
            claim_noun="stored passwords",
            claim_asks="Who signs in, and how?",
        ),
        control(
            "access.session-length",
            "A session without use ends after {test.max.idle}.",
            claim_id="session-length",
            claim_short="Idle sessions",
            claim_group="Sessions",
            claim_noun="settings",
        ),
        control(
            "access.review",
            "Each staff account’s permissions are reviewed every quarter.",
            claim_id="access-review",
            claim_short="Access reviews",
            claim_group="Our staff",
            claim_noun="accounts",
        ),
        control(
            "access.dormant",
            "Accounts not used for 90 days are disabled ({test.examined} looked at).",
            claim_id="dormant",
            claim_short="Dormant accounts",
            claim_group="Our staff",
            claim_on_failure="disclose",
        ),
        control(
            "access.new-device",
            "Owners are e-mailed when a sign-in comes from a new device.",
            claim_id="new-device",
            claim_short="New-device e-mail",
            claim_group="Sign-in",
        ),
        control(
            "access.scim",
            "A user removed in the customer’s directory loses access within 5 minutes.",
            tests=(),
            progress=progress,
            claim_id="scim",
            claim_short="SCIM removal",
            claim_group="Customer users",
        ),
        control(
            "data.isolation",
            "One customer cannot reach another’s data: {test.passed} of {test.examined} routes refused.",
            claim_id="isolation",
            claim_short="Tenant isolation",
            claim_noun="routes tried",
            claim_asks="Is our data kept apart from other customers’?",
        ),
        control(
            "data.keys",
            "Disks are encrypted with a customer’s own key.",
            tests=(),
            progress=Progress("not_done", "We do not offer customer-managed keys."),
            claim_id="own-keys",
            claim_short="Customer-managed keys",
        ),
        control(
            "platform.buckets",
            "Storage buckets write an access log.",
            claim_id="bucket-logs",
            claim_short="Bucket logs",
            claim_noun="buckets",
        ),
        control(
            "platform.tls",
            "Connections older than TLS 1.2 are refused on every host.",
            claim_id="tls",
            claim_short="TLS versions",
            claim_noun="hosts",
            claim_asks="Is it encrypted?",
        ),
        control(
            "people.checks",
            "Everyone with production access passed a background check.",
            claim_id="background",
            claim_short="Background checks",
            claim_noun="people",
            owner="people",
        ),
        control(
            "people.policy",
            "Access is granted under a written policy.",
            claim_id="policy",
            claim_short="Access policy",
            claim_noun="document",
        ),
        control(
            "vendors.cards",
            "Card numbers are kept in a vault.",
            tests=(),
            claim_id="cards",
            claim_short="Card numbers",
            not_applicable=NotApplicable(
                "Cards are taken by the payment company; none reach us.", "finance", date(2026, 5, 1)
            ),
        ),
        control(
            "continuity.restore",
            "A backup was restored in {test.max.took}; the drill compared every row.",
            claim_id="restore",
            claim_short="Restore drill",
            claim_noun="drill",
            claim_asks="Can you restore?",
            claim_aliases=("Do you test your backups?",),
        ),
        control("incidents.secret-plan", "Our war room is at pier 9.", claim_id="war-room", claim_tier="nda"),
    )


def conclusions():
    return (
        concluded("access.owner-second-factor", test="enrolled"),
        concluded("access.owner-second-factor", test="enforced", method="probe", environment="demo"),
        concluded("access.password-storage", size=226, values={"min.cost": 12}),
        concluded("access.session-length", size=1, values={"max.idle": 1800}),
        concluded(
            "access.review",
            "deviations",
            size=11,
            deviating=1,
            reason="canary-reason.internal",
            remedy="canary-remedy",
            deviations=(Deviation("canary-person", ("reviewed is yes",), {"who": "canary-row"}),),
        ),
        concluded("access.dormant", "inconclusive", cause="denied", reason="403 from canary-host.internal", size=0),
        concluded("access.new-device", expires_at=SEEN - 3 * DAY, observed_at=SEEN - 10 * DAY),
        concluded("data.isolation", size=212, method="probe"),
        concluded(
            "platform.buckets",
            "waived",
            size=20,
            deviating=2,
            accepted=2,
            accepted_until=NOW + 40 * DAY,
            deviations=(Deviation("b1", ("logged",), {}, "logs"), Deviation("b2", ("logged",), {}, "logs")),
        ),
        concluded("platform.tls", size=9, method="probe"),
        concluded("people.checks", size=11, method="representation", holds="declared"),
        concluded("people.policy", size=1, holds="documented"),
        concluded("continuity.restore", size=1, method="probe", values={"max.took": 8.5}),
        concluded("incidents.secret-plan", size=1),
    )
