"""Placeholders of claims (`{test.passed}`, `{test.min.FIELD}`): every number in a sentence is read from evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trustcenter.catalog.problem_list import Part
from trustcenter.model.fact import FactSchema
from trustcenter.model.figure import FIGURE_FIELDS
from trustcenter.strict.shape import suggest

COUNTS = ("passed", "size", "examined", "as_of")
AGGREGATES = ("min", "max", "only", "list")
_ORDERED = ("integer", "number", "duration", "moment", "date")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FORMS = "{test.passed}, {test.size}, {test.examined}, {test.as_of}, {test.min.FIELD}, .max., .only., .list."


def check_saying(say: str, tests: Mapping[str, FactSchema | None], part: Part) -> None:
    """Report every placeholder that no test of the claim can fill, or that would publish a person or a secret."""
    for inner in _PLACEHOLDER.findall(say):
        shown = "{" + inner + "}"
        test, _, rest = inner.partition(".")
        if test not in tests:
            part.problem(f"{shown} names no test of this claim", suggest(test, tests) or f"forms: {_FORMS}")
            continue
        what, _, name = rest.partition(".")
        if what in COUNTS and not name:
            continue
        if what not in AGGREGATES or not name:
            part.problem(f"{shown} is no value of a test", suggest(what, (*COUNTS, *AGGREGATES)) or f"forms: {_FORMS}")
            continue
        schema = tests[test]
        if schema is None:  # its own problem is reported where the test stands
            continue
        field = schema.get(name)
        if field is None:
            part.problem(f"{shown}: {schema.name} has no field `{name}`", suggest(name, schema.names))
        elif field.personal or field.subject or field.secret:
            part.problem(f"{shown} would publish `{name}`, which is {'secret' if field.secret else 'about a person'}")
        elif what in ("min", "max") and field.type not in _ORDERED:
            part.problem(f"{shown}: `{name}` has no order", "use .only. or .list.")
    if "{" in _PLACEHOLDER.sub("", say) or "}" in _PLACEHOLDER.sub("", say):
        part.problem("a brace stands alone", f"placeholders look like {_FORMS}")


def check_figure(kind: str, tests: Mapping[str, FactSchema | None], part: Part) -> None:
    """Report a figure whose rows no single test of the claim has, or that would publish a person or a secret."""
    if len(tests) != 1:
        part.problem("a figure is drawn from one test", "name it in `tests`")
        return
    schema = next(iter(tests.values()))
    if schema is None:  # its own problem is reported where the test stands
        return
    for name in FIGURE_FIELDS[kind]:
        field = schema.get(name)
        if field is None:
            part.problem(f"a figure `{kind}` needs the field `{name}`, which {schema.name} has not")
        elif field.personal or field.subject or field.secret:
            part.problem(f"a figure would publish `{name}`, which is {'secret' if field.secret else 'about a person'}")
