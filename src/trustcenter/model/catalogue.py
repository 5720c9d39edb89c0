"""The catalogue: everything that is declared, at one moment, under one digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.model.control import Claim, Control, TestOfControl
from trustcenter.model.incident import Incident
from trustcenter.model.place import Place
from trustcenter.model.records import (
    CarveOut,
    Declaration,
    Document,
    Engagement,
    Gap,
    NotRelevant,
    Subprocessor,
    Waiver,
)
from trustcenter.model.reviewed_answer import ReviewedAnswer
from trustcenter.model.source import Source


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """What `/.well-known/security.txt` says besides the contact (RFC 9116 2.5); addresses are https.

    `expires` is the day on which somebody must have looked at it again.
    """

    expires: date | None = None
    policy: str = ""
    acknowledgments: str = ""
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True)
class NotDone:
    """One thing that is not done, as a declared claim: the sentence that the page says, and phrases it rules out.

    `id` is its anchor on the page; a questionnaire cites it as `not-done/ID`. `decided` is the day on which somebody
    said so, where that is written down.
    """

    id: str
    say: str
    place: Place
    opposites: tuple[str, ...] = ()
    decided: date | None = None

    @property
    def claim(self) -> str:
        """What a questionnaire cites."""
        return f"not-done/{self.id}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who declares: its name, the roles it has under each law, the SOC 2 categories it puts in scope."""

    name: str
    url: str
    covers: str
    """What the page covers, in words: the service and its addresses."""
    sample: bool = False
    frameworks: tuple[str, ...] = ("soc2", "gdpr", "ccpa")
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Framework to roles: gdpr -> controller, processor; ccpa -> business, service_provider."""
    categories: tuple[str, ...] = ("security",)
    """SOC 2 categories in scope; each is in or out as a whole (security, availability, ...)."""
    contacts: Mapping[str, str] = field(default_factory=dict)
    """security, privacy, trust, incidents -> address."""
    not_done: tuple[NotDone, ...] = ()
    """"What we do not do", one entry each."""
    longest_waiver: timedelta = timedelta(days=180)
    security_txt: SecurityTxt = field(default_factory=SecurityTxt)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Controls, records and sources in force. `files` are the very bytes it was read from, for replay."""

    organisation: Organisation
    controls: tuple[Control, ...]
    sources: tuple[Source, ...]
    digest: str
    waivers: tuple[Waiver, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    documents: tuple[Document, ...] = ()
    subprocessors: tuple[Subprocessor, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    carve_outs: tuple[CarveOut, ...] = ()
    not_relevant: tuple[NotRelevant, ...] = ()
    gaps: tuple[Gap, ...] = ()
    incidents: tuple[Incident, ...] | None = None
    """Those that were disclosed; None where no register is kept."""
    answers: tuple[ReviewedAnswer, ...] = ()
    """What people answer to questions that no claim speaks of."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    frameworks: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def control(self, identifier: str) -> Control:
        """One control. Raises ConfigurationError where there is none of that id."""
        for control in self.controls:
            if control.id == identifier:
                return control
        raise ConfigurationError(f"there is no control `{identifier}`", hint="`trustcenter coverage` lists them all")

    def claims(self) -> tuple[tuple[Control, Claim], ...]:
        """Every claim with its control, in the order of the files."""
        return tuple((control, claim) for control in self.controls for claim in control.claims)

    def tests(self) -> tuple[tuple[Control, TestOfControl], ...]:
        """Every declared test with its control."""
        return tuple((control, test) for control in self.controls for test in control.tests)
