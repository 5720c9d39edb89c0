"""Cases of a control: rows as written by hand, completed to whole rows of the fact that a test examines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from trustcenter.catalog.conditions import stored
from trustcenter.catalog.control_shape import CaseShape, ControlShape
from trustcenter.catalog.facts_of_tests import Collectors, side
from trustcenter.catalog.problem_list import Part
from trustcenter.model.control import CASES_AS_OF, Case
from trustcenter.model.fact import FactSchema, Field, Row, Value, moment, parse_moment
from trustcenter.strict.shape import suggest

_ZERO: Mapping[str, Value] = {"integer": 0, "number": 0, "duration": 0, "boolean": False}


def case_of(
    said: CaseShape, control: ControlShape, schemas: Mapping[str, FactSchema | None], collectors: Collectors, part: Part
) -> Case | None:
    """One case, or None where something is wrong with it; every problem is reported."""
    before = len(part.problems.found)
    if said.test not in schemas:
        part.below("test").problem(f"there is no test `{said.test}` in this control", suggest(said.test, schemas))
        return None
    if (said.cause is not None) and said.conclusion != "inconclusive":
        part.below("conclusion").problem("where a collector could not tell, the conclusion is `inconclusive`")
    if said.cause is not None and (said.rows or said.left or said.right):
        part.below("cause").problem("a collector that could not tell gives no rows", "leave out the rows or the cause")
    join = control.tests[said.test].reconcile
    for key, wrong in (("rows", join is not None), ("left", join is None), ("right", join is None)):
        if wrong and getattr(said, key):
            hint = "write `left` and `right`" if join is not None else "write `rows`"
            part.below(key).problem(f"`{said.test}` does not take `{key}`", hint, key=True)
    as_of = parse_moment(moment(said.as_of)) if said.as_of is not None else CASES_AS_OF
    sides: list[tuple[Row, ...]] = []
    if join is None:
        sides.append(_rows(said.rows, schemas[said.test], _asked(control, said.test), part.below("rows")))
    else:
        for key, name, at in (("left", join.left, 0), ("right", join.right, 1)):
            schema = side(name, control, collectors, part, (said.test,))
            asked = _asked(control, name) | {pair[at] for pair in join.on.items()}
            asked |= _of_side(key, [*_asked(control, said.test), *chain.from_iterable(join.intervals.values())])
            sides.append(_rows(getattr(said, key), schema, asked, part.below(key)))
    if len(part.problems.found) > before:
        return None
    return Case(
        test=said.test,
        name=said.name,
        conclusion=said.conclusion,
        place=part.place,
        sides=tuple(sides),
        cause=said.cause,
        expected=said.expected,
        independent=said.independent,
        as_of=as_of,
    )


def _asked(control: ControlShape, test: str) -> set[str]:
    """The fields of which a test of this control speaks; none where the name is a collector's."""
    found = control.tests.get(test)
    return set() if found is None else {*found.where, *found.expect}


def _of_side(key: str, names: Sequence[str]) -> set[str]:
    return {name.removeprefix(f"{key}.") for name in names if name.startswith(f"{key}.")}


def _rows(
    written: Sequence[Mapping[str, Any]], schema: FactSchema | None, asked: set[str], part: Part
) -> tuple[Row, ...]:
    """Whole rows. Every field that the test speaks of is written; the others are neutral and never looked at."""
    if schema is None:
        return ()
    found: list[Row] = []
    for index, given in enumerate(written):
        here = part.below(index)
        row: dict[str, Value] = {}
        times = given.get("times", 1) if "times" not in schema.names else 1
        for name, value in given.items():
            field = schema.get(name)
            if field is None and name == "times":
                continue
            if field is None:
                here.below(name).problem(f"{schema.name} has no field `{name}`", suggest(name, schema.names), key=True)
                continue
            try:
                row[name] = None if value is None and field.nullable else stored(field, value)
            except ValueError as error:
                here.below(name).problem(str(error))
        missing = sorted(name for name in asked - given.keys() if schema.get(name) is not None)
        if missing:
            here.problem(f"the test speaks of {', '.join(missing)}, and the row leaves that open", "write it down")
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= 1000:
            here.below("times").problem("`times` is a whole number from 1 to 1000")
            continue
        for _ in range(times):
            number = len(found) + 1
            found.append({field.name: row.get(field.name, _neutral(field, number)) for field in schema.fields})
    return tuple(found)


def _neutral(field: Field, number: int) -> Value:
    """What stands in a field that a case does not write: absent where that can be, in keys a name of the row's own."""
    if field.nullable and not field.key:
        return None
    match field.type:
        case "text":
            return f"{field.name} {number}"
        case "choice":
            return field.choices[0]
        case "texts":
            return []
        case "moment":
            return moment(CASES_AS_OF - timedelta(seconds=number))
        case "date":
            return CASES_AS_OF.date().isoformat()
        case "integer" if field.key:
            return number
    return _ZERO[field.type]
