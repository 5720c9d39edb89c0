"""Waiting for something with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

from trustcenter.errors import ConfigurationError


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Polls until the condition holds. Raises ConfigurationError after the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ConfigurationError(f"{what} did not happen within {seconds:.0f} seconds.")
        time.sleep(0.05)
