"""Where the portal's templates and assets are, and how they are rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trustcenter.errors import ConfigurationError

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
    return ACTIONS.get(action, action.replace(".", ": ").replace("_", " "))


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

ACTIONS: dict[str, str] = {
    "session.sign_in": "Signed in",
    "session.sign_out": "Signed out",
    "session.password": "Gave the password",
    "session.second_factor": "Tried a second factor",
    "totp.enrol": "Registered an authenticator app",
    "totp.remove": "Removed the authenticator app",
    "recovery_codes.renew": "Made new recovery codes",
    "passkey.add": "Added a passkey",
    "passkey.rename": "Renamed a passkey",
    "passkey.revoke": "Revoked a passkey",
    "account.reset_factors": "Removed a colleague's second factors",
    "session.revoke": "Ended a session",
    "session.step_up": "Confirmed who they are",
    "session.revoke_others": "Ended all other sessions",
    "password.change": "Changed the password",
    "password.reset": "Set a new password by mail",
    "password.reset_request": "Asked for a new password",
    "account.invite": "Invited a person",
    "account.join": "Joined",
    "account.withdraw": "Withdrew an invitation",
    "account.address_request": "Asked to change the e-mail address",
    "account.address": "Changed the e-mail address",
    "organisation.session_limits": "Changed the limits of sessions",
    "alert.guessing": "Somebody guesses a password",
    "alert.new_device": "Signed in with a new device",
    "alert.new_country": "Signed in from a new country",
    "alert.impossible_travel": "Signed in from too far away",
    "document.create": "Added a document",
    "document.read": "Read a document",
    "document.update": "Changed a document",
    "document.delete": "Removed a document",
    "account.role": "Changed a person's role",
    "activity.export": "Exported the activity record",
    "activity.prove": "Took the proof of the record",
    "activity.publish": "Published the record's head",
    "token.create": "Made a token",
    "token.revoke": "Revoked a token",
    "support.begin": "Support access began",
    "support.end": "Support access ended",
    "questionnaire.upload": "Uploaded a questionnaire",
    "questionnaire.read": "Opened a questionnaire",
    "questionnaire.confirm": "Confirmed an answer",
    "questionnaire.assign": "Assigned a questionnaire",
    "questionnaire.answer": "Had a questionnaire answered anew",
    "questionnaire.release": "Had an answered questionnaire released",
    "questionnaire.finish": "Answered a questionnaire",
    "questionnaire.fail": "Could not answer a questionnaire",
    "questionnaire.download": "Downloaded an answered questionnaire",
    "questionnaire.remove": "Removed a questionnaire",
    "account.disable": "Disabled an account",
    "account.enable": "Enabled an account",
}
