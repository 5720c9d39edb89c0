"""Mounts the matrix of roles: each thing that can be done in Letters, and by whom."""

from __future__ import annotations

from trustcenter.runtime.matrix import Action, Matrix
from trustcenter.runtime.routes import ADMIN, EVERYBODY, MANAGERS, MEMBER, OWNER

PEOPLE = frozenset({MEMBER, ADMIN, OWNER})

MATRIX = Matrix(
    [
        Action("look", "See what everybody sees", EVERYBODY, ("home", "heads", "posture")),
        Action("sign-in", "Sign in", EVERYBODY, ("sign-in-form", "sign-in")),
        Action("second-factor", "Answer the second factor", PEOPLE, ("code-form", "code")),
        Action("enrol", "Register an app for codes", PEOPLE, ("enrol-form", "begin-app", "confirm-app")),
        Action("reset-factors", "Take a lost factor away", MANAGERS, ("reset-factors",), privileged=True),
        Action("sign-out", "Sign out", PEOPLE, ("sign-out",)),
        Action("me", "See who one is", PEOPLE, ("me",)),
        Action("prove", "Prove again who one is", PEOPLE, ("step-up",)),
        Action("password", "Change one's password", PEOPLE, ("change-password",), privileged=True),
        Action("sessions", "See one's sessions", PEOPLE, ("sessions",)),
        Action("end-sessions", "End one's other sessions", PEOPLE, ("end-session", "end-sessions"), privileged=True),
        Action("limits", "Set the limits of sessions", MANAGERS, ("limits",), privileged=True),
        Action(
            "reset", "Set a forgotten password anew", EVERYBODY, ("ask-reset-form", "ask-reset", "reset-form", "reset")
        ),
        Action("join", "Join with an invitation", EVERYBODY, ("join-form", "join")),
        Action("people", "See who belongs here", PEOPLE, ("people",), scope="people:read"),
        Action("invite", "Invite people", MANAGERS, ("invite", "withdraw"), privileged=True),
        Action("disable", "Take access away, give it back", MANAGERS, ("disable", "enable"), privileged=True),
        Action("tokens", "See one's tokens", PEOPLE, ("tokens",)),
        Action("change-tokens", "Make and revoke tokens", PEOPLE, ("make-token", "revoke-token"), privileged=True),
        Action("read", "Read letters", PEOPLE, ("letters", "letter"), scope="letters:read"),
        Action("write", "Write and burn letters", PEOPLE, ("write", "burn"), scope="letters:write"),
    ]
)
