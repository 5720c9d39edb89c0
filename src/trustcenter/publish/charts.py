"""Small pictures as inline SVG: drawn at build time from the view, each with its numbers in words."""

from __future__ import annotations

from markupsafe import Markup

from trustcenter.publish.inert import html
from trustcenter.publish.values import ClaimView, DomainView, View
from trustcenter.publish.words import STATE_WORDS, count, css, day, number

_WIDE, _GAP, _NARROW = 172, 64, 352


def tally_bar(view: View) -> Markup:
    """The tally as one bar; it repeats the list beside it, so assistive technology skips it."""
    total = sum(view.tally.values()) or 1
    x, body = 0.0, ""
    for shown, amount in view.tally.items():
        width = amount * 100 / total
        body += f'<rect class="s-{css(shown)}" x="{x:.2f}" y="0" width="{max(width - 0.5, 0.5):.2f}" height="8"/>'
        x += width
    return Markup(  # noqa: S704  numbers and classes of ours
        f'<svg class="tally-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{body}</svg>'
    )


def strip(domain: DomainView) -> Markup:
    """One mark for each claim, best first; the counts are its label."""
    said = ", ".join(f"{amount} {STATE_WORDS[shown].lower()}" for shown, amount in domain.tally.items())
    marks = "".join(f'<i class="mark {css(shown)}"></i>' * amount for shown, amount in domain.tally.items())
    return Markup(f'<span class="strip" role="img" aria-label="{html(said)}">{marks}</span>')  # noqa: S704


def chain(claim: ClaimView | None, view: View) -> Markup:
    """The five links from a sentence to the log, told with a claim of this very page; once wide, once narrow."""
    nodes = _nodes(claim, view)
    told = " ".join(f"{position}: {name}, {' '.join(lines)}." for position, (name, lines, _) in enumerate(nodes, 1))
    wide, body = 5 * _WIDE + 4 * _GAP, ""
    for i, (name, lines, link) in enumerate(nodes):
        x = i * (_WIDE + _GAP)
        body += f'<rect class="c-box" x="{x + 0.5}" y=".5" width="{_WIDE - 1}" height="112" rx="6"/>'
        body += _heading(x + 14, 26, i + 1, name)
        body += "".join(f'<text x="{x + 14}" y="{53 + 19 * j}">{html(line)}</text>' for j, line in enumerate(lines))
        if link:
            a = x + _WIDE
            body += f'<path class="c-arrow" d="M{a + 8} 57.5h{_GAP - 17}m-5-4.5 5 4.5-5 4.5"/>'
            body += f'<text class="c-link" x="{a + _GAP / 2}" y="46">{link}</text>'
    first = _svg("chain", wide, 114, told, body, "chart wide")
    body, y = "", 0
    for i, (name, lines, link) in enumerate(nodes):
        height = 24 + 19 * len(lines)
        body += f'<rect class="c-box" x=".5" y="{y + 0.5}" width="{_NARROW - 1}" height="{height - 1}" rx="6"/>'
        body += _heading(14, y + 24, i + 1, name)
        body += "".join(f'<text x="132" y="{y + 24 + 19 * j}">{html(line)}</text>' for j, line in enumerate(lines))
        if link:
            body += f'<path class="c-arrow" d="M20.5 {y + height + 5}v20m-4.5-5 4.5 5 4.5-5"/>'
            body += f'<text x="34" y="{y + height + 19}">{link}</text>'
        y += height + 32
    second = _svg("chain-n", _NARROW, y - 32, told, body, "chart narrow")
    return Markup(first + "\n" + second)  # noqa: S704  every text went through `html`


def _nodes(claim: ClaimView | None, view: View) -> list[tuple[str, list[str], str]]:
    if claim is None or not claim.tests:
        return [
            ("Sentence", ["a claim on this page"], "bound to"),
            ("Control", ["a file that says", "what must be true"], "has"),
            ("Test", ["looks at a system,", "at stated times"], "judges"),
            ("Evidence", ["what was seen,", "signed"], "is entry of"),
            ("Log", [f"{count(view.checkpoint, 'entry', 'entries')},", "checkpoint signed"], ""),
        ]
    test = claim.tests[0]
    entry = test.evidence[0] if test.evidence else None
    digest = entry.digest.removeprefix("sha256:") if entry else ""
    return [
        ("Sentence", _broken(claim.sentence, 3), "bound to"),
        ("Control", [*_identifier(claim.control), _broken(f"owner: {claim.owner}", 1)[0]], "has"),
        (
            "Test",
            [*_broken(test.test, 1), *_broken(f"{number(test.passed)} of {number(test.examined)} held", 2)],
            "judges",
        ),
        (
            "Evidence",
            [f"sha256 {digest[:4]}…{digest[-4:]}", f"{count(test.size, 'row')}, signed", day(test.observed)],
            "is entry of",
        ),
        (
            "Log",
            [f"entry {number(entry.index) if entry else '?'} of", f"{number(view.checkpoint)}, checkpoint", "signed"],
            "",
        ),
    ]


def _identifier(control: str, width: int = 22) -> list[str]:
    """A control's id as it is written; a long one continues after its domain's dot."""
    domain, dot, name = control.partition(".")
    return [control] if len(control) <= width else [*_broken(domain + dot, 1), *_broken(name, 1)]


def _broken(text: str, lines: int, width: int = 22) -> list[str]:
    """A text in at most `lines` lines of about `width` characters; what does not fit ends in an ellipsis."""
    found, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            found.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    found.append(line)
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][: width - 1].rstrip(" ,.") + "…"]
    return [part if len(part) <= width + 2 else part[: width + 1] + "…" for part in found]


def _heading(x: float, y: float, position: int, name: str) -> str:
    return (
        f'<text class="c-step" x="{x}" y="{y}">{position}</text><text class="c-name" x="{x + 16}" y="{y}">{name}</text>'
    )


def _svg(name: str, width: int, height: int, told: str, body: str, css_class: str) -> str:
    return (
        f'<svg class="{css_class}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">From a sentence to the log</title><desc id="{name}-d">{html(told)}</desc>{body}</svg>'
    )
