"""What the platform says about itself, value by value: what a probe may contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._posture import read_posture
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http

_NAMES = ("name", "table", "path", "id")


@dataclass(frozen=True, slots=True)
class PostureValue:
    """One value of the signed document; `number` where the value is one, yes and no as 1 and 0."""

    name: Annotated[str, Key]
    value: str | None
    number: float | None


@collector(method="observation", kinds=("platform",))
def trust_posture(http: Http, run: Run) -> Population[PostureValue]:
    """Values of the signed posture document: fresh, bound to our nonce, signed by the pinned key."""
    posture = read_posture(http, run)
    facts = tuple(_fact(name, value) for name, value in _leaves(posture.observed, ""))
    if not facts or len({fact.name for fact in facts}) != len(facts):
        raise CouldNotTell("malformed", "the posture document holds no values, or names one of them twice")
    return Population(
        facts=facts,
        completeness=Completeness("every value of one signed document", len(facts), len(facts)),
        query="GET of the posture document with a fresh nonce; signature, nonce and times were checked",
        parameters={"key": posture.key_id},
        observed_at=run.now(),
        source_clock=posture.issued_at,
        notes=("The platform speaks about itself here: a representation in signed form, to be set beside probes.",),
    )


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from _leaves(value[key], f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        if all(not isinstance(item, (Mapping, list)) for item in value):
            yield name, ", ".join(str(item) for item in value)
            return
        for number, item in enumerate(value):
            yield from _leaves(item, f"{name}[{_label(item, number)}]")
    else:
        yield name, value


def _label(item: Any, number: int) -> str:
    """An item of a list by what identifies it, with its method where it is a route; by position otherwise."""
    if isinstance(item, Mapping):
        for key in _NAMES:
            if isinstance(item.get(key), str):
                return f"{item['method']} {item[key]}" if "method" in item else str(item[key])
    return str(number)


def _fact(name: str, value: Any) -> PostureValue:
    number = float(value) if isinstance(value, (bool, int, float)) else None
    return PostureValue(name, None if value is None else str(value), number)
