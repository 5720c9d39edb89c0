"""The staff's forms of incidents: what is sent is told, once; what is wrong is said, and nothing typed is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import psycopg
import pytest
from told_incidents import forget

from trustcenter.portal import launch
from trustcenter.portal.client import Answer, Client
from trustcenter.portal.incidents import pages, work
from trustcenter.portal.manifest import MANIFEST

STAFF = "staff@canary.example"
MAIL = {
    "kind": "availability", "title": "Mail <late> & slow", "affected": "Mail.", "words": "It waits\r\n<b>now</b>.",
    "detected": "", "zone": "+00:00", "confirmed": "1",
}  # fmt: skip
PLACE = re.compile(r"/incidents/([0-9a-f-]{36})\?told")


@pytest.fixture
def staff(as_person: Callable[[str], Client], administrator: psycopg.Connection) -> Iterator[Client]:
    yield as_person(STAFF)
    forget(administrator)


@pytest.fixture
def events(administrator: psycopg.Connection) -> Callable[[str], list[str]]:
    """What the record holds of an incident."""

    def recorded(incident: str) -> list[str]:
        rows = administrator.execute(
            "select action from portal.audit_events where entity = 'incident' and entity_id = %s order by seq",
            (incident,),
        )
        return [action for (action,) in rows.fetchall()]

    return recorded


def sent(client: Client, path: str, fields: dict[str, str]) -> Answer:
    """The form as a browser sends it."""
    token = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', client.get("/incidents/new").text)
    assert token is not None
    return client.post(path, {"csrf_token": token[1], **fields})


def posted(client: Client, **changes: str) -> str:
    """The identifier of an incident that the form made."""
    answer = sent(client, "/incidents", {**MAIL, **changes})
    place = PLACE.fullmatch(answer.headers.get("location", ""))
    assert place is not None, answer.text
    return place[1]


def test_an_incident_is_told_followed_up_and_over_by_forms_alone(
    portal: launch.Running, staff: Client, events: Callable[[str], list[str]]
) -> None:
    stranger = portal.client()
    assert "No incident is open." in staff.get("/incidents").text
    made = posted(staff)

    assert "Everybody can read this" in staff.get(f"/incidents/{made}?told").text
    public = stranger.get("/status").text
    assert "1 incident is open." in public
    assert "Mail &lt;late&gt; &amp; slow" in public
    assert "<b>now</b>" not in public
    assert f'href="/incidents/{made}"' in staff.get("/incidents").text.split("<h2>Over")[0]

    assert sent(staff, f"/incidents/{made}/news", {"words": "Half of it flows."}).status == 303
    assert "1 incident is open." in stranger.get("/status").text
    over = sent(staff, f"/incidents/{made}/news", {"words": "All of it flows.", "resolved": "true"})
    assert over.headers["location"] == f"/incidents/{made}?told"
    public = stranger.get("/status").text
    assert "No incident is open." in public
    assert public.index("All of it flows.") < public.index("Half of it flows.") < public.index("It waits")
    page = staff.get(f"/incidents/{made}").text
    assert "over since" in page
    assert 'name="resolved"' not in page
    assert "Take the exercise back" not in page
    assert f'href="/incidents/{made}"' in staff.get("/incidents").text.split("<h2>Over")[1]

    assert sent(staff, f"/incidents/{made}/take-back", {}).status == 409
    assert events(made) == ["incident.post", "incident.update", "incident.update"]


def test_an_exercise_is_begun_and_taken_back(
    portal: launch.Running, staff: Client, events: Callable[[str], list[str]]
) -> None:
    assert re.search(r'value="exercise" required checked', staff.get("/incidents/new?kind=exercise").text)
    assert not re.search(r"required checked", staff.get("/incidents/new?kind=party").text)
    made = posted(staff, kind="exercise")
    assert "No incident is open." in staff.get("/incidents").text
    assert "Nothing happened" in portal.client().get("/status").text
    gone = sent(staff, f"/incidents/{made}/take-back", {})

    assert gone.headers["location"] == f"/incidents?taken_back={made}"
    assert "The exercise was taken back at" in staff.get(gone.headers["location"]).text
    for other in (str(uuid4()), "party", ""):
        assert "was taken back" not in staff.get(f"/incidents?taken_back={other}").text
    assert "Nothing happened" not in portal.client().get("/status").text
    assert staff.get(f"/incidents/{made}").status == 404
    assert sent(staff, f"/incidents/{made}/news", {"words": "Again."}).status == 404
    assert sent(staff, f"/incidents/{made}/take-back", {}).status == 404
    assert events(made) == ["incident.post", "incident.take_back"]


def test_what_is_wrong_is_said_by_its_name_and_nothing_typed_is_lost(staff: Client) -> None:
    typed = {**MAIL, "detected": "2026-01-02T03:04", "zone": "+05:45", "kind": "privacy"}
    late = (datetime.now(UTC) + timedelta(hours=20)).isoformat()[:16]
    for wrong, said in (
        ({"title": " "}, "“Title” must be 1 to 200 characters."),
        ({"kind": "party"}, "“Kind” must be one of"),
        ({"affected": "x" * 2001}, "“What is affected” must be"),
        ({"words": ""}, "“What happened” must be"),
        ({"detected": "yesterday"}, "“When it was detected” must be a moment"),
        ({"detected": late}, "“When it was detected” must be a moment"),
        ({"detected": "0026-11-27T10:00"}, "“When it was detected” must be a moment"),
        ({"zone": "Z"}, "“When it was detected” needs a zone"),
        ({"confirmed": ""}, "“Everybody may read this at once” must be ticked."),
    ):
        answer = sent(staff, "/incidents", {**typed, **wrong})
        assert answer.status == 400, wrong
        assert f'role="alert" id="problem">{said}' in answer.text
        kept = {**typed, **wrong}
        for name in ("title", "detected"):
            assert re.search(rf'name="{name}"[^>]* value="([^"]*)"', answer.text)[1] == _escaped(kept[name]), wrong
        for name in ("affected", "words"):
            value = re.search(rf'name="{name}"[^>]*>\n([^<]*)</textarea>', answer.text)
            assert unescape(value[1]) == kept[name].replace("\r\n", "\n"), wrong
        if "kind" not in wrong:
            assert 'value="privacy" required checked' in answer.text
        if "zone" not in wrong:
            assert 'value="+05:45" selected' in answer.text
        assert len(re.findall("autofocus", answer.text)) == ("kind" not in wrong)
    assert "No incident is open." in staff.get("/status").text

    made = posted(staff)
    answer = sent(staff, f"/incidents/{made}/news", {"words": "<i>" + "x" * 4000})
    assert answer.status == 400
    assert "“News” must be 1 to 4,000 characters." in answer.text
    assert f"&lt;i&gt;{'x' * 4000}</textarea>" in answer.text


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_lines_that_a_browser_counts_once_are_counted_once(staff: Client, administrator: psycopg.Connection) -> None:
    """A field that the browser let through is not refused for its line ends."""
    made = posted(staff, words="a\r\n" * 1999 + "bc")

    words = administrator.execute("select words from portal.incident_news where incident_id = %s", (made,)).fetchone()
    assert words == ("a\n" * 1999 + "bc",)


def test_when_it_was_detected_has_a_zone_and_is_now_where_nobody_says(
    staff: Client, administrator: psycopg.Connection
) -> None:
    def detected(made: str) -> datetime:
        found = administrator.execute("select detected_at from portal.incidents where id = %s", (made,)).fetchone()
        assert found is not None
        return found[0].astimezone(UTC)

    shown = re.search(r'name="detected" value="([^"]+)"', staff.get("/incidents/new").text)
    assert datetime.now(UTC) - datetime.fromisoformat(f"{shown[1]}+00:00") < timedelta(minutes=5)
    far = {"detected": "2026-01-02T03:04", "zone": "+05:45"}
    assert detected(posted(staff, **far)) == datetime(2026, 1, 1, 21, 19, tzinfo=UTC)
    assert datetime.now(UTC) - detected(posted(staff)) < timedelta(minutes=1)
    assert {pages.ZONES[0], pages.ZONES[-1]} == {"-12:00", "+14:00"}
    assert set(pages.MEANS) == set(work.KINDS)


def test_pressing_twice_tells_once(
    portal: launch.Running, staff: Client, administrator: psycopg.Connection, events: Callable[[str], list[str]]
) -> None:
    """Nothing could take the second one back. The four are made to arrive before the first of them is told."""
    now = datetime.now(UTC).isoformat()[:16]
    waiting = "select count(*) from pg_locks where relation = 'portal.incidents'::regclass and not granted"
    with ThreadPoolExecutor(4) as at_once:
        with psycopg.connect(launch.administrator_dsn(portal.state.root)) as first:
            first.execute("lock table portal.incidents in share row exclusive mode")
            pressed = [at_once.submit(posted, staff, detected=now) for _ in range(4)]
            until = time.monotonic() + 20
            while administrator.execute(waiting).fetchone() != (4,):
                assert time.monotonic() < until
        made = {press.result() for press in pressed}
        assert len(made) == 1
        (one,) = made
        over = {"words": "It flows.", "resolved": "true"}
        answers = list(at_once.map(lambda _: sent(staff, f"/incidents/{one}/news", over), range(4)))
    assert {answer.status for answer in answers} == {303}
    assert events(one) == ["incident.post", "incident.update"]
    assert administrator.execute("select count(*) from portal.incident_news").fetchone() == (2,)

    assert posted(staff, detected=now, words="Another matter.") != one
    assert sent(staff, f"/incidents/{one}/news", {"words": "It waits again."}).status == 303
    assert sent(staff, f"/incidents/{one}/news", {"words": "It flows."}).status == 303
    assert len(events(one)) == 4


def test_the_forms_are_the_staffs_and_need_their_token(
    portal: launch.Running, staff: Client, as_person: Callable[[str], Client]
) -> None:
    ours = [route for route in MANIFEST if route.path.startswith("/incidents")]
    assert len(ours) == 6
    for route in ours:
        twin = MANIFEST.named("api_post_incident")
        assert (route.callers, route.action, route.step_up) == (twin.callers, twin.action, twin.step_up)
    assert 'href="/incidents"' in staff.get("/documents").text
    for email in ("owner@canary-a.example", "aiko@fernhill.example"):
        other = as_person(email)
        assert 'href="/incidents"' not in other.get("/documents").text
        assert {other.get(path).status for path in ("/incidents", "/incidents/new", f"/incidents/{uuid4()}")} == {403}
        token = other.get("/api/me").json()["csrf_token"]
        assert other.post("/incidents", {**MAIL, "csrf_token": token}).status == 403
    assert portal.client().get("/incidents").headers["location"] == "/sign-in?next=/incidents"

    assert staff.post("/incidents", MAIL).status == 403
    assert staff.post("/incidents", {**MAIL, "csrf_token": "0" * 64}).status == 403
    assert "No incident is open." in staff.get("/status").text


def test_of_many_incidents_those_that_are_open_are_shown(staff: Client, administrator: psycopg.Connection) -> None:
    """An old one that is still open is not pushed off the pages by newer ones that are over."""
    old = posted(staff, title="Still going on", detected="2024-01-01T00:00")
    administrator.execute(
        "with made as (insert into portal.incidents (title, kind, affected, detected_at, resolved_at) "
        "select 'Long over', 'privacy', 'Mail.', now(), now() from generate_series(1, 200) returning id) "
        "insert into portal.incident_news (incident_id, words) select id, 'x' from made"
    )

    page = staff.get("/incidents").text
    assert f'href="/incidents/{old}"' in page
    assert "The 200 that are open" in page
    assert "1 incident is open." in staff.get("/status").text
