"""Source -> collector -> population -> signed evidence: each thing is fetched once, whoever needs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Queue
from typing import Any

from trustcenter.collectors.interface import Collector, Run
from trustcenter.collectors.registry import find
from trustcenter.ledger.logged import Receipt
from trustcenter.model.population import Cause, CouldNotTell, Population
from trustcenter.model.source import FetchKey
from trustcenter.pipeline.leases import leased
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.recording import record
from trustcenter.proof import canonical
from trustcenter.sources.open import open_for
from trustcenter.sources.shared import Shared

SECONDS = 120.0
"""The time that one collector has, restore drills included; a source may add to it what its listings ask for."""

WORKERS = 4
_BEFORE_CANARIES = ("user_accounts", "trust_posture")
_SLOW_FIRST = ("restore_drill", "infrastructure_code", "tenant_isolation_probe")


@dataclass(frozen=True)
class Seen:
    """What became of one fetch: a population, or why it could not be told. Times in UTC."""

    key: FetchKey
    collector: Collector
    environment: str
    nonce: str
    started: datetime
    finished: datetime
    population: Population[Any] | None = None
    trouble: CouldNotTell | None = None

    @property
    def words(self) -> str:
        """What became of it, in one line of progress."""
        items = len(self.population.facts or self.population.rows) if self.population is not None else 0
        said = f"could not tell ({self.cause})" if self.cause else f"{items} item{'' if items == 1 else 's'}"
        seconds = (self.finished - self.started).total_seconds()
        probed = self.population is not None and self.collector.description.safety == "canary"
        tried = f"; {self.population.notes[0]}" if probed and self.population and self.population.notes else ""
        return f"{self.key.collector} on {self.key.source}: {said}, {seconds:.1f} s{tried}"

    @property
    def cause(self) -> Cause | None:
        return self.trouble.cause if self.trouble is not None else None


Progress = Callable[[int, int, str], None]


def fetches(line: Line, *, controls: Collection[str] = ()) -> tuple[FetchKey, ...]:
    """What the declared tests need, each once; of the named controls only, where some are named."""
    made = line.plan
    if not controls:
        return made.fetches
    for identifier in controls:
        line.catalogue.control(identifier)
    return tuple(
        dict.fromkeys(part.key for one in made.examinations if one.control.id in controls for part in one.parts)
    )


def collect(
    line: Line, wanted: Sequence[FetchKey], progress: Progress | None = None
) -> tuple[list[Seen], Receipt | None]:
    """Fetch everything wanted, some at a time, and log the evidence under one checkpoint.

    Nothing is lost by a failure: a collector that could not tell leaves evidence of that. Raises KeyMissingError
    before anything is fetched when the ledger cannot sign.
    """
    signing = line.signing()
    seen: list[Seen] = []
    found: Queue[Seen | str | BaseException] = Queue()
    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="collect") as pool, Shared() as shared:
        for chain in _chains(wanted):
            pool.submit(_run, line, chain, found, shared)
        while len(seen) < len(wanted):
            one = found.get()
            if isinstance(one, BaseException):
                raise one
            if not isinstance(one, str):
                seen.append(one)
            if progress is not None:
                progress(len(seen), len(wanted), one if isinstance(one, str) else one.words)
    seen.sort(key=lambda one: wanted.index(one.key))
    recorded = [record(line, one) for one in seen]
    for _, part in recorded:
        line.store.put(part)
    receipt = (
        signing.ledger.append_statements([payload for payload, _ in recorded], now=line.now()) if recorded else None
    )
    return seen, receipt


def _chains(wanted: Sequence[FetchKey]) -> list[list[FetchKey]]:
    """What may run side by side. Probes that act as one source's canaries follow one another, slow ones start first:
    a canary's session that one of them ends would look to another like damage done by a stranger. Whoever counts
    accounts looks before them: a probe enables an owner without a second factor for a moment.
    """
    chains: dict[tuple[str, str], list[FetchKey]] = {}
    for position, key in enumerate(sorted(wanted, key=lambda key: key.collector not in _BEFORE_CANARIES)):
        canary = key.collector in _BEFORE_CANARIES or find(key.collector).description.safety == "canary"
        chains.setdefault((key.source, "canaries" if canary else str(position)), []).append(key)
    return sorted(chains.values(), key=lambda chain: not any(key.collector in _SLOW_FIRST for key in chain))


def _run(line: Line, chain: Sequence[FetchKey], found: Queue[Seen | str | BaseException], shared: Shared) -> None:
    try:
        for key in chain:
            found.put(fetch(line, key, shared, found.put))
    except BaseException as error:  # noqa: BLE001  (handed to the waiting thread, which raises it)
        found.put(error)


def fetch(line: Line, key: FetchKey, shared: Shared | None = None, say: Callable[[str], None] = lambda _: None) -> Seen:
    """Run one collector on one source, with what the other collectors of the run share; `say` hears how far it is."""
    found = find(key.collector)
    source = line.source(key.source)
    nonce = secrets.token_hex(16)
    population: Population[Any] | None = None
    trouble: CouldNotTell | None = None
    started = line.now()
    try:
        found.admit(source)
        with leased(source) if found.description.safety == "canary" else nullcontext():
            started = line.now()
            run = Run(
                source=source,
                now=line.now,
                timer=line.timer,
                nonce=nonce,
                deadline=line.timer() + SECONDS,
                parameters=canonical.loads(key.parameters.encode()),
                mapping=source.mapping.get(key.collector, {}),
                shared=shared,
                say=lambda text: say(f"{key.collector} on {key.source}: {text}"),
            )
            with open_for(found.needs, run) as arguments:
                population = found.function(**arguments)
    except CouldNotTell as error:
        trouble = error
    except Exception as error:  # noqa: BLE001  (our own defect: recorded as such, never blamed on the source)
        trouble = _defect(key, error)
    return Seen(key, found, source.environment, nonce, started, line.now(), population, trouble)


def _defect(key: FetchKey, error: Exception) -> CouldNotTell:
    """The error's type and line, never its message: that may quote what the collector had in hand."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else None
    what = f"{key.collector} failed on its own account: {type(error).__name__}"
    return CouldNotTell("defect", what, where=where, hint="report it; nothing is concluded from this run")
