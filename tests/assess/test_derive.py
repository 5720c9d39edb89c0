"""Reconciliations: two populations joined, and judged as one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.assess.derive import reconcile
from trustcenter.assess.judge import judge
from trustcenter.model.control import ReconcilePart
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.population import Completeness, CouldNotTell

LEFT = FactSchema("Left", (Field("id", "text", key=True), Field("at", "moment", nullable=True)))
RIGHT = FactSchema("Right", (Field("name", "text", key=True), Field("day", "date", nullable=True)))
PART = ReconcilePart("a", "b", (("id", "name"),), {"gap": ("left.at", "right.day")})


def left(name, at="2026-11-01T00:00:00.000000Z"):
    return {"id": name, "at": at}


def right(name, day="2026-11-02"):
    return {"name": name, "day": day}


def test_rows_are_matched_and_the_interval_between_them_is_measured():
    rows = reconcile(PART, [left("x"), left("y")], LEFT, [right("x"), right("z")], RIGHT).rows
    assert [(row["matched"], row["left.id"], row["right.name"], row["gap"]) for row in rows] == [
        ("both", "x", "x", 86400),
        ("left_only", "y", None, None),
        ("right_only", None, "z", None),
    ]


def test_one_row_with_several_counterparts_gives_one_row_for_each():
    rows = reconcile(PART, [left("x")], LEFT, [right("x"), right("x", "2026-11-05")], RIGHT).rows
    assert [row["gap"] for row in rows] == [86400, 4 * 86400]


def test_a_key_that_is_ambiguous_on_both_sides_cannot_be_joined():
    with pytest.raises(CouldNotTell) as caught:
        reconcile(PART, [left("x"), left("x")], LEFT, [right("x"), right("x")], RIGHT)
    assert caught.value.cause == "contradicted"


def test_null_is_nobody_and_joins_nothing():
    rows = reconcile(PART, [left(None)], LEFT, [right(None)], RIGHT).rows
    assert [row["matched"] for row in rows] == ["left_only", "right_only"]


@pytest.mark.parametrize(("one", "other"), [([{"id": "x"}], []), ([], [{"day": None}])])
def test_a_side_that_lacks_a_field_is_malformed(one, other):
    with pytest.raises(CouldNotTell) as caught:
        reconcile(PART, one, LEFT, other, RIGHT)
    assert caught.value.cause == "malformed"


@given(st.lists(st.sampled_from("abcde"), unique=True), st.lists(st.sampled_from("abcdefg")))
def test_no_row_is_lost_and_no_match_invented(ours, theirs):
    rows = reconcile(PART, [left(one) for one in ours], LEFT, [right(one) for one in theirs], RIGHT).rows
    both = [row["left.id"] for row in rows if row["matched"] == "both"]
    assert sorted(both) == sorted(one for one in theirs if one in ours)
    assert {row["left.id"] for row in rows if row["matched"] == "left_only"} == set(ours) - set(theirs)
    assert sorted(row["right.name"] for row in rows if row["matched"] == "right_only") == sorted(
        one for one in theirs if one not in ours
    )


def leaving(world, unmatched=None, **changes):
    """Leavers lose their account within 24 hours; accounts of those who stay are alone, and may be."""
    part = world.reconciling(
        "leavers",
        "accounts",
        (("person", "account"),),
        {"disabled_within": ("left.left_at", "right.last_seen")},
        unmatched if unmatched is not None else {"right": "passes"},
    )
    expect = (world.condition("disabled_within", "at_most", 86400),)
    return world.catalogue(world.control(world.test("leaving", reconcile=part, expect=expect, **changes)))


def judged(world, catalogue, **rows):
    populations = world.recorded(catalogue, **rows)
    return judge(catalogue, world.collectors, populations, as_of=world.now).conclusions


LATER = "2026-11-01T20:00:00.000000Z"


def test_a_reconciliation_is_judged_with_the_weaker_method_and_both_digests(world):
    (found,) = judged(
        world, leaving(world), leavers=[world.leaver("ann")], accounts=[world.account("ann", last_seen=LATER)]
    )
    assert found.conclusion == "no_deviations"
    assert (found.source, found.method, found.holds) == ("rosters+portal", "representation", "declared")
    assert len(found.evidence) == 2


def test_a_leaver_who_keeps_the_account_too_long_deviates(world):
    (found,) = judged(
        world, leaving(world), leavers=[world.leaver("ann")], accounts=[world.account("ann"), world.account("bob")]
    )
    assert (found.conclusion, found.examined, found.deviating) == ("deviations", 2, 1)
    assert found.deviations[0].key == "left.person=ann, right.account=ann"


def test_rows_without_a_counterpart_deviate_unless_they_may_be_alone(world):
    rows = {"leavers": [world.leaver("eve")], "accounts": [world.account("bob")]}
    (found,) = judged(world, leaving(world, {}), **rows)
    assert found.deviating == 2
    (found,) = judged(world, leaving(world, {"left": "passes"}), **rows)
    assert [deviation.key for deviation in found.deviations] == ["right.account=bob"]
    (found,) = judged(world, leaving(world, {"left": "passes", "right": "passes"}), **rows)
    assert found.conclusion == "no_deviations"


@pytest.mark.parametrize("side", ["leavers", "accounts"])
def test_a_side_that_could_not_tell_decides_for_both(world, side):
    rows = {"leavers": [world.leaver("ann")], "accounts": [world.account("ann", last_seen=LATER)]}
    rows[side] = lambda key: world.broken(key, "denied")
    (found,) = judged(world, leaving(world), **rows)
    assert (found.conclusion, found.cause) == ("inconclusive", "denied")


@pytest.mark.parametrize("sure", ["leavers", "accounts", "both"])
def test_nothing_on_both_sides_is_proven_only_where_both_are_counted_independently(world, sure):
    def counted(name):
        count = Completeness("count", 0, 0, independent=sure in (name, "both"))
        return lambda key: world.population(key, [], completeness=count)

    (found,) = judged(world, leaving(world), leavers=counted("leavers"), accounts=counted("accounts"))
    assert found.conclusion == ("no_deviations" if sure == "both" else "inconclusive")


def test_the_older_side_says_when_it_was_observed(world):
    old = world.now - timedelta(hours=20)
    (found,) = judged(
        world,
        leaving(world),
        leavers=lambda key: world.population(key, [world.leaver("ann")], observed_at=old),
        accounts=[world.account("ann", last_seen=LATER)],
    )
    assert (found.observed_at, found.expires_at) == (old, old + timedelta(hours=24))


def test_a_side_may_be_another_test_read_through_its_where(world):
    owners = world.test("owners", where=(world.condition("role", "equals", "owner"),))
    part = world.reconciling("leavers", "owners", (("person", "account"),), {}, {"left": "passes"})
    catalogue = world.catalogue(world.control(owners, world.test("joined", reconcile=part)))
    _, joined = judged(
        world, catalogue, leavers=[], accounts=[world.account("ann"), world.account("bob", role="member")]
    )
    assert [deviation.key for deviation in joined.deviations] == ["right.account=ann"]


HOSTS = FactSchema("Host", (Field("host", "text", key=True), Field("covered_by", "texts")))
COMPANIES = FactSchema("Company", (Field("id", "text", key=True), Field("hosts", "texts")))
SHARING = ReconcilePart("a", "b", (("covered_by", "hosts"),))


def joined(ours: list[list[str]], theirs: list[list[str]]) -> list[tuple[str, str | None, str | None]]:
    left_rows = [{"host": f"h{at}", "covered_by": names} for at, names in enumerate(ours)]
    right_rows = [{"id": f"c{at}", "hosts": names} for at, names in enumerate(theirs)]
    rows = reconcile(SHARING, left_rows, HOSTS, right_rows, COMPANIES).rows
    return [(row["matched"], row["left.host"], row["right.id"]) for row in rows]


def test_lists_join_where_they_share_an_element_once_however_many_they_share():
    assert joined([["x", "*.y"], ["z"]], [["*.y", "x"], ["q"]]) == [
        ("both", "h0", "c0"), ("left_only", "h1", None), ("right_only", None, "c1"),
    ]  # fmt: skip


def test_several_rows_may_share_with_several_others():
    """Two companies may declare one host, and each is a counterpart: no key says which is meant, none needs to."""
    assert joined([["x"], ["x", "y"]], [["x"], ["x", "y"]]) == [
        ("both", "h0", "c0"), ("both", "h0", "c1"), ("both", "h1", "c0"), ("both", "h1", "c1"),
    ]  # fmt: skip


def test_an_empty_list_shares_nothing():
    assert joined([[]], [[]]) == [("left_only", "h0", None), ("right_only", None, "c0")]


def test_a_list_that_is_not_there_is_malformed():
    with pytest.raises(CouldNotTell) as caught:
        reconcile(SHARING, [{"host": "h"}], HOSTS, [], COMPANIES)
    assert caught.value.cause == "malformed"
