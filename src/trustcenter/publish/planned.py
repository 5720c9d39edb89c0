"""What publishing would change: the sentences of a published page against those of a view. A date alone is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from trustcenter.errors import ConfigurationError
from trustcenter.publish.twins import claim_json
from trustcenter.publish.values import View

PlannedKind = Literal["falls", "goes", "state", "reworded", "numbers", "returns", "appears"]

KINDS: tuple[PlannedKind, ...] = ("falls", "goes", "state", "reworded", "numbers", "returns", "appears")
"""Worst first."""

STANDING = frozenset({"tested", "documented", "declared", "accepted_deviation"})
"""States in which a page prints the sentence as true."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One sentence as it is published and as it would be; `before` and `after` are what the page prints, or empty."""

    kind: PlannedKind
    claim: str
    before: str
    after: str
    words_before: str = ""
    words_after: str = ""


def published_page(path: Path) -> Mapping[str, Any] | None:
    """The `trust.json` of a built page (a folder or the file itself); None where there is no page yet.

    Raises ConfigurationError for a file that is not one.
    """
    file = path / "trust.json" if path.is_dir() else path
    if not file.is_file():
        return None
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        known = {claim["id"]: (claim["state"], claim["sentence"]) for claim in value["claims"]}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError("this is not the trust.json of a page", where=str(file)) from error
    if len(known) != len(value["claims"]):
        raise ConfigurationError("this page has two claims of one name", where=str(file))
    page: Mapping[str, Any] = value
    return page


def planned_changes(published: Mapping[str, Any] | None, view: View) -> tuple[PlannedChange, ...]:
    """Every sentence that would change, worst first, then in the order of the page."""
    before = {claim["id"]: claim for claim in (published or {"claims": ()})["claims"]}
    after = {claim.id: claim_json(claim, view) for claim in view.claims}
    found = [
        PlannedChange("goes", name, _printed(claim), "", claim["stateWords"])
        for name, claim in before.items()
        if name not in after
    ]
    for name, claim in after.items():
        known = before.get(name)
        if known is None:
            found.append(PlannedChange("appears", name, "", _printed(claim), "", claim["stateWords"]))
            continue
        kind = _kind(known, claim)
        if kind is not None:
            words = known["stateWords"], claim["stateWords"]
            found.append(PlannedChange(kind, name, _printed(known), _printed(claim), *words))
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


def _kind(before: Mapping[str, Any], after: Mapping[str, Any]) -> PlannedKind | None:
    stood, stands = before["state"] in STANDING, after["state"] in STANDING
    if stood != stands:
        return "falls" if stood else "returns"
    if before["state"] != after["state"]:
        return "state"
    if before["sentence"] != after["sentence"]:
        return "reworded"
    return "numbers" if before.get("scope") != after.get("scope") else None


def _printed(claim: Mapping[str, Any]) -> str:
    sentence = claim["sentence"] or f"({claim['topic']})"
    scope = claim.get("scope")
    return f"{sentence} [{scope['passed']} of {scope['examined']} {scope['unit']}]" if scope else str(sentence)
