"""Incidents that were disclosed: what readers were told, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustcenter.model.place import Place

IncidentKind = Literal["availability", "security", "privacy"]


@dataclass(frozen=True, slots=True)
class IncidentUpdate:
    """One thing that was told, at its moment; never changed afterwards, only followed by another."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One disclosed incident. `began` <= `detected` <= `resolved`; updates stand in the order of their moments."""

    id: str
    title: str
    kind: IncidentKind
    affected: str
    began: datetime
    detected: datetime
    updates: tuple[IncidentUpdate, ...]
    place: Place
    resolved: datetime | None = None
