"""One test of a control: its collector, sources, parameters and conditions, checked against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from trustcenter.catalog.conditions import conditions, count_conditions, stored
from trustcenter.catalog.control_shape import ControlShape, TestShape
from trustcenter.catalog.facts_of_tests import QUERY, Collectors, check_join, columns_of
from trustcenter.catalog.problem_list import Part
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.control import QueryPart, ReconcilePart, TestOfControl
from trustcenter.model.fact import FactSchema
from trustcenter.model.place import Place
from trustcenter.model.source import Source
from trustcenter.strict.shape import suggest


def procedure(
    name: str,
    control: ControlShape,
    schema: FactSchema | None,
    collectors: Collectors,
    sources: Sequence[Source],
    every: Mapping[str, timedelta],
    part: Part,
) -> TestOfControl | None:
    """One test, or None where it cannot be built; every problem is reported."""
    said = control.tests[name]
    before = len(part.problems.found)
    named = _sources(said, part)
    collector = _collector(said, collectors, part)
    if said.reconcile is not None:
        check_join(said.reconcile, control, collectors, part.below("reconcile"), name)
        _check_sources(named, _kinds_of_join(said, control, collectors), sources, part, "either side")
    elif collector is not None:
        _check_sources(named, collector.kinds, sources, part, f"`{collector.id}`")
    parameters = _parameters(said, collector, part)
    if len(part.problems.found) > before or (schema is None and not said.reconcile and collector is None):
        return None
    if schema is None:
        part.problem("the fields of this test are not known", "name a collector, a query or two populations")
        return None
    where = conditions(said.where, schema, part.below("where"))
    expect = conditions(said.expect, schema, part.below("expect"))
    count = count_conditions(said.count, part.below("count")) if said.count is not None else ()
    if not said.expect and said.count is None and said.reconcile is None and not _is_side(name, control):
        part.problem("the test expects nothing, so it cannot fail", "add `expect` or `count`", key=True)
    if said.if_none and (not said.where or said.count is not None):
        hint = "select with `where`, and leave out `count`"
        part.below("if_none").problem("`if_none` is for a test that may select nothing", hint, key=True)
    joined = said.reconcile
    return TestOfControl(
        id=name,
        every=said.every or every[control.frequency],
        place=part.key_place,
        collector=collector.id if collector is not None else None,
        sources=named,
        parameters=parameters,
        query=QueryPart(said.query.sql.strip(), columns_of(name, said.query, part.below("query")))
        if said.query
        else None,
        reconcile=ReconcilePart(
            left=joined.left,
            right=joined.right,
            on=tuple(joined.on.items()),
            intervals={interval: (ends[0], ends[1]) for interval, ends in joined.intervals.items()},
            unmatched={str(which): verdict for which, verdict in joined.unmatched.items()},
        )
        if joined
        else None,
        where=where,
        expect=expect,
        count=count,
        if_none=said.if_none.strip(),
        places=_places(said, part),
    )


def _is_side(name: str, control: ControlShape) -> bool:
    """Whether another test joins this one: then it is there for its population."""
    joins = [test.reconcile for test in control.tests.values() if test.reconcile is not None]
    return any(name in (join.left, join.right) for join in joins)


def _places(said: TestShape, part: Part) -> dict[str, Place]:
    found = {
        f"{key}.{name}": part.below(key, name).key_place for key in ("where", "expect") for name in getattr(said, key)
    }
    if said.count is not None:
        found["count.count"] = part.below("count").key_place
    return found


def _sources(said: TestShape, part: Part) -> tuple[str, ...]:
    if said.source is not None and said.sources:
        part.below("source").problem("`source` and `sources` stand together", "keep `sources`", key=True)
    return (said.source,) if said.source is not None else tuple(dict.fromkeys(said.sources))


def _collector(said: TestShape, collectors: Collectors, part: Part) -> CollectorDescription | None:
    if said.reconcile is not None:
        for key in ("collector", "query", "parameters"):
            if getattr(said, key):
                part.below(key).problem(f"`{key}` does not go with `reconcile`", "its sides say what is read", key=True)
        return None
    name = said.collector or (QUERY if said.query is not None else None)
    if name is None:
        part.problem("the test names no `collector`, `query` or `reconcile`", suggest("", collectors), key=True)
        return None
    found = collectors.get(name)
    if found is None:
        part.below("collector").problem(f"there is no collector `{name}`", suggest(name, collectors))
        return None
    if said.query is not None and found.schema is not None:
        part.below("query").problem(f"`{name}` takes no query", f"write `collector: {QUERY}`", key=True)
        return None
    if said.query is None and found.schema is None:
        part.problem(f"`{name}` needs a `query` with sql and columns", key=True)
        return None
    return found


def _kinds_of_join(said: TestShape, control: ControlShape, collectors: Collectors) -> tuple[str, ...]:
    assert said.reconcile is not None
    kinds: list[str] = []
    for name in (said.reconcile.left, said.reconcile.right):
        test = control.tests.get(name)
        collector = collectors.get((test.collector or QUERY) if test is not None else name)
        kinds += collector.kinds if collector is not None else ()
    return tuple(dict.fromkeys(kinds))


def _check_sources(
    named: tuple[str, ...], kinds: Sequence[str], sources: Sequence[Source], part: Part, reader: str
) -> None:
    fitting = [source.name for source in sources if source.kind in kinds]
    if not kinds:
        return
    if not named and not fitting:
        part.problem(
            f"there is no source that {reader} can read",
            f"declare a source of kind {' or '.join(kinds)} in trustcenter.toml",
            key=True,
        )
    for name in named:
        path = ("source",) if part.document.raw((*part.path, "source")) is not None else ("sources",)
        here = part.below(*path)
        source = next((source for source in sources if source.name == name), None)
        if source is None:
            here.problem(f"there is no source `{name}`", suggest(name, [source.name for source in sources]))
        elif source.kind not in kinds:
            here.problem(
                f"{reader} cannot read `{name}`, which is of kind {source.kind}",
                f"sources that fit: {', '.join(fitting) or 'none'}",
            )


def _parameters(said: TestShape, collector: CollectorDescription | None, part: Part) -> dict[str, Any]:
    if collector is None:
        return {}
    found: dict[str, Any] = {}
    for name, value in said.parameters.items():
        here = part.below("parameters", name)
        parameter = collector.parameters.get(name)
        if parameter is None or (said.query is not None and name in ("sql", "columns")):
            hint = suggest(name, collector.parameters) or f"`{collector.id}` has no parameters"
            here.problem(f"`{collector.id}` has no parameter `{name}`", hint, key=True)
            continue
        try:
            found[name] = stored(parameter.field, value)
        except ValueError as error:
            here.problem(str(error))
    for name, parameter in collector.parameters.items():
        given = name in said.parameters or (said.query is not None and name in ("sql", "columns"))
        if parameter.required and not given:
            part.problem(f"`{collector.id}` needs the parameter `{name}`", parameter.doc or None, key=True)
    return found
