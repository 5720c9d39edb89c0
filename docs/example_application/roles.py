"""Mounts the matrix of roles: each thing that can be done in Letters, and by whom."""

from __future__ import annotations

from trustcenter.runtime.matrix import Action, Matrix
from trustcenter.runtime.routes import ADMIN, EVERYBODY, MANAGERS, MEMBER, OWNER, STAFF, SUPPORT

PEOPLE = frozenset({MEMBER, ADMIN, OWNER})
STAFF_TOO = PEOPLE | {STAFF}
"""What concerns one's own account is the same for the vendor's staff. It acts for a customer as SUPPORT."""

MATRIX = Matrix(
    [
        Action("look", "See what everybody sees", EVERYBODY, ("home", "heads", "posture")),
        Action("sign-in", "Sign in", EVERYBODY, ("sign-in-form", "sign-in", "passkey-options", "passkey-sign-in")),
        Action("second-factor", "Answer the second factor", STAFF_TOO, ("code-form", "code")),
        Action("enrol", "Register an app for codes", STAFF_TOO, ("enrol-form", "begin-app", "confirm-app")),
        Action("reset-factors", "Take a lost factor away", MANAGERS, ("reset-factors",), privileged=True),
        Action("sign-out", "Sign out", STAFF_TOO, ("sign-out",)),
        Action("me", "See who one is", STAFF_TOO | {SUPPORT}, ("me",)),
        Action("prove", "Prove again who one is", STAFF_TOO, ("step-up",)),
        Action("password", "Change one's password", STAFF_TOO, ("change-password",), privileged=True),
        Action("sessions", "See one's sessions", STAFF_TOO, ("sessions",)),
        Action("end-sessions", "End one's other sessions", STAFF_TOO, ("end-session", "end-sessions"), privileged=True),
        Action("limits", "Set the limits of sessions", MANAGERS, ("limits",), privileged=True),
        Action(
            "reset", "Set a forgotten password anew", EVERYBODY, ("ask-reset-form", "ask-reset", "reset-form", "reset")
        ),
        Action("join", "Join with an invitation", EVERYBODY, ("join-form", "join")),
        Action("passkeys", "See one's passkeys", STAFF_TOO, ("passkeys",)),
        Action(
            "change-passkeys", "Add and revoke passkeys", STAFF_TOO, ("new-passkey", "add-passkey", "revoke-passkey"),
            privileged=True,
        ),
        Action("events", "Read the record", MANAGERS, ("events",)),
        Action("act", "Act for a customer", frozenset({STAFF}), ("support-begin",), privileged=True),
        Action("act-no-more", "Be oneself again", frozenset({SUPPORT}), ("support-stop",), privileged=True),
        Action("support", "See who of the vendor acted", frozenset({OWNER}), ("support",)),
        Action("end-support", "End an access of the vendor", frozenset({OWNER}), ("support-end",), privileged=True),
        Action("people", "See who belongs here", PEOPLE, ("people",), scope="people:read"),
        Action("invite", "Invite people", MANAGERS, ("invite", "withdraw"), privileged=True),
        Action("disable", "Take access away, give it back", MANAGERS, ("disable", "enable"), privileged=True),
        Action("tokens", "See one's tokens", PEOPLE, ("tokens",)),
        Action("change-tokens", "Make and revoke tokens", PEOPLE, ("make-token", "revoke-token"), privileged=True),
        Action("read", "Read letters", PEOPLE | {SUPPORT}, ("letters", "letter"), scope="letters:read"),
        Action("write", "Write and burn letters", PEOPLE, ("write", "burn"), scope="letters:write"),
    ]
)  # fmt: skip
