"""OSCAL documents are valid, and every reference in them leads somewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from uuid import UUID

import jsonschema_rs
import pytest

from trustcenter.publish.machine.oscal_component import component_definition
from trustcenter.publish.machine.oscal_results import assessment_results
from trustcenter.publish.machine.surface import machine_files

KINDS = {
    "component-definition": "oscal_component_schema.json",
    "assessment-results": "oscal_assessment-results_schema.json",
    "catalog": "oscal_catalog_schema.json",
}


@pytest.fixture(scope="module")
def validators(shared):
    folder = shared / "data" / "oscal"
    return {kind: jsonschema_rs.validator_for(json.loads((folder / name).read_text())) for kind, name in KINDS.items()}


@pytest.fixture
def documents(surface):
    return {path: json.loads(content) for path, content in surface.items() if path.startswith("oscal/")}


def test_each_document_is_valid(documents, validators):
    assert len(documents) == 6
    for path, value in documents.items():
        (kind,) = value
        errors = [f"{error.instance_path}: {error.message[:200]}" for error in validators[kind].iter_errors(value)]
        assert errors == [], path


def test_the_validator_sees_what_is_wrong(documents, validators):
    """The schemas refuse a wrong UUID and an unknown field: a green result means something."""
    value = json.loads(json.dumps(documents["oscal/component-definition.json"]))
    value["component-definition"]["uuid"] = "not-one"
    assert not validators["component-definition"].is_valid(value)
    value = json.loads(json.dumps(documents["oscal/assessment-results.json"]))
    value["assessment-results"]["results"][0]["verdict"] = "good"
    assert not validators["assessment-results"].is_valid(value)


def walk(value, path=()):
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from walk(item, (*path, position))


def defined_uuids(value) -> list[str]:
    return [item for path, item in walk(value) if path and path[-1] == "uuid"]


def referred_uuids(value) -> list[str]:
    """Every `*-uuid`, `*-uuids` and `#uuid` of a document."""
    found = []
    for path, item in walk(value):
        name = next((key for key in reversed(path) if isinstance(key, str)), "")
        if isinstance(item, str) and (name.endswith(("-uuid", "-uuids"))):
            found.append(item)
        if isinstance(item, str) and name in ("href", "source") and item.startswith("#"):
            found.append(item[1:])
    return found


def test_every_uuid_that_is_referred_to_is_defined_in_the_same_document(documents):
    references = 0
    for path, value in documents.items():
        known = set(defined_uuids(value))
        for wanted in referred_uuids(value):
            assert wanted in known, f"{path}: {wanted}"
            references += 1
    assert references > 30


def test_uuids_are_derived_and_defined_once_in_a_document(documents):
    for path, value in documents.items():
        uuids = defined_uuids(value)
        assert len(uuids) == len(set(uuids)), path
        assert all(UUID(found).version == 5 for found in uuids)


def ids_of(catalog) -> set[str]:
    return {item for path, item in walk(catalog) if path and path[-1] == "id"}


def test_every_control_and_objective_id_is_in_the_catalogue_it_names(documents):
    definition = documents["oscal/component-definition.json"]["component-definition"]
    files = {r["uuid"]: f"oscal/{r['rlinks'][0]['href']}" for r in definition["back-matter"]["resources"]}
    named = 0
    for implementation in definition["components"][0]["control-implementations"]:
        known = ids_of(documents[files[implementation["source"].removeprefix("#")]])
        for requirement in implementation["implemented-requirements"]:
            assert requirement["control-id"] in known
            for statement in requirement.get("statements", []):
                assert statement["statement-id"] in known
            for link in requirement.get("links", []):
                assert link["resource-fragment"] in ids_of(documents[files[link["href"].removeprefix("#")]])
            named += 1
    assert named > 15
    own = ids_of(documents["oscal/catalog.json"])
    result = documents["oscal/assessment-results.json"]["assessment-results"]["results"][0]
    for selection in result["reviewed-controls"]["control-selections"]:
        assert {control["control-id"] for control in selection["include-controls"]} <= own
    assert {finding["target"]["target-id"] for finding in result["findings"]} <= own


def test_every_role_is_defined(documents):
    for path, value in documents.items():
        roles = {item for where, item in walk(value) if where and where[-1] == "role-id"}
        (body,) = value.values()
        assert roles <= {role["id"] for role in body["metadata"]["roles"]}, path


def test_every_relative_address_is_a_file_of_the_site(documents, built_site):
    """Evidence and checkpoint lie in the ledger, which the site of this test does not carry."""
    followed = 0
    for path, value in documents.items():
        for where, item in walk(value):
            if where and where[-1] == "href" and not item.startswith(("#", "https://")):
                target = (built_site / path).parent / item
                inside = target.resolve().relative_to(built_site.resolve()).as_posix()
                if inside.startswith("evidence/"):
                    assert re.fullmatch(
                        r"evidence/(log/checkpoint|statements/sha256/[0-9a-f]{2}/[0-9a-f]{64}\.dsse\.json)", inside
                    )
                else:
                    assert target.is_file(), item
                followed += 1
    assert followed > 10


def test_only_what_we_tested_is_satisfied(documents, larkspur_view):
    result = documents["oscal/assessment-results.json"]["assessment-results"]["results"][0]
    shown = {claim.id: claim.shown for claim in larkspur_view.claims}
    for finding in result["findings"]:
        claim = next(prop["value"] for prop in finding["props"] if prop["name"] == "claim")
        assert (finding["target"]["status"]["state"] == "satisfied") == (shown[claim] == "tested")
    found = {next(p["value"] for p in f["props"] if p["name"] == "claim") for f in result["findings"]}
    assert {c for c, s in shown.items() if s in ("declared", "documented", "in_progress", "not_done")}.isdisjoint(found)


def test_nothing_is_said_when_nothing_was_tested(larkspur_view, validators):
    """OSCAL has no empty selection of controls: without results there is no file, rather than an invented one."""
    domains = tuple(
        replace(d, claims=tuple(replace(c, shown="in_progress", tests=()) for c in d.claims))
        for d in larkspur_view.domains
    )
    view = replace(larkspur_view, domains=domains)
    assert assessment_results(view) == {}
    assert "oscal/assessment-results.json" not in machine_files(view)["llms.txt"].decode()
    (content,) = component_definition(view).values()
    assert validators["component-definition"].is_valid(json.loads(content))


def test_a_new_assessment_is_a_new_version_of_the_same_things(larkspur_view, documents):
    """The document's UUID changes with the assessment; components and controls keep theirs."""
    (content,) = component_definition(replace(larkspur_view, assessment="sha256:" + "0" * 64)).values()
    now, before = json.loads(content)["component-definition"], documents["oscal/component-definition.json"]
    before = before["component-definition"]
    assert now["uuid"] != before["uuid"]
    assert now["components"][0]["uuid"] == before["components"][0]["uuid"]


@pytest.mark.parametrize("framework", ["soc2", "gdpr", "ccpa"])
def test_no_two_criteria_of_a_framework_get_one_identifier(framework):
    from trustcenter.frameworks import framework as read
    from trustcenter.publish.machine.oscal import criterion_id

    criteria = [criterion.id for criterion in read(framework).criteria]
    assert len({criterion_id(name) for name in criteria}) == len(criteria) > 50
