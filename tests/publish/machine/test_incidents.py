"""Disclosed incidents stand on the status page, in trust.json and in the feed; without a register that is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema_rs
import pytest
from lxml import etree

from trustcenter.model.incident import Incident, IncidentUpdate
from trustcenter.model.place import Place
from trustcenter.publish.machine.feeds import feeds
from trustcenter.publish.machine.schemas import trust_schema
from trustcenter.publish.pages import pages
from trustcenter.publish.twins import trust_json

BEGAN = datetime(2026, 10, 3, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OUTAGE = Incident(
    id="mail-delay",
    title="Notices were late <b>",
    kind="availability",
    affected="Notices by e-mail.",
    began=BEGAN,
    detected=BEGAN + HOUR,
    resolved=BEGAN + 5 * HOUR,
    updates=(
        IncidentUpdate(BEGAN + HOUR, "Notices wait in a queue."),
        IncidentUpdate(BEGAN + 3 * HOUR, "The queue is being sent."),
        IncidentUpdate(BEGAN + 5 * HOUR, "All notices were sent."),
    ),
    place=Place("controls/incident-register.yaml", 3),
)


@pytest.fixture
def disclosed(build, given):
    def make(incidents):
        return build(catalogue=replace(given.catalogue, incidents=incidents))

    return make


def test_each_update_is_an_entry(disclosed):
    items = json.loads(feeds(disclosed((OUTAGE,)))["feeds/incidents.json"])["items"]
    assert [item["title"].split(":")[0] for item in items] == ["Resolved", "Update", "Incident"]
    assert items[0]["date_published"] == "2026-10-03T13:00:00Z"
    assert "All notices were sent." in items[0]["content_text"]
    assert len({item["id"] for item in items}) == 3
    feed = etree.fromstring(feeds(disclosed((OUTAGE,)))["feeds/incidents.atom"])
    assert feed.findtext("{http://www.w3.org/2005/Atom}updated") == "2026-10-03T13:00:00Z"


def test_a_later_update_leaves_earlier_entries_as_they_are(disclosed):
    ongoing = replace(OUTAGE, resolved=None, updates=OUTAGE.updates[:1])
    before = json.loads(feeds(disclosed((ongoing,)))["feeds/incidents.json"])["items"]
    ongoing = replace(ongoing, updates=OUTAGE.updates[:2])
    after = json.loads(feeds(disclosed((ongoing,)))["feeds/incidents.json"])["items"]
    assert after[1:] == before


def test_status_page_and_trust_json_say_the_same(disclosed):
    view = disclosed((OUTAGE,))
    page = pages(view)["status.md"]
    (value,) = trust_json(view)["incidents"]
    assert [update["words"] for update in value["updates"]] == [update.words for update in OUTAGE.updates]
    for update in OUTAGE.updates:
        assert update.words in page
    assert "<b>" not in page[page.index("## Incidents") :]
    assert "no register of incidents" not in page
    assert jsonschema_rs.validator_for(trust_schema()).is_valid(trust_json(view))


def test_an_empty_register_and_no_register_are_two_things(disclosed):
    empty, none = disclosed(()), disclosed(None)
    assert trust_json(empty)["incidents"] == []
    assert trust_json(none)["incidents"] is None
    assert "and it is empty" in pages(empty)["status.md"]
    assert "no register of incidents" in pages(none)["status.md"]
    descriptions = [json.loads(feeds(view)["feeds/incidents.json"])["description"] for view in (empty, none)]
    assert "no public register" not in descriptions[0]
    assert "no public register" in descriptions[1]


def test_the_place_in_the_files_is_not_published(disclosed):
    view = disclosed((OUTAGE,))
    assert "incident-register" not in json.dumps(trust_json(view)) + str(feeds(view)) + pages(view)["status.md"]
