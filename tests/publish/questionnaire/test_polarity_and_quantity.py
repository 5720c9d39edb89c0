"""The table of pairs: each alone, and the two bounds that hold for all together."""

from __future__ import annotations

import pytest
from later_pairs import LATER
from pairs import NOTHING, PAIRS, YES
from statements import CRITERIA, NOW, claim

from trustcenter.publish.questionnaire import Matcher, decide


def answered(question: str, sentence: str) -> str:
    matcher = Matcher((claim("pair.control/claim", sentence, ""),), CRITERIA)
    decision = decide(question, matcher, NOW)
    return decision.verdict if decision.outcome == "answered" else NOTHING


@pytest.fixture(scope="module", params=[PAIRS, LATER], ids=["first", "later"])
def results(request: pytest.FixtureRequest) -> list[tuple[str, str, str, str]]:
    return [
        (question, sentence, expected, answered(question, sentence)) for question, sentence, expected in request.param
    ]


def test_no_pair_is_wrong_in_the_direction_of_overclaiming(results: list[tuple[str, str, str, str]]) -> None:
    """A definite answer where the sentence gives none, or the opposite one."""
    wrong = [entry for entry in results if entry[3] != NOTHING and entry[3] != entry[2]]

    assert not wrong


def test_at_least_97_in_100_are_right(results: list[tuple[str, str, str, str]]) -> None:
    missed = [entry for entry in results if entry[3] != entry[2]]

    assert len(results) >= 100
    assert len(missed) <= 0.03 * len(results), missed


def test_every_yes_turns_into_nothing_when_the_claim_falls() -> None:
    assert len(PAIRS) >= 150
    for question, sentence, expected in (*PAIRS, *LATER):
        if expected == YES:
            for state in ("failing", "stale", "unconfirmed"):
                matcher = Matcher((claim("pair.control/claim", sentence, "", state=state),), CRITERIA)
                assert decide(question, matcher, NOW).outcome != "answered", (question, state)


def test_no_yes_for_what_is_not_done() -> None:
    for question, sentence, _ in (*PAIRS, *LATER):
        for state in ("in_progress", "not_done", "accepted_deviation", "not_applicable"):
            matcher = Matcher(
                (claim("pair.control/claim", sentence, sentence, state=state, missing="planned"),), CRITERIA
            )
            assert decide(question, matcher, NOW).verdict != "yes", (question, state)
