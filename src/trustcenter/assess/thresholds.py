"""Whether changed conditions of a test ask less than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trustcenter.assess.expectations import wording
from trustcenter.model.change import Change, ChangeKind
from trustcenter.model.condition import OPERATORS, Condition
from trustcenter.model.control import Control, TestOfControl
from trustcenter.model.fact import FactSchema
from trustcenter.model.place import Place

Direction = Literal["more", "fewer", "unknown"]
"""Whether the later of two conditions accepts more values than the earlier one, fewer, or nobody can tell."""
Role = Literal["where", "expect", "count"]


def direction(before: Condition, after: Condition) -> Direction:
    """How a changed operand changes what a condition accepts (`Operator.grows`)."""
    operator = OPERATORS.get(after.operator)
    if operator is None or before.operator != after.operator or operator.grows == 0:
        return "unknown"
    if operator.operand == "list":
        old, new = set(before.operand), set(after.operand)
        larger = new > old
        if not larger and not new < old:
            return "unknown"
    else:
        if not _comparable(before.operand, after.operand):
            return "unknown"
        larger = after.operand > before.operand
    return "more" if larger == (operator.grows > 0) else "fewer"


def _comparable(one: Any, other: Any) -> bool:
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (one, other))
    return numbers or (isinstance(one, str) and isinstance(other, str))


@dataclass(frozen=True, slots=True)
class Demands:
    """What a test asks of the number of items it looks at: which way of selecting weakens it."""

    fewer_weakens: bool
    more_weakens: bool

    @classmethod
    def of(cls, control: Control, test: TestOfControl) -> Demands:
        """Fewer items ask less, unless a count asks for at least so many; a side of a reconciliation may be either."""
        operators = {condition.operator for condition in test.count}
        lower = bool(operators & {"at_least", "above"})
        other = bool(operators - {"at_least", "above", "at_most", "below"})
        side = any(
            one.reconcile is not None and test.id in (one.reconcile.left, one.reconcile.right) for one in control.tests
        )
        fewer = bool(test.expect) or not test.count or bool(operators - {"at_least", "above"})
        return cls(fewer or side, lower or other or side)

    def weakened(self, by: Direction) -> bool:
        return self.fewer_weakens if by == "fewer" else self.more_weakens if by == "more" else True


def compare_conditions(
    control: Control, before: TestOfControl, after: TestOfControl, schema: FactSchema | None
) -> Iterator[Change]:
    """The differences between the conditions of one test, `where`, `expect` and `count`."""
    demands = Demands.of(control, after)
    subject = f"{control.id}/{after.id}"
    sides: tuple[tuple[Role, Sequence[Condition], Sequence[Condition]], ...] = (
        ("where", before.where, after.where),
        ("expect", before.expect, after.expect),
        ("count", before.count, after.count),
    )
    for role, old, new in sides:
        for one, other in _paired(old, new):
            if one == other:
                continue
            kind, way = _difference(role, one, other)
            weakens = demands.weakened(way) if role == "where" else way != "fewer"
            first = wording(one, schema) if one is not None else ""
            second = wording(other, schema) if other is not None else ""
            place = _place(after, role, other or one)
            yield Change(kind, subject, first, second, weakens, _sentence(role, way, subject, first, second), place)
    if bool(before.if_none) != bool(after.if_none):
        now = "does not apply any more" if after.if_none else "applies now also"
        sentence = f"{subject} {now} where it selects nothing"
        yield Change("test_changed", subject, before.if_none, after.if_none, bool(after.if_none), sentence, after.place)


def _paired(old: Sequence[Condition], new: Sequence[Condition]) -> Iterator[tuple[Condition | None, Condition | None]]:
    """Conditions that ask the same of the same field, then what only one side has."""
    left = list(old)
    for other in new:
        same = [one for one in left if (one.field, one.operator) == (other.field, other.operator)]
        one = next((one for one in same if one == other), same[0] if same else None)
        if one is not None:
            left.remove(one)
        yield one, other
    for one in left:
        yield one, None


def _difference(role: Role, before: Condition | None, after: Condition | None) -> tuple[ChangeKind, Direction]:
    if before is None:
        return "condition_added", "fewer"
    if after is None:
        return "condition_removed", "more"
    way = direction(before, after)
    if way == "unknown" or role == "where":
        return "condition_changed", way
    return ("threshold_loosened" if way == "more" else "threshold_tightened"), way


def _sentence(role: Role, way: Direction, subject: str, before: str, after: str) -> str:
    if not before:
        change = f"asks now that {after}"
    elif not after:
        change = f"no longer asks that {before}"
    else:
        change = f"asked that {before}, and asks now that {after}"
    if role == "where":
        change = change.replace("asks", "selects by").replace("asked", "selected by").replace(" that ", " ")
        items = {"more": "more items", "fewer": "fewer items", "unknown": "other items"}[way]
        return f"{subject} {change}: it examines {items}"
    return f"{subject} {change}"


def _place(test: TestOfControl, role: Role, condition: Condition | None) -> Place:
    return test.places.get(f"{role}.{condition.field}", test.place) if condition is not None else test.place
