"""Build the pack: cover, contents, what does not hold, controls, evidence, statements attached; watermarked.

Identical input gives identical bytes: dates and the identifier come from the input, fonts are bundled, nothing is
fetched. The pack is neither encrypted nor signed as a PDF; its statements carry their own signatures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from trustcenter.errors import ConfigurationError
from trustcenter.publish import inert, templates, words
from trustcenter.publish.framework_status import OBLIGATION_WORDS, obligation_word
from trustcenter.publish.pack.letters import coverage, printable
from trustcenter.publish.pack.render import AttachedFile, render_pdf
from trustcenter.publish.pages import fingerprint, ordered
from trustcenter.publish.values import View

CONTROL_WORDS = {
    "tested": "Tested by us",
    "documented": "On paper",
    "in_progress": "In progress",
    "not_confirmed": "Not confirmed",
    "not_applicable": "Not applicable",
}
_FONTS = ("fonts/inter.woff2", "fonts/jetbrains-mono.woff2")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the pack: printed on the cover and across every page. `agreed` is the date of the NDA."""

    name: str
    organisation: str
    agreed: date
    number: str
    """The pack's own number, so that a copy that turns up can be told apart."""


def build_pack(
    view: View,
    attachments: tuple[AttachedFile, ...],
    recipient: Recipient,
    now: datetime,
    *,
    environment: Mapping[str, str],
    instance: Path | None = None,
) -> bytes:
    """The pack as PDF bytes. `environment` is the process's, for the renderer to find its libraries.

    Raises ConfigurationError for a public view, which holds too little for a pack, and for a recipient whose name the
    bundled fonts cannot print.
    """
    if view.tier == "public":
        raise ConfigurationError(
            "a pack is built from a view for readers under NDA", hint='build the view with tier="nda"'
        )
    made = now.astimezone(UTC).replace(microsecond=0)
    assets = {name: _asset(instance, name) for name in _FONTS}
    known = coverage(assets[_FONTS[0]])
    for said in (recipient.name, recipient.organisation):
        if "?" in printable(said, known).replace("?", "", said.count("?")):
            raise ConfigurationError(
                f"`{said}` cannot be printed in the bundled fonts", hint="write it in Latin letters"
            )
    html = printable(pack_html(view, attachments, recipient, made, instance), known)
    style = _asset(instance, "pack.css").decode()
    return render_pdf(
        html, style, assets, attachments, _identifier(html, style, assets, attachments), made, environment
    )


def pack_html(
    view: View,
    attachments: tuple[AttachedFile, ...],
    recipient: Recipient,
    made: datetime,
    instance: Path | None = None,
) -> str:
    """The pack's HTML: every value inert, no address to fetch."""
    made_templates = templates.environment(instance, "pack", inert.html)
    made_templates.globals.update(
        {
            "STATES": words.STATE_WORDS,
            "PREFIXES": words.PREFIXES,
            "METHODS": words.METHOD_WORDS,
            "LEGEND": words.LEGEND,
            "OBLIGATIONS": OBLIGATION_WORDS,
            "obligation_word": obligation_word,
            "CONTROLS": CONTROL_WORDS,
            "css": words.css,
            "day": words.day,
            "minute": words.minute,
            "number": words.number,
            "count": words.count,
            "grouped": grouped,
            "fingerprint": fingerprint,
            "ordered": ordered,
            "join": "; ".join,
        }
    )
    entries = {entry.digest: entry for line in view.control_lines for test in line.tests for entry in test.evidence}
    return made_templates.get_template("pack.html.j2").render(
        view=view,
        recipient=recipient,
        made=made,
        attachments=attachments,
        digests={item.name: "sha256:" + hashlib.sha256(item.content).hexdigest() for item in attachments},
        entries=sorted(entries.values(), key=lambda entry: entry.index),
    )


def grouped(digest: str) -> str:
    """A digest in groups of eight, which break lines well and can be compared by eye."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm} " + " ".join(value[i : i + 8] for i in range(0, len(value), 8))


def _identifier(html: str, style: str, assets: Mapping[str, bytes], attachments: tuple[AttachedFile, ...]) -> bytes:
    """Sixteen bytes that follow from everything that is printed or attached, and from nothing else."""
    digest = hashlib.sha256()
    parts = [html.encode(), style.encode(), *assets.values()]
    for item in attachments:
        parts += [item.name.encode(), item.description.encode(), item.content]
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()[:16]


def _asset(instance: Path | None, name: str) -> bytes:
    if name.startswith("fonts/"):
        return templates.asset(instance, name).read_bytes()
    for folder in templates.folders(instance, "pack"):
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    raise ConfigurationError(f"there is no `{name}` for packs", hint="the installation is incomplete")


def statement_attachments(envelopes: Mapping[str, bytes], descriptions: Mapping[str, str]) -> tuple[AttachedFile, ...]:
    """Digest to envelope as attachments, named like the ledger names them."""
    return tuple(
        AttachedFile(f"{digest.removeprefix('sha256:')}.dsse.json", envelopes[digest], descriptions.get(digest, ""))
        for digest in sorted(envelopes)
    )
