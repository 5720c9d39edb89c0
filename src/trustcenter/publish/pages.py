"""The view as Markdown pages: overview, a page a domain, registers, how to verify. Pure: view in, texts out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from trustcenter.errors import ConfigurationError
from trustcenter.model.collector import METHODS, Method
from trustcenter.publish import charts, inert, measured_charts, words
from trustcenter.publish.framework_status import OBLIGATION_WORDS, groups, left_out, obligation_word
from trustcenter.publish.questionnaire.ready import Ready, ready_answers
from trustcenter.publish.readers import READERS, reader_views
from trustcenter.publish.templates import environment
from trustcenter.publish.values import ClaimView, View

_PAGES = (
    "index",
    "frameworks",
    "subprocessors",
    "documents",
    "not-done",
    "changes",
    "status",
    "verify",
    "ready-answers",
)
_INTERNAL = re.compile(r"(?:\.\./)?[a-z0-9][a-zA-Z0-9_./-]*(?:#[A-Za-z0-9_.-]+)?")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def pages(view: View, instance: Path | None = None, ready: Ready | None = None) -> dict[str, str]:
    """All generated Markdown files, by their path in the site's folder.

    `instance` is the folder whose own templates come first; `ready` are the ready answers where they are made already.
    Raises ConfigurationError for an address that no link can carry.
    """
    made = environment(instance, "site", inert.markdown)
    made.globals.update(_globals(view, ready_answers(view) if ready is None else ready))
    files = {f"{name}.md": made.get_template(f"{name}.md.j2").render() for name in _PAGES}
    files["claims/index.md"] = made.get_template("claims.md.j2").render()
    readers = reader_views(view)
    for reader in readers:
        text = made.get_template("reader.md.j2").render(reader=reader, readers=readers)
        files[f"readers/{reader.id}.md"] = text
    domain_page = made.get_template("domain.md.j2")
    for domain in view.domains:
        missing = [claim for claim in view.open() if claim.domain == domain.id]
        grouped = any(claim.group for claim in domain.claims)
        text = domain_page.render(domain=domain, missing=missing, grouped=grouped)
        if f"{domain.id}.md" in files:
            raise ConfigurationError(f"a domain cannot be called `{domain.id}`: the page exists already")
        files[f"{domain.id}.md"] = text
    return {path: _tidy(text) for path, text in files.items()}


def _globals(view: View, ready: Ready) -> dict[str, Any]:
    return {
        "view": view,
        "words": words,
        "STATES": words.STATE_WORDS,
        "PREFIXES": words.PREFIXES,
        "LEGEND": words.LEGEND,
        "METHODS": words.METHOD_WORDS,
        "OBLIGATIONS": OBLIGATION_WORDS,
        "obligation_word": obligation_word,
        "groups": groups,
        "left_out": left_out,
        "css": words.css,
        "day": words.day,
        "minute": words.minute,
        "number": words.number,
        "iso": iso,
        "when": when,
        "outside": outside,
        "page": page,
        "slug": slug,
        "title": title,
        "attribute": attribute,
        "reach": reach,
        "fence": fence,
        "join": "; ".join,
        "shortened": shortened,
        "fingerprint": fingerprint,
        "ordered": ordered,
        "by_method": by_method,
        "tally_bar": charts.tally_bar,
        "strip": charts.strip,
        "drawn": drawn,
        "incident_claims": [claim for claim in view.claims if claim.domain == "incidents"],
        "cell": cell,
        "readers": READERS,
        "anchor": anchor,
        "changed": {change.page: change.on for change in reversed(view.changes) if change.page},
        **measured_charts.shown_of(view.measured, view.as_of),
        "chain": lambda claim: charts.chain(claim, view),
        "host": urlsplit(view.base).netloc or "the-copy",
        "example": example(view),
        "planned": [claim for claim in view.claims if claim.shown in ("in_progress", "not_done")],
        "ready": ready,
        "gaps": [(f.name, o) for f in view.frameworks for o in f.obligations if o.shown == "gap"],
    }


def example(view: View) -> ClaimView | None:
    """The claim that "How to verify" walks through: tested, with evidence; the one with the shortest sentence."""
    usable = [claim for claim in view.claims if claim.shown == "tested" and claim.evidence]
    return min(usable, key=lambda claim: (len(claim.sentence), claim.id), default=None)


def by_method(view: View) -> list[tuple[Method, int]]:
    """How many tested claims rest on each method, counted at its strongest; strongest first."""
    strongest = [claim.methods[-1] for claim in view.claims if claim.shown == "tested" and claim.methods]
    return [(method, strongest.count(method)) for method in reversed(METHODS) if method in strongest]


def ordered(counts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """An obligation's counts, best state first."""
    return [(name, counts[name]) for name in OBLIGATION_WORDS if name in counts]


