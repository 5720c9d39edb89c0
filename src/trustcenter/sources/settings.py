"""Reading a source's settings, with an error that says what to add where."""

from __future__ import annotations

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Budget


def text_setting(budget: Budget, name: str) -> str:
    """A setting that must be a text. Raises CouldNotTell("unsupported") for anything else and for an empty text."""
    value = budget.setting(name)
    source = budget.source
    if not isinstance(value, str) or not value.strip():
        raise CouldNotTell(
            "unsupported",
            f"source {source.name}: `{name}` is not a text",
            where=str(source.place) if source.place else None,
            hint="write it as a text between quotes; a variable of the environment that it names may be empty",
        )
    return value


def seconds_left(budget: Budget, at_most: float, *, added: float = 0.0) -> float:
    """The time that a call may take; `added` seconds lie behind the run's deadline.

    Raises CouldNotTell("timed_out") when it has passed.
    """
    left = min(float(budget.deadline + added - budget.timer()), at_most)
    if left <= 0:
        raise CouldNotTell("timed_out", "the time for this collector was used up", hint="raise the run's time limit")
    return left
