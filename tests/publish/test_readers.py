"""Readers' pages select and order claims; they never say them differently."""

from __future__ import annotations

import re

import pytest

from trustcenter.publish.pages import pages
from trustcenter.publish.readers import READERS, _key, reader_views


def test_there_is_a_page_for_each_reader_and_search_skips_it(build):
    made = pages(build())
    for name in READERS:
        assert "search: {exclude: true}" in made[f"readers/{name}.md"].split("---")[1]


def test_auditors_find_each_claim_that_answers_a_criterion(build):
    view = build()
    auditor = next(one for one in reader_views(view) if one.id == "auditor")
    listed = {claim.id for _, claims in auditor.sections for claim in claims}
    assert listed == {claim.id for claim in view.claims if any(name == "SOC 2" for name, _ in claim.criteria)}


def test_what_is_withdrawn_stays_withdrawn_on_every_readers_page(build):
    view = build()
    withdrawn = [claim for claim in view.claims if claim.shown == "withdrawn"]
    assert withdrawn
    made = pages(view)
    for name in READERS:
        for claim in withdrawn:
            text = made[f"readers/{name}.md"]
            if f"../{claim.page})" in text:
                line = next(row for row in text.splitlines() if f"../{claim.page})" in row)
                assert "Not currently confirmed:" in line


@pytest.mark.parametrize("name", READERS)
def test_every_link_leads_to_a_claims_one_address(build, name):
    view = build()
    text = pages(view)[f"readers/{name}.md"]
    targets = set(re.findall(r"\(\.\./([a-z]+\.md#[\w.-]+)\)", text))
    assert targets
    assert targets <= {claim.page for claim in view.claims}


def test_a_security_reader_sees_what_was_tried_again_first(build):
    security = next(one for one in reader_views(build()) if one.id == "security")
    names = [name for name, _ in security.sections]
    assert names[0] == "Probe"
    assert all(claim.methods[-1] == "probe" for claim in security.sections[0][1])


def test_citations_stand_in_the_order_of_their_numbers():
    cited = ["GDPR 32(1)(b)", "GDPR 5(1)(f)", "GDPR 5(1)(a)", "SOC 2 CC6.10", "SOC 2 CC6.2"]
    assert sorted(cited, key=_key) == [
        "GDPR 5(1)(a)", "GDPR 5(1)(f)", "GDPR 32(1)(b)", "SOC 2 CC6.2", "SOC 2 CC6.10",
    ]  # fmt: skip


def test_a_section_says_what_its_criterion_asks_in_the_order_of_the_catalogue(build):
    view = build()
    titles = {one.status.criterion: one.status.title for found in view.frameworks for one in found.obligations}
    auditor = next(one for one in reader_views(view) if one.id == "auditor")
    cited = [name.removeprefix("SOC 2 ") for name, _ in auditor.sections]
    known = [name for name in cited if name in titles]
    assert known
    assert known == [name for name in titles if name in known]
    assert {name: auditor.asks[f"SOC 2 {name}"] for name in known} == {name: titles[name] for name in known}
    assert all(titles[name] in pages(view)["readers/auditor.md"] for name in known)
