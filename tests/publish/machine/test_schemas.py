"""trust.json and each claim's JSON are valid against the schemas that are published beside them."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest


@pytest.fixture(scope="module")
def validators(built_site):
    def made(name):
        schema = json.loads((built_site / "schemas" / name).read_text(encoding="utf-8"))
        return jsonschema_rs.validator_for(schema, validate_formats=True)

    return made("trust.json"), made("claim.json")


@pytest.fixture(scope="module")
def trust(built_site):
    return json.loads((built_site / "trust.json").read_text(encoding="utf-8"))


def test_the_schemas_are_schemas(surface):
    for path in ("schemas/trust.json", "schemas/claim.json"):
        jsonschema_rs.meta.validate(json.loads(surface[path]))


def test_trust_json_is_valid(validators, trust):
    assert [f"{e.instance_path} {e.message[:200]}" for e in validators[0].iter_errors(trust)] == []


def test_each_claim_is_valid(validators, built_site, larkspur_view):
    for claim in larkspur_view.claims:
        value = json.loads((built_site / claim.twin).read_text(encoding="utf-8"))
        assert [f"{e.instance_path} {e.message[:200]}" for e in validators[1].iter_errors(value)] == [], claim.id


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update(secret="x"),
        lambda t: t["claims"][0].update(detail="x"),
        lambda t: t["claims"][0].update(state="compliant"),
        lambda t: t["claims"][0].pop("expires"),
        lambda t: t["claims"][0].update(asOf="yesterday"),
        lambda t: t["claims"][0]["scope"].update(passed="all"),
        lambda t: t["counts"].update(certified=1),
        lambda t: t["subprocessors"][0].pop("effective"),
    ],
)
def test_a_field_that_is_not_declared_missing_or_of_another_type_is_refused(validators, trust, change):
    value = json.loads(json.dumps(trust))
    assert validators[0].is_valid(value)
    change(value)
    assert not validators[0].is_valid(value)
