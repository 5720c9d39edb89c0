"""Feeds for readers who want to be told: changes of claims, subprocessors, incidents. As Atom and as JSON Feed.

Everything in them is dated by the data: publishing again without news gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from trustcenter.model.amount import counted
from trustcenter.publish.inert import html, json_value
from trustcenter.publish.machine.names import tag_of
from trustcenter.publish.machine.said import plain
from trustcenter.publish.pages import iso
from trustcenter.publish.values import ChangeView, IncidentView, SubprocessorView, View
from trustcenter.publish.words import day

NO_INCIDENTS = (
    "This service keeps no public register of incidents yet, so the feed is empty. That is not a statement that there "
    "were none."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news: when, what, where to read on; `kind` is one word that a reader can filter by."""

    identifier: str
    on: date | datetime
    title: str
    text: str
    address: str
    kind: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed by its name under `feeds/`; `since` dates it while it has no entry."""

    name: str
    title: str
    about: str
    address: str
    since: datetime
    entries: tuple[Entry, ...]


def feeds(view: View) -> dict[str, bytes]:
    """All feeds by path, each in both forms."""
    files: dict[str, bytes] = {}
    for feed in feed_values(view):
        files[f"feeds/{feed.name}.atom"] = atom(feed, view)
        files[f"feeds/{feed.name}.json"] = json_feed(feed, view)
    return files


def feed_values(view: View) -> tuple[Feed, ...]:
    """What each feed holds, newest entry first."""
    name = plain(view.name) + (" (sample)" if view.sample else "")
    return (
        Feed(
            "changes",
            f"{name}: changes of claims",
            "Sentences that are new, weakened, not confirmed any more or confirmed again, between signed assessments.",
            f"{view.base}/changes/",
            view.as_of,
            _numbered([_change(change, view) for change in view.changes]),
        ),
        Feed(
            "subprocessors",
            f"{name}: subprocessors",
            "Companies that receive customers’ data: announced, with the day from which they do, and ended.",
            f"{view.base}/subprocessors/",
            view.as_of,
            tuple(
                sorted(
                    (entry for row in view.subprocessors for entry in _subprocessor(row, view)),
                    key=lambda entry: (entry.on, entry.title),
                    reverse=True,
                )
            ),
        ),
        Feed(
            "incidents",
            f"{name}: incidents",
            NO_INCIDENTS if view.incidents is None else "Incidents that were disclosed, an entry for each update.",
            f"{view.base}/status/#incidents",
            view.as_of,
            tuple(
                sorted(
                    (entry for incident in view.incidents or () for entry in _incident(incident, view)),
                    key=lambda entry: (iso_of(entry.on), entry.title),
                    reverse=True,
                )
            ),
        ),
    )


def _change(change: ChangeView, view: View) -> Entry:
    words = plain(change.words).rstrip(".")
    path = change.page.replace(".md", "/", 1)
    return Entry(
        tag_of(view.base, change.on, "changes", f"{words}\n{path}"),
        change.on,
        f"Weakened: {words}" if change.weakens else words,
        f"{words}. {'This asks or says less than before. ' if change.weakens else ''}"
        f"Seen in the signed assessment of {plain(day(change.on))}.",
        f"{view.base}/{path}" if path else f"{view.base}/changes/",
        "weakened" if change.weakens else "changed",
    )


def _numbered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The same words twice in a day are two entries: the later ones are counted, from the oldest on."""
    seen: dict[str, int] = {}
    found: list[Entry] = []
    for entry in reversed(entries):
        seen[entry.identifier] = seen.get(entry.identifier, 0) + 1
        again = seen[entry.identifier]
        name = entry.identifier if again == 1 else f"{entry.identifier}-{again}"
        found.append(Entry(name, entry.on, entry.title, entry.text, entry.address, entry.kind))
    return tuple(reversed(found))


