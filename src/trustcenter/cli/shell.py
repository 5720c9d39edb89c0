"""Opens the instance for a command: the one place that reads the environment, the folder and the clock."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trustcenter.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trustcenter.pipeline.line import Line
    from trustcenter.publish.questionnaire import Decision
    from trustcenter.publish.questionnaire.draft import Draft


def line_for(arguments: argparse.Namespace) -> Line:
    """The line of the instance that the command names, or the one around the current folder."""
    from trustcenter.pipeline.line import open_line

    return open_line(folder(arguments), os.environ, now=clock)


def drafter_for(arguments: argparse.Namespace) -> Callable[[str, Decision], Draft] | None:
    """What rephrases answers where `--draft` was given, from the environment; None otherwise."""
    if not arguments.draft:
        return None
    from trustcenter.pipeline.drafting import from_environment

    return from_environment(os.environ).rephrase


def folder(arguments: argparse.Namespace) -> Path:
    """Where the instance is searched from."""
    return Path(arguments.instance) if arguments.instance else Path.cwd()


def clock() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def moment(text: str) -> datetime:
    """A time that a person typed; a date alone is its first moment, a time without a zone is UTC."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"`{text}` is not a time", hint="write it as 2026-11-21 or 2026-11-21T06:00Z"
        ) from error
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
