"""What is fetched for which test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from trustcenter.assess.plan import plan
from trustcenter.errors import ConfigurationError
from trustcenter.model.collector import CollectorDescription, Parameter
from trustcenter.model.control import QueryPart
from trustcenter.model.fact import Field
from trustcenter.proof import canonical


def test_tests_that_ask_the_same_share_one_fetch(world):
    one = world.control(world.test(where=(world.condition("role", "equals", "owner"),)))
    other = world.control(world.test(), world.test("again"), name="access.other")
    found = plan(world.catalogue(one, other), world.collectors)
    assert len(found.examinations) == 3
    assert [(key.collector, key.source) for key in found.fetches] == [("accounts", "portal")]
    assert len(found.needs(found.fetches[0])) == 3


def test_a_default_that_is_written_out_is_the_same_fetch(world):
    days = Parameter(Field("window", "duration"), default=timedelta(days=1))
    collectors = {"accounts": replace(world.collectors["accounts"], parameters={"window": days})}
    tests = (
        world.test("a"),
        world.test("b", parameters={"window": timedelta(days=1)}),
        world.test("c", parameters={"window": 86400}),
        world.test("d", parameters={"window": 3600}),
    )
    found = plan(world.catalogue(world.control(*tests)), collectors)
    assert [key.parameters for key in found.fetches] == ['{"window":86400}', '{"window":3600}']


def test_a_query_is_asked_by_its_text_and_its_columns(world):
    query = CollectorDescription("query", "1", ("files",), "inspection", "tested", "passive", None, "A query.")
    part = QueryPart("select 1 as n", world.leavers)
    test = world.test(collector="query", query=part)
    (key,) = plan(world.catalogue(world.control(test)), {"query": query}).fetches
    asked = canonical.loads(key.parameters.encode())
    assert asked == {"sql": "select 1 as n", "columns": canonical.loads(canonical.dumps(world.leavers.as_json()))}
    (examination,) = plan(world.catalogue(world.control(test)), {"query": query}).examinations
    assert examination.parts[0].schema == world.leavers


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"sources": ("rosters",)}, "unsupported"),
        ({"sources": ("nowhere",)}, "unsupported"),
        ({"collector": "unheard_of"}, "missing"),
    ],
)
def test_what_cannot_be_fetched_is_still_examined(world, changes, cause):
    found = plan(world.catalogue(world.control(world.test(**changes))), world.collectors)
    assert not found.fetches
    (examination,) = found.examinations
    assert examination.trouble is not None
    assert examination.trouble.cause == cause


def test_a_source_named_twice_is_examined_once(world):
    found = plan(world.catalogue(world.control(world.test(sources=("portal", "portal")))), world.collectors)
    assert len(found.examinations) == 1


def test_several_sources_on_both_sides_are_paired_by_name(world):
    part = world.reconciling("one", "accounts", (("account", "account"),))
    tests = (world.test("one"), world.test("joined", reconcile=part))
    sources = (world.source("a"), world.source("b"))
    found = plan(world.catalogue(world.control(*tests), sources=sources), world.collectors)
    assert [one.source for one in found.examinations if one.test.id == "joined"] == ["a", "b"]


def test_sides_that_cannot_be_paired_are_a_problem_of_the_configuration(world):
    part = world.reconciling("leavers", "accounts", (("person", "account"),))
    names = (("a", "platform"), ("b", "platform"), ("c", "files"), ("d", "files"))
    sources = tuple(world.source(name, kind) for name, kind in names)
    catalogue = world.catalogue(world.control(world.test(reconcile=part)), sources=sources)
    with pytest.raises(ConfigurationError):
        plan(catalogue, world.collectors)


def test_a_reconciliation_of_a_reconciliation_is_refused(world):
    part = world.reconciling("leavers", "accounts", (("person", "account"),))
    outer = world.reconciling("inner", "accounts", (("left.person", "account"),))
    tests = (world.test("inner", reconcile=part), world.test("outer", reconcile=outer))
    with pytest.raises(ConfigurationError):
        plan(world.catalogue(world.control(*tests)), world.collectors)
