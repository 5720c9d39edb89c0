"""`conform`: one collector on a source that works, then on the same source broken in every way that leads there."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from trustcenter.collectors.interface import Collector, Run
from trustcenter.model.fact import Row, row_of
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.source import Source
from trustcenter.sources.interface import Files, Http, Sql, Tls
from trustcenter.sources.open import open_for
from trustcenter.testing import rules, sockets
from trustcenter.testing.ways import BLIND, Database, Folder, Port, Way, Web

_DEFAULT_WAYS: tuple[tuple[type, str, Callable[[str], Way]], ...] = (
    (Http, "url", Web),
    (Tls, "url", Port),
    (Sql, "dsn", Database),
    (Files, "path", Folder),
)


@dataclass(frozen=True)
class Objection:
    """One thing that a collector does not hold."""

    rule: str
    """facts, completeness, faults, redaction, determinism, safety."""
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


@dataclass(frozen=True)
class Stage:
    """A source that works, for a collector to be tried on.

    `ways` are how it is reached; by default they follow from the protocols that the collector asks for. `volatile`
    are fields that may differ between two looks at a living system. `tolerates` names faults that cannot hide
    anything from this collector, each with the reason. `secrets` are texts that must appear nowhere, beside those
    settings whose name says so. `alone` is entered around every run.
    """

    settings: Mapping[str, Any]
    mapping: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    ways: Sequence[Way] | None = None
    volatile: Sequence[str] = ()
    tolerates: Mapping[tuple[str, str], str] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    alone: Callable[[], AbstractContextManager[Any]] = nullcontext
    seconds: float = 60.0
    """The time that the collector has where nothing is wrong."""
    patience: float = 2.0
    """The time that it has under a fault: enough to see it, too little to wait it out."""


@dataclass(frozen=True)
class Outcome:
    """One run: a population, that it could not tell, or an error of its own."""

    population: Population[Any] | None = None
    trouble: CouldNotTell | None = None
    defect: str = ""
    methods: tuple[str, ...] = ()
    """The HTTP methods that were asked."""
    times: frozenset[datetime] = frozenset()
    """What the run's clock said."""

    @property
    def rows(self) -> tuple[Row, ...]:
        if self.population is None:
            return ()
        return self.population.rows or tuple(row_of(fact) for fact in self.population.facts)


def conform(collector: Collector, stage: Stage, *, faults: bool = True, twice: bool = True) -> tuple[Objection, ...]:
    """Everything that a collector does not hold; empty for one that conforms.

    Nothing outside of the stage's source is touched. Takes two good runs, and one for each fault on each way; without
    `faults` only the good runs, and without `twice` one of them: whether two looks agree is then not tried.
    """
    found = [Objection("safety", text) for text in rules.admission(collector)]
    found += [Objection("determinism", text) for text in rules.clocks(collector)]
    found += [Objection("facts", text) for text in rules.description(collector)]
    now = datetime.now(UTC)
    first = _look(collector, stage, stage.settings, stage.seconds, now, "first-nonce-of-the-kit")
    hidden = rules.secrets_of(stage.settings, stage.mapping, stage.secrets)
    if first.population is None:
        why = first.defect or str(first.trouble)
        return (*found, Objection("facts", f"it gives no population where nothing is wrong: {why}"))
    found += [Objection("facts", text) for text in rules.facts(collector, first.population, first.rows)]
    found += [Objection("completeness", text) for text in rules.completeness(first.population, first.times)]
    found += [Objection("redaction", text) for text in rules.leaks(first.population, first.rows, hidden)]
    found += [Objection("safety", text) for text in rules.methods(collector, first.methods)]
    if twice:
        found += _unlike(collector, stage, first)
    if faults:
        found += _broken(collector, stage, first, now, hidden)
    return tuple(found)


def _unlike(collector: Collector, stage: Stage, first: Outcome) -> Iterator[Objection]:
    """A second look at a source that works, beside the first."""
    later = datetime.now(UTC)  # the first look took its time, and what is signed for a moment must be of this one
    again = _look(collector, stage, stage.settings, stage.seconds, later, "second-nonce-of-the-kit")
    if again.population is None:
        yield Objection("determinism", f"the second look failed: {again.defect or again.trouble}")
    elif _still(again, stage) != _still(first, stage):
        yield Objection("determinism", f"two looks at the same source differ: {_difference(first, again, stage)}")


def _ways(collector: Collector, stage: Stage) -> Sequence[Way]:
    if stage.ways is not None:
        return stage.ways
    asked = rules.protocols(collector)
    return [make(name) for protocol, name, make in _DEFAULT_WAYS if protocol in asked and stage.settings.get(name)]