def when(claim: ClaimView) -> str:
    """The date beside the state: of the test, since when it is not confirmed, until when it is accepted or due."""
    if claim.shown in ("failing", "unconfirmed", "stale", "withdrawn"):
        return f"since {words.day(claim.since)}" if claim.since else ""
    if claim.shown in ("in_progress", "not_done"):
        return f"due {words.day(claim.until)}" if claim.until else ""
    if claim.shown == "accepted_deviation":
        return f"until {words.day(claim.until)}" if claim.until else ""
    return words.day(claim.as_of)


def outside(claim: ClaimView) -> str:
    """Said beside the count when the evidence is not production's."""
    if claim.environments in ((), ("production",)):
        return ""
    noun = "environment" if len(claim.environments) == 1 else "environments"
    return f"{words.listed(claim.environments)} {noun}"


def iso(value: datetime) -> str:
    """A moment for scripts: `2026-11-21T06:02:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page(path: str, suffix: str = "") -> Markup:
    """The target of a link within the site."""
    target = f"{path}{suffix}"
    if not _INTERNAL.fullmatch(target) or ".." in target.removeprefix("../"):
        raise ConfigurationError(f"`{inert.clean(target, 200)}` is not an address within the site")
    return Markup(target)  # noqa: S704  matched above


def slug(text: str) -> Markup:
    """An anchor."""
    if not _SLUG.fullmatch(text):
        raise ConfigurationError(f"`{inert.clean(text, 200)}` cannot be an anchor", hint="use a-z, 0-9 and hyphens")
    return Markup(text)  # noqa: S704  matched above


def title(text: str) -> Markup:
    """A page's title in its front matter, as a quoted YAML string."""
    return Markup(json.dumps(inert.clean(text), ensure_ascii=True))  # noqa: S704  quoted


def attribute(text: str) -> Markup:
    """A text for an attribute that Markdown itself sets: letters, digits and plain punctuation."""
    return Markup(re.sub(r"[^\w ,.()/®-]", "", inert.clean(text, 200)).strip())  # noqa: S704  allow-list


def reach(address: str) -> Markup:
    """An e-mail address, telephone number or web address as a link; anything else as text."""
    plain = inert.clean(address, 300).strip()
    target = plain
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", plain):
        target = f"mailto:{plain}"
    elif re.fullmatch(r"\+[0-9 ()-]+", plain):
        target = "tel:" + re.sub(r"[^+0-9]", "", plain)
    if not inert.web_address(target):
        return Markup(inert.markdown(plain))  # noqa: S704  inert
    shown = plain.split("://", 1)[-1].rstrip("/")
    # A long address continues in the next line behind a slash, never within a word.
    parts = "<wbr>".join(inert.markdown(part) for part in re.split(r"(?<=/)", shown) if part)
    return Markup(f'<a href="{inert.html(target)}">{parts}</a>')  # noqa: S704  checked and escaped


def fence(text: str, language: str = "text", indent: int = 0) -> Markup:
    """A block of literal text; `indent` moves all lines but the first, for blocks within lists."""
    return Markup(inert.fence(text, language).replace("\n", "\n" + " " * indent))  # noqa: S704  literal


def drawn(chart: measured_charts.Chart) -> Markup:
    """A chart's picture."""
    return Markup(chart.svg)  # noqa: S704  drawn by us, its texts escaped


def cell(column: str) -> Markup:
    """Names a cell's column, so that a narrow page can repeat it beside the value."""
    return Markup(f' {{ data-label="{attribute(column)}" }}')  # noqa: S704  allow-list


def anchor(text: str) -> str:
    """A heading of ours as an anchor: `SOC 2 CC6.1` as `soc-2-cc6.1`."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def shortened(digest: str) -> str:
    """`sha256 9f3c1e07…d2a4`: for the eye; the whole digest is in the JSON."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm} {value[:8]}…{value[-4:]}" if len(value) > 16 else digest


def fingerprint(key: str) -> str:
    """The SHA-256 of the verifier key's bytes, in groups of four for reading aloud (the first 16 bytes)."""
    try:
        raw = base64.b64decode(key.split("+", 2)[-1], validate=True)
    except ValueError:
        raw = key.encode()
    text = hashlib.sha256(raw).hexdigest()[:32]
    return " ".join(text[i : i + 4] for i in range(0, 32, 4))


def _tidy(text: str) -> str:
    """No trailing blanks and no more than one empty line, outside of fenced blocks; one newline at the end."""
    lines: list[str] = []
    fenced = ""
    for line in text.split("\n"):
        opening = re.match(r"\s*(`{3,})", line) if "```" in line else None
        if opening and not fenced:
            fenced = opening[1]
        elif fenced and line.strip() == fenced:
            fenced = ""
        if fenced or line.strip() or (lines and lines[-1]):
            lines.append(line if fenced else line.rstrip())
    return "\n".join(lines).rstrip("\n") + "\n"
