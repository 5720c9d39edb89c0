"""What is to be fetched for the declared tests, and which test is judged on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import METHODS, CollectorDescription, Holds, Method
from trustcenter.model.control import Control, TestOfControl
from trustcenter.model.fact import FactSchema, value_of
from trustcenter.model.population import Cause
from trustcenter.model.source import FetchKey, Source
from trustcenter.proof import canonical

_HOLDS: tuple[Holds, ...] = ("declared", "documented", "tested")


@dataclass(frozen=True, slots=True)
class Part:
    """One population that an examination reads. `test` is set where it is read through another test's `where`."""

    key: FetchKey
    environment: str
    collector: CollectorDescription
    schema: FactSchema | None
    test: TestOfControl | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an examination cannot take place at all."""

    cause: Cause
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Examination:
    """One test on one source: exactly one conclusion comes of it.

    A reconciliation has two parts, and its `source` reads `LEFT+RIGHT` where they differ. Where nothing can be
    fetched, `parts` is empty and `trouble` says why (unless the control is not applicable).
    """

    control: Control
    test: TestOfControl
    source: str
    environment: str
    method: Method
    holds: Holds
    parts: tuple[Part, ...] = ()
    trouble: Trouble | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources that it reads."""
        return tuple(part.key.source for part in self.parts) or (self.source,)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every examination, in the order of the catalogue."""

    examinations: tuple[Examination, ...]

    @property
    def fetches(self) -> tuple[FetchKey, ...]:
        """What to fetch, each once, in order of first use. Unsafe probes are among them: collection refuses those."""
        return tuple(dict.fromkeys(part.key for one in self.examinations for part in one.parts))

    def needs(self, key: FetchKey) -> tuple[Examination, ...]:
        """The examinations that read one fetch."""
        return tuple(one for one in self.examinations if any(part.key == key for part in one.parts))


def plan(catalogue: Catalogue, collectors: Mapping[str, CollectorDescription]) -> Plan:
    """Plan every declared test. A control that is not applicable is planned without anything to fetch.

    Raises ConfigurationError for a reconciliation whose sides cannot be paired.
    """
    found: list[Examination] = []
    for control, test in catalogue.tests():
        if test.reconcile is not None:
            found += _pairs(catalogue, control, test, collectors)
        else:
            found += _singles(catalogue, control, test, collectors)
    return Plan(tuple(found))


def parameters_of(test: TestOfControl, description: CollectorDescription) -> str:
    """Canonical JSON of what a test asks of its collector, defaults filled in, the query's text among it.

    Values are in stored form (durations in seconds); a query adds `sql` and `columns` (the schema as JSON).
    """
    asked: dict[str, Any] = {
        name: _stored(parameter.default)
        for name, parameter in description.parameters.items()
        if parameter.default is not None
    }
    asked.update({name: _stored(value) for name, value in test.parameters.items()})
    if test.query is not None:
        asked["sql"] = test.query.sql
        asked["columns"] = test.query.columns.as_json()
    return canonical.dumps(asked).decode()


def _stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _stored(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_stored(item) for item in value]
    if isinstance(value, (date, timedelta)):
        return value_of(value)
    return value


def _singles(
    catalogue: Catalogue, control: Control, test: TestOfControl, collectors: Mapping[str, CollectorDescription]
) -> list[Examination]:
    description = collectors.get(test.collector or "")
    if description is None:
        missing = Trouble("missing", f"there is no collector `{test.collector}`", "install the package that offers it")
        return [
            Examination(control, test, name, _environment(catalogue, name), "representation", "declared", (), missing)
            for name in dict.fromkeys(test.sources or ("",))
        ]
    found = []
    for part in _parts(catalogue, test, description):
        source = part if isinstance(part, str) else part.key.source
        parts = () if isinstance(part, str) or control.not_applicable is not None else (part,)
        trouble = _no_source(source, description) if isinstance(part, str) else None
        environment = _environment(catalogue, source)
        found.append(
            Examination(control, test, source, environment, description.method, description.holds, parts, trouble)
        )
    return found


def _parts(catalogue: Catalogue, test: TestOfControl, description: CollectorDescription) -> list[Part | str]:
    """One part for each source of the test; the name alone where that source cannot serve; `""` for no source."""
    known = {source.name: source for source in catalogue.sources}
    names = tuple(dict.fromkeys(test.sources)) or tuple(
        source.name for source in catalogue.sources if source.kind in description.kinds
    )
    found: list[Part | str] = []
    for name in names:
        source = known.get(name)
        if source is None or source.kind not in description.kinds:
            found.append(name)
        else:
            found.append(_part(source, test, description))
    return found or [""]


def _part(source: Source, test: TestOfControl, description: CollectorDescription) -> Part:
    key = FetchKey(description.id, source.name, parameters_of(test, description))
    schema = test.query.columns if test.query is not None else description.schema
    return Part(key, source.environment, description, schema)


def _no_source(name: str, description: CollectorDescription) -> Trouble:
    kinds = " or ".join(description.kinds)
    if not name:
        return Trouble(
            "missing",
            f"no source of kind {kinds} is declared, and `{description.id}` reads nothing else",
            "declare one in trustcenter.toml",
        )
    return Trouble(
        "unsupported",
        f"`{name}` is not a declared source of kind {kinds}, which `{description.id}` reads",
        "correct the test's sources, or declare the source in trustcenter.toml",
    )


def _environment(catalogue: Catalogue, name: str) -> str:
    return next((source.environment for source in catalogue.sources if source.name == name), "")


def _pairs(
    catalogue: Catalogue, control: Control, test: TestOfControl, collectors: Mapping[str, CollectorDescription]
) -> list[Examination]:
    assert test.reconcile is not None
    sides = []
    for name in (test.reconcile.left, test.reconcile.right):
        side = _side(catalogue, control, test, name, collectors)
        if isinstance(side, Trouble):
            return [Examination(control, test, "", "", "representation", "declared", (), side)]
        sides.append(side)
    left, right = sides
    found = []
    for one, other in _paired(test, left, right):
        found.append(
            Examination(
                control,
                test,
                _joined(one.key.source, other.key.source),
                _joined(one.environment, other.environment),
                min(one.collector.method, other.collector.method, key=METHODS.index),
                min(one.collector.holds, other.collector.holds, key=_HOLDS.index),
                () if control.not_applicable is not None else (one, other),
            )
        )
    return found


def _side(
    catalogue: Catalogue,
    control: Control,
    test: TestOfControl,
    name: str,
    collectors: Mapping[str, CollectorDescription],
) -> list[Part] | Trouble:
    """One side's parts: another test of the same control, read through its `where`, or a collector as it is."""
    other = next((one for one in control.tests if one.id == name and one is not test), None)
    if other is not None and other.reconcile is not None:
        raise ConfigurationError(
            f"`{test.id}` reconciles `{name}`, which is a reconciliation itself",
            where=str(test.place),
            hint="reconcile the populations that it joins",
        )
    description = collectors.get((other.collector or "") if other is not None else name)
    if description is None:
        return Trouble("missing", f"`{name}` is neither a test of this control nor a collector", "correct its name")
    asked = other or TestOfControl(id=name, every=test.every, place=test.place, collector=name)
    parts = _parts(catalogue, asked, description)
    if other is None and test.sources:
        kept = [part for part in parts if not isinstance(part, str) and part.key.source in test.sources]
        parts = list(kept) or parts
    usable: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            return _no_source(part, description)
        usable.append(Part(part.key, part.environment, part.collector, part.schema, other))
    return usable


def _paired(test: TestOfControl, left: list[Part], right: list[Part]) -> list[tuple[Part, Part]]:
    """One side of one source goes with each of the other; otherwise both are paired by the source's name."""
    if len(left) == 1 or len(right) == 1:
        return [(one, other) for one in left for other in right]
    others = {part.key.source: part for part in right}
    if {part.key.source for part in left} != others.keys():
        raise ConfigurationError(
            f"the sides of `{test.id}` are read from different sources, several on each side",
            where=str(test.place),
            hint="name the sources of each side's test so that they can be paired",
        )
    return [(part, others[part.key.source]) for part in left]


def _joined(one: str, other: str) -> str:
    return one if one == other else f"{one}+{other}"
