"""Drift as the public may read it: which sentence fell, came back or was weakened; never how many or which rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trustcenter.model.catalogue import Catalogue
from trustcenter.model.change import Change
from trustcenter.model.control import Claim
from trustcenter.publish.inputs import ChangeNote

_ON_THE_CLAIM = {
    "claim_removed": "Removed",
    "control_removed": "Removed",
    "claim_added": "New",
    "claim_reworded": "Reworded",
    "claim_weaker": "Says less than before",
    "claim_stronger": "Says more than before",
}
REMOVED = frozenset({"claim_removed", "control_removed"})
"""Kinds after which a sentence is not said any more."""
_FELL = frozenset({"conclusion_worse"})
_ROSE = frozenset({"conclusion_better"})
_DECLARED = (
    "threshold_", "condition_", "every_", "control_weaker", "control_stronger", "test_removed", "test_added",
    "waiver_added", "waiver_removed", "waiver_longer", "method_",
)  # fmt: skip


def public_changes(
    changes: Sequence[Change], catalogue: Catalogue, on: date, before: Catalogue | None = None
) -> tuple[ChangeNote, ...]:
    """Changes of public claims, each once, weakening ones first.

    `before` is the catalogue that the changes began from: it alone tells whether what was removed had been public.

    Drift's own sentences may count deviations, so none is quoted: what is said here is made of the claim's topic.
    """
    found: dict[tuple[str, str], ChangeNote] = {}
    for change in changes:
        for subject, topic in _removed(change, before) if change.kind in REMOVED else _claims(change, catalogue):
            words, weakens = _words(change)
            if words and (subject, words) not in found:
                found[subject, words] = ChangeNote(on, subject, change.kind, f"{words}: {topic}", weakens)
    return tuple(sorted(found.values(), key=lambda note: (not note.weakens, note.subject)))


def _words(change: Change) -> tuple[str, bool]:
    if change.kind in _ON_THE_CLAIM:
        return _ON_THE_CLAIM[change.kind], change.weakens
    if change.kind in _FELL:
        return "Not confirmed any more", False
    if change.kind in _ROSE:
        return "Confirmed again", False
    if change.kind.startswith(_DECLARED):
        return (
            "What we ask of it was loosened" if change.weakens else "What we ask of it was tightened"
        ), change.weakens
    return "", False


def _claims(change: Change, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The public claims that a change concerns, with their topics."""
    control_id, _, rest = change.subject.partition("/")
    control = next((control for control in catalogue.controls if control.id == control_id), None)
    if control is None:
        return []
    found = []
    for claim in control.claims:
        named = not rest or (
            claim.id == rest if change.kind in _ON_THE_CLAIM else not claim.tests or rest in claim.tests
        )
        if claim.tier == "public" and named:
            found.append((f"{control.id}/{claim.id}", _topic(claim)))
    return found


def _removed(change: Change, before: Catalogue | None) -> list[tuple[str, str]]:
    """The public claims that went with a claim or a whole control, as they were called."""
    control_id, _, rest = change.subject.partition("/")
    return [
        (f"{control.id}/{claim.id}", _topic(claim))
        for control in (before.controls if before else ())
        for claim in control.claims
        if control.id == control_id and claim.tier == "public" and rest in ("", claim.id)
    ]


def _topic(claim: Claim) -> str:
    return claim.short if claim.short and "{" not in claim.short else claim.id.replace("-", " ").replace("_", " ")
