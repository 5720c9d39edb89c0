"""Two catalogues compared: what asks less than before is said to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trustcenter.assess.declared import compare_catalogues
from trustcenter.model.catalogue import Organisation
from trustcenter.model.control import CriterionMapping, NotApplicable, Progress
from trustcenter.model.place import Place
from trustcenter.model.records import Gap


def compared(world, before, after):
    """Kind and whether it weakens, of every change between two tests."""
    found = compare_catalogues(world.catalogue(world.control(before)), world.catalogue(world.control(after)))
    return [(change.kind, change.weakens) for change in found]


def one(world, operator, operand, field="cost"):
    return (world.condition(field, operator, operand),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("at_least", 12), ("at_least", 10), [("threshold_loosened", True)]),
        (("at_least", 10), ("at_least", 12), [("threshold_tightened", False)]),
        (("at_most", 10), ("at_most", 12), [("threshold_loosened", True)]),
        (("within", 60), ("within", 90), [("threshold_loosened", True)]),
        (("ahead", 90), ("ahead", 60), [("threshold_loosened", True)]),
        (("one_of", ["a"]), ("one_of", ["a", "b"]), [("threshold_loosened", True)]),
        (("none_of", ["a", "b"]), ("none_of", ["a"]), [("threshold_loosened", True)]),
        (("includes", ["a"]), ("includes", ["a", "b"]), [("threshold_tightened", False)]),
        (("one_of", ["a"]), ("one_of", ["b"]), [("condition_changed", True)]),
        (("equals", 12), ("equals", 10), [("condition_changed", True)]),
        (("equals", 12), ("at_least", 12), [("condition_added", False), ("condition_removed", True)]),
    ],
)
def test_thresholds(world, before, after, expected):
    first, second = (world.test(expect=one(world, *given)) for given in (before, after))
    assert compared(world, first, second) == expected


def test_a_removed_expectation_weakens_and_an_added_one_does_not(world):
    strict, loose = world.test(expect=one(world, "at_least", 12)), world.test()
    assert compared(world, strict, loose) == [("condition_removed", True)]
    assert compared(world, loose, strict) == [("condition_added", False)]


@pytest.mark.parametrize(
    ("asked", "narrower", "wider"),
    [
        ({"expect": ("at_least", 1)}, True, False),
        ({"count": ("at_most", 0)}, True, False),
        ({"count": ("at_least", 1)}, False, True),
        ({"count": ("equals", 1)}, True, True),
    ],
)
def test_whether_selecting_fewer_items_weakens_depends_on_what_is_asked_of_them(world, asked, narrower, wider):
    given = {role: one(world, *condition) for role, condition in asked.items()}
    everyone = world.test(**given)
    owners = world.test(where=one(world, "equals", "owner", "role"), **given)
    assert compared(world, everyone, owners) == [("condition_added", narrower)]
    assert compared(world, owners, everyone) == [("condition_removed", wider)]


def test_a_test_that_need_not_apply_any_more_is_weaker(world):
    always, sometimes = world.test(), world.test(if_none="Nobody is there.")
    assert compared(world, always, sometimes) == [("test_changed", True)]
    assert compared(world, sometimes, always) == [("test_changed", False)]
    assert compared(world, sometimes, world.test(if_none="There is nobody.")) == []


def test_selecting_from_one_side_of_a_reconciliation_counts_as_weaker_either_way(world):
    part = world.reconciling("enrolled", "leavers", (("account", "person"),))
    joined = world.test("joined", reconcile=part)
    count = one(world, "at_least", 1, "count")
    few = world.test(where=one(world, "equals", "owner", "role"), count=count)
    first, second = (world.catalogue(world.control(test, joined)) for test in (world.test(count=count), few))
    for before, after in ((first, second), (second, first)):
        assert [change.weakens for change in compare_catalogues(before, after)] == [True]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"every": timedelta(hours=24)}, {"every": timedelta(hours=25)}, [("every_longer", True)]),
        ({"every": timedelta(hours=24)}, {"every": timedelta(hours=23)}, [("every_shorter", False)]),
        ({"sources": ("a", "b")}, {"sources": ("a",)}, [("source_removed", True)]),
        ({"sources": ("a",)}, {"sources": ("a", "b")}, [("source_added", False)]),
        ({}, {"sources": ("a",)}, [("source_removed", True)]),
        ({"sources": ("a",)}, {}, [("source_added", False)]),
        ({}, {"collector": "leavers"}, [("test_changed", True)]),
        ({}, {"parameters": {"days": 3}}, [("test_changed", True)]),
    ],
)
def test_how_a_test_looks(world, before, after, expected):
    assert compared(world, world.test(**before), world.test(**after)) == expected


MAPPING = (CriterionMapping("soc2", "CC6.1", "CC6.1", "Because."),)
SOON, LATER = (Progress("in_progress", "a module", date(2027, month, 1)) for month in (1, 2))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"nature": "manual"}),
        ({}, {"frequency": "yearly"}),
        ({}, {"frequency": "per_event"}),
        ({}, {"progress": SOON}),
        ({}, {"not_applicable": NotApplicable("No office.", "security", date(2026, 1, 1))}),
        ({"progress": SOON}, {"progress": LATER}),
        ({"criteria": MAPPING}, {}),
    ],
)
def test_a_control_that_stands_weaker_weakens_and_back_again_does_not(world, better, worse):
    first, second = (world.catalogue(world.control(**given)) for given in (better, worse))
    assert [change.weakens for change in compare_catalogues(first, second)] == [True]
    assert [change.weakens for change in compare_catalogues(second, first)] == [False]


@pytest.mark.parametrize(
    ("better", "worse", "kind"),
    [
        ({}, {"tier": "nda"}, "claim_weaker"),
        ({"on_failure": "disclose"}, {}, "claim_weaker"),
        ({"tests": ("enrolled", "other")}, {"tests": ("enrolled",)}, "claim_weaker"),
    ],
)
def test_claims(world, better, worse, kind):
    first, second = (world.catalogue(world.control(claims=(world.claim(**given),))) for given in (better, worse))
    assert [(c.kind, c.weakens) for c in compare_catalogues(first, second)] == [(kind, True)]
    assert [c.weakens for c in compare_catalogues(second, first)] == [False]


def test_other_words_and_lost_sentences_are_told(world):
    one_, other, none = (
        world.catalogue(world.control(claims=claims))
        for claims in ((world.claim(),), (world.claim("It may hold."),), ())
    )
    (change,) = compare_catalogues(one_, other)
    assert (change.kind, change.before, change.after) == ("claim_reworded", "It holds.", "It may hold.")
    assert [(c.kind, c.weakens) for c in compare_catalogues(one_, none)] == [("claim_removed", True)]
    assert [(c.kind, c.weakens) for c in compare_catalogues(none, one_)] == [("claim_added", False)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {}, ("waiver_added", True)),
        ({}, None, ("waiver_removed", False)),
        ({}, {"expires": 90}, ("waiver_longer", True)),
        ({}, {"expires": 1}, ("waiver_shorter", False)),
        ({"scope": {"account": ("a",)}}, {"scope": {"account": ("a", "b")}}, ("waiver_widened", True)),
        ({"scope": {"account": ("a",)}}, {}, ("waiver_widened", True)),
        ({"source": "portal"}, {}, ("waiver_widened", True)),
        ({"scope": {"account": ("a",)}}, {"scope": {"role": ("owner",)}}, ("waiver_widened", True)),
        ({}, {"scope": {"account": ("a",)}}, ("waiver_narrowed", False)),
    ],
)
def test_waivers(world, before, after, expected):
    def catalogue(given):
        if given is None:
            return world.catalogue()
        days = {"expires": world.now + timedelta(days=given["expires"])} if "expires" in given else {}
        return world.catalogue(waivers=(world.waiver(**{**given, **days}),))

    (change,) = compare_catalogues(catalogue(before), catalogue(after))
    assert (change.kind, change.weakens) == expected


def test_sources_coverage_and_rules_beside_the_controls(world):
    def found(**changes):
        before, after = (world.catalogue(**{name: value[at] for name, value in changes.items()}) for at in (0, 1))
        return [(change.kind, change.weakens) for change in compare_catalogues(before, after)]

    portal, mapped = world.source(), world.replace(world.source(), mapping={"accounts": {"table": "empty"}})
    production = world.source(environment="production")
    assert found(sources=((portal,), (mapped,))) == [("source_changed", True)]
    assert found(sources=((production,), (portal,))) == [("source_changed", True)]
    assert found(sources=((portal,), (production,))) == [("source_changed", False)]
    assert found(sources=((portal,), ())) == [("source_removed", True)]
    gap = Gap("gdpr", "Art. 30", "Not yet.", "privacy", date(2027, 1, 1), Place("controls/coverage.yaml"))
    assert found(gaps=((), (gap,))) == [("coverage_weaker", True)]
    assert found(gaps=((gap,), ())) == [("coverage_stronger", False)]
    old = Organisation("Sample", "https://sample.example", "The service", categories=("security", "availability"))
    new = world.replace(old, categories=("security",), longest_waiver=timedelta(days=365))
    assert found(organisation=(old, new)) == [("waiver_longer", True), ("coverage_weaker", True)]


def test_a_change_names_the_line_where_the_condition_stands(world):
    line = Place("controls/access/second-factor.yaml", 21, 7)
    places = {"expect.cost": line}
    before = world.test(expect=one(world, "at_least", 12))
    after = world.test(expect=one(world, "at_least", 10), places=places)
    (change,) = compare_catalogues(world.catalogue(world.control(before)), world.catalogue(world.control(after)))
    assert change.place == line
    assert change.sentence == (
        "access.second-factor/enrolled asked that cost is at least 12, and asks now that cost is at least 10"
    )
