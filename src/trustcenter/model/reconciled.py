"""The schema of a reconciliation's rows: both sides' fields, `matched`, and the named intervals."""

from __future__ import annotations

from dataclasses import replace

from trustcenter.errors import ConfigurationError
from trustcenter.model.control import ReconcilePart
from trustcenter.model.fact import FactSchema, Field

MATCHED = "matched"
BOTH, LEFT_ONLY, RIGHT_ONLY = "both", "left_only", "right_only"


def reconciled_schema(part: ReconcilePart, left: FactSchema, right: FactSchema) -> FactSchema:
    """The fields that `where` and `expect` of a reconciliation may name.

    `left.FIELD` and `right.FIELD` may be null, since a row can be alone; the joined fields are the key. Raises
    ConfigurationError for a joined field that a side does not have, an interval that is not between two moments or
    dates, or an interval named like a field.
    """
    joined = {f"left.{one}" for one, _ in part.on} | {f"right.{other}" for _, other in part.on}
    fields = [Field(MATCHED, "choice", choices=(BOTH, LEFT_ONLY, RIGHT_ONLY))]
    for side, schema in (("left", left), ("right", right)):
        for field in schema.fields:
            name = f"{side}.{field.name}"
            fields.append(replace(field, name=name, nullable=True, subject=False, key=name in joined))
    known = {field.name: field for field in fields}
    for name in sorted(joined - known.keys()):
        raise ConfigurationError(f"the reconciliation joins on `{name}`, which that side does not have")
    for name, ends in part.intervals.items():
        for end in ends:
            if end not in known or known[end].type not in ("moment", "date"):
                raise ConfigurationError(
                    f"the interval `{name}` needs moments or dates, and `{end}` is none",
                    hint="write `left.FIELD` or `right.FIELD` of type moment or date",
                )
        if name in known:
            raise ConfigurationError(f"the interval `{name}` has the name of a field")
        fields.append(Field(name, "duration", nullable=True))
    return FactSchema("reconciled", tuple(fields))
