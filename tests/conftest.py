"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")

pytest_plugins = ("aws_session",)

REPOSITORY = Path(__file__).resolve().parent.parent
TOGETHER = {"browser": "browser", "portal": "portal"}
"""Folders whose tests share something costly, a browser or a portal: each folder stays in one test process."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The groups of whole folders; a mark of the test's own, or of a nearer conftest, stands."""
    for item in items:
        group = TOGETHER.get(item.nodeid.split("/", 2)[1])
        if group is not None and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Groups that are not kept together would break each other's platforms, now and then, and nobody would see why."""
    if os.environ.get("PYTEST_XDIST_WORKER") and getattr(session.config.option, "loadgroup", False):
        for item in session.items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                raise pytest.UsageError("pytest-xdist does not keep groups of tests together: see pyproject.toml")


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
