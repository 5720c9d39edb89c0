"""The status page: the staff tells, everybody reads, and nothing that was told is taken back but an exercise."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from told_incidents import forget

from trustcenter.portal import launch
from trustcenter.portal.client import Client

ATOM = "{http://www.w3.org/2005/Atom}"
STAFF = "staff@canary.example"
MAIL = {
    "kind": "availability", "title": "Mail <late> & \x07 slow", "affected": "Mail.",
    "words": "It waits ]]> <b>now</b>.",
}  # fmt: skip


@contextmanager
def told(administrator: psycopg.Connection, staff: Client, **changes: Any) -> Iterator[str]:
    """An incident that is on the page, and is removed by a superuser afterwards."""
    answer = staff.send("POST", "/api/incidents", {**MAIL, **changes})
    assert answer.status == 201, answer.text
    made = answer.json()["id"]
    try:
        yield made
    finally:
        forget(administrator)


def entries(client: Client) -> list[dict[str, str]]:
    answer = client.get("/status/incidents.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.text)
    assert all(root.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "author"))
    return [{part.tag.removeprefix(ATOM): part.text or "" for part in one} for one in root.findall(f"{ATOM}entry")]


def test_a_stranger_reads_what_the_staff_tells_and_what_follows(
    portal: launch.Running, as_person: Callable[[str], Client], administrator: psycopg.Connection
) -> None:
    staff, stranger = as_person(STAFF), portal.client()
    assert "No incident is open." in stranger.get("/status").text
    with told(administrator, staff) as made:
        page = stranger.get("/status").text
        assert "1 incident is open." in page
        assert "Mail &lt;late&gt; &amp;" in page
        assert "<b>now</b>" not in page
        assert staff.send("POST", f"/api/incidents/{made}/news", {"words": "It flows.", "resolved": True}).status == 204
        assert "No incident is open." in stranger.get("/status").text
        newest, first = entries(stranger)
        assert (newest["title"], newest["content"]) == ("Mail <late> &  slow", "It flows. Affected: Mail.")
        assert first["content"] == "It waits ]]> <b>now</b>. Affected: Mail."
        assert first["id"] != newest["id"]
        assert first["updated"] <= newest["updated"]
        assert staff.send("DELETE", f"/api/incidents/{made}").status == 409
        assert len(entries(stranger)) == 2
    assert entries(stranger) == []


def test_an_exercise_is_called_one_and_is_taken_back(
    portal: launch.Running, as_person: Callable[[str], Client], administrator: psycopg.Connection
) -> None:
    staff, stranger = as_person(STAFF), portal.client()
    with told(administrator, staff, kind="exercise") as made:
        page = stranger.get("/status").text
        assert "No incident is open." in page
        assert "Nothing happened" in page
        assert entries(stranger)[0]["title"].startswith("Exercise, no incident: ")
        assert staff.send("DELETE", f"/api/incidents/{made}").status == 204
        assert staff.send("DELETE", f"/api/incidents/{made}").status == 404
        assert staff.send("POST", f"/api/incidents/{made}/news", {"words": "Again."}).status == 404
    assert "Nothing happened" not in stranger.get("/status").text


@pytest.mark.parametrize(
    "changes",
    [{"kind": "party"}, {"title": ""}, {"words": " "}, {"affected": "x" * 2001}, {"detected_at": "yesterday"},
     {"detected_at": "2026-01-01T00:00:00"}, {"detected_at": "2999-01-01T00:00:00Z"},
     {"detected_at": "0001-01-01T00:00:00+14:00"}],
    ids=["kind", "title", "words", "affected", "no moment", "no zone", "to come", "before there were years"],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(as_person: Callable[[str], Client], changes: dict[str, str]) -> None:
    assert as_person(STAFF).send("POST", "/api/incidents", {**MAIL, **changes}).status == 400


def test_the_application_may_neither_change_news_nor_remove_an_incident(app_connection: psycopg.Connection) -> None:
    for statement in (
        "update portal.incident_news set words = 'nothing happened'",
        "delete from portal.incident_news",
        "update portal.incidents set title = 'nothing happened'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app_connection.transaction():
            app_connection.execute(statement)
