"""What the pair model takes for contradictory: told apart from what rules show, and never where it was not asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from trustcenter.cli import main
from trustcenter.publish import meaning
from trustcenter.publish.lint import Finding, Page, lint, pair_model, read_page
from trustcenter.publish.lint import likely as reading
from trustcenter.publish.lint.finding import FAMILIES, Quote
from trustcenter.publish.lint.likely import Reader, likely
from trustcenter.publish.lint.rule_files import data

ROOT = Path(__file__).parents[3]
needs_model = pytest.mark.skipif(not meaning.available(), reason="the sentence model is not installed")
AGAINST = (
    (
        "Every night a copy of the register is put in a vault abroad.",
        "No copy of the register ever crosses the border.",
    ),
    ("The duty desk is staffed round the clock.", "From ten in the evening until six nobody is at the duty desk."),
    ("Only you hold the key to your notes.", "If you forget your passphrase, our staff can open your notes for you."),
    ("We have held the ISO 27001 certificate since 2022.", "We hope to be certified under ISO 27001 next spring."),
    ("Nobody outside our company sees your letters.", "Letters are typed up by an agency in Leeds."),
)
BESIDE = (
    ("Every night a copy of the register is put in a vault abroad.", "Photographs in the register are made smaller."),
    ("The duty desk is staffed round the clock.", "The shop in Leeds opens at nine."),
    ("Only you hold the key to your notes.", "We cannot read your notes."),
    ("We have held the ISO 27001 certificate since 2022.", "The certificate covers both of our offices."),
    ("Nobody outside our company sees your letters.", "Letters are kept for two years."),
)
PAGE = "\n\n".join(one for pair in AGAINST for one in pair)


@needs_model
def test_what_cannot_both_be_true_has_higher_odds_than_what_can() -> None:
    model = pair_model.load()
    against = dict(model.judge(AGAINST))
    beside = dict(model.judge(BESIDE))

    assert sum(against[number].odds > beside[number].odds for number in range(len(AGAINST))) >= len(AGAINST) - 1
    assert all(one.family in FAMILIES for one in (*against.values(), *beside.values()))


@needs_model
def test_a_pair_has_the_same_odds_whatever_it_is_read_with() -> None:
    model = pair_model.load()
    together = dict(model.judge((*AGAINST, ("x", "y " * 400))))
    alone = [dict(model.judge((pair,)))[0] for pair in AGAINST]

    assert all(abs(together[number].odds - one.odds) < 1e-3 for number, one in enumerate(alone))


def _page(text: str) -> Page:
    return read_page("page.txt", text)


@cache
def _likely(text: str, told: tuple[Finding, ...] = ()) -> reading.Read:
    return likely([_page(text)], Reader(pair_model.load(), meaning.load()), told, thorough=True)


@needs_model
def test_likely_findings_quote_both_places_and_say_what_to_look_for() -> None:
    read = _likely(PAGE)

    assert len(read.findings) >= 3
    assert read.left_out == 0
    told = {frozenset(quote.text for quote in finding.quotes) for finding in read.findings}
    assert sum(frozenset(pair) in told for pair in AGAINST) >= 4
    assert len(told) <= len(AGAINST) + 1
    for finding in read.findings:
        assert finding.likely
        assert finding.second is not None
        for quote in finding.quotes:
            assert PAGE[quote.start : quote.end] == quote.text
        assert "probably" in finding.why


@needs_model
def test_what_a_rule_has_told_is_not_told_again() -> None:
    first = replace(_likely(PAGE).findings[0], rule="status.stage", likely=False)

    again = _likely(PAGE, (first,)).findings

    assert again[0] == first
    assert all(one.quotes != first.quotes for one in again[1:])


class Sure:
    """Takes every pair for contradictory in a value."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, pair_model.Judgement]]:
        yield from ((number, pair_model.Judgement(20.0, "value")) for number in range(len(pairs)))


@needs_model
def test_the_same_figures_are_no_two_values() -> None:
    text = "TLS 1.3\n\nAll traffic uses TLS 1.3, and older versions are refused.\n\nOld devices may use TLS 1.0."
    reader = Reader(Sure(), meaning.load())  # type: ignore[arg-type]

    told = {frozenset(quote.text for quote in one.quotes) for one in likely([_page(text)], reader, ()).findings}

    assert len(told) == 2
    assert all(any("1.0" in quote for quote in pair) for pair in told)


@needs_model
def test_a_rule_that_has_not_shown_itself_needs_the_model_to_agree() -> None:
    text = "The shop in Leeds opens at nine.\n\nPhotographs in the register are made smaller."
    page = _page(text)
    one, other = (Quote.of(passage) for passage in page.passages)
    untried = Finding("value.not-a-rule", "value", one, "why", "say", other)
    trusted = replace(untried, rule="value.tls-minimum")

    read = _likely(text, (untried, trusted))

    assert read.doubted == (untried,)
    assert read.findings == (trusted,)


@needs_model
def test_pairs_beyond_the_most_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _likely(PAGE).pairs
    monkeypatch.setattr(reading, "MOST", 5)

    read = _likely.__wrapped__(PAGE)

    assert (read.pairs, read.left_out) == (5, whole - 5)


@needs_model
def test_passages_beyond_the_longest_page_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_PAGE", 4)

    read = _likely.__wrapped__(PAGE)

    assert (read.pairs, read.unread) == (6, 6)


@needs_model
def test_a_page_of_one_sentence_has_no_pairs() -> None:
    assert _likely("Backups are taken each night.").pairs == 0


def test_every_family_has_its_words() -> None:
    assert set(data("likely")["families"]) == set(FAMILIES) == set(pair_model.FAMILY_ORDER)


def test_the_weights_are_those_that_were_recorded() -> None:
    """training/lint/record.yaml names the digest of the weights and of the sentences that they were trained on."""
    record = yaml.safe_load((ROOT / "training" / "lint" / "record.yaml").read_text(encoding="utf-8"))
    weights = (files("trustcenter.publish.lint") / "pair_model.safetensors").read_bytes()

    assert hashlib.sha256(weights).hexdigest() == record["weights"]
    for name, expected in record["sentences"].items():
        digest = hashlib.sha256((ROOT / "training" / "lint" / "pairs" / name).read_bytes()).hexdigest()
        assert digest == expected, name


@needs_model
def test_the_command_tells_them_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.txt"
    path.write_text("\n\n".join(AGAINST[3]), encoding="utf-8")

    assert main(["lint", "--page", str(path), "--thorough"]) == 1
    out = capsys.readouterr().out
    assert "likely, by the sentence model" in out
    assert "1 pair of sentences read by the sentence model" in out

    assert main(["lint", "--page", str(path), "--thorough", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert any(one["likely"] for one in document["findings"])

    assert document["doubted"] == []

    main(["lint", "--page", str(path), "--rules-only", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert not any(one["likely"] for one in document["findings"])


def test_without_the_model_the_command_says_what_was_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(meaning, "available", lambda: False)

    main(["lint", "--page", str(path)])

    assert "by rules only: pip install 'trustcenter[meaning]'" in capsys.readouterr().out

    main(["lint", "--page", str(path), "--sarif", "-"])
    (invocation,) = json.loads(capsys.readouterr().out)["runs"][0]["invocations"]
    assert "by rules only" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_rules_alone_say_nothing_likely() -> None:
    from datetime import date

    assert not any(one.likely for one in lint([_page(PAGE)], date(2026, 1, 1)))
