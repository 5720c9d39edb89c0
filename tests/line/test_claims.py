"""What the page may boast of: enough claims tested by us on the live portal, by enough collectors, nothing invented."""

from __future__ import annotations

import json

import yaml

CLAIMS, COLLECTORS = 25, 12
LIVE = "portal"
"""The one source that is a running service; rosters, records and infrastructure are files of this repository."""


def claims_called_tested(line):
    """Each claim that the built page calls tested: its sources, and the collectors behind its tests."""
    controls = {}
    for path in (line.instance.root / "controls").glob("*/*.yaml"):
        content = yaml.safe_load(path.read_text())
        if "id" in content and "tests" in content:
            controls[content["id"]] = content["tests"]
    page = json.loads((line.site / "trust.json").read_text())
    for claim in page["claims"]:
        if claim["state"] == "tested":
            sources = {part for test in claim["tests"] for part in test["source"].split("+")}
            yield claim["id"], sources, _collectors(controls[claim["control"]], claim["tests"])


def _collectors(tests, own):
    found = set()
    for name in {test["test"] for test in own}:
        joined = tests[name].get("reconcile")
        for each in (joined["left"], joined["right"]) if joined else (name,):
            found.add(tests[each]["collector"] if each in tests else each)
    return found


def test_enough_claims_are_tested_on_the_live_portal(line):
    every = list(claims_called_tested(line))
    live = [(claim, sources, collectors) for claim, sources, collectors in every if sources == {LIVE}]
    spanned = set().union(*(collectors for _, _, collectors in live))
    table = "\n".join(f"{claim:55} {', '.join(sorted(s)):20} {', '.join(sorted(c))}" for claim, s, c in every)
    assert len(live) >= CLAIMS, f"{len(live)} claims on the portal alone:\n{table}"
    assert len(spanned) >= COLLECTORS, f"{len(spanned)} collectors: {sorted(spanned)}\n{table}"


def test_each_of_them_was_passed_by_items_that_were_looked_at(line):
    """A claim that nothing was examined for would hold by being empty."""
    page = json.loads((line.site / "trust.json").read_text())
    empty = [
        (claim["id"], test["test"])
        for claim in page["claims"]
        if claim["state"] == "tested"
        for test in claim["tests"]
        if test["passed"] != test["examined"] or not test["evidence"]
    ]
    assert empty == []
    idle = [c["id"] for c in page["claims"] if c["state"] == "tested" and not sum(t["examined"] for t in c["tests"])]
    assert idle == []


def test_the_good_portal_raises_nothing(line):
    assert "everything holds (exit 0)" in line.ran["check"].stdout
    page = json.loads((line.site / "trust.json").read_text())
    assert {"failing", "stale", "unconfirmed"} & set(page["counts"]) == set()
