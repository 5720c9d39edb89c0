"""A collector's run in a test: a source, a mapping, the real clocks, a short time limit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from trustcenter.collectors.interface import Collector, Run
from trustcenter.model.population import Population
from trustcenter.model.source import Source
from trustcenter.sources.open import open_for

NONCE = "a-nonce-of-these-tests"


def run_of(
    settings: Mapping[str, Any],
    mapping: Mapping[str, Any] | None = None,
    *,
    kind: str = "platform",
    parameters: Mapping[str, Any] | None = None,
    seconds: float = 30.0,
    nonce: str = NONCE,
) -> Run:
    """A run on a source named `platform` in the demo environment."""
    return Run(
        source=Source("platform", kind, "demo", settings=dict(settings)),
        now=lambda: datetime.now(UTC),
        timer=time.monotonic,
        nonce=nonce,
        deadline=time.monotonic() + seconds,
        parameters=dict(parameters or {}),
        mapping=dict(mapping or {}),
    )


def collect(collector: Collector, run: Run) -> Population[Any]:
    """Open what the collector needs as the pipeline does, and call it."""
    with open_for(collector.needs, run) as arguments:
        return collector.function(**arguments)
