"""Which fields of a thing the interface gives to whom, and which it takes: one declaration beside the matrix of routes.

What the matrix lets through reads `fields`, and `more` where its role is one of `more_for`. A field that a change does
not take is not looked at, whoever sends it. docs/roles.md shows both tables; tests/portal/test_fields.py holds every
answer of the interface to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trustcenter.runtime.routes import MANAGERS, STAFF


@dataclass(frozen=True)
class Readable:
    """What is read of one thing."""

    fields: tuple[str, ...]
    more: tuple[str, ...] = ()
    more_for: frozenset[str] = frozenset()

    def of(self, role: str) -> tuple[str, ...]:
        """The fields for this role."""
        return (*self.fields, *self.more) if role in self.more_for else self.fields

    def cut(self, row: Mapping[str, Any], role: str) -> dict[str, Any]:
        """The part of a row that this role reads."""
        return {name: row[name] for name in self.of(role)}


PERSON = Readable(
    ("id", "email", "display_name", "role", "state", "disabled_at", "invited"),
    ("second_factor", "created_at", "last_sign_in_at"),
    MANAGERS | {STAFF},
)
"""Who is there is for colleagues and support; how and when they sign in is for those who look after it."""

_DOCUMENT = ("id", "title", "kind", "created_at", "updated_at", "created_by", "author")
_QUESTIONNAIRE = ("id", "kind", "file_name", "created_at", "state", "released_at")
_EVENT = Readable(
    (
        "id", "seq", "at", "actor_id", "actor_name", "acting_for", "acting_for_name", "action", "entity", "entity_id",
        "ip", "user_agent", "request_id", "outcome", "before_digest", "after_digest", "document_title",
    )
)  # fmt: skip

READ: Mapping[str, Readable] = {
    "/api/documents": Readable(_DOCUMENT),
    "/api/documents/{document_id}": Readable((*_DOCUMENT, "body")),
    "/api/people": PERSON,
    "/api/people/{account_id}": PERSON,
    "/api/me": Readable(
        ("account_id", "organisation_id", "session_id", "role", "display_name", "email", "organisation", "csrf_token")
    ),
    "/api/sessions": Readable(
        ("id", "created_at", "last_seen_at", "expires_at", "user_agent", "ip", "country", "methods", "stage")
    ),
    "/api/passkeys": Readable(("id", "name", "created_at", "last_used_at")),
    "/api/tokens": Readable(
        ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at", "maker", "live")
    ),
    "/api/support": Readable(
        ("id", "staff_name", "for_whom", "reason", "ticket", "started_at", "expires_at", "ended_at", "ended_by", "live")
    ),
    "/api/activity": _EVENT,
    "/api/activity/{event_id}": _EVENT,
    "/api/questionnaires": Readable(_QUESTIONNAIRE),
    "/api/questionnaires/{questionnaire_id}": Readable((*_QUESTIONNAIRE, "step", "questions")),
    "/api/session-limits": Readable(
        (
            "idle_seconds", "absolute_seconds", "reset_seconds", "longest_idle_seconds", "longest_absolute_seconds",
            "longest_reset_seconds", "shortest_idle_seconds", "shortest_absolute_seconds", "shortest_reset_seconds",
        )
    ),
}  # fmt: skip
"""By the address that gives the thing, alone or in a list."""

WRITTEN: Mapping[str, tuple[str, ...]] = {
    "POST /api/documents": ("title", "kind", "body"),
    "PUT /api/documents/{document_id}": ("title", "kind", "body"),
    "POST /api/invitations": ("email", "display_name", "role"),
    "POST /api/people/{account_id}/role": ("role",),
    "POST /api/tokens": ("name", "scopes", "days", "seconds"),
    "POST /api/password": ("password",),
    "POST /api/address": ("email",),
    "PUT /api/session-limits": ("idle_seconds", "absolute_seconds", "reset_seconds"),
    "POST /api/support": ("email", "reason", "ticket", "minutes", "seconds"),
    "POST /api/incidents": ("title", "kind", "affected", "words", "detected_at"),
    "POST /api/incidents/{incident_id}/news": ("words", "resolved"),
}
"""By the change that takes them. Organisation, author, owner and times come from the session and the clock."""
