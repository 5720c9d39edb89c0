"""Each mistake in a control is an error at its very place, with what to do about it."""

from __future__ import annotations

import dataclasses

import pytest

from trustcenter.errors import Problems

FILE = "controls/access/owner-second-factor.yaml"

# name: (what is written, instead of, line:column, what the error says, what the hint says)
MISTAKES = {
    "unknown key": ("nature: automated", "natur: automated", "4:1", "unknown key `natur`", "`nature`"),
    "missing key": ("owner: security\n", "", "1:1", "`owner` is missing", ""),
    "unknown key of a test": (
        "every: 24h}\n  enforced",
        "evry: 24h}\n  enforced",
        "11:107",
        "unknown key `evry`",
        "`every`",
    ),
    "no is not text": ("owner: security", "owner: no", "3:8", "`no` is text to some", ""),
    "a number is not text": (
        "owner: security",
        "owner: 1798.100",
        "3:8",
        "text is expected here, not a number",
        '"1798.100"',
    ),
    "a date is not text": (
        "owner: security",
        "owner: 2026-11-20",
        "3:8",
        "text is expected here, not a date",
        '"2026-11-20"',
    ),
    "sexagesimal": ("owner: security", "owner: 12:30:00", "3:8", "base 60", ""),
    "octal": ("owner: security", "owner: 0755", "3:8", "another base", ""),
    "another choice": (
        "nature: automated",
        "nature: automatic",
        "4:9",
        "`automatic` is none of automated, manual",
        "automated",
    ),
    "duplicate key": (
        "owner: security",
        "owner: security\ntitle: Twice",
        "4:1",
        "`title` stands here a second time",
        "line 2",
    ),
    "id of another file": ("id: access.owner-second-factor", "id: access.other", "1:5", "not `access.other`", "rename"),
    "unknown framework": ("  soc2: {", "  soc3: {", "7:3", "no framework `soc3`", "`soc2`"),
    "unknown criterion": ("CC6.1:", "CC6.19:", "7:10", "has no `CC6.19`", "`CC6.1`"),
    "no criterion": ("CC6.1:", "MFA:", "7:10", "`MFA` cites nothing", "CC6.1"),
    "unknown collector": (
        "collector: user_accounts, where",
        "collector: user_account, where",
        "11:17",
        "`user_account`",
        "`user_accounts`",
    ),
    "unknown field": ("where: {role: owner", "where: {rol: owner", "11:40", "Account has no field `rol`", "`role`"),
    "unknown choice": ("{role: owner", "{role: ownr", "11:46", "never `ownr`: did you mean `owner`?", ""),
    "unknown operator": ("{not: none}", "{nt: none}", "11:94", "no operator `nt`", "`not`"),
    "operator of another type": ("{not: none}", "{at_least: none}", "11:94", "does not fit `second_factor`", "one_of"),
    "operand of another type": ("{at_most: 24h}", "{at_most: 24}", "20:41", "is a duration", ""),
    "secret field": ("where: {role: owner", "where: {password_hint: owner", "11:40", "is secret", ""),
    "always present": ("{outcome: refused}", "{outcome: {present: true}}", "12:74", "can never fail", ""),
    "never absent": ("{outcome: refused}", "{outcome: null}", "12:64", "never absent", ""),
    "expects nothing": ("expect: {outcome: refused}, ", "", "12:3", "cannot fail", "`expect`"),
    "unknown source": ("source: rosters", "source: roster", "23:13", "no source `roster`", "`rosters`"),
    "source of another kind": ("source: rosters", "source: portal", "23:13", "cannot read `portal`", "rosters"),
    "two ways to name sources": (
        "source: rosters",
        "source: rosters\n    sources: [rosters]",
        "23:5",
        "stand together",
        "",
    ),
    "unknown parameter": (
        "{outcome: refused}, ",
        "{outcome: refused}, parameters: {limt: 5m}, ",
        "12:87",
        "no parameter `limt`",
        "`limit`",
    ),
    "parameter of another type": (
        "{outcome: refused}, ",
        "{outcome: refused}, parameters: {tries: often}, ",
        "12:94",
        "is a whole number",
        "",
    ),
    "unknown side": ("left: leavers_list", "left: leaver_list", "15:13", "`leaver_list` is no test", "`leavers_list`"),
    "joined with itself": ("left: leavers_list", "left: leavers", "15:13", "joined with itself", ""),
    "unknown pair": ("on: {person: account}", "on: {person: acount}", "17:11", "no field `acount`", "`account`"),
    "pair of other types": ("on: {person: account}", "on: {person: hash_cost}", "17:11", "different types", ""),
    "interval of no moment": ("left.left_at,", "left.person,", "18:37", "`left.person` is no moment", ""),
    "interval of no side": ("left.left_at,", "lft.left_at,", "18:37", "no field of either side", "`left.left_at`"),
    "unknown test in a claim": ("{enrolled.passed}", "{enroled.passed}", "31:10", "names no test", "`enrolled`"),
    "unknown value in a claim": ("{enrolled.passed}", "{enrolled.pased}", "31:10", "no value of a test", "`passed`"),
    "a person in a claim": ("{enrolled.passed}", "{enrolled.list.email}", "31:10", "about a person", ""),
    "a secret in a claim": ("{enrolled.passed}", "{enrolled.only.password_hint}", "31:10", "which is secret", ""),
    "no order in a claim": ("{enrolled.passed}", "{enrolled.min.role}", "31:10", "has no order", ""),
    "brace in a claim": ("{enrolled.passed}", "{enrolled.passed", "31:10", "brace", ""),
    "no duration": (
        "expect: {outcome: refused}, every: 24h",
        "expect: {outcome: refused}, every: daily",
        "12:81",
        "no duration",
        "",
    ),
    "alias": ("{not: none}", "*x", "11:93", "is an alias", "repeat"),
    "tag": ("owner: security", "owner: !!python/name:os.system security", "3:8", "is a tag", ""),
    "in progress without date": (
        "claims:",
        "progress: {state: in_progress, missing: work}\nclaims:",
        "29:1",
        "by a date",
        "",
    ),
    "count that cannot fail": ("expect: {outcome: refused}", "count: {at_least: 0}", "12:53", "never fail", ""),
    "choices of a text": (
        "left_at: {type: moment}",
        "left_at: {type: moment, choices: [a]}",
        "28:18",
        "exactly when",
        "",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_at_its_place(name, loaded):
    """The first problem stands where the mistake was made, says what it is, and hints at the remedy."""
    old, new, position, what, hint = MISTAKES[name]
    with pytest.raises(Problems) as caught:
        loaded((old, new))
    said = [(problem.where, problem.what, problem.hint or "") for problem in caught.value.problems]
    assert (f"{FILE}:{position}", True, True) in [(w, what in t, hint in h) for w, t, h in said], said


def test_all_mistakes_are_said_in_one_pass_in_order(loaded):
    """Mistakes in several files and several places of one file are all reported, by place."""
    with pytest.raises(Problems) as caught:
        loaded(("owner: security", "owner: 3"), ("frequency: continuous", "frequency: often"), waivers="waivers: 3\n")
    places = [problem.where for problem in caught.value.problems]
    assert places == [f"{FILE}:3:8", f"{FILE}:5:12", "controls/waivers.yaml:1:10"]
    assert str(caught.value).endswith("3 problems")


def test_an_automated_control_cannot_rest_on_declarations(loaded):
    """`nature: automated` with only representations is refused; `manual` is not."""
    control = (
        "id: access.owner-second-factor\ntitle: T\nowner: o\nnature: automated\nfrequency: yearly\n"
        "criteria: {soc2: {CC1.4: reason}}\n"
        "tests: {said: {collector: declarations, expect: {expires: {ahead: 1d}}}}\n"
    )
    with pytest.raises(Problems, match="people say alone"):
        loaded(control=control)
    assert loaded(("nature: automated", "nature: manual"), control=control).controls[0].nature == "manual"


def test_a_control_without_tests_must_say_that_it_is_not_done(loaded):
    """No test and no progress is an error; progress or not_applicable makes it honest."""
    control = (
        "id: access.owner-second-factor\ntitle: T\nowner: o\nnature: manual\nfrequency: yearly\n"
        "criteria: {soc2: {CC1.4: reason}}\n"
    )
    with pytest.raises(Problems, match="nothing shows"):
        loaded(control=control)
    progress = loaded(control=control + "progress: {state: in_progress, missing: all, target: 2027-01-31}\n")
    assert progress.controls[0].progress.target.isoformat() == "2027-01-31"
    excused = loaded(control=control + "not_applicable: {reason: none, owner: o, decided: 2026-01-31}\n")
    assert excused.controls[0].not_applicable.reason == "none"
    with pytest.raises(Problems, match="never both"):
        loaded(
            control=control
            + "progress: {state: not_done, missing: all}\nnot_applicable: {reason: n, owner: o, decided: 2026-01-31}\n"
        )


def test_a_test_that_may_not_apply_selects_and_has_claims_of_its_own(loaded):
    """Else a sentence could stand on what was never looked at."""
    where = "where: {role: owner, state: active}, "
    with pytest.raises(Problems, match="no claim rests on it and on others"):
        loaded((where, where + "if_none: Nobody owns anything., "))
    for wrong in ("if_none: Nobody., ", where + "count: {at_least: 1}, if_none: Nobody., "):
        with pytest.raises(Problems, match="a test that may select nothing"):
            loaded((where, wrong))


def test_a_collector_without_any_source_is_an_error(loaded, instance):
    """A test whose collector no source serves would never see anything."""
    with pytest.raises(Problems, match="no source that `user_accounts` can read"):
        loaded(instance=dataclasses.replace(instance, sources=()))
