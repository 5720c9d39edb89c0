"""Badges: a state with its date, as a picture that others may show.

No script: the dates are printed in the picture, so that an old copy looks old. `valid until` is the first expiry among
the evidence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trustcenter.model.amount import counted
from trustcenter.publish.inert import html
from trustcenter.publish.machine.said import plain
from trustcenter.publish.pages import iso
from trustcenter.publish.values import FrameworkView, View
from trustcenter.publish.words import day, number

LONGEST_VALID = timedelta(days=30)
"""No badge counts longer after the assessment than this, whatever its evidence allows."""

_STANDING = ("tested", "documented", "declared", "not_applicable")
_COLOURS = {"good": "#1f6f4a", "plain": "#3a4f6b", "open": "#8a5a00"}


@dataclass(frozen=True, slots=True)
class Badge:
    """What one badge says: its label, its state, whether that is good, and where it leads."""

    name: str
    label: str
    state: str
    tone: str
    page: str


def badges(view: View) -> dict[str, bytes]:
    """All badges by path: the claims as a whole, and one a framework."""
    until = valid_until(view)
    return {f"badges/{badge.name}.svg": drawn(badge, view, until) for badge in badge_values(view)}


def badge_values(view: View) -> tuple[Badge, ...]:
    """What the badges of this view say."""
    tested, total = view.tally.get("tested", 0), len(view.claims)
    standing = all(claim.shown in _STANDING for claim in view.claims)
    tone = "open" if view.open() else "good" if standing and tested else "plain"
    name = f"{view.name} (sample)" if view.sample else view.name
    whole = Badge("claims", name, f"{number(tested)} of {counted(total, 'claim')} tested", tone, f"{view.base}/")
    return (whole, *(_framework(framework, view) for framework in view.frameworks))


def _framework(framework: FrameworkView, view: View) -> Badge:
    page = f"{view.base}/#{framework.id}"
    if framework.rungs:
        reached = [rung for rung in framework.rungs if rung.stage in ("now", "done")]
        state = plain(f"{reached[-1].name}, {reached[-1].words}".strip(", ")) if reached else "not started"
        issued = bool(reached) and reached[-1].stage == "done"
        return Badge(framework.id, framework.name, state[:1].lower() + state[1:], "plain" if issued else "open", page)
    counts = framework.counts
    asked = [o for o in framework.obligations if o.shown not in ("not_relevant", "out_of_scope")]
    tested, paper = counts.get("tested", 0) + counts.get("partly", 0), counts.get("documented", 0)
    state = f"{number(tested)} of {number(len(asked))} obligations met with tests, {number(paper)} on paper"
    return Badge(framework.id, framework.name, state, "plain" if tested + paper == len(asked) else "open", page)


def valid_until(view: View) -> datetime:
    """The first moment at which something that a badge counts expires, at most `LONGEST_VALID` after the assessment."""
    expiring = [claim.expires for claim in view.claims if claim.expires is not None]
    return min([*expiring, view.as_of + LONGEST_VALID]).astimezone(UTC)


def drawn(badge: Badge, view: View, until: datetime) -> bytes:
    """One badge as SVG 1.1, with title and description for those who do not see it; nothing in it acts or loads."""
    dated, counts = plain(f"{day(view.as_of)}"), plain(f"valid until {day(until)}")
    label, state = html(plain(badge.label), 60), html(f"{plain(badge.state)} · {dated}", 160)
    first = 20 + _wide(badge.label[:60], 7.0)
    second = 20 + max(_wide(f"{badge.state} · {dated}"[:160], 6.6), _wide(counts, 5.4))
    whole = first + second
    said = html(f"{plain(badge.label)}: {plain(badge.state)}, as of {dated}, {counts}", 400)
    key = hashlib.sha256(f"{badge.name}{badge.page}".encode()).hexdigest()[:8]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="36" viewBox="0 0 {whole} 36" role="img" '
        f'aria-labelledby="t-{key} d-{key}" data-as-of="{iso(view.as_of)}" data-valid-until="{iso(until)}">\n'
        f'<title id="t-{key}">{said}</title>\n'
        f'<desc id="d-{key}">After {iso(until)} this badge says nothing: ask {html(badge.page)} again.</desc>\n'
        f"<metadata>as of {iso(view.as_of)}; valid until {iso(until)}; log checkpoint {view.checkpoint}; "
        f"{html(view.assessment)}</metadata>\n"
        f'<rect width="{whole}" height="36" rx="4" fill="#22262e"/>\n'
        f'<path d="M{first} 0h{second - 4}a4 4 0 0 1 4 4v28a4 4 0 0 1-4 4h-{second - 4}z" '
        f'fill="{_COLOURS[badge.tone]}"/>\n'
        '<g fill="#fff" font-family="Inter,Verdana,DejaVu Sans,sans-serif">\n'
        f'<text x="10" y="22" font-size="12" textLength="{first - 20}" lengthAdjust="spacingAndGlyphs">{label}</text>\n'
        f'<text x="{first + 10}" y="16" font-size="12">{state}</text>\n'
        f'<text x="{first + 10}" y="29" font-size="10">{counts}</text>\n'
        "</g>\n</svg>\n"
    ).encode()


def _wide(text: str, each: float) -> int:
    return round(len(text) * each)