def _broken(
    collector: Collector, stage: Stage, good: Outcome, now: datetime, hidden: Sequence[str]
) -> Iterator[Objection]:
    """The fault matrix: a total fault never gives a population, a partial one never a smaller one that looks whole."""
    ways = _ways(collector, stage)
    if not ways:
        yield Objection("faults", "no way is known by which it reaches its source: name them in `Stage.ways`")
    for way in ways:
        for fault in way.faults:
            if (way.name, fault) in stage.tolerates:
                continue
            seen = _under(collector, stage, way, fault, now)
            for text in _objections(fault, seen, good, stage):
                yield Objection("faults", f"{way.name} {fault}: {text}")
            if seen.trouble is not None:
                for text in rules.spoken(seen.trouble, hidden):
                    yield Objection("redaction", f"{way.name} {fault}: {text}")


def _objections(fault: str, seen: Outcome, good: Outcome, stage: Stage) -> Iterator[str]:
    if seen.defect:
        yield f"it fails on its own account, {seen.defect}, where it must say that it could not tell"
    elif seen.trouble is not None:
        if seen.trouble.cause in ("defect", "missing", "erased"):
            yield f"`{seen.trouble.cause}` is not what happened to the source"
    elif fault in BLIND:
        yield f"it gives a population of {len(seen.rows)} rows, and nothing could be seen"
    elif (
        seen.population is not None
        and seen.population.completeness.holds
        and _still(seen, stage) != _still(good, stage)
    ):
        yield f"it gives {len(seen.rows)} rows of {len(good.rows)} and calls them complete"


def _under(collector: Collector, stage: Stage, way: Way, fault: str, now: datetime) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="conform-") as name, ExitStack() as stack:
        scratch = Path(name)
        scratch.chmod(0o755)
        settings = dict(stage.settings)
        if fault == "truncated" and isinstance(way, Port) and not way.cut:
            way = type(way)(**{**vars(way), "cut": _half(collector, stage, way, now)})
        way.make(fault, settings, scratch, stack)
        seconds = stage.patience if fault in BLIND else stage.seconds
        return _look(collector, stage, settings, seconds, now, "nonce-of-a-broken-look")


def _half(collector: Collector, stage: Stage, way: Port, now: datetime) -> int:
    """Half of what the server says in the shortest of the collector's connections."""
    lengths: dict[int, int] = {}

    def change(chunk: bytes, offset: int) -> bytes:
        key = len(lengths) if offset == 0 else max(lengths, default=0)
        lengths[key] = offset + len(chunk)
        return chunk

    with sockets.proxy(way.port(stage.settings), change) as port:
        settings = dict(stage.settings)
        way.through(settings, port)
        _look(collector, stage, settings, stage.seconds, now, "nonce-of-a-counting-look")
    return max(1, min(lengths.values(), default=2) // 2)


def _look(
    collector: Collector, stage: Stage, settings: Mapping[str, Any], seconds: float, now: datetime, nonce: str
) -> Outcome:
    kind = stage.kind or collector.description.kinds[0]
    source = Source("stage", kind, "demo", settings=dict(settings), mapping={collector.description.id: stage.mapping})
    begun, told = time.monotonic(), [now]

    def clock() -> datetime:
        """It goes on, as codes of the minute need it; what it said is kept."""
        told.append(now + timedelta(seconds=time.monotonic() - begun))
        return told[-1]

    run = Run(
        source=source,
        now=clock,
        timer=time.monotonic,
        nonce=nonce,
        deadline=time.monotonic() + seconds,
        parameters=rules.parameters(collector, stage.parameters),
        mapping=dict(stage.mapping),
    )
    asked: list[str] = []
    try:
        collector.admit(source)
        with stage.alone(), open_for(collector.needs, run) as arguments:
            population = collector.function(**rules.watched(arguments, asked))
    except CouldNotTell as error:
        return Outcome(trouble=error, methods=tuple(asked))
    except Exception as error:  # noqa: BLE001  (a collector of others may raise anything: an objection)
        return Outcome(defect=f"{type(error).__name__}: {error}", methods=tuple(asked))
    return Outcome(population, methods=tuple(asked), times=frozenset(told))


def _still(seen: Outcome, stage: Stage) -> list[dict[str, Any]]:
    """The rows without what may change, in an order of their own."""
    rows = [{name: value for name, value in row.items() if name not in stage.volatile} for row in seen.rows]
    return sorted(rows, key=repr)


def _difference(first: Outcome, again: Outcome, stage: Stage) -> str:
    one, other = _still(first, stage), _still(again, stage)
    if len(one) != len(other):
        once = [row for row in [*one, *other] if (row in one) != (row in other)]
        return f"{len(one)} rows, then {len(other)}; seen once: {once[:2]}"
    names = {name for a, b in zip(one, other, strict=True) for name in a if a[name] != b.get(name)}
    return ", ".join(sorted(names))
