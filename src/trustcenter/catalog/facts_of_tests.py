"""The facts that each test of a control examines: a collector's, a query's columns, or a join of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trustcenter.catalog.control_shape import ControlShape, QueryShape, ReconcileShape, TestShape
from trustcenter.catalog.problem_list import Part
from trustcenter.model.collector import METHODS, CollectorDescription, Method
from trustcenter.model.fact import FactSchema, Field
from trustcenter.strict.shape import suggest

Collectors = Mapping[str, CollectorDescription]
QUERY = "query"


def columns_of(name: str, query: QueryShape, part: Part) -> FactSchema:
    """The schema of a query's result."""
    fields: list[Field] = []
    for column, said in query.columns.items():
        here = part.below("columns", column)
        if (said.type == "choice") != bool(said.choices):
            here.problem("a column has `choices` exactly when its type is choice")
        fields.append(
            Field(
                name=column,
                type=said.type,
                nullable=said.nullable,
                unit=said.unit,
                personal=said.personal or said.subject,
                subject=said.subject,
                secret=said.secret,
                key=said.key or said.subject,
                choices=tuple(said.choices),
            )
        )
    return FactSchema(name, tuple(fields))


def schema_of_test(
    name: str, control: ControlShape, collectors: Collectors, part: Part, via: tuple[str, ...] = ()
) -> FactSchema | None:
    """The schema of a test's rows, or None where it cannot be known; problems are reported by `problems_of_facts`."""
    test = control.tests[name]
    if test.query is not None:
        return columns_of(name, test.query, part.below("query"))
    if test.reconcile is not None:
        return _joined(name, test.reconcile, control, collectors, part, (*via, name))
    description = collectors.get(test.collector or "")
    return description.schema if description else None


def side(
    name: str, control: ControlShape, collectors: Collectors, part: Part, via: tuple[str, ...] = ()
) -> FactSchema | None:
    """One side of a join: a test of this control before a collector's id."""
    if name in control.tests:
        if name in via:
            return None
        return schema_of_test(name, control, collectors, Part(part.document, ("tests", name), part.problems), via)
    return collectors[name].schema if name in collectors else None


def _joined(
    name: str, said: ReconcileShape, control: ControlShape, collectors: Collectors, part: Part, via: tuple[str, ...]
) -> FactSchema | None:
    left, right = (side(which, control, collectors, part, via) for which in (said.left, said.right))
    if left is None or right is None:
        return None
    fields = [Field("matched", "choice", choices=("both", "left_only", "right_only"))]
    for prefix, schema, keys in (("left", left, set(said.on)), ("right", right, set(said.on.values()))):
        fields += [
            replace(field, name=f"{prefix}.{field.name}", nullable=True, subject=False, key=field.name in keys)
            for field in schema.fields
        ]
    fields += [Field(interval, "duration", nullable=True) for interval in said.intervals]
    return FactSchema(name, tuple(fields))


def check_join(said: ReconcileShape, control: ControlShape, collectors: Collectors, part: Part, own: str) -> None:
    """Report sides, pairs and intervals that do not exist or do not fit."""
    sides: dict[str, FactSchema | None] = {}
    for which, name in (("left", said.left), ("right", said.right)):
        here = part.below(which)
        if name == own:
            here.problem(f"`{own}` cannot be joined with itself")
        elif name not in control.tests and name not in collectors:
            here.problem(
                f"`{name}` is no test of this control and no collector", suggest(name, [*control.tests, *collectors])
            )
        elif name in control.tests and control.tests[name].reconcile is not None:
            here.problem(f"`{name}` is a join itself", "name the two populations")
        else:
            sides[which] = side(name, control, collectors, part, (own,))
            if sides[which] is None and name in collectors and name not in control.tests:
                here.problem(f"`{name}` has no fields of its own", "write it as a test with `query`, and name the test")
    left, right = sides.get("left"), sides.get("right")
    if left is None or right is None:
        return
    for one, other in said.on.items():
        here = part.below("on")
        a, b = left.get(one), right.get(other)
        if a is None:
            here.problem(f"{left.name} has no field `{one}`", suggest(one, left.names))
        if b is None:
            here.problem(f"{right.name} has no field `{other}`", suggest(other, right.names))
        if a is not None and b is not None and {a.type, b.type} - {"text", "choice"} and a.type != b.type:
            here.problem(f"`{one}` and `{other}` are of different types, so no row would match")
    for interval, ends in said.intervals.items():
        for index, end in enumerate(ends):
            here = part.below("intervals", interval, index)
            prefix, _, name = end.partition(".")
            schema = {"left": left, "right": right}.get(prefix)
            field = schema.get(name) if schema else None
            if field is None:
                known = [f"left.{n}" for n in left.names] + [f"right.{n}" for n in right.names]
                here.problem(f"`{end}` is no field of either side", suggest(end, known))
            elif field.type not in ("moment", "date"):
                here.problem(f"`{end}` is no moment", "an interval lies between two moments or dates")


def method_of(test: TestShape, control: ControlShape, collectors: Collectors) -> Method | None:
    """How the test looks: for a join, the weaker of its sides."""
    if test.reconcile is None:
        description = collectors.get(test.collector or QUERY if test.query else test.collector or "")
        return description.method if description else None
    methods: list[Method] = []
    for name in (test.reconcile.left, test.reconcile.right):
        inner = control.tests.get(name)
        found: Method | None
        if inner is not None:
            found = method_of(inner, control, collectors) if inner.reconcile is None else None
        else:
            found = collectors[name].method if name in collectors else None
        if found is None:
            return None
        methods.append(found)
    return min(methods, key=METHODS.index)
