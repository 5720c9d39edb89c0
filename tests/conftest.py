"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data written by others, beside the checkout or at TRUSTCENTER_SHARED; absent means skipped, and says so."""
    folder = Path(os.environ.get("TRUSTCENTER_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"no shared test data at {folder}: set TRUSTCENTER_SHARED to read it from elsewhere")
    return folder
