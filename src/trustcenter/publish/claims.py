"""One claim as a reader of a tier sees it: the sentence with its state, or its withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from trustcenter.errors import ConfigurationError
from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.claim_state import HOLDING, ClaimState, state_of
from trustcenter.model.control import Claim, Control, SelfCheck, Tier
from trustcenter.model.fact import FactSchema
from trustcenter.publish.inputs import EvidenceEntry
from trustcenter.publish.sentence import fill
from trustcenter.publish.values import ClaimDetail, ClaimView, TestLine
from trustcenter.publish.words import FRAMEWORK_NAMES, METHOD_WORDS, PREFIXES, STATE_WORDS, Shown, count, day, number

RANK: dict[Tier, int] = {"public": 0, "nda": 1, "auditor": 2}


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """What every claim of one view is built with."""

    assessment: Assessment
    entries: Mapping[str, EvidenceEntry]
    schemas: Mapping[str, FactSchema]
    since: Mapping[str, datetime]
    now: datetime
    tier: Tier
    base: str
    until: Mapping[str, str]
    """Waiver id to what may be said of it under NDA."""


def claim_view(control: Control, claim: Claim, context: ClaimContext) -> ClaimView:
    """Build one claim's view. What the tier may not see is never put in, rather than hidden later."""
    conclusions = context.assessment.of(control.id)
    state = state_of(control, claim, conclusions, context.now)
    own = [c for c in conclusions if not claim.tests or c.test in claim.tests]
    sentence = fill(control, claim.say, own, context.schemas)
    shown = _shown(claim, state, sentence, context.tier)
    hidden = shown == "withdrawn"
    if hidden:
        sentence = None
    identifier = f"{control.id}/{claim.id}"
    domain = control.domain
    lines = () if hidden else tuple(test_line(c, context.entries) for c in own if c.observed_at is not None)
    since = _since(identifier, shown, state, context) if state.state not in HOLDING else None
    words = state_words(shown, state.as_of, since, state.until)
    first = next((c for c in own if c.observed_at is not None and c.examined), None)
    counted = None if hidden or shown in ("unconfirmed", "not_applicable") else first
    said = _Filled(control, own, context)
    view = ClaimView(
        id=identifier,
        control=control.id,
        domain=domain,
        anchor=claim.id,
        address=f"{context.base}/{domain}/#{claim.id}",
        twin=f"claims/{domain}/{claim.id}.json",
        short=_topic(claim, said),
        group=claim.group,
        shown=shown,
        state_words=words,
        sentence=sentence or "",
        owner=control.owner,
        methods=() if hidden else state.methods,
        noun=said(claim.noun) or "items",
        criteria=criteria_of(control),
        passed=counted.passed if counted else None,
        examined=counted.examined if counted else None,
        as_of=None if hidden else state.as_of,
        expires=state.expires_at if sentence and state.state in HOLDING else None,
        since=since,
        until=state.until,
        note="" if hidden else said(_note(claim, state)) or "",
        environments=tuple(sorted({name for line in lines for name in line.environment.split("+") if name})),
        tests=lines,
        check=_check(claim, said) if sentence and state.state in HOLDING else None,
        asks=claim.asks,
        aliases=() if hidden else claim.aliases,
        opposites=() if hidden else claim.opposites,
        detail=_detail(claim, state, own, context),
    )
    return _quoted(view)


def _shown(claim: Claim, state: ClaimState, sentence: str | None, tier: Tier) -> Shown:
    if state.state in HOLDING and sentence is None:
        return "withdrawn"  # a value is missing: a sentence is never half filled
    if state.state in ("failing", "unconfirmed", "stale") and claim.on_failure == "withdraw" and tier == "public":
        return "withdrawn"
    return state.state


def _since(identifier: str, shown: Shown, state: ClaimState, context: ClaimContext) -> datetime | None:
    if shown in ("in_progress", "not_done", "not_applicable"):
        return None
    if identifier in context.since:
        return context.since[identifier]
    if state.state == "stale":
        return state.expires_at
    return context.assessment.as_of


def state_words(shown: Shown, as_of: datetime | None, since: datetime | None, until: datetime | date | None) -> str:
    """`Tested by us, 20 Nov 2026`; `Not currently confirmed, since 19 Nov 2026`; `In progress, due 31 Jan 2027`."""
    word = STATE_WORDS[shown]
    match shown:
        case "accepted_deviation":
            return f"{word} until {day(until)}" if until else word
        case "in_progress" | "not_done":
            return f"{word}, due {day(until)}" if until else word
        case "failing" | "unconfirmed" | "stale" | "withdrawn":
            return f"{word}, since {day(since)}" if since else word
        case "not_applicable":
            return word
    return f"{word}, {day(as_of)}" if as_of else word


