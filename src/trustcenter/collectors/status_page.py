"""The status page and its feed: how long news takes from the staff to a stranger, and whether all of it is there."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Annotated, Any, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._canary import Canary
from trustcenter.collectors._privileged import change
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response, Sql

ATOM = "{http://www.w3.org/2005/Atom}"
SECONDS = 60.0
"""So long news is looked for where the mapping does not say `seconds`; what has not come by then has not come."""
PAUSE = 0.1
PLACES = ("page", "feed")


@dataclass(frozen=True, slots=True)
class StatusNews:
    """One piece of news at one place where strangers look."""

    news: Annotated[str, Key]
    """`posted`, `followed up`, `taken back` of the exercise; else the incident and the number of its news."""
    place: Annotated[Literal["page", "feed"], Key]
    kind: Literal["exercise", "recorded"]
    as_told: bool
    """What was told is there; what was taken back is not there any more."""
    delay: timedelta | None
    """Exercise: from the platform's answer to its staff until a stranger sees it, null where it never came.

    Recorded: from the moment when the incident was detected until its first news; null for later news.
    """


@collector(method="probe", kinds=("platform",), safety="canary")
def status_page(http: Http, db: Sql, run: Run) -> Population[StatusNews]:
    """A canary of the staff posts an exercise, adds news and takes it back; a stranger watches the page and the feed.

    Everything that the register holds is looked for at both too. Mapping: `staff` (the canary's name), `page`, `feed`
    (Atom, RFC 4287); `post`, `follow`, `take_back` (`path` with `{id}`, `method`, `json` with `{news}`; `keep` names
    the identifier in the answer to `post`); optional `seconds`; `incidents` (`table`, `id`, `detected_at`, `kind`, and
    `exercise`, the kind's word for one), `news` (`table`, `incident`, `at`, `words`); `identity` as for
    tenant_isolation_probe.
    """
    stranger = http.session()
    told = db.rows(_recorded(run))
    facts = list(_register(stranger, run, told))
    staff = Canary.enter(http, run, str(run.setting("staff")), fresh=False)
    try:
        facts += _exercise(stranger, staff, run)
    finally:
        staff.leave()
    left = db.committed(_left(run), {"news": f"%{_word(run, '')}%"})[0]["n"]
    if left:
        raise CouldNotTell("contradicted", "the exercise was taken back, and the register still holds it")
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "three pieces of news of the exercise, and every one of the register, at two places each",
            2 * (3 + len(told)),
            len(facts),
            independent=True,
        ),
        query=f"{_recorded(run)}\n;\nan exercise is posted, followed up, taken back; page and feed are read meanwhile",
        parameters={"news": _word(run, "")},
        observed_at=run.now(),
        actor=db.actor,
        permissions=postgresql.rights(db),
        notes=("Page and feed were read from where this program runs.", "The exercise was taken back."),
    )


def _exercise(stranger: Http, staff: Canary, run: Run) -> Iterator[StatusNews]:
    posted, followed = _word(run, "posted"), _word(run, "followed")
    made, identifier = _done(staff, run, "post", posted), None
    answer = json_of(made)
    identifier = answer.get(run.setting("post").get("keep", "id")) if isinstance(answer, Mapping) else None
    if not identifier:
        raise CouldNotTell("malformed", "the answer to `post` does not name the exercise, which is still there")
    try:
        yield from _seen(stranger, run, "posted", lambda text: posted in text)
        _done(staff, run, "follow", followed, str(identifier))
        yield from _seen(stranger, run, "followed up", lambda text: followed in text)
    finally:
        _done(staff, run, "take_back", "", str(identifier))
    yield from _seen(stranger, run, "taken back", lambda text: posted not in text and followed not in text)


def _word(run: Run, which: str) -> str:
    return f"exercise {''.join(letter for letter in run.nonce if letter.isalnum())[:20]} {which}".strip()


def _done(staff: Canary, run: Run, step: str, news: str, identifier: str = "") -> Response:
    """One step of the exercise. Raises CouldNotTell("denied")."""
    asked = run.setting(step)
    body = {name: news if value == "{news}" else value for name, value in asked.get("json", {}).items()}
    path = str(asked["path"]).replace("{id}", identifier)
    answer = change(staff, asked.get("method", "POST"), path, body)
    if not 200 <= answer.status < 300:
        raise CouldNotTell("denied", f"`{step}` of the exercise was answered {answer.status}")
    return answer


def _seen(stranger: Http, run: Run, news: str, found: Callable[[str], bool]) -> Iterator[StatusNews]:
    """Both places, asked again until the news is there or its time is over."""
    begun, most = run.timer(), float(run.mapping.get("seconds", SECONDS))
    waiting = dict.fromkeys(PLACES, True)
    while any(waiting.values()):
        for place in [place for place, waits in waiting.items() if waits]:
            there = found(_text(stranger, run, place))
            after = run.timer() - begun
            if there or after > most or run.timer() >= run.deadline:
                waiting[place] = False
                yield StatusNews(news, place, "exercise", there, timedelta(seconds=round(after, 3)) if there else None)  # type: ignore[arg-type]
        if any(waiting.values()):
            time.sleep(PAUSE)


def _text(stranger: Http, run: Run, place: str) -> str:
    """What a stranger reads there. Raises CouldNotTell where it is no page, or no feed."""
    answer = stranger.request("GET", str(run.setting(place)))
    if answer.status != 200:
        raise CouldNotTell("denied", f"the {place} answered {answer.status} to a stranger")
    text = answer.body.decode("utf-8", "replace")
    if place == "page":
        if "</html>" not in text.lower():
            raise CouldNotTell("malformed", "the status page ends before its end, or is no page")
        return unescape(text)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CouldNotTell("malformed", "the feed declares a document type, which no Atom feed needs")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - declares nothing, see above
    except ElementTree.ParseError as error:
        raise CouldNotTell("malformed", "the feed is no XML") from error
    entries = root.findall(f"{ATOM}entry")
    for one in (root, *entries):
        if any(one.find(f"{ATOM}{name}") is None for name in ("id", "title", "updated")):
            raise CouldNotTell("malformed", "the feed, or an entry of it, has no id, title or time (RFC 4287)")
    if root.tag != f"{ATOM}feed":
        raise CouldNotTell("malformed", "the feed is no Atom feed")
    return "\n".join(" ".join(one.itertext()) for one in entries)


def _register(stranger: Http, run: Run, told: Any) -> Iterator[StatusNews]:
    """Every piece of news that the register holds."""
    seen = {place: _flat(_text(stranger, run, place)) for place in PLACES}
    for row in told:
        first, detected = postgresql.utc(row["at"], "at"), postgresql.utc(row["detected_at"], "detected_at")
        for place in PLACES:
            yield StatusNews(
                f"{row['incident']} {row['number']}",
                place,  # type: ignore[arg-type]
                "recorded",
                _flat(str(row["words"])) in seen[place],
                first - detected if row["number"] == 1 else None,
            )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _names(run: Run) -> tuple[dict[str, str], dict[str, str], str]:
    incidents, news = run.setting("incidents"), run.setting("news")
    return (
        {name: postgresql.quoted(incidents[name]) for name in ("table", "id", "detected_at", "kind")},
        {name: postgresql.quoted(news[name]) for name in ("table", "incident", "at", "words")},
        str(incidents["exercise"]).replace("'", "''").replace("%", "%%"),
    )


def _recorded(run: Run) -> str:
    i, n, exercise = _names(run)
    return f"""select i.{i["id"]}::text as incident, i.{i["detected_at"]} as detected_at, n.{n["at"]} as at,
  n.{n["words"]} as words,
  row_number() over (partition by i.{i["id"]} order by n.{n["at"]})::integer as number
from {i["table"]} i join {n["table"]} n on n.{n["incident"]} = i.{i["id"]}
where i.{i["kind"]} <> '{exercise}' order by i.{i["id"]}, n.{n["at"]}"""  # noqa: S608 - quoted by `_names`


def _left(run: Run) -> str:
    _, n, _ = _names(run)
    return f"select count(*) as n from {n['table']} where {n['words']} like %(news)s"  # noqa: S608 - quoted by `_names`
