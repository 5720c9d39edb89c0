"""The optional model: what it says of texts, that vectors are kept safely, and what happens without it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from test_criteria import CRITERIA, OWN

from trustcenter.publish import meaning
from trustcenter.publish.questionnaire import Matcher
from trustcenter.publish.questionnaire.sense import Sense

needs_model = pytest.mark.skipif(not meaning.available(), reason="the sentence model is not installed")
TEXTS = ("Do you encrypt data at rest?", "Is customer data encrypted on disk?", "What is on the lunch menu today?")


@needs_model
def test_what_means_the_same_is_nearer_than_what_does_not() -> None:
    vectors = meaning.load().encode(TEXTS)

    assert float(vectors[0] @ vectors[1]) > 0.6
    assert float(vectors[0] @ vectors[2]) < 0.25
    assert [round(float(one @ one), 4) for one in vectors] == [1.0, 1.0, 1.0]


@needs_model
def test_a_text_has_one_vector_whatever_it_is_read_with() -> None:
    encoder = meaning.load()
    long = " ".join(["backups are encrypted and restored every month"] * 40)

    together = encoder.encode((long, *TEXTS))
    alone = [encoder.encode((text,))[0] for text in (long, *TEXTS)]

    assert all(float(abs(one - other).max()) < 1e-4 for one, other in zip(together, alone, strict=True))


@needs_model
def test_kept_vectors_are_read_again_and_a_broken_file_is_replaced(tmp_path: Path) -> None:
    first = meaning.encode_kept(TEXTS, tmp_path)
    (kept,) = tmp_path.iterdir()
    stored = kept.read_bytes()
    assert (meaning.encode_kept(TEXTS, tmp_path) == first).all()
    kept.write_bytes(stored[:100])

    again = meaning.encode_kept(TEXTS, tmp_path)

    assert float(abs(again - first).max()) < 1e-5
    assert len(kept.read_bytes()) == len(stored)


def test_without_the_model_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == meaning.MODEL else found(name))
    meaning.load.cache_clear()

    assert not meaning.available()
    with pytest.raises(meaning.MeaningUnavailable, match="not installed") as raised:
        Sense()
    assert "requirements/meaning.txt" in (raised.value.hint or "")


@needs_model
@pytest.mark.deep
def test_questions_find_their_criteria_by_meaning(tmp_path: Path, shared: Path) -> None:
    matcher = Matcher((), CRITERIA, Sense(tmp_path))
    rows = list(OWN)
    for path in sorted((shared / "matching").glob("*.jsonl")):
        rows += [
            (row["question"], frozenset(row["gold_tsc"]))
            for row in map(json.loads, path.read_text().splitlines())
            if row["gold_tsc"]
        ]
    matcher.prepare([question for question, _ in rows])
    best = [([one.rpartition(":")[2] for one, _ in matcher.criteria(question)], gold) for question, gold in rows]

    assert sum(bool(gold & set(ranked[:1])) for ranked, gold in best) >= 0.75 * len(rows)
    assert sum(bool(gold & set(ranked)) for ranked, gold in best) >= 0.95 * len(rows)
