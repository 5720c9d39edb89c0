"""A small instance as a line, with clocks that a test can move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_instance

from trustcenter.pipeline.line import Line, open_line


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_instance.write(tmp_path)


@pytest.fixture
def at(root: Path) -> Callable[[float], Line]:
    """The instance, opened so many hours after a fixed start."""
    start = datetime.now(UTC) - timedelta(days=10)

    def open_at(hours: float) -> Line:
        return open_line(root, {}, now=lambda: start + timedelta(hours=hours))

    return open_at
