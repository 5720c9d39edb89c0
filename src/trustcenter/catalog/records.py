"""The records: from their shapes to values, with the checks that need controls, facts and frameworks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from trustcenter.catalog.problem_list import Part
from trustcenter.catalog.record_shapes import (
    CarveOutShape,
    CoverageShape,
    DeclarationShape,
    DocumentsShape,
    EngagementShape,
    GapShape,
    NotRelevantShape,
    SubprocessorsShape,
    WaiverShape,
)
from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN, framework, resolve
from trustcenter.model.fact import FactSchema
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
from trustcenter.strict.shape import suggest

Schemas = Mapping[str, Mapping[str, FactSchema | None]]
"""Control to test to the schema of its rows."""


def waivers_of(
    shapes: Sequence[WaiverShape], schemas: Schemas, unreadable: Collection[str], sources: Sequence[str], root: Part
) -> list[Waiver]:
    """Waivers that name what exists. Whether they are in force is the judge's to say.

    Controls that are `unreadable` have problems of their own, so that nothing more is said about their tests.
    """
    found = []
    for index, said in enumerate(shapes):
        part = root.below("waivers", index)
        _check_waiver(said, schemas, unreadable, sources, part)
        found.append(
            Waiver(
                id=said.id,
                control=said.control,
                test=said.test,
                owner=said.owner,
                approver=said.approver,
                reason=said.reason.strip(),
                approved=said.approved,
                expires=said.expires,
                place=part.place,
                source=said.source,
                scope={name: tuple(values) for name, values in said.scope.items()},
            )
        )
    unique(((one.id, root.below("waivers", index, "id")) for index, one in enumerate(found)), "waivers")
    return found


def _check_waiver(
    said: WaiverShape, schemas: Schemas, unreadable: Collection[str], sources: Sequence[str], part: Part
) -> None:
    if said.owner.casefold() == said.approver.casefold():
        part.below("approver").problem("the owner of a waiver cannot approve it", "name somebody else")
    if said.expires <= said.approved:
        part.below("expires").problem("the waiver expires before it is approved")
    if said.source is not None and said.source not in sources:
        part.below("source").problem(f"there is no source `{said.source}`", suggest(said.source, sources))
    tests = schemas.get(said.control)
    if said.control in unreadable:
        return
    if tests is None:
        part.below("control").problem(f"there is no control `{said.control}`", suggest(said.control, schemas))
        return
    if said.test not in tests:
        part.below("test").problem(f"`{said.control}` has no test `{said.test}`", suggest(said.test, tests))
        return
    schema = tests[said.test]
    for name in said.scope if schema is not None else ():
        if schema is not None and schema.get(name) is None:
            hint = suggest(name, schema.names)
            part.below("scope", name).problem(f"{schema.name} has no field `{name}`", hint, key=True)


def declaration_of(said: DeclarationShape, register: Mapping[str, Document], root: Part) -> Declaration:
    """One declaration; it expires after it is made. Its document is one of the register by id, or a file by path."""
    if said.expires <= said.declared:
        root.below("expires").problem("the declaration expires before it is made")
    if said.document_digest is not None and said.document is None:
        root.below("document_digest").problem("a digest without a `document`", key=True)
    path = said.document
    if path is not None and "/" not in path and "." not in path:
        known = register.get(path)
        if known is None:
            hint = suggest(path, register)
            root.below("document").problem(f"there is no document `{path}` in the register", hint)
        elif known.path is None:
            root.below("document").problem(f"`{path}` is held elsewhere, so nobody could look at it", "name a file")
        path = known.path if known is not None else None
    _check_path(path, root.below("document"))
    return Declaration(place=root.place, **(said.model_dump() | {"document": path}))


def documents_of(shape: DocumentsShape, root: Part) -> list[Document]:
    """The register of documents."""
    found = []
    for index, said in enumerate(shape.documents):
        part = root.below("documents", index)
        if said.review_by <= said.dated:
            part.below("review_by").problem("the review is due before the document is dated")
        _check_period(said.period_start, said.period_end, part)
        _check_path(said.path, part.below("path"))
        found.append(Document(place=part.place, **said.model_dump()))
    unique(((one.id, root.below("documents", index, "id")) for index, one in enumerate(found)), "documents")
    return found


def subprocessors_of(shape: SubprocessorsShape, controls: Iterable[str], root: Part) -> list[Subprocessor]:
    """The register of subprocessors; a subservice organisation is monitored by a control."""
    known = list(controls)
    found = []
    for index, said in enumerate(shape.subprocessors):
        part = root.below("subprocessors", index)
        if said.monitored_by and said.monitored_by not in known:
            hint = suggest(said.monitored_by, known)
            part.below("monitored_by").problem(f"there is no control `{said.monitored_by}`", hint)
        if said.role == "subservice_organisation" and not said.monitored_by:
            part.problem(
                f"`{said.id}` is a subservice organisation that no control monitors", "name it in `monitored_by`"
            )
        values = said.model_dump() | {"data": tuple(said.data), "hosts": tuple(said.hosts)}
        found.append(Subprocessor(place=part.place, **values))
    unique(((one.id, root.below("subprocessors", index, "id")) for index, one in enumerate(found)), "subprocessors")
    return found


def engagement_of(said: EngagementShape, subservice: Iterable[str], root: Part) -> Engagement:
    """One engagement; its stage decides what it must say."""
    if said.framework not in KNOWN:
        root.below("framework").problem(f"there is no framework `{said.framework}`", suggest(said.framework, KNOWN))
    else:
        known = framework(said.framework).categories
        for index, category in enumerate(said.categories):
            if category not in known:
                here = root.below("categories", index)
                here.problem(f"`{category}` is no category of {said.framework}", suggest(category, known))
    needed: dict[str, tuple[str, ...]] = {
        "observing": ("type", "since"),
        "in_examination": ("type", "firm"),
        "report_issued": ("type", "firm", "opinion", "report_digest"),
    }
    missing = [name for name in needed.get(said.stage, ()) if getattr(said, name) is None]
    if said.stage == "report_issued" and said.type is not None:
        ends = ("as_of",) if said.type == 1 else ("period_start", "period_end")
        missing += [name for name in ends if getattr(said, name) is None]
    for name in missing:
        root.below("stage").problem(f"`{name}` is missing: the stage is {said.stage}")
    _check_period(said.period_start, said.period_end, root)
    organisations = list(subservice)
    for name in said.subservice:
        if name not in organisations:
            here = root.below("subservice", name)
            here.problem(f"`{name}` is not in the register of subprocessors", suggest(name, organisations), key=True)
    values = said.model_dump() | {
        "categories": tuple(said.categories),
        "user_entity_controls": tuple(said.user_entity_controls),
    }
    return Engagement(place=root.place, **values)


def coverage_of(
    shape: CoverageShape, controls: Iterable[str], subprocessors: Iterable[str], root: Part
) -> tuple[list[CarveOut], list[NotRelevant], list[Gap]]:
    """What is carved out, not relevant, or a known gap: each criterion once."""
    known, organisations = list(controls), list(subprocessors)
    carved, irrelevant, gaps = [], [], []
    cited: dict[tuple[str, str], str] = {}
    for index, carve in enumerate(shape.carve_outs):
        part = root.below("carve_outs", index)
        if carve.organisation not in organisations:
            near: str | None = suggest(carve.organisation, organisations) or "register it in subprocessors.yaml"
            part.below("organisation").problem(f"`{carve.organisation}` is not in the register of subprocessors", near)
        if carve.monitored_by not in known:
            near = suggest(carve.monitored_by, known)
            part.below("monitored_by").problem(f"there is no control `{carve.monitored_by}`", near)
        carved.append(CarveOut(place=part.place, **_cited(carve, part, cited)))
    for index, excused in enumerate(shape.not_relevant):
        part = root.below("not_relevant", index)
        irrelevant.append(NotRelevant(place=part.place, **_cited(excused, part, cited)))
    for index, gap in enumerate(shape.gaps):
        part = root.below("gaps", index)
        gaps.append(Gap(place=part.place, **_cited(gap, part, cited)))
    return carved, irrelevant, gaps


def _cited(
    said: CarveOutShape | NotRelevantShape | GapShape, part: Part, cited: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """The entry's values with its criterion resolved; a criterion is spoken of once."""
    values = said.model_dump()
    if said.framework not in KNOWN:
        part.below("framework").problem(f"there is no framework `{said.framework}`", suggest(said.framework, KNOWN))
        return values
    try:
        reference = resolve(said.framework, said.criterion)
    except ConfigurationError as error:
        part.below("criterion").problem(error.what, error.hint)
        return values
    values["criterion"] = reference.criterion
    if "(" in reference.pinpoint:
        what = f"`{said.criterion}` is a part of {reference.criterion}"
        part.below("criterion").problem(what, "name the whole criterion, and say in words which part is meant")
    key = (said.framework, reference.criterion)
    if key in cited:
        part.below("criterion").problem(f"{reference.criterion} stands in this file already", f"first in {cited[key]}")
    cited.setdefault(key, str(part.place))
    return values


def _check_path(path: str | None, part: Part) -> None:
    if path is not None and ".." in path.split("/"):
        part.problem(f"`{path}` leaves the instance", "name a file below it")


def _check_period(start: Any, end: Any, part: Part) -> None:
    if (start is None) != (end is None):
        part.problem("a period has `period_start` and `period_end`")
    elif start is not None and end <= start:
        part.below("period_end").problem("the period ends before it starts")


def unique(named: Iterable[tuple[str, Part]], what: str) -> None:
    """Report ids that stand twice."""
    seen: set[str] = set()
    for identifier, part in named:
        if identifier in seen:
            part.problem(f"there are two {what} `{identifier}`", "rename one")
        seen.add(identifier)
