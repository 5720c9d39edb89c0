"""One test on one source: the items, those that deviate, and the one conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trustcenter.assess.columns import Columns, MalformedRows
from trustcenter.assess.derive import reconcile
from trustcenter.assess.expectations import CLOCK_SKEW, meeting, predicate, selected, wording
from trustcenter.assess.plan import Examination, Part
from trustcenter.assess.values import aggregates
from trustcenter.assess.waivers import accept
from trustcenter.model.assessment import Conclusion, Deviation, TestConclusion
from trustcenter.model.condition import Condition, duration_text
from trustcenter.model.control import TestOfControl
from trustcenter.model.fact import FactSchema, Field, Row, moment
from trustcenter.model.population import CouldNotTell, RecordedPopulation
from trustcenter.model.reconciled import BOTH, LEFT_ONLY, MATCHED, RIGHT_ONLY
from trustcenter.model.records import Waiver

COUNT = Field("number_of_items", "integer")
"""What `count` conditions are asked of; its name is how they read in English."""


@dataclass(frozen=True, slots=True)
class Items:
    """What one examination looks at: the rows, and how far they are known to be all."""

    rows: Sequence[Row]
    schema: FactSchema
    shortfall: str | None
    """Why the rows are not known to be all of them; None where they are."""
    independent: bool


def examine(
    examination: Examination,
    populations: Mapping[str, RecordedPopulation],
    waivers: Sequence[Waiver],
    as_of: datetime,
) -> TestConclusion:
    """The conclusion of one examination; whatever stands in its way makes it inconclusive, with the cause."""
    test, control = examination.test, examination.control
    blank = TestConclusion(
        control=control.id,
        test=test.id,
        source=examination.source,
        conclusion="inconclusive",
        method=examination.method,
        holds=examination.holds,
        environment=examination.environment,
        place=test.place,
    )
    if control.not_applicable is not None:
        return replace(blank, conclusion="not_applicable", reason=control.not_applicable.reason)
    if examination.trouble is not None:
        trouble = examination.trouble
        return replace(blank, cause=trouble.cause, reason=trouble.reason, remedy=trouble.remedy)
    seen = [populations[part.key.digest] for part in examination.parts if part.key.digest in populations]
    if seen:
        observed = min(population.observed_at for population in seen)
        blank = replace(
            blank,
            evidence=tuple(dict.fromkeys(population.evidence for population in seen)),
            observed_at=observed,
            expires_at=observed + test.every,
        )
    try:
        sides = [_usable(part, populations.get(part.key.digest), as_of) for part in examination.parts]
        items = _items(examination, sides, as_of)
        return _conclude(blank, examination, items, waivers, as_of)
    except CouldNotTell as error:
        return replace(blank, cause=error.cause, reason=error.what, remedy=error.hint or "")
    except MalformedRows as error:
        remedy = "collect again; if it stays, the control and the collector do not fit each other"
        return replace(blank, cause="malformed", reason=error.what, remedy=remedy)


def _usable(part: Part, population: RecordedPopulation | None, as_of: datetime) -> RecordedPopulation:
    """The population that was recorded for a part. Raises CouldNotTell where it cannot be judged."""
    name = f"{part.collector.id} on {part.key.source}"
    if population is None:
        raise CouldNotTell("missing", f"no evidence of {name} was collected", hint="run `trustcenter collect`")
    if population.cause is not None:
        reason = population.reason or f"{name} could not tell"
        raise CouldNotTell(population.cause, reason, hint=population.remedy)
    if population.fetch != part.key.digest or population.source != part.key.source:
        raise CouldNotTell("contradicted", f"the evidence of {name} answers another question", hint="collect again")
    if population.environment != part.environment:
        what = f"the evidence of {name} is from {population.environment}, and the source is {part.environment} now"
        raise CouldNotTell("contradicted", what, hint="collect again")
    if population.observed_at > as_of + CLOCK_SKEW:
        what = f"the evidence of {name} was observed at {moment(population.observed_at)}, after {moment(as_of)}"
        raise CouldNotTell("contradicted", what, hint="set the clocks right and collect again")
    return population


def _shortfall(population: RecordedPopulation) -> str | None:
    completeness = population.completeness
    if completeness is None:
        return f"nothing shows that {population.collector} on {population.source} listed everything"
    if completeness.holds:
        return None
    expected = "an unknown number" if completeness.expected is None else str(completeness.expected)
    name = f"{population.collector} on {population.source}"
    return f"{name} listed {completeness.got} of {expected} ({completeness.method})"


def _items(examination: Examination, sides: Sequence[RecordedPopulation], as_of: datetime) -> Items:
    shortfalls = [text for text in map(_shortfall, sides) if text is not None]
    independent = all(side.completeness is not None and side.completeness.independent for side in sides)
    read = [_read(part, side, examination.test, as_of) for part, side in zip(examination.parts, sides, strict=True)]
    rows, schema = read[0]
    if examination.test.reconcile is not None:
        derived = reconcile(examination.test.reconcile, rows, schema, *read[1])
        rows, schema = derived.rows, derived.schema
    return Items(rows, schema, "; ".join(shortfalls) or None, independent)


def _read(
    part: Part, population: RecordedPopulation, test: TestOfControl, as_of: datetime
) -> tuple[Sequence[Row], FactSchema]:
    schema = population.schema or part.schema
    if schema is None:
        raise MalformedRows(f"nothing says what the rows of {part.collector.id} hold")
    if part.test is None:
        return population.rows, schema
    columns = Columns(population.rows, schema)
    return [population.rows[item] for item in selected(columns, part.test.where, as_of)], schema


def _conclude(
    blank: TestConclusion, examination: Examination, items: Items, waivers: Sequence[Waiver], as_of: datetime
) -> TestConclusion:
    test = examination.test
    columns = Columns(items.rows, items.schema)
    chosen = selected(columns, test.where, as_of)
    failed = _failed(test, columns, chosen, as_of)
    deviations = [
        Deviation(row_key(items.schema, items.rows[item]), tuple(failed[item]), items.rows[item])
        for item in sorted(failed)
    ]
    deviations += _count(test, len(chosen), as_of)
    accepted, until = accept(deviations, waivers)
    public, restricted = aggregates(examination.control, test.id, columns, chosen)
    found = replace(
        blank,
        size=len(items.rows),
        examined=len(chosen),
        passed=len(chosen) - len(failed),
        deviating=len(accepted),
        accepted=sum(deviation.waiver is not None for deviation in accepted),
        deviations=accepted,
        values=public,
        restricted=restricted,
    )
    if items.shortfall is not None:
        more = f"; {len(accepted)} of those deviate" if accepted else ""
        remedy = "let the reader see everything, and collect again"
        return replace(found, cause="incomplete", reason=items.shortfall + more, remedy=remedy)
    if accepted:
        conclusion: Conclusion = "waived" if found.accepted == found.deviating else "deviations"
        return replace(found, conclusion=conclusion, accepted_until=until if conclusion == "waived" else None)
    if not chosen and test.if_none and items.independent:
        return replace(found, conclusion="not_applicable", reason=test.if_none)
    if not chosen and examination.control.event_driven:
        return replace(found, conclusion="no_occurrences")
    if not chosen and not items.independent:
        reason = "nothing was found, and no independent count shows that there is nothing"
        remedy = "a collector that counts by another path is needed"
        return replace(found, cause="incomplete", reason=reason, remedy=remedy)
    return replace(found, conclusion="no_deviations")


def _failed(test: TestOfControl, columns: Columns, chosen: Sequence[int], as_of: datetime) -> dict[int, list[str]]:
    """The items that deviate, with each condition that they fail."""
    failed: dict[int, list[str]] = {}
    alone = _alone(test, columns, chosen, failed)
    for condition in test.expect:
        columns.column(condition.field)
        asked = chosen
        if alone:
            asked = [item for item in chosen if item not in alone or _speaks_of(condition, alone[item])]
        met = meeting(columns, condition, asked, as_of)
        if len(met) == len(asked):
            continue
        for item in sorted(set(asked).difference(met)):
            found = columns.column(condition.field)[item]
            failed.setdefault(item, []).append(wording(condition, columns.schema, found, told=True))
    return failed


def _alone(
    test: TestOfControl, columns: Columns, chosen: Sequence[int], failed: dict[int, list[str]]
) -> dict[int, str]:
    """Rows of a reconciliation without a counterpart, by item: the side they are on. `failed` takes those that deviate.

    A row that may be alone is asked only what speaks of its own side; one that may not has failed by that alone.
    """
    if test.reconcile is None:
        return {}
    part = test.reconcile
    alone: dict[int, str] = {}
    for item in chosen:
        matched = columns.rows[item][MATCHED]
        if matched == BOTH:
            continue
        side, other = ("left", part.right) if matched == LEFT_ONLY else ("right", part.left)
        assert matched in (LEFT_ONLY, RIGHT_ONLY)
        alone[item] = side
        if part.unmatched.get(side, "deviates") != "passes":
            failed[item] = [f"has a counterpart in {other} (found none)"]
    return alone


def _speaks_of(condition: Condition, side: str) -> bool:
    names = [condition.field] + ([str(condition.operand)] if condition.operator == "same_as" else [])
    return all(name == MATCHED or name.startswith(f"{side}.") for name in names)


def _count(test: TestOfControl, number: int, as_of: datetime) -> list[Deviation]:
    schema = FactSchema("count", (COUNT,))
    found = []
    for condition in test.count:
        asked = replace(condition, field=COUNT.name)
        if not predicate(asked, COUNT, as_of)(number):
            text = wording(asked, schema, number, told=True)
            found.append(Deviation("count", (text,), {COUNT.name: number}))
    return found


def row_key(schema: FactSchema, row: Mapping[str, Any]) -> str:
    """What names a row among its population: its key fields that are not null, `name=value`."""
    return ", ".join(f"{name}={_text(schema, name, row[name])}" for name in schema.key if row.get(name) is not None)


def _text(schema: FactSchema, name: str, value: Any) -> str:
    known = schema.get(name)
    if known is not None and known.type == "duration":
        return duration_text(value)
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
