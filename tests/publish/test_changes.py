"""Drift is told by topic: never a count, never a row."""

from __future__ import annotations

import json
from datetime import date

import jsonschema_rs

from trustcenter.model.change import Change
from trustcenter.publish.changes import public_changes
from trustcenter.publish.inputs import ChangeNote
from trustcenter.publish.machine.feeds import feed_values
from trustcenter.publish.machine.llms import llms_txt
from trustcenter.publish.machine.schemas import removed_schema, trust_schema
from trustcenter.publish.pages import pages
from trustcenter.publish.twins import trust_json, twins

ON = date(2026, 11, 20)


def told(given, *changes):
    return [(note.text, note.weakens) for note in public_changes(changes, given.catalogue, ON)]


def test_a_fallen_test_names_the_topic_alone(given):
    change = Change(
        "conclusion_worse", "access.review/test", "no_deviations", "deviations", True, "3 of 11 deviate: canary"
    )
    assert told(given, change) == [("Not confirmed any more: Access reviews", False)]


def test_a_loosened_threshold_is_called_so(given):
    change = Change("threshold_loosened", "access.session-length/test", "15m", "30m", True, "idle at most 30 minutes")
    assert told(given, change) == [("What we ask of it was loosened: Idle sessions", True)]


def test_claims_of_other_tiers_are_not_told(given):
    change = Change("conclusion_worse", "incidents.secret-plan/test", "a", "b", True, "canary")
    assert told(given, change) == []


def test_a_removed_claim_and_a_removed_control_are_told_where_they_were_public(given):
    changes = [
        Change("claim_removed", "access.session-length/session-idle", "x", "", True, "s"),
        Change("control_removed", "access.review", "x", "", True, "s"),
        Change("control_removed", "incidents.secret-plan", "x", "", True, "canary"),
        Change("claim_removed", "access.gone/nobody-knows", "x", "", True, "s"),
    ]
    notes = public_changes(changes, given.catalogue, ON, given.catalogue)
    said = {f"{control.id}/{claim.id}" for control, claim in given.catalogue.claims() if claim.tier == "public"}
    assert {note.subject.partition("/")[0] for note in notes} <= {"access.session-length", "access.review"}
    assert {note.subject for note in notes} <= said
    assert {note.subject for note in notes} >= {one for one in said if one.startswith("access.review/")}
    assert all(note.text.startswith("Removed: ") and note.weakens for note in notes)
    assert public_changes(changes, given.catalogue, ON) == ()


def test_a_removed_claims_address_says_so(given, build):
    gone = ChangeNote(ON, "access.gone/old-claim", "control_removed", "Removed: old <b>claim</b>", True)
    last = ChangeNote(ON, "vendors2.gone/last", "claim_removed", "Removed: last", True)
    control, claim = next(iter(given.catalogue.claims()))
    again = ChangeNote(ON, f"{control.id}/{claim.id}", "claim_removed", "Removed: said again", True)
    made = pages(build(changes=(gone, last, again)))
    assert "{ #old-claim }" in made["access.md"]
    assert "was removed on 20\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026" in made["access.md"]
    assert "<b>claim" not in made["access.md"]
    assert "{ #last }" in made["vendors2.md"]
    assert not any("said again" in text for name, text in made.items() if name != "changes.md" and name != "index.md")


def test_a_removed_claim_leaves_json_where_it_stood(given, build):
    """The page, its JSON, the index, trust.json, the feed and llms.txt say the same of it, and no sentence."""
    gone = ChangeNote(ON, "access.gone/old-claim", "control_removed", "Removed: old {{ 7*7 }} claim\u202e", True)
    claimed = ChangeNote(ON, "access.kept/older", "claim_removed", "Removed: older", True)
    view = build(changes=(gone, claimed))
    files = twins(view, lambda digest: {"statement": digest})
    stone = json.loads(files["claims/access/old-claim.json"])
    page = pages(view)["access.md"]

    assert list(jsonschema_rs.validator_for(removed_schema(True)).iter_errors(stone)) == []
    assert {name: stone[name] for name in ("id", "sentence", "state", "since", "reason", "checkpoint")} == {
        "id": "access.gone/old-claim",
        "sentence": None,
        "state": "removed",
        "since": ON.isoformat(),
        "reason": "The control behind the sentence was taken out.",
        "checkpoint": view.checkpoint,
    }
    assert stone["reason"] in page
    assert "\u202e" not in json.dumps(stone, ensure_ascii=False)
    assert json.loads(files["claims/access/older.json"])["reason"] == "The sentence was taken out of its control."
    assert json.loads(files["claims/index.json"])["removed"] == [
        "claims/access/old-claim.json",
        "claims/access/older.json",
    ]
    whole = trust_json(view)
    assert [one["id"] for one in whole["removed"]] == ["access.gone/old-claim", "access.kept/older"]
    assert list(jsonschema_rs.validator_for(trust_schema()).iter_errors(json.loads(json.dumps(whole)))) == []
    changes = next(feed for feed in feed_values(view) if feed.name == "changes")
    assert {stone["url"], f"{view.base}/access/#older"} <= {entry.address for entry in changes.entries}
    assert f"]({stone['url']}): nothing is claimed here; removed on" in llms_txt(view, {}).decode()


def test_a_claim_that_is_said_again_has_its_own_json_back(given, build):
    control, claim = next(iter(given.catalogue.claims()))
    again = ChangeNote(ON, f"{control.id}/{claim.id}", "claim_removed", "Removed: said again", True)
    files = twins(build(changes=(again,)), lambda digest: {})
    assert json.loads(files["claims/index.json"])["removed"] == []
    assert not any(
        b'"removed"' in content for path, content in files.items() if path == f"claims/{control.domain}/{claim.id}.json"
    )
