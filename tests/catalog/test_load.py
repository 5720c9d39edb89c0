"""A good instance becomes values; records are checked against controls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trustcenter.errors import Problems
from trustcenter.model.condition import Condition
from trustcenter.model.control import CriterionMapping

WAIVER = """\
waivers:
  - id: w1
    control: access.owner-second-factor
    test: enrolled
    owner: ann
    approver: bob
    reason: travelling
    approved: 2026-11-01
    expires: 2026-12-01T00:00:00Z
    scope: {role: [owner, admin], account: "u1"}
"""
SUBPROCESSORS = """\
subprocessors:
  - id: host
    name: Hosting
    purpose: hosting
    data: [all]
    region: EU
    transfer_basis: none needed
    security_page: https://host.example/security
    agreement: signed
    announced: 2026-01-01
    effective: 2026-02-01
    role: subservice_organisation
    monitored_by: access.owner-second-factor
"""
DOCUMENTS = """\
documents:
  - {id: policy, title: P, kind: policy, owner: o, tier: public,
     dated: 2026-01-01, review_by: 2027-01-01, path: policies/p.md}
  - {id: elsewhere, title: E, kind: report, owner: o, tier: nda, dated: 2026-01-01, review_by: 2027-01-01}
"""
DECLARATION = "id: d\nstatement: s\nrole: r\ndeclared: 2026-01-01\nexpires: 2027-01-01\ndocument: policy\n"
ENGAGEMENT = "id: e\nframework: soc2\nstage: observing\ntype: 2\nsince: 2026-10-01\ncategories: [security]\n"
COVERAGE = """\
gaps: [{framework: soc2, criterion: CC1.1, reason: r, owner: o, target: 2027-01-01}]
"""


def test_the_design_example_becomes_values(loaded):
    """Conditions are typed and stored, citations resolved, cadence taken from the control where a test is silent."""
    control = loaded().controls[0]
    enrolled, _, leavers, roster = control.tests
    assert enrolled.where == (Condition("role", "equals", "owner"), Condition("state", "equals", "active"))
    assert leavers.expect == (Condition("disabled_within", "at_most", 86400),)
    assert leavers.reconcile.intervals == {"disabled_within": ("left.left_at", "right.disabled_at")}
    assert [test.every for test in control.tests] == [timedelta(hours=24)] * 4
    assert roster.query.columns.get("left_at").type == "moment"
    assert CriterionMapping("gdpr", "Art. 32", "32(1)(b)", "Ongoing confidentiality of the processing systems") in (
        control.criteria
    )
    assert str(enrolled.places["expect.second_factor"]).endswith(".yaml:11:78")


OPERANDS = {
    "integer": ("{hash_cost: 12}", Condition("hash_cost", "equals", 12)),
    "number takes a whole number": ("{share: {at_least: 1}}", Condition("share", "at_least", 1)),
    "duration in ISO 8601": ("{idle: {at_most: PT15M}}", Condition("idle", "at_most", 900)),
    "moment from a date": (
        "{created_at: {above: 2026-01-01}}",
        Condition("created_at", "above", "2026-01-01T00:00:00.000000Z"),
    ),
    "moment in UTC": (
        "{created_at: {above: 2026-01-01T02:00:00Z}}",
        Condition("created_at", "above", "2026-01-01T02:00:00.000000Z"),
    ),
    "quoted date": ('{reviewed: {at_least: "2026-01-01"}}', Condition("reviewed", "at_least", "2026-01-01")),
    "date": ("{reviewed: {at_least: 2026-01-01}}", Condition("reviewed", "at_least", "2026-01-01")),
    "age": ("{reviewed: {within: 90d}}", Condition("reviewed", "within", 7776000)),
    "list": ("{role: [owner, admin]}", Condition("role", "one_of", ("owner", "admin"))),
    "list of a texts field": ("{groups: [a, b]}", Condition("groups", "includes", ("a", "b"))),
    "absent": ("{disabled_at: null}", Condition("disabled_at", "equals", None)),
    "boolean": ("{locked: false}", Condition("locked", "equals", False)),
    "another field": ("{role: {same_as: state}}", Condition("role", "same_as", "state")),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_operands_are_stored_by_their_fields_type(name, loaded):
    """What is written is stored in the form that rows have, so that the judge compares like with like."""
    written, condition = OPERANDS[name]
    test = loaded(("{second_factor: {not: none}}", written)).controls[0].tests[0]
    assert test.expect == (condition,)


def test_records_become_values(loaded):
    """Waivers, registers, declarations, engagements and coverage are read beside the controls."""
    catalogue = loaded(
        waivers=WAIVER,
        subprocessors=SUBPROCESSORS,
        documents=DOCUMENTS,
        coverage=COVERAGE,
        declarations__d=DECLARATION,
        engagements__e=ENGAGEMENT,
    )
    waiver = catalogue.waivers[0]
    assert waiver.approved == datetime(2026, 11, 1, tzinfo=UTC)
    assert waiver.scope == {"role": ("owner", "admin"), "account": ("u1",)}
    assert catalogue.declarations[0].document == "policies/p.md"
    assert catalogue.engagements[0].categories == ("security",)
    assert catalogue.subprocessors[0].data == ("all",)
    assert catalogue.gaps[0].criterion == "CC1.1"


RECORD_MISTAKES = {
    "self-approved waiver": ("waivers", WAIVER, "approver: bob", "approver: Ann", "6:15", "cannot approve it"),
    "waiver of nothing": ("waivers", WAIVER, "test: enrolled", "test: enroled", "4:11", "has no test `enroled`"),
    "waiver of no control": ("waivers", WAIVER, "owner-second", "owner-scond", "3:14", "no control"),
    "waiver out of order": ("waivers", WAIVER, "2026-12-01", "2026-10-01", "9:14", "before it is approved"),
    "waiver without a zone": ("waivers", WAIVER, "00:00:00Z", "00:00:00", "9:14", "UTC"),
    "waiver of no field": ("waivers", WAIVER, "{role:", "{rol:", "10:13", "no field `rol`"),
    "waiver without expiry": (
        "waivers",
        WAIVER,
        "    expires: 2026-12-01T00:00:00Z\n",
        "",
        "2:5",
        "`expires` is missing",
    ),
    "monitored by nothing": (
        "subprocessors",
        SUBPROCESSORS,
        "monitored_by: access",
        "monitored_by: acess",
        "13:19",
        "no control",
    ),
    "unmonitored": (
        "subprocessors",
        SUBPROCESSORS,
        "    monitored_by: access.owner-second-factor\n",
        "",
        "2:5",
        "no control monitors",
    ),
    "http page": ("subprocessors", SUBPROCESSORS, "https:", "http:", "8:20", "does not match"),
    "review before date": (
        "documents",
        DOCUMENTS,
        "2027-01-01, path",
        "2025-01-01, path",
        "3:36",
        "before the document",
    ),
    "path outside": ("documents", DOCUMENTS, "policies/p.md", "a/../../p.md", "3:54", "leaves the instance"),
    "unknown document": (
        "declarations__d",
        DECLARATION,
        "document: policy",
        "document: polcy",
        "6:11",
        "in the register",
    ),
    "document elsewhere": (
        "declarations__d",
        DECLARATION,
        "document: policy",
        "document: elsewhere",
        "6:11",
        "held elsewhere",
    ),
    "expired at once": ("declarations__d", DECLARATION, "2027", "2025", "5:10", "before it is made"),
    "examination without firm": (
        "engagements__e",
        ENGAGEMENT,
        "observing",
        "in_examination",
        "3:8",
        "`firm` is missing",
    ),
    "unknown category": ("engagements__e", ENGAGEMENT, "[security]", "[secrity]", "6:14", "no category"),
    "part of a criterion": (
        "coverage",
        COVERAGE,
        "soc2, criterion: CC1.1",
        'gdpr, criterion: "32(1)"',
        "1:37",
        "is a part of",
    ),
    "unknown criterion": ("coverage", COVERAGE, "CC1.1", "CC1.9", "1:37", "has no `CC1.9`"),
}


@pytest.mark.parametrize("name", RECORD_MISTAKES)
def test_a_mistake_in_a_record_is_named_at_its_place(name, loaded):
    """Records are held to the same standard as controls."""
    file, text, old, new, position, what = RECORD_MISTAKES[name]
    assert old in text
    others = {"documents": DOCUMENTS} if file.startswith("declarations") else {}
    with pytest.raises(Problems) as caught:
        loaded(**others, **{file: text.replace(old, new)})
    path = f"controls/{file.replace('__', '/')}.yaml"
    said = [(problem.where, problem.what) for problem in caught.value.problems]
    assert any(where == f"{path}:{position}" and what in text for where, text in said), said


def test_a_stray_file_is_an_error(loaded):
    """A file that nothing would read is not silently ignored."""
    with pytest.raises(Problems, match=r"did you mean `waivers\.yaml`"):
        loaded(waiver=WAIVER)
    with pytest.raises(Problems, match="a control lies in"):
        loaded(access__deep__x=WAIVER)


def test_two_entries_of_one_id_are_an_error(loaded):
    """Ids name one thing."""
    twice = WAIVER + WAIVER.removeprefix("waivers:\n")
    with pytest.raises(Problems, match="two waivers `w1`"):
        loaded(waivers=twice)


def test_the_digest_follows_every_byte(loaded):
    """Any change of any file is another catalogue; the same files are the same one."""
    assert loaded().digest == loaded().digest
    assert loaded().digest != loaded(("title: Account", "title:  Account")).digest
    assert loaded().digest != loaded(waivers=WAIVER).digest


CASE = "cases: [{test: enforced, name: open, rows: [{outcome: allowed, times: 2}], conclusion: deviations}]\n"


def test_cases_of_a_test_are_typed_and_completed(loaded):
    """Cases write what the test speaks of; the rest of a row is neutral, and names it where it is the key."""
    case = loaded(("claims:", CASE + "claims:")).controls[0].cases[0]
    assert case.sides == (({"route": "route 1", "outcome": "allowed"}, {"route": "route 2", "outcome": "allowed"}),)
    assert str(case.place).startswith("controls/access/owner-second-factor.yaml:")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("outcome: allowed", "outcome: open", "never `open`"),
        ("outcome: allowed", "route: /a", "speaks of outcome"),
        ("outcome: allowed", "outcom: allowed", "no field `outcom`"),
        ("times: 2", "times: 0", "from 1 to 1000"),
        ("test: enforced", "test: enforcd", "no test `enforcd`"),
        ("name: open", "name: open, cause: denied", "the conclusion is `inconclusive`"),
        ("name: open", "name: open, cause: refused", "refused"),
        ("rows:", "left:", "does not take `left`"),
        ("test: enforced", "test: leavers", "does not take `rows`"),
    ],
)
def test_a_case_that_cannot_be_run_is_an_error_at_its_place(loaded, old, new, said):
    with pytest.raises(Problems, match=said) as found:
        loaded(("claims:", CASE.replace(old, new) + "claims:"))
    assert "owner-second-factor.yaml:" in str(found.value)


def test_a_case_of_a_join_has_two_sides(loaded):
    case = (
        "cases: [{test: leavers, name: still there, conclusion: deviations,"
        " left: [{person: a, left_at: 2026-01-01T00:00:00Z}], right: [{account: a, disabled_at: null}]}]\n"
    )
    left, right = loaded(("claims:", case + "claims:")).controls[0].cases[0].sides
    assert left == ({"person": "a", "left_at": "2026-01-01T00:00:00.000000Z"},)
    assert right[0]["disabled_at"] is None
    with pytest.raises(Problems, match="speaks of disabled_at"):
        loaded(("claims:", case.replace(", disabled_at: null", "") + "claims:"))
