"""Drift of what is declared: two catalogues compared, without any evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustcenter.assess.declared_records import compare_records
from trustcenter.assess.thresholds import compare_conditions
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.change import Change, ChangeKind
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.condition import duration_text
from trustcenter.model.control import Claim, Control, TestOfControl
from trustcenter.model.fact import FactSchema

_OFTEN = ("continuous", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly", "per_event")
_TIERS = ("public", "nda", "auditor")
_PROGRESS = ("in place", "in_progress", "not_done", "not applicable")

Collectors = Mapping[str, CollectorDescription]


def compare_catalogues(before: Catalogue, after: Catalogue, collectors: Collectors | None = None) -> tuple[Change, ...]:
    """Every difference in what is declared, in the order of the later catalogue.

    `collectors` only improve the wording (units, durations). Where nobody can tell whether less is asked (another
    query, another mapping), the change counts as weaker.
    """
    found: list[Change] = []
    old = {control.id: control for control in before.controls}
    for control in after.controls:
        if control.id in old:
            found += _control(old[control.id], control, collectors or {})
        else:
            found.append(
                Change("control_added", control.id, "", control.title, False, f"{control.id} is new", control.place)
            )
    new = {control.id for control in after.controls}
    for control in before.controls:
        if control.id not in new:
            sentence = f"{control.id} is no longer declared ({control.title})"
            found.append(Change("control_removed", control.id, control.title, "", True, sentence, control.place))
    return (*found, *compare_records(before, after))


def _control(before: Control, after: Control, collectors: Collectors) -> Iterator[Change]:
    yield from _standing(before, after)
    old_mappings = {(one.framework, one.pinpoint) for one in before.criteria}
    new_mappings = {(one.framework, one.pinpoint) for one in after.criteria}
    for framework, pinpoint in sorted(old_mappings - new_mappings):
        sentence = f"{after.id} no longer counts for {framework} {pinpoint}"
        yield Change("mapping_removed", after.id, f"{framework} {pinpoint}", "", True, sentence, after.place)
    for framework, pinpoint in sorted(new_mappings - old_mappings):
        sentence = f"{after.id} counts now for {framework} {pinpoint}"
        yield Change("mapping_added", after.id, "", f"{framework} {pinpoint}", False, sentence, after.place)
    old_tests = {test.id: test for test in before.tests}
    for test in after.tests:
        subject = f"{after.id}/{test.id}"
        if test.id in old_tests:
            yield from _test(after, old_tests[test.id], test, collectors)
        else:
            yield Change("test_added", subject, "", test.id, False, f"{subject} is new", test.place)
    for test in before.tests:
        if test.id not in {one.id for one in after.tests}:
            subject = f"{after.id}/{test.id}"
            yield Change("test_removed", subject, test.id, "", True, f"{subject} is no longer tested", after.place)
    yield from _claims(before, after)


def _standing(before: Control, after: Control) -> Iterator[Change]:
    """Nature, frequency, and how far the control is in place."""

    def change(what: str, old: str, new: str, weakens: bool) -> Change:
        kind: ChangeKind = "control_weaker" if weakens else "control_stronger"
        sentence = f"{after.id}: {what} was {old}, and is {new} now"
        return Change(kind, after.id, old, new, weakens, sentence.replace("_", " "), after.place)

    if before.nature != after.nature:
        yield change("its nature", before.nature, after.nature, after.nature == "manual")
    if before.frequency != after.frequency:
        rarer = _OFTEN.index(after.frequency) > _OFTEN.index(before.frequency)
        yield change("its frequency", before.frequency, after.frequency, rarer)
    old, new = _state(before), _state(after)
    if old != new:
        yield change("its state", old, new, _PROGRESS.index(new) > _PROGRESS.index(old))
    first = before.progress.target if before.progress else None
    second = after.progress.target if after.progress else None
    if before.progress and after.progress and first != second:
        later = first is not None and (second is None or second > first)
        yield change("its target", str(first or "undated"), str(second or "undated"), later)


def _state(control: Control) -> str:
    if control.not_applicable is not None:
        return "not applicable"
    return control.progress.state if control.progress is not None else "in place"


def _test(control: Control, before: TestOfControl, after: TestOfControl, collectors: Collectors) -> Iterator[Change]:
    subject = f"{control.id}/{after.id}"
    if before.every != after.every:
        longer = after.every > before.every
        old, new = (duration_text(one.every.total_seconds()) for one in (before, after))
        sentence = f"{subject} was to be looked at every {old}, and is every {new} now"
        kind: ChangeKind = "every_longer" if longer else "every_shorter"
        yield Change(kind, subject, old, new, longer, sentence, after.place)
    yield from compare_conditions(control, before, after, _schema(after, collectors))
    yield from _sources(subject, before, after)
    for what, old_part, new_part in (
        ("collector", before.collector, after.collector),
        ("parameters", dict(before.parameters), dict(after.parameters)),
        ("query", before.query, after.query),
        ("reconciliation", before.reconcile, after.reconcile),
    ):
        if old_part != new_part:
            sentence = f"{subject} has another {what}: whether it shows less cannot be told, so it counts as weaker"
            old, new = (str(part) if what == "collector" else what for part in (old_part, new_part))
            yield Change("test_changed", subject, old, new, True, sentence, after.place)


def _schema(test: TestOfControl, collectors: Collectors) -> FactSchema | None:
    if test.query is not None:
        return test.query.columns
    description = collectors.get(test.collector or "")
    return description.schema if description is not None else None


def _sources(subject: str, before: TestOfControl, after: TestOfControl) -> Iterator[Change]:
    old, new = set(before.sources), set(after.sources)
    if old == new:
        return
    if not new:
        sentence = f"{subject} reads every source of its kind now"
        yield Change("source_added", subject, ", ".join(sorted(old)), "every source", False, sentence, after.place)
    elif not old:
        names = ", ".join(sorted(new))
        sentence = f"{subject} read every source of its kind, and reads only {names} now"
        yield Change("source_removed", subject, "every source", names, True, sentence, after.place)
    else:
        for name in sorted(old - new):
            sentence = f"{subject} no longer reads {name}"
            yield Change("source_removed", subject, name, "", True, sentence, after.place)
        for name in sorted(new - old):
            yield Change("source_added", subject, "", name, False, f"{subject} reads {name} now", after.place)


def _claims(before: Control, after: Control) -> Iterator[Change]:
    old = {claim.id: claim for claim in before.claims}
    for claim in after.claims:
        subject = f"{after.id}/{claim.id}"
        if claim.id in old:
            yield from _claim(subject, before, old[claim.id], after, claim)
        else:
            yield Change("claim_added", subject, "", claim.say, False, f"{subject} is a new sentence", claim.place)
    for claim in before.claims:
        if claim.id not in {one.id for one in after.claims}:
            subject = f"{after.id}/{claim.id}"
            yield Change("claim_removed", subject, claim.say, "", True, f"{subject} is no longer said", after.place)


def _claim(subject: str, before: Control, old: Claim, after: Control, new: Claim) -> Iterator[Change]:
    if (old.say, old.short) != (new.say, new.short):
        sentence = f"{subject} is worded differently"
        yield Change("claim_reworded", subject, old.say, new.say, False, sentence, new.place)
    rested = set(old.tests) or {test.id for test in before.tests}
    rests = set(new.tests) or {test.id for test in after.tests}
    if rested != rests:
        weakens = bool(rested - rests)
        kind = _claim_kind(weakens)
        names = tuple(", ".join(sorted(one)) for one in (rested, rests))
        sentence = f"{subject} rested on {names[0] or 'nothing'}, and rests on {names[1] or 'nothing'} now"
        yield Change(kind, subject, names[0], names[1], weakens, sentence, new.place)
    if old.tier != new.tier:
        weakens = _TIERS.index(new.tier) > _TIERS.index(old.tier)
        kind = _claim_kind(weakens)
        sentence = f"{subject} was for readers of tier {old.tier}, and is for {new.tier} now"
        yield Change(kind, subject, old.tier, new.tier, weakens, sentence, new.place)
    if old.on_failure != new.on_failure:
        weakens = new.on_failure == "withdraw"
        kind = _claim_kind(weakens)
        sentence = f"{subject}: a failure was to {old.on_failure} the sentence, and is to {new.on_failure} it now"
        yield Change(kind, subject, old.on_failure, new.on_failure, weakens, sentence, new.place)


def _claim_kind(weakens: bool) -> ChangeKind:
    return "claim_weaker" if weakens else "claim_stronger"
