"""A badge carries state and date in the picture, has a text alternative, runs nothing, and says when it ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from lxml import etree

from trustcenter.publish.machine.badges import LONGEST_VALID, badge_values, badges, valid_until
from trustcenter.publish.machine.said import plain
from trustcenter.publish.words import day

SVG = "{http://www.w3.org/2000/svg}"


def test_one_for_the_claims_and_one_a_framework(surface, larkspur_view):
    names = {path for path in surface if path.startswith("badges/")}
    assert names == {"badges/claims.svg", *(f"badges/{f.id}.svg" for f in larkspur_view.frameworks)}


def test_state_date_and_end_are_printed_and_spoken(larkspur_view):
    drawn = badges(larkspur_view)
    for badge in badge_values(larkspur_view):
        root = etree.fromstring(drawn[f"badges/{badge.name}.svg"])
        printed = " ".join(text.text for text in root.iter(f"{SVG}text"))
        spoken = root.findtext(f"{SVG}title")
        for text in (printed, spoken):
            assert plain(badge.state) in text
            assert plain(day(larkspur_view.as_of)) in text
            assert f"valid until {plain(day(valid_until(larkspur_view)))}" in text
        assert root.get("role") == "img"
        labelled = root.get("aria-labelledby").split()
        assert labelled == [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")]
        assert datetime.fromisoformat(root.get("data-valid-until")) == valid_until(larkspur_view)


def test_nothing_in_it_acts_or_loads(larkspur_view):
    for content in badges(larkspur_view).values():
        root = etree.fromstring(content)
        assert {element.tag for element in root.iter()} <= {
            f"{SVG}{name}" for name in ("svg", "title", "desc", "metadata", "rect", "path", "g", "text")
        }
        assert not re.search(rb"\son\w+=|href|url\(|<style|import", content)


def test_it_ends_with_the_first_evidence_that_expires(larkspur_view):
    first = min(claim.expires for claim in larkspur_view.claims if claim.expires)
    assert valid_until(larkspur_view) == first


def test_without_evidence_it_still_ends(larkspur_view):
    domains = tuple(replace(d, claims=tuple(replace(c, expires=None) for c in d.claims)) for d in larkspur_view.domains)
    assert valid_until(replace(larkspur_view, domains=domains)) == larkspur_view.as_of + LONGEST_VALID


def test_a_later_assessment_is_another_badge(larkspur_view):
    later = replace(larkspur_view, as_of=larkspur_view.as_of + timedelta(days=1))
    assert badges(later)["badges/claims.svg"] != badges(larkspur_view)["badges/claims.svg"]


def test_nothing_says_certified_or_compliant(larkspur_view):
    for content in badges(larkspur_view).values():
        assert not re.search(rb"certif|complian|passed", content, re.I)


def test_a_sample_is_called_one(larkspur_view):
    assert larkspur_view.sample
    assert b"(sample)" in badges(larkspur_view)["badges/claims.svg"]