@dataclass(frozen=True, slots=True)
class _Filled:
    """Fills a text of the claim with values from its conclusions; None when one is missing."""

    control: Control
    own: Sequence[TestConclusion]
    context: ClaimContext

    def __call__(self, text: str) -> str | None:
        return fill(self.control, text, self.own, self.context.schemas)


def _topic(claim: Claim, said: _Filled) -> str:
    """What the claim is about, in words that assert nothing and hold no number that is missing."""
    return said(claim.short) or claim.id.replace("-", " ").replace("_", " ").capitalize()


def _check(claim: Claim, said: _Filled) -> SelfCheck | None:
    """What a reader can repeat. The command is taken as written where its braces are the shell's own."""
    if claim.check is None:
        return None
    instruction, expect = said(claim.check.instruction), said(claim.check.expect)
    if instruction is None or expect is None:
        return None
    return SelfCheck(instruction, said(claim.check.command) or claim.check.command, expect)


def _note(claim: Claim, state: ClaimState) -> str:
    if state.state in ("in_progress", "not_done", "not_applicable"):
        return state.reason or claim.note
    return claim.note


def criteria_of(control: Control) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A control's criteria by framework, as pinpoints."""
    found: dict[str, list[str]] = {}
    for mapping in control.criteria:
        found.setdefault(mapping.framework, []).append(mapping.pinpoint or mapping.criterion)
    order = [*FRAMEWORK_NAMES, *sorted(set(found) - set(FRAMEWORK_NAMES))]
    return tuple((FRAMEWORK_NAMES.get(f, f), tuple(dict.fromkeys(found[f]))) for f in order if f in found)


def test_line(conclusion: TestConclusion, entries: Mapping[str, EvidenceEntry]) -> TestLine:
    """One conclusion as counts and places in the log. Raises ConfigurationError for evidence that the log lacks."""
    return TestLine(
        control=conclusion.control,
        test=conclusion.test,
        source=conclusion.source,
        environment=conclusion.environment,
        method=conclusion.method,
        passed=conclusion.passed,
        examined=conclusion.examined,
        size=conclusion.size,
        observed=conclusion.observed_at,
        expires=conclusion.expires_at,
        evidence=tuple(_entry(digest, conclusion, entries) for digest in conclusion.evidence),
    )


def _entry(digest: str, conclusion: TestConclusion, entries: Mapping[str, EvidenceEntry]) -> EvidenceEntry:
    if digest not in entries:
        raise ConfigurationError(
            f"the assessment rests on {digest}, which the ledger at this checkpoint does not hold",
            where=f"{conclusion.control}.{conclusion.test}",
            hint="run `trustcenter verify`; publish only what the ledger can prove",
        )
    return entries[digest]


def _detail(
    claim: Claim, state: ClaimState, own: Sequence[TestConclusion], context: ClaimContext
) -> ClaimDetail | None:
    if state.state not in ("failing", "unconfirmed", "stale", "accepted_deviation"):
        return None
    may_see = RANK[context.tier] >= RANK["nda"] or claim.on_failure == "disclose"
    if not may_see:
        return None
    lines = []
    for c in own:
        if c.conclusion == "inconclusive":
            said = f"inconclusive ({(c.cause or 'missing').replace('_', ' ')})"
        else:
            said = f"{number(c.passed)} of {number(c.examined)} passed, {count(c.deviating, 'deviation')}"
            if c.accepted:
                said += f", {number(c.accepted)} accepted until {day(c.accepted_until)}"
            if c.stale(context.now):
                said += f", evidence expired {day(c.expires_at)}"
        lines.append(f"{c.test} on {c.source}: {said}")
    named = {d.waiver for c in own for d in c.deviations if d.waiver is not None}
    waivers = tuple(context.until[name] for name in sorted(named) if name in context.until)
    return ClaimDetail(tuple(lines), waivers if context.tier != "public" else ())


def _quoted(view: ClaimView) -> ClaimView:
    text = " ".join(part for part in (PREFIXES.get(view.shown, ""), view.sentence or f"{view.short}.") if part)
    facts = [view.state_words]
    facts += [METHOD_WORDS[method][0].lower() for method in view.methods]
    if view.examined is not None:
        facts.append(f"{number(view.passed or 0)} of {number(view.examined)} {view.noun}")
    if view.environments and view.environments != ("production",):
        facts.append(f"{' and '.join(view.environments)} environment{'s' if len(view.environments) > 1 else ''}")
    facts.append(view.address.split("://", 1)[-1])
    return replace(view, quotation=f"{text} ({', '.join(facts)})")
