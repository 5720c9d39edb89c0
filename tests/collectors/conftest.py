"""What the tests of collectors on a database share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import alder as alder_service
import backup_folder
import embedded_postgresql
import pytest
from backup_folder import BackupFolder
from larch import FLAWS, MAIL, WORD, Larch
from larch_visits import Browser
from postgresql_fixtures import breakable, foreign, postgresql_server

from trustcenter.collectors.interface import Collector, Run
from trustcenter.model.population import Population
from trustcenter.model.source import Source

NOW = datetime(2026, 11, 20, tzinfo=UTC)

__all__ = ["breakable", "foreign", "postgresql_server"]


@pytest.fixture
def larch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Larch, Population[Any]]]:
    """Runs a probe against Larch with these flaws, its clock instead of the machine's."""

    def probed(collector: Collector, *flaws: str, **mapping: Any) -> tuple[Larch, Population[Any]]:
        assert set(flaws) <= set(FLAWS)
        app = Larch(tmp_path, frozenset(flaws))
        monkeypatch.setattr(time, "sleep", app.sleep)
        source = Source("larch", "platform", "staging", settings=app.settings())
        run = Run(source, lambda: NOW, lambda: app.clock, "a-nonce-of-these-tests", app.clock + 600, mapping=mapping)
        try:
            return app, collector.function(http=Browser(app), run=run)
        finally:
            assert app.has("denied") or app.words[MAIL] == WORD, "the canary's password was put back"

    return probed


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Any, Population[Any]]]:
    """Runs a probe against Alder with these flaws; who waits turns its clock."""

    def probed(collector: Collector, *flaws: str, **mapping: Any) -> tuple[Any, Population[Any]]:
        app = alder_service.Alder(tmp_path, frozenset(flaws))
        waits = SimpleNamespace(sleep=app.sleep, monotonic=lambda: app.clock)
        monkeypatch.setattr(f"{collector.function.__module__}.time", waits, raising=False)
        source = Source("alder", "platform", "staging", settings=app.settings())
        run = Run(
            source, lambda: alder_service.NOW, lambda: app.clock, "a-nonce-of-these-tests", app.clock + 600,
            mapping=mapping,
        )  # fmt: skip
        needed = {"http": alder_service.Browser(app), "db": alder_service.Rows(app)}
        return app, collector.function(**{name: needed[name] for name in collector.needs if name in needed}, run=run)

    return probed


@pytest.fixture(scope="session")
def backed_up() -> Iterator[BackupFolder]:
    """Real backups of a small database; never changed by a test."""
    with embedded_postgresql.server(*backup_folder.SETTINGS) as server:
        yield backup_folder.fill(server)
