"""Feeds are valid Atom and JSON Feed, dated by the data, with names that never change."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from lxml import etree

from trustcenter.publish.machine.feeds import NO_INCIDENTS, feeds

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = ("changes", "subprocessors", "incidents")


def read(content: bytes):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(content, parser)


@pytest.mark.parametrize("name", NAMES)
def test_atom_has_what_rfc_4287_demands(surface, name, larkspur_view):
    """4.1.1 and 4.1.2: one id, title, updated, an author, a self link; each entry id, title, updated, a link."""
    feed = read(surface[f"feeds/{name}.atom"])
    assert feed.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{required}")) == 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{larkspur_view.base}/feeds/{name}.atom"
    identifiers = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(identifiers) == len(set(identifiers))
    for entry in feed.findall(f"{ATOM}entry"):
        for required in ("id", "title", "updated", "content"):
            assert len(entry.findall(f"{ATOM}{required}")) == 1
        assert re.fullmatch(
            r"tag:trust\.larkspur\.example,\d{4}-\d\d-\d\d:[a-z]+/[0-9a-f]{24}(-\d+)?", entry.findtext(f"{ATOM}id")
        )
        assert entry.find(f"{ATOM}link").get("href").startswith(larkspur_view.base)
    for updated in feed.iter(f"{ATOM}updated"):
        datetime.fromisoformat(updated.text)


@pytest.mark.parametrize("name", NAMES)
def test_json_feed_says_the_same_as_atom(surface, name):
    feed = read(surface[f"feeds/{name}.atom"])
    value = json.loads(surface[f"feeds/{name}.json"])
    assert value["version"] == "https://jsonfeed.org/version/1.1"
    entries = [
        (
            e.findtext(f"{ATOM}id"),
            e.findtext(f"{ATOM}title"),
            e.findtext(f"{ATOM}content"),
            e.findtext(f"{ATOM}updated"),
            e.find(f"{ATOM}category").get("term"),
        )
        for e in feed.findall(f"{ATOM}entry")
    ]
    items = [(i["id"], i["title"], i["content_text"], i["date_published"], i["tags"][0]) for i in value["items"]]
    assert items == entries
    assert value["title"] == feed.findtext(f"{ATOM}title")


def test_changes_are_those_of_the_page_and_weakened_ones_are_marked(surface, larkspur_view):
    items = json.loads(surface["feeds/changes.json"])["items"]
    assert len(items) == len(larkspur_view.changes)
    for item, change in zip(items, larkspur_view.changes, strict=True):
        assert change.words.rstrip(".") in item["title"]
        assert (item["tags"] == ["weakened"]) == change.weakens
        assert item["title"].startswith("Weakened: ") == change.weakens
    assert any(change.weakens for change in larkspur_view.changes)


def test_an_entry_keeps_its_name_when_others_come(larkspur_view):
    before = json.loads(feeds(larkspur_view)["feeds/changes.json"])["items"]
    newest = replace(larkspur_view.changes[0], on=larkspur_view.changes[0].on + timedelta(days=3))
    after = json.loads(feeds(replace(larkspur_view, changes=(newest, *larkspur_view.changes)))["feeds/changes.json"])
    assert after["items"][1:] == before


def test_the_same_words_twice_a_day_are_two_entries(larkspur_view):
    change = larkspur_view.changes[0]
    items = json.loads(feeds(replace(larkspur_view, changes=(change, change)))["feeds/changes.json"])["items"]
    assert len({item["id"] for item in items}) == 2


def test_publishing_again_without_news_changes_no_feed_that_has_entries(larkspur_view):
    later = replace(larkspur_view, as_of=larkspur_view.as_of + timedelta(days=1), now=larkspur_view.now)
    for name in ("changes", "subprocessors"):
        assert feeds(later)[f"feeds/{name}.atom"] == feeds(larkspur_view)[f"feeds/{name}.atom"]


def test_a_subprocessor_is_announced_and_ends(larkspur_view):
    row = replace(larkspur_view.subprocessors[0], ended=date(2026, 10, 1))
    items = json.loads(feeds(replace(larkspur_view, subprocessors=(row,)))["feeds/subprocessors.json"])["items"]
    assert [item["tags"] for item in items] == [["ended"], ["announced"]]
    assert items[0]["date_published"].startswith("2026-10-01")
    assert f"({row.notice_days} days of notice)" in items[1]["content_text"]


def test_no_register_of_incidents_is_said_and_not_taken_for_no_incident(surface):
    value = json.loads(surface["feeds/incidents.json"])
    assert value["items"] == []
    assert value["description"] == NO_INCIDENTS
    assert "not a statement that there were none" in " ".join(value["description"].split())
