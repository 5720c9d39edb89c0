"""Where the portal's templates and assets are, and how they are rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trustcenter.errors import ConfigurationError
from trustcenter.portal.event_kinds import ACTIONS

NO_BREAK = "\u00a0"


def folder() -> Path:
    """`templates/portal`: inside the installed package, or at the top of the repository."""
    installed = Path(str(resources.files("trustcenter"))) / "templates" / "portal"
    checkout = Path(__file__).resolve().parents[3] / "templates" / "portal"
    for candidate in (installed, checkout):
        if candidate.is_dir():
            return candidate
    raise ConfigurationError(
        "The portal's templates are missing.", where=str(installed), hint="Install the package again."
    )


def environment() -> Environment:
    """Everything is escaped; a name that is not given is an error, never empty text."""
    made = Environment(loader=FileSystemLoader(folder()), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["day"] = day
    made.filters["moment"] = moment
    made.filters["machine"] = machine
    made.filters["words"] = words
    made.filters["device"] = device
    return made


def day(at: datetime) -> str:
    """20 Nov 2026."""
    return f"{at.astimezone(UTC).day} {at.astimezone(UTC):%b %Y}".replace(" ", NO_BREAK)


def moment(at: datetime) -> str:
    """20 Nov 2026, 06:14 UTC."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M}{NO_BREAK}UTC"


def machine(at: datetime) -> str:
    """For the datetime attribute of a time element."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def words(action: str) -> str:
    """What an audit action says to a person."""
    return ACTIONS[action].says if action in ACTIONS else action


def device(user_agent: str) -> str:
    """What a person would call their browser; its own words, cut, when it is none of the usual ones."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is None:
        return user_agent[:60]
    return f"{browser} on {system}" if system else browser


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
"""In this order: each later one also appears in the words of an earlier one."""

SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
