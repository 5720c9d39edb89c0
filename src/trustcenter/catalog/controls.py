"""One control file: from its shape to a Control, with every check that needs more than the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from trustcenter.catalog.cases import case_of
from trustcenter.catalog.control_shape import ClaimShape, ControlShape, TestShape
from trustcenter.catalog.facts_of_tests import method_of, schema_of_test
from trustcenter.catalog.problem_list import Part, ProblemList
from trustcenter.catalog.procedures import procedure
from trustcenter.catalog.sayings import check_figure, check_saying
from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN, resolve
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.control import (
    Claim,
    Control,
    CriterionMapping,
    NotApplicable,
    Progress,
    SelfCheck,
    TestOfControl,
)
from trustcenter.model.fact import FactSchema
from trustcenter.model.source import Source
from trustcenter.strict.document import Document
from trustcenter.strict.shape import check, suggest

EVERY: Mapping[str, timedelta] = {
    "continuous": timedelta(hours=24),
    "per_event": timedelta(hours=24),
    "hourly": timedelta(hours=1),
    "daily": timedelta(hours=24),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=31),
    "quarterly": timedelta(days=92),
    "yearly": timedelta(days=366),
}
"""How often a test looks where it does not say: as often as its control works."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What controls are checked against."""

    collectors: Mapping[str, CollectorDescription]
    sources: Sequence[Source]


def control_of(
    document: Document, data: bytes, prefix: str, around: Surroundings, problems: ProblemList
) -> tuple[Control, Mapping[str, FactSchema | None]] | None:
    """The control of one file and its tests' schemas, or None where something is wrong with it."""
    before = len(problems.found)
    shape, wrong = check(ControlShape, document)
    problems.extend(wrong)
    if shape is None:
        return None
    root = Part(document, (), problems)
    _check_id(shape, root, prefix)
    criteria = _criteria(shape, root)
    schemas: dict[str, FactSchema | None] = {}
    tests: list[TestOfControl] = []
    for name in shape.tests:
        part = root.below("tests", name)
        schemas[name] = schema_of_test(name, shape, around.collectors, part)
        test = procedure(name, shape, schemas[name], around.collectors, around.sources, EVERY, part)
        if test is not None:
            tests.append(test)
    claims = tuple(
        _claim(claim, schemas, shape.tests, root.below("claims", index)) for index, claim in enumerate(shape.claims)
    )
    _check_names(shape, root)
    _check_proof(shape, root, around)
    written = [
        case_of(case, shape, schemas, around.collectors, root.below("cases", index))
        for index, case in enumerate(shape.cases)
    ]
    if len(problems.found) > before:
        return None
    progress, excused = shape.progress, shape.not_applicable
    control = Control(
        id=shape.id,
        title=shape.title,
        owner=shape.owner,
        nature=shape.nature,
        frequency=shape.frequency,
        criteria=criteria,
        place=document.place(),
        digest="sha256:" + hashlib.sha256(data).hexdigest(),
        description=shape.description.strip(),
        tests=tuple(tests),
        claims=claims,
        progress=Progress(progress.state, progress.missing.strip(), progress.target) if progress else None,
        not_applicable=NotApplicable(excused.reason.strip(), excused.owner, excused.decided) if excused else None,
        request_list=tuple(shape.request_list),
        cases=tuple(case for case in written if case is not None),
    )
    return control, schemas


def _check_id(shape: ControlShape, root: Part, prefix: str) -> None:
    path = PurePosixPath(root.document.file).relative_to(prefix)
    expected = f"{path.parts[0]}.{path.stem}"
    if shape.id != expected:
        root.below("id").problem(
            f"this file's control is `{expected}`, not `{shape.id}`", "rename the file or the control"
        )


