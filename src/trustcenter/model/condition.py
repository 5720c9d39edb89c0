"""`where` and `expect`: a small closed set of operators over typed fields, readable as plain English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from trustcenter.model.fact import FactSchema, FieldType

Operand = Literal["same", "list", "duration", "boolean", "text", "field"]
"""What stands right of an operator: a value of the field's type, a list of them, a duration, ..."""

_ORDERED: tuple[FieldType, ...] = ("integer", "number", "duration", "moment", "date")
_ANY: tuple[FieldType, ...] = (
    "text", "integer", "number", "boolean", "duration", "moment", "date", "choice", "texts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: the field types it applies to, its operand, and its English (`{}` is the operand).

    `grows` says which way a threshold loosens: +1 when a greater operand accepts more, -1 when it accepts less,
    0 when the operand has no order.
    """

    name: str
    types: tuple[FieldType, ...]
    operand: Operand
    english: str
    grows: int = 0


OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("equals", _ANY, "same", "is {}"),
        Operator("not", _ANY, "same", "is not {}"),
        Operator("one_of", ("text", "choice", "integer"), "list", "is one of {}", grows=1),
        Operator("none_of", ("text", "choice", "integer"), "list", "is none of {}", grows=-1),
        Operator("at_least", _ORDERED, "same", "is at least {}", grows=-1),
        Operator("at_most", _ORDERED, "same", "is at most {}", grows=1),
        Operator("above", _ORDERED, "same", "is above {}", grows=-1),
        Operator("below", _ORDERED, "same", "is below {}", grows=1),
        Operator("within", ("moment", "date"), "duration", "is not older than {}", grows=1),
        Operator("older_than", ("moment", "date"), "duration", "is older than {}", grows=-1),
        Operator("ahead", ("moment", "date"), "duration", "lies at least {} ahead", grows=-1),
        Operator("present", _ANY, "boolean", "is present"),
        Operator("starts_with", ("text",), "text", "starts with {}"),
        Operator("contains", ("text",), "text", "contains {}"),
        Operator("includes", ("texts",), "list", "includes all of {}", grows=-1),
        Operator("excludes", ("texts",), "list", "includes none of {}", grows=-1),
        Operator("same_as", _ANY, "field", "is the same as {}"),
    )
}
"""A bare value means `equals`, a bare list `one_of`. A null meets only `present: false` and `equals: null`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One field, one operator, one operand in stored form (durations in seconds, moments as text)."""

    field: str
    operator: str
    operand: Any

    def english(self, show: Callable[[str, Any], str] | None = None) -> str:
        """The condition as an auditor reads it."""
        name = self.field.replace("_", " ").replace(".", "'s ")
        if self.operator == "present":
            return f"{name} is {'present' if self.operand else 'absent'}"
        operator = OPERATORS[self.operator]
        if show is not None:
            text = show(self.field, self.operand)
        elif operator.operand == "duration":
            text = duration_text(self.operand)
        elif isinstance(self.operand, (list, tuple)):
            text = ", ".join(str(item) for item in self.operand)
        elif isinstance(self.operand, bool):
            text = "yes" if self.operand else "no"
        elif operator.operand == "field":
            text = str(self.operand).replace("_", " ")
        else:
            text = "absent" if self.operand is None else str(self.operand)
        return f"{name} {operator.english.format(text)}"


_UNITS = (("d", 86400, "day"), ("h", 3600, "hour"), ("m", 60, "minute"), ("s", 1, "second"))


def duration_text(seconds: float) -> str:
    """A duration in the largest unit that divides it: `24 hours`, `90 days`."""
    for _, size, word in _UNITS:
        if seconds >= size and seconds % size == 0 and not (word == "day" and seconds == size):
            count = int(seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def shower(schema: FactSchema | None) -> Callable[[str, Any], str]:
    """How operands and values of this schema's fields are written for an auditor: durations in words, units behind."""

    def show(name: str, value: Any) -> str:
        field = schema.get(name) if schema is not None else None
        if value is None:
            return "absent"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, (list, tuple)):
            return ", ".join(show(name, item) for item in value) or "nothing"
        if isinstance(value, (int, float)):
            if field is not None and field.type in ("duration", "moment", "date"):
                return duration_text(value)
            return f"{value} {field.unit}" if field is not None and field.unit else str(value)
        if schema is not None and schema.get(str(value)) is not None and field is not None and field.type != "text":
            return str(value).replace("_", " ").replace(".", "'s ")
        return str(value)

    return show
