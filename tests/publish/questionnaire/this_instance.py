"""The claims of this repository's own control files as answers, as if every test held: no platform is needed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from statements import AS_OF

from trustcenter.catalog import load, read
from trustcenter.collectors import registry
from trustcenter.frameworks import framework
from trustcenter.instance import parse
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.control import Claim, Control
from trustcenter.publish.questionnaire import Answerable, CriterionText

RECORDS = {"declarations": "declared", "documents": "documented"}
VALUES = {"stored.list.scheme": "bcrypt-hmac-sha384", "stored.min.cost": "12"}


def catalogue(repository: Path) -> Catalogue:
    instance = parse((repository / "trustcenter.toml").read_bytes(), {}, root=repository)
    return load(read(instance), instance, registry.descriptions())


def claims(loaded: Catalogue) -> tuple[Answerable, ...]:
    """Every claim, held as well as its kind of test allows."""
    return tuple(_held(control, claim) for control in loaded.controls for claim in control.claims)


def fallen(entry: Answerable, loaded: Catalogue, state: str) -> Answerable:
    """The claim as it is handed over when it does not stand: its sentence withdrawn, what it spoke of kept."""
    control = loaded.control(entry.control)
    claim = next(one for one in control.claims if entry.claim.endswith(f"/{one.id}"))
    return replace(
        entry, state=state, sentence=f"{claim.short}: not currently confirmed", aliases=(*claim.aliases, claim.say)
    )


def criteria(loaded: Catalogue) -> tuple[CriterionText, ...]:
    return tuple(
        CriterionText(f"{name}:{one.id}", one.title, one.note or "")
        for name in loaded.organisation.frameworks
        for one in framework(name).criteria
    )


def _held(control: Control, claim: Claim) -> Answerable:
    used = [test for test in control.tests if not claim.tests or test.id in claim.tests]
    kinds = [RECORDS.get(test.collector or "", "tested") for test in used] or ["declared"]
    state = min(kinds, key=("declared", "documented", "tested").index)
    return Answerable(
        claim=f"{control.id}/{claim.id}",
        sentence=re.sub(r"\{([^}]+)\}", lambda match: VALUES.get(match[1], "128"), claim.say),
        state=control.progress.state if control.progress else state,
        methods=("inspection",),
        as_of=AS_OF,
        criteria=tuple(f"{one.framework}:{one.pinpoint}" for one in control.criteria),
        aliases=claim.aliases,
        title=control.title,
        link=f"https://trust.example/{control.domain}/#{claim.id}",
        missing=control.progress.missing if control.progress else None,
        opposites=claim.opposites,
    )