def _criteria(shape: ControlShape, root: Part) -> tuple[CriterionMapping, ...]:
    found: list[CriterionMapping] = []
    for framework, mappings in shape.criteria.items():
        if framework not in KNOWN:
            root.below("criteria", framework).problem(
                f"there is no framework `{framework}`", suggest(framework, KNOWN), key=True
            )
            continue
        for citation, rationale in mappings.items():
            try:
                reference = resolve(framework, citation)
            except ConfigurationError as error:
                root.below("criteria", framework, citation).problem(error.what, error.hint, key=True)
                continue
            if any((one.framework, one.pinpoint) == (framework, reference.pinpoint) for one in found):
                root.below("criteria", framework, citation).problem(
                    f"`{reference.pinpoint}` is cited twice", "keep one rationale", key=True
                )
            found.append(CriterionMapping(framework, reference.criterion, reference.pinpoint, rationale.strip()))
    if not found and not shape.criteria:
        root.below("criteria").problem("the control supports no criterion", "cite one, with the rationale")
    return tuple(found)


def _claim(
    said: ClaimShape, schemas: Mapping[str, FactSchema | None], tests: Mapping[str, TestShape], part: Part
) -> Claim:
    usable = dict(schemas)
    for index, name in enumerate(said.tests):
        if name not in schemas:
            part.below("tests", index).problem(f"there is no test `{name}` in this control", suggest(name, schemas))
    resting = said.tests or list(schemas)
    for name in resting:
        if name in tests and tests[name].if_none and len(resting) > 1:
            hint = "give what the test shows a claim of its own, and name the other tests here"
            where = part.below("tests" if said.tests else "id")
            where.problem(f"`{name}` may not apply, so no claim rests on it and on others", hint, key=True)
    if said.tests:
        usable = {name: schema for name, schema in schemas.items() if name in said.tests}
    for key, text in (("say", said.say), ("short", said.short), ("noun", said.noun), ("note", said.note)):
        check_saying(text, usable, part.below(key))
    if said.figure is not None:
        check_figure(said.figure, usable, part.below("figure"))
    if said.check is not None:
        for key in ("instruction", "command", "expect"):
            text = getattr(said.check, key)
            named = [found[0] for found in re.finditer(r"\{([\w-]+)\.[\w.-]+\}", text) if found[1] in schemas]
            check_saying(" ".join(named), usable, part.below("check", key))
    return Claim(
        id=said.id,
        say=said.say.strip(),
        place=part.place,
        short=said.short.strip(),
        noun=said.noun,
        group=said.group,
        tests=tuple(said.tests),
        on_failure=said.on_failure,
        tier=said.tier,
        aliases=tuple(said.aliases),
        opposites=tuple(said.opposites),
        check=SelfCheck(said.check.instruction, said.check.command, said.check.expect) if said.check else None,
        note=said.note.strip(),
        asks=said.asks.strip(),
        figure=said.figure or "",
    )


def _check_names(shape: ControlShape, root: Part) -> None:
    seen: set[str] = set()
    for index, claim in enumerate(shape.claims):
        if claim.id in seen:
            root.below("claims", index, "id").problem(
                f"there are two claims `{claim.id}` in this control", "rename one"
            )
        seen.add(claim.id)


def _check_proof(shape: ControlShape, root: Part, around: Surroundings) -> None:
    """A control shows itself by a test, or says that it does not."""
    if shape.progress is not None and shape.not_applicable is not None:
        root.below("progress").problem("a control is in progress or not applicable, never both", key=True)
    if shape.progress is not None and shape.progress.state == "in_progress" and shape.progress.target is None:
        root.below("progress").problem("`target` is missing: in progress means by a date", key=True)
    if shape.progress is not None or shape.not_applicable is not None:
        return
    if not shape.tests:
        root.below("tests").problem(
            "nothing shows that this control holds",
            "add a test, or say `progress: {state: not_done, missing: ...}`",
        )
    elif shape.nature == "automated":
        methods = [method_of(test, shape, around.collectors) for test in shape.tests.values()]
        if methods and set(methods) == {"representation"}:
            root.below("nature").problem(
                "an automated control cannot rest on what people say alone",
                "add a test that looks, or write `nature: manual`",
            )
