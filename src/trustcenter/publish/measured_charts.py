"""Charts of what was measured, as inline SVG with their numbers in words. Fewer than two points are only said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from trustcenter.publish.inert import html
from trustcenter.publish.measured import FRESH_DAYS, BackupAge, Drill, FreshDay, Measured, Month
from trustcenter.publish.words import count, day, minute, number

_W = 352
"""Drawn at about 1:1, so that 12 units of text are 12 px."""
_MOST = 12
"""Bars or months in one chart: the newest."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its anchor, caption and words; `svg` is empty where there is too little to draw."""

    anchor: str
    title: str
    caption: str
    words: str
    svg: str = ""
    key: tuple[tuple[str, str], ...] = ()
    page: str = ""


def span(value: timedelta) -> str:
    """A duration for a reader: `3.6 s`, `31 min`, `5 h`, `12 days`; rounded up, so that it never looks shorter."""
    seconds = max(value.total_seconds(), 0)
    if 0 < seconds < 10:
        return f"{-int(-seconds * 10 // 1) / 10:g}\N{NO-BREAK SPACE}s"
    for size, word, limit in ((1, "s", 100), (60, "min", 100), (3_600, "h", 48)):
        if seconds <= size * limit:
            return f"{-int(-seconds // size)}\N{NO-BREAK SPACE}{word}"
    return count(-int(-seconds // 86_400), "day")


def share(value: float) -> str:
    """A percentage as it was measured, never rounded up: `99.98`, `100`."""
    return f"{int(value * 100 + 1e-7) / 100:.2f}".rstrip("0").rstrip(".")


def freshness(days: Sequence[FreshDay], last: date) -> Chart | None:
    """A cell a day, oldest first; a worse day is shorter as well as coloured. None where no run was signed."""
    if not days:
        return None
    full = sum(one.fresh == one.tests for one in days)
    first = days[0].on
    newest = days[-1]
    if len(days) == 1:
        seen = f"{number(newest.fresh)} of {count(newest.tests, 'test')}"
        words = f"Signed runs of one day so far, {day(newest.on)}: the evidence of {seen} was in date."
        return Chart("freshness", "Evidence in date", "One day so far", words)
    held = f"On {number(full)} of {count(len(days), 'day')} with a signed run since {day(first)}"
    said = f"{held}, the evidence of every test was in date."
    late = [one for one in days if one.fresh < one.tests]
    if late:
        worst = min(late, key=lambda one: one.fresh / one.tests)
        said += f" The least: {number(worst.fresh)} of {count(worst.tests, 'test')} on {day(worst.on)}."
    caption = f"{number(newest.fresh)} of {count(newest.tests, 'test')} on {day(newest.on)}"
    known = {one.on: one for one in days}
    step, base, kinds = _W / FRESH_DAYS, 52, {"fresh": "", "late": "", "gap": ""}
    body, gaps = "", 0
    for position in range(FRESH_DAYS):
        on = last - timedelta(days=FRESH_DAYS - 1 - position)
        x, width = position * step, step - 1
        found = known.get(on)
        if on.day == 1:
            body += f'<path class="c-axis" d="M{_n(x)} 56v4"/>'
            if 12 < position < FRESH_DAYS - 20:
                body += f'<text x="{_n(x + 4)}" y="70">{day(on).split(chr(160))[1]}</text>'
        if on < first:
            continue
        if found is None:
            gaps += 1
            kinds["gap"] += f"M{_n(x + 0.5)} {base - 5.5}h{_n(width - 1)}v5h-{_n(width - 1)}z"
        elif found.fresh < found.tests:
            kinds["late"] += f"M{_n(x)} {base - 22}h{_n(width)}v22h-{_n(width)}z"
        else:
            kinds["fresh"] += f"M{_n(x)} {base - 40}h{_n(width)}v40h-{_n(width)}z"
    if gaps:
        said += f" On {count(gaps, 'day')} no run was signed."
    body = "".join(f'<path class="c-{kind}" d="{drawn}"/>' for kind, drawn in kinds.items() if drawn) + body
    oldest = _short(last - timedelta(days=FRESH_DAYS - 1))
    body += f'<path class="c-axis" d="M0 56h{_W}"/><text x="0" y="70">{oldest}</text>'
    body += f'<text class="end" x="{_W}" y="70">{_short(last)}</text>'
    names = {"fresh": "all in date", "late": "some out of date", "gap": "no run"}
    key = tuple((kind, names[kind]) for kind, drawn in kinds.items() if drawn)
    return Chart(
        "freshness", "Evidence in date", caption, said, _svg("fresh", 76, "Evidence in date, by day", said, body), key
    )


def uptime(months: Sequence[Month], page: str = "") -> Chart | None:
    """A point a month and target: checks that succeeded of those made. A line joins only months that follow."""
    if not months:
        return None
    targets = sorted({one.target for one in months})
    shown = [one for one in months if one.target == targets[0]][-_MOST:]
    listed = ", ".join(f"{_month(one.month)} {share(one.available)} %" for one in shown)
    said = f"Checks of {targets[0]} that succeeded, of those made, by month: {listed}."
    least = min(shown, key=lambda one: one.observed)
    if least.observed < 100:
        said += f" In {_month(least.month)}, {share(least.observed)} % of the checks that were due were made."
    caption = f"Per cent of the checks made, {_month(shown[-1].month)}: {share(shown[-1].available)}"
    if len(shown) < 2:
        return Chart("uptime", "Uptime", caption, said, page=page)
    low = min(99.0, *(one.available for one in shown))
    top, base, step = 8, 82, _W / len(shown)
    points = [
        (step / 2 + i * step, base - (one.available - low) * (base - top) / (100 - low), one)
        for i, one in enumerate(shown)
    ]
    body = f'<path class="c-axis" d="M0 {base}h{_W}"/>'
    for (x, y, one), (x2, y2, two) in pairwise(points):
        if _follows(one.month, two.month):
            body += f'<path class="c-line" d="M{_n(x)} {_n(y)}L{_n(x2)} {_n(y2)}"/>'
    for x, y, one in points:
        if one.failures:
            body += f'<path class="c-late" d="M{_n(x)} {_n(y - 6)}l6 6-6 6-6-6z"/>'
        else:
            body += f'<circle class="c-dot" cx="{_n(x)}" cy="{_n(y)}" r="3.5"/>'
        body += f'<text class="mid" x="{_n(x)}" y="98">{_month(one.month).split(chr(160))[0]}</text>'
        body += f'<text class="mid strong" x="{_n(x)}" y="114">{share(one.available)}</text>'
    return Chart("uptime", "Uptime", caption, said, _svg("up", 118, "Uptime by month, per cent", said, body), page=page)


def backups(kept: Sequence[BackupAge], as_of: datetime, page: str = "") -> Chart | None:
    """Each backup on a line of its age; one that no restore can use is a diamond."""
    if not kept:
        return None
    ages = sorted(as_of - one.taken_at for one in kept)
    bad = sum(not one.usable for one in kept)
    said = (
        f"{count(len(kept), 'backup is', 'backups are')} kept; "
        + (
            f"the newest was {span(ages[0])} old, the oldest {span(ages[-1])}"
            if len(ages) > 1
            else f"it was {span(ages[0])} old"
        )
        + f" when seen on {minute(as_of)}."
        + (f" {count(bad, 'backup')} cannot be used." if bad else "")
    )
    caption = f"{count(len(kept), 'backup')}, newest {span(ages[0])} old on {day(as_of)}"
    if len(kept) < 2 or ages[-1] <= timedelta():
        return Chart("backups", "Backups kept", caption, said, page=page)
    body = f'<path class="c-axis" d="M0 44h{_W}M0.5 40v8M{_W - 0.5} 40v8"/>'
    for one in kept:
        x = 6 + (_W - 12) * (1 - max(as_of - one.taken_at, timedelta()) / ages[-1])
        if one.usable:
            body += f'<path class="c-bar" d="M{_n(x - 2)} 14h4v30h-4z"/>'
        else:
            body += f'<path class="c-over" d="M{_n(x)} 22l6 6-6 6-6-6z"/>'
    body += f'<text x="0" y="64">{span(ages[-1])} old</text><text class="end" x="{_W}" y="64">when seen</text>'
    return Chart("backups", "Backups kept", caption, said, _svg("kept", 68, "Backups by age", said, body), page=page)


def drills(done: Sequence[Drill], page: str = "") -> Chart | None:
    """A bar for each restore that was really done."""
    if not done:
        return None
    shown = list(done)[-_MOST:]
    listed = ", ".join(f"{day(one.on)}: {span(one.took)}" for one in shown)
    said = f"Each restore from backup files alone, and how long it took: {listed}."
    caption = f"The newest took {span(shown[-1].took)}, {day(shown[-1].on)}"
    if len(shown) < 2:
        return Chart("restore", "Restore drills", caption, said, page=page)
    most = max(one.took.total_seconds() for one in shown) or 1
    top, base, step = 6, 72, _W / len(shown)
    bar = min(26.0, step - 4)
    body = f'<path class="c-axis" d="M0 {base}h{_W}"/>'
    one_day = len({one.on.date() for one in shown}) == 1
    for i, one in enumerate(shown):
        x, high = i * step + (step - bar) / 2, one.took.total_seconds() * (base - top) / most
        body += f'<path class="c-bar" d="M{_n(x)} {base}v-{_n(high)}h{_n(bar)}v{_n(high)}z"/>'
        crowded = len(shown) > 6 and i % 2
        name = f"{one.on:%H:%M}" if one_day else _short(one.on.date())
        if not crowded:
            body += f'<text class="mid" x="{_n(x + bar / 2)}" y="88">{name}</text>'
            body += f'<text class="mid strong" x="{_n(x + bar / 2)}" y="104">{span(one.took)}</text>'
    return Chart(
        "restore",
        "Restore drills",
        caption,
        said,
        _svg("drills", 108, "Duration of restore drills", said, body),
        (),
        page,
    )


def _month(text: str) -> str:
    """`2026-11` as `Nov 2026`."""
    return day(date(int(text[:4]), int(text[5:7]), 1)).split("\N{NO-BREAK SPACE}", 1)[1]


def _follows(one: str, two: str) -> bool:
    first, second = (int(text[:4]) * 12 + int(text[5:7]) for text in (one, two))
    return second == first + 1


def _short(on: date) -> str:
    return day(on).rsplit("\N{NO-BREAK SPACE}", 1)[0]


def _n(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _svg(name: str, height: int, title: str, told: str, body: str) -> Markup:
    return Markup(  # noqa: S704  numbers of ours, texts escaped
        f'<svg class="chart" viewBox="0 0 {_W} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{html(title)}</title><desc id="{name}-d">{html(told)}</desc>{body}</svg>'
    )


def shown_of(measured: Measured, as_of: datetime) -> dict[str, Any]:
    """What the templates of the overview and the status page need."""
    failures = [one.last_failure for one in measured.uptime if one.last_failure is not None]
    made = [
        freshness(measured.freshness, as_of.date()),
        uptime(measured.uptime, measured.uptime_of.page) if measured.uptime_of else None,
        drills(measured.drills, measured.drills_of.page) if measured.drills_of else None,
        backups(measured.backups, measured.backups_of.as_of, measured.backups_of.page) if measured.backups_of else None,
    ]
    return {
        "charts": [chart for chart in made if chart is not None],
        "last_failure": max(failures, default=None),
        "targets": sorted({one.target for one in measured.uptime}),
        "month_name": _month,
        "share": share,
        "share_up": lambda value: share(min(value + 0.00999, 100)),
        "span": span,
    }
