"""Larch: an identity service in memory that is not ours, called without a socket, with flaws to switch on.

Its flaws are what mutants of a platform would be; its clock is turned by the tests, so that nobody waits.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from trustcenter.portal.software_passkey import SoftwarePasskey

FLAWS = {
    "same_identifier": "nothing gives a session another identifier",
    "same_after_role": "a change of role does not give a session another identifier",
    "old_identifier_lives": "the identifier from before still opens the session",
    "revokes_nothing": "a session that is ended elsewhere goes on",
    "undead": "signing out ends nothing",
    "never_idle": "an unused session never ends",
    "others_stay": "a new password leaves other sessions open",
    "hides_device": "the list of sessions does not say the device",
    "short": "eight characters are enough",
    "common": "what anybody tries first is taken",
    "own_words": "a person's own words are taken",
    "link_again": "a link works twice",
    "older_link": "a newer link leaves the older one open",
    "any_link": "a link with a changed letter opens",
    "undying_link": "a link opens after its time",
    "reset_keeps": "a reset leaves sessions open",
    "reset_enters": "a reset signs its bearer in",
    "silent": "no mail of a sign-in or of guesses leaves",
    "always_told": "each sign-in is told",
    "no_place": "another part of the world is nothing unusual",
    "free": "nobody ever waits",
    "flat": "the wait does not grow",
    "afresh": "after each wait five more guesses are looked at, though the next wait is longer",
    "right_enters": "the right password gets in while others wait",
    "by_network": "another network does not wait",
    "shuts_out": "the holder's own browser waits with the strangers",
    "denied": "every page answers 403",
}  # fmt: skip
MAIL, WORD, OWNER = "canary@larch.example", "gRzTqkWmPvXb2468", "owner@larch.example"
STEMS = ("password", "p@ssw0rd", "qwerty", "1q2w", "1qaz", "abc", "1234", "aaaa", "iloveyou", "letmein", "welcome",
         "admin", "football", "summer", "dragon", "monkey", "changeme", "asdf", "sunshine")  # fmt: skip


@dataclass
class Session:
    mail: str
    agent: str
    ip: str
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    used: float = 0.0


@dataclass
class Larch:
    """The service: accounts, sessions by identifier, links, a folder of mail, what was counted and recorded."""

    folder: Path
    flaws: frozenset[str] = frozenset()
    words: dict[str, str] = field(default_factory=lambda: {MAIL: WORD, OWNER: "-"})
    sessions: dict[str, Session] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    invited: dict[str, str] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    events: list[dict[str, str]] = field(default_factory=list)
    failed: dict[str, list[float]] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    idle: float | None = None
    life: float | None = None
    clock: float = 1000.0

    def settings(self) -> dict[str, Any]:
        return {
            "url": "https://larch.example", "mail_sink": str(self.folder), "elsewhere": "192.0.2.7",
            "canary_a_email": MAIL, "canary_a_password": WORD, "canary_c_email": MAIL, "canary_c_password": WORD,
            "canary_owner_email": OWNER, "canary_owner_password": "-",
            "canary_owner_passkey": SoftwarePasskey.made(b"owner").text,
            "alert_of_device": "alert.device", "alert_of_place": "far away",
            "sign_in": {
                "path": "/enter", "email_field": "mail", "password_field": "word", "session_cookie": "sid",
                "signed_in_page": "/home", "sign_out_path": "/leave",
                "passkey": {"options": "/key/options", "answer": "/key", "origin": "https://larch.example"},
                "step_up": {"options": "/key/options", "answer": "/key"},
            },
            "own_account": {
                "step_up": "/prove", "change_password": "/word", "ask_reset": "/forgot", "reset_form": "/renew",
                "reset": "/renew", "token": "t", "sessions": "/sessions", "session_shows": ["device", "ip"],
                "invite": "/invite", "withdraw": "/invite/{id}", "disable": "/off/{id}", "join": "/join",
                "limits": "/limits", "idle": "idle", "link_life": "life", "activity": "/activity",
            },
        }  # fmt: skip

    def sleep(self, seconds: float) -> None:
        self.clock += max(1.0, seconds)

    def has(self, flaw: str) -> bool:
        return flaw in self.flaws

    def mail(self, to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["to"], message["subject"] = to, subject
        message.set_content(text)
        number = len(list(self.folder.iterdir()))
        (self.folder / f"{number:05}.eml").write_bytes(message.as_bytes())

    def takes(self, word: str) -> bool:
        low = word.casefold()
        common = any(low.startswith(stem) for stem in STEMS) and not self.has("common")
        own = "larch" in low and not self.has("own_words")
        return len(word) >= (8 if self.has("short") else 12) and not common and not own

    def renewed(self, sid: str, *, keep: bool = False) -> str:
        """The session's next identifier."""
        if keep or self.has("same_identifier"):
            return sid
        new = secrets.token_hex(16)
        self.sessions[new] = self.sessions[sid]
        if not self.has("old_identifier_lives"):
            del self.sessions[sid]
        return new

    def end(self, which: Callable[[str, Session], bool]) -> None:
        self.sessions = {sid: each for sid, each in self.sessions.items() if not which(sid, each)}
