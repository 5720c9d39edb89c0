"""The register of disclosed incidents, `controls/incident-register.yaml`: its shape and its checks."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field

from trustcenter.catalog.problem_list import Part
from trustcenter.catalog.records import unique
from trustcenter.model.incident import Incident, IncidentKind, IncidentUpdate
from trustcenter.strict.shape import Line, Moment, Name, Shape, Text


class IncidentUpdateShape(Shape):
    """One thing that readers were told."""

    at: Moment
    words: Text


class IncidentShape(Shape):
    """An incident that was disclosed, with every update."""

    id: Name
    title: Line
    kind: IncidentKind
    affected: Text
    began: Moment
    detected: Moment
    resolved: Moment | None = None
    updates: Annotated[list[IncidentUpdateShape], Field(min_length=1)]


class IncidentsShape(Shape):
    """controls/incident-register.yaml. An empty list states that none was disclosed; no file states nothing."""

    incidents: list[IncidentShape]


def incidents_of(shape: IncidentsShape, root: Part) -> tuple[Incident, ...]:
    """The register's incidents, times in order: an incident is not detected before it began."""
    found = []
    for index, said in enumerate(shape.incidents):
        part = root.below("incidents", index)
        if said.detected < said.began:
            part.below("detected").problem("it was detected before it began", "give `began` as far as it is known")
        if said.resolved is not None and said.resolved < said.detected:
            part.below("resolved").problem("it was resolved before it was detected", "the order is began, detected")
        for position, (one, other) in enumerate(pairwise(said.updates), 1):
            if other.at <= one.at:
                part.below("updates", position, "at").problem(
                    "this update is not later than the one before it", "updates are added at the end"
                )
        found.append(
            Incident(
                id=said.id,
                title=said.title,
                kind=said.kind,
                affected=said.affected.strip(),
                began=said.began,
                detected=said.detected,
                resolved=said.resolved,
                updates=tuple(IncidentUpdate(update.at, update.words.strip()) for update in said.updates),
                place=part.place,
            )
        )
    unique(((one.id, root.below("incidents", index, "id")) for index, one in enumerate(found)), "incidents")
    return tuple(found)
