"""What the linter's tests share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

PAGES = Path(__file__).parent / "pages"


@pytest.fixture
def today() -> date:
    """The day on which these tests judge what is out of date."""
    return date(2026, 11, 21)
