"""Hand-made catalogues and evidence for the judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trustcenter.assess.plan import plan
from trustcenter.model.assessment import TestConclusion
from trustcenter.model.catalogue import Catalogue, Organisation
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.condition import Condition
from trustcenter.model.control import Claim, Control, ReconcilePart, TestOfControl
from trustcenter.model.fact import FactSchema, Field, Row
from trustcenter.model.place import Place
from trustcenter.model.population import Completeness, RecordedPopulation
from trustcenter.model.records import Waiver
from trustcenter.model.source import FetchKey, Source

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLACE = Place("controls/access/second-factor.yaml", 8, 3)


class World:
    """Builders with good defaults: one control, one test, one source."""

    now = NOW
    place = PLACE
    accounts = FactSchema(
        "Account",
        (
            Field("account", "text", key=True, personal=True),
            Field("role", "choice", choices=("owner", "member")),
            Field("cost", "integer", nullable=True),
            Field("last_seen", "moment", nullable=True),
            Field("groups", "texts"),
        ),
    )
    leavers = FactSchema("Leaver", (Field("person", "text", key=True, personal=True), Field("left_at", "moment")))

    @property
    def collectors(self) -> dict[str, CollectorDescription]:
        return {
            "accounts": CollectorDescription(
                "accounts", "1", ("platform",), "inspection", "tested", "passive", self.accounts, "Accounts."
            ),
            "leavers": CollectorDescription(
                "leavers", "1", ("files",), "representation", "declared", "passive", self.leavers, "Leavers."
            ),
        }

    def test(self, name: str = "enrolled", **changes: Any) -> TestOfControl:
        given = {"collector": None if "reconcile" in changes else "accounts", "every": timedelta(hours=24), **changes}
        return TestOfControl(id=name, place=PLACE, **given)

    def control(self, *tests: TestOfControl, name: str = "access.second-factor", **changes: Any) -> Control:
        given: dict[str, Any] = {
            "title": "Second factor",
            "owner": "security",
            "nature": "automated",
            "frequency": "continuous",
            "criteria": (),
            "digest": "sha256:00",
            "tests": tests or (self.test(),),
        }
        return Control(id=name, place=PLACE, **{**given, **changes})

    def claim(self, say: str = "It holds.", **changes: Any) -> Claim:
        return Claim(**{"id": "claim", "say": say, "place": PLACE, **changes})

    def catalogue(self, *controls: Control, sources: tuple[Source, ...] | None = None, **changes: Any) -> Catalogue:
        given = sources if sources is not None else (self.source(), self.source("rosters", "files"))
        organisation = changes.pop("organisation", Organisation("Sample", "https://sample.example", "The service"))
        return Catalogue(organisation, controls or (self.control(),), given, "sha256:cc", **changes)

    def source(self, name: str = "portal", kind: str = "platform", environment: Any = "demo") -> Source:
        return Source(name, kind, environment)

    def waiver(self, **changes: Any) -> Waiver:
        given: dict[str, Any] = {
            "id": "W-1",
            "control": "access.second-factor",
            "test": "enrolled",
            "owner": "head of security",
            "approver": "managing director",
            "reason": "Migration",
            "approved": NOW - timedelta(days=1),
            "expires": NOW + timedelta(days=30),
            "place": Place("controls/waivers.yaml", 4),
        }
        return Waiver(**{**given, **changes})

    def account(self, name: str = "ann", **changes: Any) -> Row:
        given = {"role": "owner", "cost": 12, "last_seen": "2026-11-20T11:00:00.000000Z", "groups": ["staff"]}
        return {"account": name, **given, **changes}

    def leaver(self, name: str, left_at: str = "2026-11-01T00:00:00.000000Z") -> Row:
        return {"person": name, "left_at": left_at}

    def population(self, key: FetchKey, rows: tuple[Row, ...] | list[Row], **changes: Any) -> RecordedPopulation:
        given: dict[str, Any] = {
            "evidence": "sha256:" + key.digest[-8:],
            "fetch": key.digest,
            "collector": key.collector,
            "source": key.source,
            "environment": "demo",
            "schema": self.collectors[key.collector].schema,
            "rows": tuple(rows),
            "observed_at": NOW - timedelta(hours=1),
            "completeness": Completeness("count of the catalogue", len(rows), len(rows), independent=True),
        }
        return RecordedPopulation(**{**given, **changes})

    def broken(self, key: FetchKey, cause: Any) -> RecordedPopulation:
        gone: dict[str, Any] = {"completeness": None, "cause": cause, "reason": "No.", "remedy": "Grant it."}
        return self.population(key, (), **gone)

    def recorded(self, catalogue: Catalogue, **rows: Any) -> dict[str, RecordedPopulation]:
        """One population for each fetch of the plan; `rows` by collector, as rows or as a changed population."""
        found = {}
        for key in plan(catalogue, self.collectors).fetches:
            given = rows.get(key.collector, [])
            if callable(given):
                found[key.digest] = given(key)
            else:
                found[key.digest] = self.population(key, given)
        return found

    def conclusion(self, **changes: Any) -> TestConclusion:
        """A conclusion without deviations, seen an hour ago."""
        given: dict[str, Any] = {
            "control": "access.second-factor",
            "test": "enrolled",
            "source": "portal",
            "conclusion": "no_deviations",
            "method": "inspection",
            "holds": "tested",
            "environment": "demo",
            "evidence": ("sha256:aa",),
            "size": 10,
            "examined": 10,
            "passed": 10,
            "observed_at": NOW - timedelta(hours=1),
            "expires_at": NOW + timedelta(hours=23),
            "place": PLACE,
        }
        return TestConclusion(**{**given, **changes})

    condition = staticmethod(Condition)
    reconciling = staticmethod(ReconcilePart)
    replace = staticmethod(replace)


@pytest.fixture(scope="session")
def world() -> World:
    return World()