def _subprocessor(row: SubprocessorView, view: View) -> tuple[Entry, ...]:
    name, address = plain(row.name), f"{view.base}/subprocessors/"
    facts = (
        f"Purpose: {plain(row.purpose)}. Data: {plain(row.data)}. Region: {plain(row.region)}. "
        f"Basis for transfers: {plain(row.transfer_basis)}."
    ).replace("..", ".")
    announced = Entry(
        tag_of(view.base, row.announced, "subprocessors", f"{name}\nannounced"),
        row.announced,
        f"Announced: {name}, from {plain(day(row.effective))}",
        f"Announced {plain(day(row.announced))}, receives data from {plain(day(row.effective))} "
        f"({counted(row.notice_days, 'day')} of notice). {facts}",
        address,
        "announced",
    )
    if row.ended is None:
        return (announced,)
    ended = Entry(
        tag_of(view.base, row.ended, "subprocessors", f"{name}\nended"),
        row.ended,
        f"Ended: {name}, {plain(day(row.ended))}",
        f"Receives no data any more from {plain(day(row.ended))} on. {facts}",
        address,
        "ended",
    )
    return announced, ended


def _incident(incident: IncidentView, view: View) -> Iterator[Entry]:
    """An entry for each thing that was told."""
    title = plain(incident.title)
    for at, words in incident.updates:
        over = incident.resolved is not None and at >= incident.resolved
        yield Entry(
            tag_of(view.base, at.date(), "incidents", f"{incident.id}\n{iso(at)}"),
            at,
            f"{'Resolved' if over else 'Update' if at != incident.updates[0][0] else 'Incident'}: {title}",
            f"{plain(words)} Affected: {plain(incident.affected)} Began {iso(incident.began)}, detected "
            f"{iso(incident.detected)}" + (f", resolved {iso(incident.resolved)}." if incident.resolved else "."),
            f"{view.base}/status/#incidents",
            incident.kind,
        )


def atom(feed: Feed, view: View) -> bytes:
    """RFC 4287. Text is escaped plain text, never markup."""
    own = f"{view.base}/feeds/{feed.name}.atom"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{html(own)}</id>",
        f"<title>{html(feed.title)}</title>",
        f"<subtitle>{html(feed.about)}</subtitle>",
        f"<updated>{_updated(feed)}</updated>",
        f"<author><name>{html(plain(view.name))}</name><uri>{html(view.base)}/</uri></author>",
        f'<link rel="self" type="application/atom+xml" href="{html(own)}"/>',
        f'<link rel="alternate" type="text/html" href="{html(feed.address)}"/>',
    ]
    for entry in feed.entries:
        lines += [
            "<entry>",
            f"<id>{html(entry.identifier)}</id>",
            f"<title>{html(entry.title)}</title>",
            f"<updated>{iso_of(entry.on)}</updated>",
            f'<category term="{html(entry.kind)}"/>',
            f'<link rel="alternate" type="text/html" href="{html(entry.address)}"/>',
            f'<content type="text">{html(entry.text)}</content>',
            "</entry>",
        ]
    return ("\n".join([*lines, "</feed>"]) + "\n").encode()


def json_feed(feed: Feed, view: View) -> bytes:
    """JSON Feed 1.1."""
    value: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.address,
        "feed_url": f"{view.base}/feeds/{feed.name}.json",
        "language": "en",
        "authors": [{"name": plain(view.name), "url": f"{view.base}/"}],
        "items": [
            {
                "id": entry.identifier,
                "url": entry.address,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": iso_of(entry.on),
                "tags": [entry.kind],
            }
            for entry in feed.entries
        ],
    }
    return (json.dumps(json_value(value), indent=1, ensure_ascii=False) + "\n").encode()


def _updated(feed: Feed) -> str:
    """The day of the newest entry; a feed without entries is dated by the assessment."""
    return max(iso_of(entry.on) for entry in feed.entries) if feed.entries else iso(feed.since)


def iso_of(value: date | datetime) -> str:
    """A moment; a day counts from its first."""
    return iso(value if isinstance(value, datetime) else datetime.combine(value, time(), UTC))
