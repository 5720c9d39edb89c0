"""The view says what the assessment holds, and nothing that the tier may not see."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.publish.inputs import ChangeNote
from trustcenter.publish.view import not_holding_since


def claims(view):
    return {claim.id: claim for claim in view.claims}


@pytest.mark.parametrize(
    ("identifier", "shown", "words"),
    [
        ("access.password-storage/password-hash", "tested", "Tested by us, 20 Nov 2026"),
        ("people.policy/policy", "documented", "Documented, 20 Nov 2026"),
        ("people.checks/background", "declared", "Declared, 20 Nov 2026"),
        ("platform.buckets/bucket-logs", "accepted_deviation", "Accepted deviation until 30 Dec 2026"),
        ("access.scim/scim", "in_progress", "In progress, due 31 Jan 2027"),
        ("data.keys/own-keys", "not_done", "Not done"),
        ("access.dormant/dormant", "unconfirmed", "Could not be confirmed, since 20 Nov 2026"),
        ("access.review/access-review", "withdrawn", "Not currently confirmed, since 14 Nov 2026"),
        ("access.new-device/new-device", "withdrawn", "Not currently confirmed, since 17 Nov 2026"),
        ("vendors.cards/cards", "not_applicable", "Not applicable"),
    ],
)
def test_each_state_has_its_words(build, identifier, shown, words):
    claim = claims(build())[identifier]
    assert (claim.shown, claim.state_words.replace("\u00a0", " ")) == (shown, words)


def test_a_withdrawn_claim_says_neither_sentence_nor_cause_nor_count(build):
    claim = claims(build())["access.review/access-review"]
    assert claim.sentence == ""
    assert (claim.passed, claim.examined, claim.tests, claim.detail, claim.methods, claim.check) == (
        None,
        None,
        (),
        None,
        (),
        None,
    )


def test_readers_under_nda_see_why(build):
    claim = claims(build(tier="nda"))["access.review/access-review"]
    assert claim.shown == "failing"
    assert claim.detail.conclusions == ("test on portal: 10 of 11 passed, 1 deviation",)


def test_disclose_shows_the_failure_to_everybody(build):
    claim = claims(build())["access.dormant/dormant"]
    assert claim.detail.conclusions == ("test on portal: inconclusive (denied)",)


def test_methods_stand_weakest_first(build):
    assert claims(build())["access.owner-second-factor/owner-2fa"].methods == ("inspection", "probe")


def test_numbers_come_from_the_assessment(build):
    found = claims(build())
    assert found["access.password-storage/password-hash"].sentence.endswith("a cost of 12 or more.")
    assert found["access.session-length/session-length"].sentence == "A session without use ends after 30 minutes."


def test_a_sentence_without_its_value_is_withdrawn(build, given):
    stripped = tuple(replace(c, values={}) for c in given.assessment.conclusions)
    claim = claims(build(assessment=replace(given.assessment, conclusions=stripped)))
    assert claim["access.password-storage/password-hash"].shown == "withdrawn"
    assert claim["access.password-storage/password-hash"].sentence == ""


def test_claims_of_a_higher_tier_are_absent(build):
    assert "incidents.secret-plan/war-room" not in claims(build())
    assert "incidents.secret-plan/war-room" in claims(build(tier="nda"))


@pytest.mark.parametrize(
    "canary", ["canary-reason", "canary-remedy", "canary-person", "canary-row", "canary-host", "pier 9"]
)
def test_what_is_private_is_not_in_the_public_view(build, canary):
    assert canary not in json.dumps(asdict(build()), default=str)


def test_time_passing_makes_every_tested_claim_fall(build, given):
    later = build(now=given.now + timedelta(days=30))
    assert not [claim for claim in later.claims if claim.shown in ("tested", "documented", "declared")]


def test_a_foreign_assessment_is_refused(build, given):
    with pytest.raises(ConfigurationError, match="judges catalogue"):
        build(assessment=replace(given.assessment, catalogue="sha256:other"))


def test_evidence_that_the_ledger_lacks_is_refused(build, given):
    with pytest.raises(ConfigurationError, match="does not hold"):
        build(record=replace(given.record, entries={}))


def test_two_claims_cannot_share_an_address(build, given):
    first = given.catalogue.controls[0]
    twin = replace(first, id="access.other")
    with pytest.raises(ConfigurationError, match="two claims have the address access/#owner-2fa"):
        build(catalogue=replace(given.catalogue, controls=(*given.catalogue.controls, twin)))


def test_frameworks_speak_the_examiners_words(build):
    soc2, gdpr, ccpa = build().frameworks
    assert [rung.stage for rung in soc2.rungs] == ["done", "now", "next", "next"]
    assert "day 81 of 181" in soc2.rungs[1].words
    assert "SOC 2® Type 2 examination is being observed" in soc2.summary
    assert dict(gdpr.counts) == {"tested": 1, "gap": 1}
    assert gdpr.scope == "As controller and processor"
    assert dict(ccpa.counts) == {"in_progress": 1}
    assert dict(soc2.counts) == {"tested": 1, "not_confirmed": 1, "carved_out": 1}


def test_the_firm_is_named_only_with_its_consent(build):
    assert "Harrow Pell" not in json.dumps(asdict(build()), default=str)


def test_questions_are_answered_by_claims(build):
    answers = {answer.question: answer for answer in build().answers}
    assert answers["Who signs in, and how?"].answer.startswith("Account owners cannot sign in without")
    assert "cost of 12" in answers["Who signs in, and how?"].answer
    assert answers["Is there a SOC 2 report?"].shown == "in_progress"


def test_an_answer_is_only_as_good_as_its_worst_claim(build, given):
    broken = tuple(
        replace(c, conclusion="deviations") if c.control == "access.password-storage" else c
        for c in given.assessment.conclusions
    )
    view = build(assessment=replace(given.assessment, conclusions=broken))
    answer = next(answer for answer in view.answers if answer.question == "Who signs in, and how?")
    assert answer.shown == "withdrawn"
    assert "cost of 12" not in answer.answer


def test_since_is_the_start_of_the_unbroken_run(given):
    good = replace(
        given.assessment,
        as_of=given.now - timedelta(days=3),
        conclusions=tuple(
            replace(c, conclusion="no_deviations", observed_at=given.now - timedelta(days=3))
            for c in given.assessment.conclusions
        ),
    )
    bad = replace(given.assessment, as_of=given.now - timedelta(days=2))
    history = [(given.catalogue, run) for run in (bad, good, bad, given.assessment)]
    since = not_holding_since(history, given.now)
    assert since["access.review/access-review"] == given.now - timedelta(days=2)
    assert "access.password-storage/password-hash" not in since


def test_changes_stand_newest_first_within_a_day_too(build):
    day = date(2026, 11, 20)
    notes = tuple(ChangeNote(day, "access.review/access-review", "k", text) for text in ("fell", "came back"))
    assert [change.words for change in build(changes=notes).changes] == ["came back", "fell"]
