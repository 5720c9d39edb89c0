"""Questions find their criteria: on the labelled sets, in bands whose precision is measured, the same way each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from statements import NOW
from test_judged import lower_bound
from this_instance import catalogue, claims

from trustcenter.frameworks import framework
from trustcenter.publish.questionnaire import CriterionText, Matcher
from trustcenter.publish.questionnaire.bands import likelihood, of_ranking
from trustcenter.publish.questionnaire.criteria import LetterIndex, settings
from trustcenter.publish.questionnaire.matched import Asking, match_all
from trustcenter.publish.questionnaire.ranking import criterion_phrases

CRITERIA = tuple(CriterionText(f"soc2:{one.id}", one.title, one.note or "") for one in framework("soc2").criteria)
JUDGED = Path(__file__).parent / "judged"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (JUDGED / name).read_text().splitlines()]


OWN, STYLES = (
    [(row["question"], frozenset(row["criteria"])) for row in rows(name)]
    for name in ("labelled.jsonl", "labelled_styles.jsonl")
)
CONTROLS = rows("controls.jsonl")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher((), CRITERIA)


def found(matcher: Matcher, question: str) -> list[str]:
    return [identifier.rpartition(":")[2] for identifier, _ in matcher.criteria(question)]


def test_every_criterion_has_phrases_and_every_phrase_a_criterion() -> None:
    assert {criterion.id for criterion in framework("soc2").criteria} == set(criterion_phrases())


def test_questions_in_unusual_words_find_their_criteria(matcher: Matcher) -> None:
    results = [(found(matcher, question), gold) for question, gold in OWN]

    assert len(OWN) >= 100
    assert sum(bool(gold & set(best[:1])) for best, gold in results) >= 0.62 * len(OWN)
    assert sum(bool(gold & set(best[:5])) for best, gold in results) >= 0.90 * len(OWN)


def test_labelled_questions_find_their_criteria_in_every_corpus(matcher: Matcher, shared: Path) -> None:
    for path in sorted((shared / "matching").glob("*.jsonl")):
        rows = [row for row in map(json.loads, path.read_text().splitlines()) if row["gold_tsc"]]
        best = [(found(matcher, row["question"]), set(row["gold_tsc"])) for row in rows]
        assert sum(bool(gold & set(ranked[:1])) for ranked, gold in best) >= 0.62 * len(rows), path.name
        assert sum(bool(gold & set(ranked)) for ranked, gold in best) >= 0.90 * len(rows), path.name


def test_higher_bands_are_more_often_right_and_the_highest_with_a_lower_bound_of_90_in_100(matcher: Matcher) -> None:
    right: dict[str, list[bool]] = {"high": [], "medium": [], "low": []}
    for question, gold in (*OWN, *STYLES):
        band = of_ranking(matcher.ranking(question), meaning=False)
        right[band].append(bool(gold & set(found(matcher, question)[:1])))
    shares = [sum(entries) / len(entries) for entries in right.values()]

    assert shares == sorted(shares, reverse=True)
    assert lower_bound(sum(right["high"]), len(right["high"])) >= 0.9


def test_the_band_of_the_first_control_is_measured_too(repository: Path) -> None:
    loaded = catalogue(repository)
    lines = match_all([Asking(row["question"]) for row in CONTROLS], Matcher(claims(loaded), CRITERIA), NOW)
    first = [
        (line["controls"][0], row["controls"]) for row, line in zip(CONTROLS, lines, strict=True) if line["controls"]
    ]
    high = [one["control"] in gold for one, gold in first if one["band"] == "high"]
    medium = [one["control"] in gold for one, gold in first if one["band"] == "medium"]

    assert len(CONTROLS) >= 200
    assert lower_bound(sum(high), len(high)) >= 0.9
    assert sum(high) / len(high) > sum(medium) / len(medium)


@pytest.mark.parametrize("kind", ["criterion", "criterion_with_meaning", "control", "answer"])
def test_a_stronger_signal_never_makes_less_likely(kind: str) -> None:
    weights = dict(settings()["likelihood"][kind])
    base = weights.pop("base")

    assert base < 2
    assert all(weight > 0 for weight in weights.values())
    assert likelihood(kind, dict.fromkeys(weights, 1.0)) >= settings()["bands"]["high"]


def test_scores_fall_and_lie_between_0_and_1(matcher: Matcher) -> None:
    for question, _ in OWN:
        scores = [score for _, score in matcher.ranking(question).criteria]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("question", ["", "?", "zzzz qqqq", "数据加密", "a" * 5_000])
def test_what_says_nothing_is_in_the_lowest_band(matcher: Matcher, question: str) -> None:
    assert of_ranking(matcher.ranking(question), meaning=False) == "low"


def test_letters_meet_other_endings_and_typing_errors() -> None:
    index = LetterIndex(["penetration testing", "background checks", "incident response plan"])

    scores = index.scores("penetraton tests")

    assert max(scores, key=lambda number: scores[number]) == 0
    assert 0 < scores[0] <= 1
