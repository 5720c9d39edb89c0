"""Coverage: each criterion and obligation in scope, and what stands behind it. A pure function of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from trustcenter.frameworks import Criterion, Framework
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.control import Control
from trustcenter.model.place import Place
from trustcenter.model.records import CarveOut, Gap, NotRelevant

E = TypeVar("E", CarveOut, NotRelevant, Gap)

Standing = Literal["covered", "carved_out", "planned", "gap", "missing", "not_relevant", "out_of_scope"]
STANDINGS: tuple[Standing, ...] = (
    "missing", "gap", "planned", "carved_out", "covered", "not_relevant", "out_of_scope",
)  # fmt: skip
"""Worst first. `planned`: only controls that are not in place yet, with a date. `missing`: nobody has said anything."""


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion: where it stands, by which controls, and the words that say why.

    `controls` are in place; `planned` are not. `roles` are the declared roles that the obligation falls on.
    """

    framework: str
    criterion: Criterion
    standing: Standing
    roles: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    reason: str = ""
    owner: str = ""
    when: date | None = None
    """When it was decided, or the target of a gap or plan."""
    organisation: str = ""
    """The subservice organisation of a carve-out."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A statement in coverage.yaml that cannot stand."""

    what: str
    place: Place


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every criterion of the declared frameworks, and what is wrong with how it is answered."""

    lines: tuple[Line, ...]
    objections: tuple[Objection, ...] = ()

    def of(self, framework: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.framework == framework)

    @property
    def missing(self) -> tuple[Line, ...]:
        """Unknown gaps: in scope, and nobody has said anything."""
        return tuple(line for line in self.lines if line.standing == "missing")

    @property
    def complete(self) -> bool:
        """Nothing is missing and nothing is objected to (`trustcenter coverage --strict`)."""
        return not self.missing and not self.objections

    def counts(self, framework: str) -> dict[Standing, int]:
        """How many criteria stand where; standings without any are left out."""
        standings = [line.standing for line in self.of(framework)]
        return {standing: standings.count(standing) for standing in STANDINGS if standing in standings}


def coverage(catalogue: Catalogue) -> Coverage:
    """Where each criterion stands: by scope and role, then by the worst that is said of it.

    A declared gap stands before controls that cover a part. A carve-out beside controls of ours is shared with the
    subservice organisation: the line is covered and names it. A disclosure counts only where nothing else is said.
    """
    lines: list[Line] = []
    for name in catalogue.organisation.frameworks:
        framework: Framework = catalogue.frameworks[name]
        lines += [_line(catalogue, framework, criterion) for criterion in framework.criteria]
    return Coverage(tuple(lines), tuple(sorted(_objections(catalogue), key=lambda one: one.place)))


def scope_of(catalogue: Catalogue, framework: Framework, criterion: Criterion) -> tuple[bool, tuple[str, ...], str]:
    """Whether the criterion is in scope, the declared roles that bear it, and why not where it is not."""
    organisation = catalogue.organisation
    if not criterion.obligation:
        return False, (), "puts no duty on an organisation of its own"
    if framework.categories and criterion.category not in organisation.categories:
        return False, (), f"the category {criterion.category.replace('_', ' ')} is not in scope"
    roles = tuple(role for role in organisation.roles.get(framework.id, ()) if role in criterion.on)
    if criterion.on and not roles:
        return False, (), f"falls on {' or '.join(criterion.on).replace('_', ' ')} only"
    return True, roles, ""


def _line(catalogue: Catalogue, framework: Framework, criterion: Criterion) -> Line:
    within, roles, why = scope_of(catalogue, framework, criterion)
    if not within:
        return Line(framework.id, criterion, "out_of_scope", reason=why)
    mapped = _controls(catalogue, framework.id, criterion.id)
    held = tuple(control.id for control in mapped if control.progress is None and control.not_applicable is None)
    plans = tuple(control for control in mapped if control.progress is not None and control.progress.target is not None)
    planned = tuple(control.id for control in mapped if control.progress is not None)

    def line(standing: Standing, reason: str, owner: str, when: date | None, organisation: str = "") -> Line:
        return Line(
            framework.id, criterion, standing, roles, held, planned, reason, owner, when, organisation
        )  # fmt: skip

    gap = _said(catalogue.gaps, framework.id, criterion.id)
    if gap is not None:
        return line("gap", gap.reason, gap.owner, gap.target)
    carved = _said(catalogue.carve_outs, framework.id, criterion.id)
    if carved is not None:
        standing: Standing = "covered" if held else "carved_out"
        return line(standing, carved.reason, carved.owner, carved.decided, carved.organisation)
    if held:
        return line("covered", "", "", None)
    if plans:
        last = max(plans, key=lambda control: (control.progress.target, control.id) if control.progress else ())
        assert last.progress is not None
        return line("planned", last.progress.missing, last.owner, last.progress.target)
    excused = _said(catalogue.not_relevant, framework.id, criterion.id)
    if excused is not None:
        return line("not_relevant", excused.disclosure, excused.owner, excused.decided)
    return line("missing", "no control, carve-out, disclosure or gap speaks of it", "", None)


def _controls(catalogue: Catalogue, framework: str, criterion: str) -> list[Control]:
    return [
        control
        for control in catalogue.controls
        if any((one.framework, one.criterion) == (framework, criterion) for one in control.criteria)
    ]


def _said(entries: tuple[E, ...], framework: str, criterion: str) -> E | None:
    return next((one for one in entries if (one.framework, one.criterion) == (framework, criterion)), None)


def _objections(catalogue: Catalogue) -> Iterator[Objection]:
    monitoring = {control.id: control for control in catalogue.controls}
    organisations = {one.id: one for one in catalogue.subprocessors}
    for carve in catalogue.carve_outs:
        control = monitoring.get(carve.monitored_by)
        organisation = organisations.get(carve.organisation)
        if organisation is None:
            yield Objection(
                f"{carve.criterion} is carved out to `{carve.organisation}`, which is not registered", carve.place
            )
        elif organisation.role != "subservice_organisation":
            what = f"{carve.criterion} is carved out to `{carve.organisation}`, which is no subservice organisation"
            yield Objection(what, carve.place)
        if control is None or control.progress is not None or control.not_applicable is not None:
            what = f"{carve.criterion} is carved out, and `{carve.monitored_by}`, which watches it, is not in place"
            yield Objection(what, carve.place)
    entries: list[CarveOut | NotRelevant | Gap] = [*catalogue.carve_outs, *catalogue.not_relevant, *catalogue.gaps]
    for entry in entries:
        framework = catalogue.frameworks[entry.framework]
        criterion = framework.get(entry.criterion)
        if entry.framework not in catalogue.organisation.frameworks or criterion is None:
            yield Objection(
                f"{entry.framework} is not declared, so nothing need be said of {entry.criterion}", entry.place
            )
            continue
        within, roles, why = scope_of(catalogue, framework, criterion)
        if not within:
            yield Objection(f"{criterion.id} needs no answer: it {why}", entry.place)
            continue
        held = [
            control.id
            for control in _controls(catalogue, framework.id, criterion.id)
            if control.progress is None and control.not_applicable is None
        ]
        if isinstance(entry, NotRelevant):
            if framework.roles and not criterion.conditional:
                who = " and ".join(role.replace("_", " ") for role in roles)
                what = f"{criterion.id} always falls on a {who}: it is covered or a gap, never irrelevant"
                yield Objection(what, entry.place)
            elif held:
                what = f"{criterion.id} is called not relevant, and `{held[0]}` supports it"
                yield Objection(what, entry.place)
