"""Drift of the records beside the controls: waivers, sources, coverage, the organisation's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustcenter.model.catalogue import Catalogue
from trustcenter.model.change import Change, ChangeKind
from trustcenter.model.condition import duration_text
from trustcenter.model.fact import moment
from trustcenter.model.records import CarveOut, Gap, NotRelevant, Waiver


def compare_records(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    """Every difference in waivers, sources, coverage and the organisation that can change what is shown to hold."""
    yield from _waivers(before.waivers, after.waivers)
    yield from _sources(before, after)
    for what, old, new in (
        ("a gap", before.gaps, after.gaps),
        ("not relevant", before.not_relevant, after.not_relevant),
        ("carved out", before.carve_outs, after.carve_outs),
    ):
        yield from _coverage(what, old, new)
    yield from _organisation(before, after)


def _waivers(before: Sequence[Waiver], after: Sequence[Waiver]) -> Iterator[Change]:
    old = {(waiver.id, waiver.control, waiver.test): waiver for waiver in before}
    new = {(waiver.id, waiver.control, waiver.test): waiver for waiver in after}
    for key, waiver in new.items():
        subject = f"{waiver.control}/{waiver.test}"
        if key not in old:
            until = moment(waiver.expires)
            sentence = f"{subject}: deviations are accepted until {until} by a new waiver"
            yield Change("waiver_added", subject, "", until, True, sentence, waiver.place)
            continue
        yield from _waiver(subject, old[key], waiver)
    for key, waiver in old.items():
        if key not in new:
            subject = f"{waiver.control}/{waiver.test}"
            sentence = f"{subject}: a waiver is gone"
            yield Change("waiver_removed", subject, moment(waiver.expires), "", False, sentence, waiver.place)


def _waiver(subject: str, old: Waiver, new: Waiver) -> Iterator[Change]:
    if old.expires != new.expires:
        longer = new.expires > old.expires
        first, second = moment(old.expires), moment(new.expires)
        sentence = f"{subject}: its waiver ended at {first}, and ends at {second} now"
        yield Change(
            "waiver_longer" if longer else "waiver_shorter", subject, first, second, longer, sentence, new.place
        )
    if (old.scope, old.source) != (new.scope, new.source):
        narrower = _within(new, old)
        kind: ChangeKind = "waiver_narrowed" if narrower else "waiver_widened"
        sentence = f"{subject}: its waiver covers {'fewer' if narrower else 'other or more'} deviations than before"
        yield Change(kind, subject, "", "", not narrower, sentence, new.place)


def _within(inner: Waiver, outer: Waiver) -> bool:
    """Whether every deviation that the inner one covers is covered by the outer one."""
    if outer.source is not None and inner.source != outer.source:
        return False
    return all(name in inner.scope and set(inner.scope[name]) <= set(values) for name, values in outer.scope.items())


def _sources(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    old = {source.name: source for source in before.sources}
    new = {source.name: source for source in after.sources}
    for name, source in new.items():
        if name not in old:
            yield Change("source_added", name, "", source.kind, False, f"the source {name} is new", source.place)
            continue
        for what, first, second in (
            ("kind", old[name].kind, source.kind),
            ("environment", old[name].environment, source.environment),
        ):
            if first != second:
                weakens = what == "kind" or second != "production"
                sentence = f"the source {name} was of {what} {first}, and is of {what} {second} now"
                yield Change("source_changed", name, first, second, weakens, sentence, source.place)
        for collector in sorted(old[name].mapping.keys() | source.mapping.keys()):
            if old[name].mapping.get(collector) != source.mapping.get(collector):
                sentence = f"the source {name} is mapped differently for {collector}: it may show other items"
                yield Change("source_changed", name, collector, collector, True, sentence, source.place)
    for name, source in old.items():
        if name not in new:
            sentence = f"the source {name} is no longer declared, so nothing is read from it"
            yield Change("source_removed", name, source.kind, "", True, sentence, source.place)


Excused = Gap | NotRelevant | CarveOut


def _coverage(what: str, before: Sequence[Excused], after: Sequence[Excused]) -> Iterator[Change]:
    old = {(one.framework, one.criterion): one for one in before}
    new = {(one.framework, one.criterion): one for one in after}
    for key, one in new.items():
        subject = " ".join(key)
        if key not in old:
            yield Change("coverage_weaker", subject, "", what, True, f"{subject} is {what} now", one.place)
    for key, one in old.items():
        subject = " ".join(key)
        if key not in new:
            sentence = f"{subject} is no longer {what}"
            yield Change("coverage_stronger", subject, what, "", False, sentence, one.place)


def _organisation(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    old, new = before.organisation, after.organisation
    if old.longest_waiver != new.longest_waiver:
        longer = new.longest_waiver > old.longest_waiver
        first, second = (duration_text(one.longest_waiver.total_seconds()) for one in (old, new))
        sentence = f"waivers could run {first}, and can run {second} now"
        yield Change("waiver_longer" if longer else "waiver_shorter", "organisation", first, second, longer, sentence)
    scopes = [("framework", old.frameworks, new.frameworks), ("SOC 2 category", old.categories, new.categories)]
    for framework in sorted(old.roles.keys() | new.roles.keys()):
        scopes.append((f"{framework} role", old.roles.get(framework, ()), new.roles.get(framework, ())))
    for what, earlier, later in scopes:
        for name in sorted(set(earlier) - set(later)):
            sentence = f"the {what} {name} is no longer in scope"
            yield Change("coverage_weaker", "organisation", name, "", True, sentence)
        for name in sorted(set(later) - set(earlier)):
            sentence = f"the {what} {name} is in scope now"
            yield Change("coverage_stronger", "organisation", "", name, False, sentence)
