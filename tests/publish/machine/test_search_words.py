"""The search index carries questionnaires' words in fields that the result list does not print."""

from __future__ import annotations

import json

import pytest

from trustcenter.publish.machine.search_words import FIELDS, with_questionnaire_words

INDEX = {
    "config": {"lang": ["en"], "fields": {"title": {"boost": 1000.0}, "text": {"boost": 1.0}}},
    "docs": [
        {"location": "access/#owner-2fa", "title": "Owners need two steps.", "text": "<p>Tested</p>"},
        {"location": "verify/", "title": "Verify", "text": ""},
    ],
}


@pytest.fixture
def written(build):
    return json.loads(with_questionnaire_words(json.dumps(INDEX).encode(), build()))


def test_a_claim_is_indexed_under_its_aliases_and_the_vocabularys_other_words(build, written):
    claim = next(claim for claim in build().claims if claim.anchor == "owner-2fa")
    entry = written["docs"][0]
    assert set(claim.aliases) <= set(entry["asked"])
    assert "mfa" in entry["vocabulary"]
    assert {"asked", "vocabulary"} <= written["config"]["fields"].keys() == FIELDS.keys()


def test_what_a_reader_sees_of_a_result_stays_as_it_was(written):
    for before, after in zip(INDEX["docs"], written["docs"], strict=True):
        assert {key: after[key] for key in before} == before
    assert written["docs"][1] == INDEX["docs"][1]


def test_a_withdrawn_claim_is_found_by_its_topic_only(build, given):
    from dataclasses import replace

    broken = tuple(
        replace(c, conclusion="deviations") if c.control.startswith("access.") else c
        for c in given.assessment.conclusions
    )
    view = build(assessment=replace(given.assessment, conclusions=broken))
    claim = next(claim for claim in view.claims if claim.anchor == "owner-2fa")
    assert claim.shown == "withdrawn"
    entry = json.loads(with_questionnaire_words(json.dumps(INDEX).encode(), view))["docs"][0]
    assert entry["asked"] == [claim.short, claim.group]
