"""One model, many forms: each says the same sentences, states, dates and counts."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest

from trustcenter.publish.machine.said import moment, plain, scope, sentence
from trustcenter.publish.twins import trust_json

ESCAPE = re.compile(r"\\([\\`*_\[\]<>&#+.-])")


def unescaped(text: str) -> str:
    return ESCAPE.sub(r"\1", text)


@pytest.fixture(scope="module")
def said(larkspur_view):
    """Of each claim: sentence, state in words, count, dates."""
    return {
        claim.id: {
            "sentence": sentence(claim),
            "words": plain(claim.state_words),
            "state": claim.shown,
            "scope": scope(claim),
            "counts": (claim.passed, claim.examined),
            "dates": (moment(claim.as_of), moment(claim.expires), moment(claim.since), moment(claim.until)),
        }
        for claim in larkspur_view.claims
    }


def test_the_sample_shows_every_kind_of_state(said):
    """Else the comparisons below would prove little."""
    assert len({values["state"] for values in said.values()}) >= 9


def test_markdown_pages(said, built_site, larkspur_view):
    for domain in larkspur_view.domains:
        text = unescaped((built_site / f"{domain.id}.md").read_text(encoding="utf-8"))
        for claim in domain.claims:
            heading = said[claim.id]["sentence"] if claim.sentence else said[claim.id]["sentence"].removesuffix(".")
            found = re.search(rf"^##+ {re.escape(heading)}$(.*?)(?=^##|\Z)", text, re.S | re.M)
            assert found, claim.id
            part = found[1]
            word = said[claim.id]["words"].split(",")[0].split(" until")[0]
            assert word in part, claim.id
            if said[claim.id]["scope"]:
                passed, examined = said[claim.id]["counts"]
                assert f"**{passed} of {examined}**" in part
            assert plain(claim.quotation) in part


def test_json(said, larkspur_view, built_site):
    for claim in larkspur_view.claims:
        for twin in (
            json.loads((built_site / claim.twin).read_text(encoding="utf-8")),
            next(c for c in trust_json(larkspur_view)["claims"] if c["id"] == claim.id),
        ):
            expected = said[claim.id]
            assert plain(twin["stateWords"]) == expected["words"]
            assert twin["state"] == expected["state"]
            assert expected["sentence"].endswith(plain(twin["sentence"] or f"{twin['topic']}."))
            counts = (twin["scope"]["passed"], twin["scope"]["examined"]) if twin["scope"] else (None, None)
            assert counts == expected["counts"]
            dates = tuple(twin[name] or "" for name in ("asOf", "expires", "since", "until"))
            assert dates == expected["dates"]


def checked_row(row, expected):
    assert row["answer"] == expected["sentence"]
    assert (row["state"], row["state words"]) == (expected["state"], expected["words"])
    shown = tuple(str(value) if value is not None else "" for value in expected["counts"])
    assert (str(row["passed"] or ""), str(row["examined"] or "")) == shown
    assert tuple(row[name] or "" for name in ("as of", "expires", "since", "until")) == expected["dates"]


def test_csv(said, surface):
    rows = list(csv.DictReader(io.StringIO(surface["answers.csv"].decode("utf-8-sig"), newline="")))
    claims = {row["id"]: row for row in rows if row["kind"] == "claim"}
    assert list(claims) == list(said)
    for identifier, row in claims.items():
        checked_row(row, said[identifier])


def test_workbook(said, surface):
    book = openpyxl.load_workbook(io.BytesIO(surface["answers.xlsx"]))
    head, *rows = book["Answers"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    claims = {row["id"]: row for row in found if row["kind"] == "claim"}
    assert list(claims) == list(said)
    for identifier, row in claims.items():
        checked_row(row, said[identifier])


def test_overview_answers_stand_in_both_tables(surface, larkspur_view):
    rows = list(csv.DictReader(io.StringIO(surface["answers.csv"].decode("utf-8-sig"), newline="")))
    first = [(row["question"], row["answer"].removeprefix("'")) for row in rows if row["kind"] == "first"]
    assert first == [(plain(a.question), plain(a.answer)) for a in larkspur_view.answers]


def test_llms_txt(said, surface, larkspur_view):
    text = unescaped(surface["llms.txt"].decode())
    for claim in larkspur_view.claims:
        line = next(line for line in text.splitlines() if f"]({claim.address}): " in line)
        assert said[claim.id]["sentence"] in line
        assert said[claim.id]["words"] in line
        assert said[claim.id]["scope"] in line


def test_oscal(said, parsed):
    """The catalogue and the component definition carry every claim, the results those that rest on tests."""
    component = parsed.oscal_component_definition["component-definition"]["components"][0]
    own = component["control-implementations"][0]["implemented-requirements"]
    statements = [statement for requirement in own for statement in requirement["statements"]]
    groups = parsed.oscal_catalog["catalog"]["groups"]
    objectives = [part for group in groups for control in group["controls"] for part in control["parts"]]
    findings = parsed.oscal_assessment_results["assessment-results"]["results"][0]["findings"]
    for name, parts in {"prose": objectives, "description": statements}.items():
        assert [props(part)["claim"] for part in parts] == list(said), name
    for name, part in [
        *(("prose", p) for p in objectives),
        *(("description", p) for p in [*statements, *findings]),
    ]:
        facts = props(part)
        expected = said[facts["claim"]]
        assert part[name] == expected["sentence"]
        assert (facts["state"], facts["state-words"]) == (expected["state"], expected["words"])
        counts = tuple(str(value) if value is not None else None for value in expected["counts"])
        assert (facts.get("passed"), facts.get("examined")) == counts
        dates = tuple(facts.get(key, "") for key in ("as-of", "expires", "since", "until"))
        assert dates == expected["dates"]


def props(part):
    return {prop["name"]: prop["value"] for prop in part["props"]}


def test_counts_by_state_are_the_same_everywhere(surface, larkspur_view):
    tally = {str(shown): amount for shown, amount in larkspur_view.tally.items()}
    assert trust_json(larkspur_view)["counts"] == tally
    book = openpyxl.load_workbook(io.BytesIO(surface["answers.xlsx"]))
    about = dict(book["About"].iter_rows(values_only=True))
    assert [value for name, value in about.items() if name.startswith("claims: ")] == list(tally.values())
    assert f"{tally['tested']} of {len(larkspur_view.claims)} claims tested" in surface["badges/claims.svg"].decode()
    assert f"{len(larkspur_view.claims)} claims: {tally['tested']} tested by us" in surface["llms.txt"].decode()


def test_a_claim_that_falls_falls_in_every_form_and_no_other_does(build, given):
    """One test deviates: its sentence is gone from all forms, each other claim reads as before."""
    from dataclasses import replace

    from trustcenter.publish.machine.surface import machine_files

    before = machine_files(build())
    conclusions = tuple(
        replace(c, conclusion="deviations", passed=13, deviating=1) if c.control == "platform.tls" else c
        for c in given.assessment.conclusions
    )
    view = build(assessment=replace(given.assessment, conclusions=conclusions))
    after = machine_files(view)
    for path in ("answers.csv", "llms.txt", "oscal/catalog.json", "oscal/component-definition.json"):
        assert b"older than TLS 1.2" in before[path]
        assert b"older than TLS 1.2" not in after[path], path
    old, new = (list(csv.reader(io.StringIO(f["answers.csv"].decode("utf-8-sig")))) for f in (before, after))
    differing = {a[1] or a[2] for a, b in zip(old, new, strict=True) if a != b}
    assert differing == {"platform.tls/tls", "Is it encrypted?"}
