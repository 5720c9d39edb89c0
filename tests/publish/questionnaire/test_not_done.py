"""What is declared not to be done: an honest No in its own sentence, and nothing about a neighbour of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_questions import MUST_STAY_OPEN
from statements import CLAIMS, CRITERIA, NOW, claim
from this_instance import catalogue, claims, criteria

from trustcenter.pipeline.answering import not_done
from trustcenter.publish.questionnaire import Decision, Matcher, decide, standards

SAID = (
    claim(
        "not-done/iso-27001",
        "We hold no ISO 27001 certificate.",
        "What we do not do",
        state="declared",
        opposites=("ISO 27001 certified", "ISO 27001 certification", "ISO 27001 certificate"),
    ),
    claim(
        "not-done/soc-2-report",
        "We have no SOC 2 report.",
        "What we do not do",
        state="declared",
        opposites=("SOC 2 report", "SOC 2 Type II report", "SOC 2 certified"),
    ),
    claim("not-done/telephone", "We do not run telephone hotlines.", "What we do not do", state="declared"),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA, not_done=SAID)


def outcome(decision: Decision) -> tuple[str, tuple[str, ...]]:
    said = decision.verdict if decision.outcome == "answered" else decision.outcome
    return said, tuple(one.claim.removeprefix("not-done/") for one in decision.claims)


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("Are you ISO 27001 certified?", ("iso-27001",)),
        ("Is your company ISO/IEC 27001 certified?", ("iso-27001",)),
        ("Do you hold an ISO27001 certificate?", ("iso-27001",)),
        ("Do you have a SOC 2 Type II report?", ("soc-2-report",)),
        ("Are you certified to SOC 2 or ISO 27001?", ("iso-27001", "soc-2-report")),
        ("Do you run telephone hotlines?", ("telephone",)),
    ],
)
def test_an_honest_no_in_the_sentence_of_the_page(matcher: Matcher, question: str, cited: tuple[str, ...]) -> None:
    decision = decide(question, matcher, NOW)

    assert outcome(decision) == ("no", cited)
    assert all(one.sentence in decision.text for one in decision.claims)


def test_a_request_is_answered_with_the_sentence(matcher: Matcher) -> None:
    assert outcome(decide("Please provide your SOC 2 report.", matcher, NOW)) == ("text", ("soc-2-report",))


@pytest.mark.parametrize(
    "question",
    [
        "Are you ISO 27701 certified?",
        "Are you ISO 9001 certified?",
        "Are you ISO certified?",
        "Do you hold PCI DSS certification?",
        "Do you have a SOC 1 report?",
        "Do you have a SOC report?",
        "Are you ISO 27001 and PCI DSS certified?",
        "Is your data centre ISO 27001 certified?",
        "Is your hosting provider SOC 2 certified?",
        "Are your subprocessors ISO 27001 certified?",
        "Do you review the SOC 2 reports of your vendors?",
        "Do you follow ISO 27001?",
        "Is your security programme aligned with ISO 27001?",
        "Are you planning to obtain ISO 27001 certification?",
        "Has your ISO 27001 certificate been withdrawn?",
        "Are auditors trained in ISO 27001 certification?",
        "Do you run telephone hotlines on Sundays?",
        "Do you run hotlines?",
    ],
)
def test_a_neighbour_of_it_is_left_open(matcher: Matcher, question: str) -> None:
    assert decide(question, matcher, NOW).outcome == "abstained"


@pytest.mark.parametrize(
    "question", ["Do you not hold an ISO 27001 certificate?", "Is it true that you have no SOC 2 report?"]
)
def test_it_never_supports_a_yes(matcher: Matcher, question: str) -> None:
    assert decide(question, matcher, NOW).verdict != "yes"


def test_a_claim_goes_first() -> None:
    held = claim("people.iso/held", "We are ISO 27001 certified.", "ISO 27001 certificate")

    assert decide("Are you ISO 27001 certified?", Matcher((held,), CRITERIA, not_done=SAID), NOW).verdict == "yes"


def test_everything_that_this_page_says_is_not_done_can_be_asked_for(repository) -> None:
    loaded = catalogue(repository)
    said = not_done(loaded)
    alone = Matcher((), criteria(loaded), not_done=said)
    asked = {
        "soc-2-report": "Do you have a SOC 2 report?",
        "iso-27001": "Are you ISO 27001 certified?",
        "hipaa-agreement": "Will you sign a HIPAA business associate agreement?",
        "single-sign-on": "Do you offer single sign-on?",
        "own-keys": "Do you support customer-managed encryption keys?",
        "bug-bounty": "Do you run a bug bounty program?",
        "artificial-intelligence": "Do you process customer data with AI?",
        "sale": "Do you sell personal information?",
    }

    assert set(asked) == {one.claim.removeprefix("not-done/") for one in said}
    assert {name: outcome(decide(question, alone, NOW)) for name, question in asked.items()} == {
        name: ("no", (name,)) for name in asked
    }


def test_nothing_else_that_must_stay_open_is_answered_by_it(repository) -> None:
    loaded = catalogue(repository)
    whole = Matcher(claims(loaded), criteria(loaded), not_done=not_done(loaded))
    unanswerable = (Path(__file__).parent / "judged" / "unanswerable.txt").read_text().splitlines()
    asked = {question: decide(question, whole, NOW) for question in (*MUST_STAY_OPEN, *unanswerable)}

    assert {
        question: outcome(decision)[1]
        for question, decision in asked.items()
        if any(one.claim.startswith("not-done/") for one in decision.claims) and decision.outcome == "answered"
    } == {
        "Are you ISO 27001 certified?": ("iso-27001",),
        "Are you SOC 2 certified?": ("soc-2-report",),
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ISO/IEC 27001:2022", {"iso 27001"}),
        ("ISO-27701 and SOC2", {"iso 27701", "soc 2"}),
        ("SOC II, SOC 1 Type 2", {"soc 2", "soc 1"}),
        ("ISO, PCI DSS or Cyber Essentials", {"iso", "pci", "cyber essentials"}),
        ("isolated social media", set()),
    ],
)
def test_standards_are_read_by_their_exact_names(text: str, names: set[str]) -> None:
    assert standards.named(text) == names
