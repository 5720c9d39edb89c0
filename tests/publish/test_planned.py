"""The plan names every sentence that would change, and nothing that would not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.publish.planned import planned_changes, published_page
from trustcenter.publish.twins import trust_json


@pytest.fixture
def published(build):
    return json.loads(json.dumps(trust_json(build())))


def kinds(changes):
    return {(change.kind, change.claim) for change in changes}


def test_the_same_page_later_changes_no_sentence(build, published, given):
    view = build(now=given.now + timedelta(minutes=5))
    assert planned_changes(published, view) == ()


def test_a_claim_that_fails_falls_and_nothing_else(build, published, given):
    standing = next(claim for claim in build().claims if claim.shown == "tested" and len(claim.tests) == 1)
    conclusions = tuple(
        replace(one, conclusion="deviations", deviating=1)
        if (one.control, one.test) == (standing.control, standing.tests[0].test)
        else one
        for one in given.assessment.conclusions
    )
    found = planned_changes(published, build(assessment=replace(given.assessment, conclusions=conclusions)))
    assert ("falls", standing.id) in kinds(found)
    assert {change.claim.split("/")[0] for change in found} == {standing.control}
    assert found[0].kind == "falls"
    assert standing.sentence in found[0].before
    assert standing.sentence not in found[0].after


def test_removed_and_new_claims_are_named(build, published):
    view = build()
    gone = published["claims"].pop(0)["id"]
    published["claims"].append({**published["claims"][0], "id": "old.control/old"})
    assert kinds(planned_changes(published, view)) == {("appears", gone), ("goes", "old.control/old")}


def test_numbers_and_words_are_told_apart(build, published):
    view = build()
    counted = next(claim for claim in published["claims"] if claim["scope"])
    counted["scope"]["examined"] += 1
    worded = next(claim for claim in published["claims"] if claim["sentence"] and claim is not counted)
    worded["sentence"] = "It was said in another way."
    assert kinds(planned_changes(published, view)) == {("numbers", counted["id"]), ("reworded", worded["id"])}


def test_without_a_page_every_sentence_appears(build, tmp_path):
    assert published_page(tmp_path) is None
    view = build()
    assert kinds(planned_changes(None, view)) == {("appears", claim.id) for claim in view.claims}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"claims": [{}]}', '{"claims": 3}'])
def test_what_is_no_page_is_refused(tmp_path, content):
    (tmp_path / "trust.json").write_text(content)
    with pytest.raises(ConfigurationError, match=r"trust\.json"):
        published_page(tmp_path)
