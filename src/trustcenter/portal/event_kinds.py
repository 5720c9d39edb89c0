"""Every kind of event that the activity record may hold: what is significant here, as one published list.

The record takes no event of another kind, so that the list is what is recorded and not what somebody remembered
(TSC CC7.2, CC7.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.passkeys import Decision


@dataclass(frozen=True)
class EventKind:
    """One kind: its action, the type of thing it is done to, and what it says to a person."""

    action: str
    entity: str
    says: str


REFUSALS = tuple(decision.value for decision in Decision if decision is not Decision.ACCEPTED)
"""Why the policy refuses a passkey."""

KINDS = (
    EventKind("session.sign_in", "session", "Signed in"),
    EventKind("session.sign_out", "session", "Signed out"),
    EventKind("session.password", "session", "Gave the password"),
    EventKind("session.second_factor", "account", "Tried a second factor"),
    EventKind("session.revoke", "session", "Ended a session"),
    EventKind("session.expire", "session", "Was signed out by a limit"),
    EventKind("session.step_up", "session", "Confirmed who they are"),
    EventKind("totp.begin", "account", "Began to register an authenticator app"),
    EventKind("totp.enrol", "account", "Registered an authenticator app"),
    EventKind("totp.remove", "account", "Removed the authenticator app"),
    EventKind("recovery_codes.renew", "account", "Made new recovery codes"),
    EventKind("passkey.add", "passkey", "Added a passkey"),
    EventKind("passkey.rename", "passkey", "Renamed a passkey"),
    EventKind("passkey.revoke", "passkey", "Revoked a passkey"),
    *(
        EventKind(f"passkey.{reason}", "account", f"Was refused with a passkey: {reason.replace('_', ' ')}")
        for reason in ("unknown", "invalid", "disabled", *REFUSALS)
    ),
    EventKind("account.role", "account", "Changed a person's role"),
    EventKind("account.disable", "account", "Disabled an account"),
    EventKind("account.enable", "account", "Enabled an account"),
    EventKind("account.reset_factors", "account", "Removed a colleague's second factors"),
    EventKind("document.create", "document", "Added a document"),
    EventKind("document.read", "document", "Read a document"),
    EventKind("document.update", "document", "Changed a document"),
    EventKind("document.delete", "document", "Removed a document"),
    EventKind("activity.export", "activity", "Exported the activity record"),
    EventKind("activity.prove", "activity", "Took the proof of the record"),
    EventKind("activity.publish", "activity", "Published the record's head"),
    EventKind("token.create", "token", "Made a token"),
    EventKind("token.revoke", "token", "Revoked a token"),
    EventKind("support.begin", "support", "Support access began"),
    EventKind("support.end", "support", "Support access ended"),
    EventKind("session.revoke_others", "account", "Ended all other sessions"),
    EventKind("organisation.session_limits", "organisation", "Changed the limits of sessions"),
    EventKind("password.change", "account", "Changed the password"),
    EventKind("password.reset", "account", "Set a new password by mail"),
    EventKind("password.reset_request", "account", "Asked for a new password"),
    EventKind("account.invite", "account", "Invited a person"),
    EventKind("account.join", "account", "Joined"),
    EventKind("account.withdraw", "account", "Withdrew an invitation"),
    EventKind("account.address_request", "account", "Asked to change the e-mail address"),
    EventKind("account.address", "account", "Changed the e-mail address"),
    EventKind("alert.guessing", "account", "Somebody guesses a password"),
    EventKind("alert.new_device", "session", "Signed in with a new device"),
    EventKind("alert.new_country", "session", "Signed in from a new country"),
    EventKind("alert.impossible_travel", "session", "Signed in from too far away"),
    EventKind("incident.post", "incident", "Told everybody of an incident"),
    EventKind("incident.update", "incident", "Added news of an incident"),
    EventKind("incident.take_back", "incident", "Took an exercise back"),
    EventKind("questionnaire.upload", "questionnaire", "Uploaded a questionnaire"),
    EventKind("questionnaire.read", "questionnaire", "Opened a questionnaire"),
    EventKind("questionnaire.confirm", "questionnaire", "Confirmed an answer"),
    EventKind("questionnaire.assign", "questionnaire", "Assigned a questionnaire"),
    EventKind("questionnaire.answer", "questionnaire", "Had a questionnaire answered anew"),
    EventKind("questionnaire.release", "questionnaire", "Had an answered questionnaire released"),
    EventKind("questionnaire.finish", "questionnaire", "Answered a questionnaire"),
    EventKind("questionnaire.fail", "questionnaire", "Could not answer a questionnaire"),
    EventKind("questionnaire.download", "questionnaire", "Downloaded an answered questionnaire"),
    EventKind("questionnaire.remove", "questionnaire", "Removed a questionnaire"),
)
ACTIONS = {kind.action: kind for kind in KINDS}


def declared(action: str) -> str:
    """The action, where it is one of the list. Raises ConfigurationError."""
    if action not in ACTIONS:
        raise ConfigurationError("The activity record has no such kind of event.", where=action)
    return action


def rows() -> list[dict[str, str]]:
    """The list as it is published."""
    return [{"action": kind.action, "entity": kind.entity} for kind in KINDS]
