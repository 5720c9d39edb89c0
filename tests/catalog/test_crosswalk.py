"""Every criterion in scope stands somewhere, and nothing stands where it may not."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from trustcenter.catalog.coverage_render import as_csv, as_json, as_text
from trustcenter.catalog.crosswalk import coverage

CONTROL = """\
id: privacy.{name}
title: {name}
owner: privacy
nature: manual
frequency: yearly
criteria: {criteria}
tests: {{said: {{collector: declarations, expect: {{expires: {{ahead: 1d}}}}}}}}
{more}
"""
SUBPROCESSORS = """\
subprocessors:
  - {id: host, name: H, purpose: p, data: [all], region: EU, transfer_basis: none, security_page: "https://h.example",
     agreement: a, announced: 2026-01-01, effective: 2026-02-01, role: subservice_organisation,
     monitored_by: access.owner-second-factor}
  - {id: mail, name: M, purpose: p, data: [all], region: EU, transfer_basis: none, security_page: "https://m.example",
     agreement: a, announced: 2026-01-01, effective: 2026-02-01}
"""


WATCH = "access.owner-second-factor"


def control(name: str, criteria: str, more: str = "") -> dict[str, str]:
    return {f"privacy__{name}": CONTROL.format(name=name, criteria=criteria, more=more)}


def entry(kind: str, framework: str, criterion: str, **more: str) -> str:
    words = {
        "gaps": {"reason": "r", "target": "2027-01-01"},
        "not_relevant": {"disclosure": "d", "decided": "2026-01-01"},
        "carve_outs": {"reason": "r", "decided": "2026-01-01", "organisation": "host", "monitored_by": WATCH},
    }[kind]
    said = {"framework": framework, "criterion": f'"{criterion}"', "owner": "o"} | words | more
    return f"{kind}: [{{{', '.join(f'{key}: {value}' for key, value in said.items())}}}]\n"


def standing(catalogue, framework: str, criterion: str):
    return next(line for line in coverage(catalogue).of(framework) if line.criterion.id == criterion)


def test_every_criterion_has_one_line(loaded):
    """61 + 99 + 107, each once, in the order of the frameworks."""
    lines = coverage(loaded()).lines
    assert len({(line.framework, line.criterion.id) for line in lines}) == len(lines) == 61 + 99 + 107


def test_scope_follows_categories_and_roles(loaded):
    """Optional SOC 2 categories are in or out as a whole; an obligation counts where it falls on a declared role."""
    catalogue = loaded()
    categories = {line.criterion.category for line in coverage(catalogue).of("soc2") if line.standing != "out_of_scope"}
    assert categories == {"security", "availability"}
    assert standing(catalogue, "gdpr", "Art. 5").roles == ("controller",)
    assert standing(catalogue, "gdpr", "Art. 32").roles == ("controller", "processor")
    assert standing(catalogue, "gdpr", "Art. 99").reason == "puts no duty on an organisation of its own"
    assert standing(catalogue, "ccpa", "1798.100").standing == "missing"
    assert standing(catalogue, "ccpa", "1798.110").reason == "falls on business only"


def test_controls_in_place_cover_and_plans_do_not(loaded):
    """A pinpoint counts for its article; a control that is not in place covers nothing."""
    plan = "progress: {state: in_progress, missing: everything, target: 2027-03-01}"
    undated = "progress: {state: not_done, missing: everything}"
    excused = "not_applicable: {reason: r, owner: o, decided: 2026-01-01}"
    catalogue = loaded(
        **control("plan", "{gdpr: {'15(1)': r}}", plan),
        **control("undated", "{gdpr: {'16': r}}", undated),
        **control("excused", "{gdpr: {'17': r}}", excused),
    )
    covered = standing(catalogue, "gdpr", "Art. 32")
    assert (covered.standing, covered.controls) == ("covered", ("access.owner-second-factor",))
    planned = standing(catalogue, "gdpr", "Art. 15")
    assert (planned.standing, planned.planned, str(planned.when)) == ("planned", ("privacy.plan",), "2027-03-01")
    assert standing(catalogue, "gdpr", "Art. 16").standing == "missing", "a plan without a date is no plan"
    assert standing(catalogue, "gdpr", "Art. 17").standing == "missing"


def test_what_coverage_yaml_says_is_taken_with_the_worst_first(loaded):
    """A gap stands before controls that cover a part; a carve-out beside ours is shared."""
    gap = loaded(coverage=entry("gaps", "gdpr", "Art. 32"))
    line = standing(gap, "gdpr", "Art. 32")
    assert (line.standing, line.controls) == ("gap", ("access.owner-second-factor",))
    carved = loaded(subprocessors=SUBPROCESSORS, coverage=entry("carve_outs", "soc2", "CC6.4"))
    assert standing(carved, "soc2", "CC6.4").standing == "carved_out"
    shared = loaded(subprocessors=SUBPROCESSORS, coverage=entry("carve_outs", "soc2", "CC6.1"))
    assert (standing(shared, "soc2", "CC6.1").standing, standing(shared, "soc2", "CC6.1").organisation) == (
        "covered",
        "host",
    )
    excused = loaded(coverage=entry("not_relevant", "gdpr", "Art. 8"))
    assert standing(excused, "gdpr", "Art. 8").standing == "not_relevant"


OBJECTIONS = {
    "unconditional obligation": (
        entry("not_relevant", "gdpr", "Art. 33"),
        "always falls on a controller and processor",
    ),
    "another role": (entry("gaps", "ccpa", "1798.110"), "needs no answer: it falls on business only"),
    "another category": (entry("not_relevant", "soc2", "P1.1"), "the category privacy is not in scope"),
    "no obligation": (entry("not_relevant", "gdpr", "Art. 99"), "puts no duty"),
    "covered all the same": (entry("not_relevant", "soc2", "CC6.1"), "`access.owner-second-factor` supports it"),
    "no subservice organisation": (
        entry("carve_outs", "soc2", "CC6.4", organisation="mail"),
        "no subservice organisation",
    ),
    "unwatched": (entry("carve_outs", "soc2", "CC6.4", monitored_by="privacy.later"), "is not in place"),
}


@pytest.mark.parametrize("name", OBJECTIONS)
def test_what_cannot_stand_is_objected_to_with_its_place(name, loaded):
    """Coverage is not complete while an entry cannot stand."""
    text, what = OBJECTIONS[name]
    later = control("later", "{soc2: {CC1.2: r}}", "progress: {state: not_done, missing: all}")
    found = coverage(loaded(subprocessors=SUBPROCESSORS, coverage=text, **later))
    assert [what in one.what for one in found.objections] == [True], found.objections
    assert str(found.objections[0].place).startswith("controls/coverage.yaml:1:")
    assert not found.complete


def test_a_conditional_obligation_may_be_irrelevant_with_its_disclosure(loaded):
    """Nothing is objected to."""
    assert coverage(loaded(coverage=entry("not_relevant", "gdpr", "Art. 8"))).objections == ()


def test_renderings_say_the_same(loaded):
    """Text, JSON and CSV hold the same standings; text lists what is in scope."""
    found = coverage(loaded(subprocessors=SUBPROCESSORS, coverage=entry("carve_outs", "soc2", "CC6.4")))
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    records = {one["id"]: one for one in json.loads(as_json(found))["frameworks"]}
    assert len(rows) == len(found.lines)
    for name in ("soc2", "gdpr", "ccpa"):
        standings = [row["standing"] for row in rows if row["framework"] == name]
        assert standings == [one["standing"] for one in records[name]["criteria"]]
        assert {key: count for key, count in records[name]["counts"].items() if count} == found.counts(name)
    text = as_text(found)
    assert re.search(r"CC6\.4 +carved out +to host: r", text)
    assert re.search(r"CC6\.1 +covered +access\.owner-second-factor", text)
    assert "Art. 99" not in text
    assert "Art. 99" in as_text(found, everything=True)
    assert f"{len(found.missing)} in scope are MISSING" in text


def test_a_spreadsheet_runs_nothing(loaded):
    """A cell that begins like a formula is led by a quote."""
    gap = entry("gaps", "soc2", "CC1.1", reason='"=HYPERLINK(1)"')
    assert "'=HYPERLINK(1)" in as_csv(coverage(loaded(coverage=gap)))
