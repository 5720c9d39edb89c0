"""Deadlines for one event that differ, recognised more widely than the named values (rules/events.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from trustcenter.publish.lint.checks import values
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus


def check(corpus: Corpus) -> Iterator[Finding]:
    """Each pair of passages whose deadlines for one event cannot both be kept as written."""
    yield from values.check(corpus, "events")
