"""Numbers in a sentence come from the assessment; a sentence is never half filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trustcenter.model.assessment import TestConclusion
from trustcenter.model.control import Claim, Control, TestOfControl
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.place import Place
from trustcenter.publish.sentence import fill, shown

PLACE = Place("controls/a/b.yaml")
CONTROL = Control(
    id="a.b",
    title="",
    owner="",
    nature="automated",
    frequency="daily",
    criteria=(),
    place=PLACE,
    digest="",
    tests=(TestOfControl("t", timedelta(days=1), PLACE, collector="c"),),
    claims=(Claim("c", "s", PLACE),),
)
SCHEMAS = {"c": FactSchema("F", (Field("age", "duration"), Field("bits", "integer", unit="bit")))}
SEEN = datetime(2026, 11, 20, tzinfo=UTC)


def conclusion(**more):
    base = TestConclusion("a.b", "t", "portal", "no_deviations", "inspection", "tested", observed_at=SEEN)
    return replace(base, **more)


@pytest.mark.parametrize(
    ("sentence", "filled"),
    [
        ("{t.passed} of {t.examined} of {t.size}", "1,226 of 1,227 of 2,000"),
        ("at most {t.max.age}", "at most 2 hours"),
        ("{t.min.bits} or more", "256 bit or more"),
        ("in {t.list.region}", "in Frankfurt, Paris and Prague"),
        ("only {t.only.scheme}", "only bcrypt"),
        ("seen {t.as_of}", "seen 20\u00a0Nov\u00a02026"),
    ],
)
def test_placeholders_are_filled(sentence, filled):
    one = conclusion(
        size=2000,
        examined=1227,
        passed=1226,
        values={
            "max.age": 7200,
            "min.bits": 256,
            "only.scheme": "bcrypt",
            "list.region": ["Prague", "Frankfurt", "Paris"],
        },
    )
    assert fill(CONTROL, sentence, [one], SCHEMAS) == filled


@pytest.mark.parametrize("sentence", ["{t.max.other}", "{u.passed}", "{t.passed} {", "{t.sum.age}", "{t}"])
def test_a_missing_value_withdraws_the_sentence(sentence):
    assert fill(CONTROL, sentence, [conclusion(passed=1)], SCHEMAS) is None


def test_what_could_not_be_seen_gives_no_number():
    unseen = conclusion(conclusion="inconclusive", cause="denied")
    assert fill(CONTROL, "{t.passed} accounts", [unseen], SCHEMAS) is None
    assert fill(CONTROL, "{t.passed} accounts", [conclusion(passed=3), unseen], SCHEMAS) is None


def test_several_sources_add_up_and_the_worst_is_quoted():
    two = [
        conclusion(passed=2, values={"min.bits": 128, "only.x": "a"}),
        conclusion(passed=3, values={"min.bits": 256, "only.x": "b"}),
    ]
    assert fill(CONTROL, "{t.passed}, {t.min.bits}", two, SCHEMAS) == "5, 128 bit"
    assert fill(CONTROL, "{t.only.x}", two, SCHEMAS) is None


def test_values_are_shown_as_people_write_them():
    assert [shown(True), shown(8.50), shown("2026-11-20"), shown(12345)] == [
        "yes",
        "8.5",
        "20\u00a0Nov\u00a02026",
        "12,345",
    ]
