"""What was told before, as the reviewer of a questionnaire sees it: conflicts, and what changed for this customer.

It is kept beside the customer's own file, so it names no other customer: their records are in the private store, and
`trustcenter sent` shows them by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from trustcenter.publish.questionnaire.model import Report
from trustcenter.publish.questionnaire.sent import Sent, answers_of, conflicts, differences, key_of

MOST = 300
"""Differences and conflicts that are listed; the counts are of all."""
_TEXT = 600  # characters of one answer: enough to see what it said


def earlier(report: Report, records: Sequence[Sent], recipient: str) -> dict[str, Any]:
    """Plain values. `conflicts` by the question's number, each with the verdict then and the day; `theirs` is whether
    this customer was told so. `last` is the latest record of this customer, and `differences` are against it: a
    question that is new, gone, changed, or still asked and open now.
    """
    found = [
        {
            "number": one.number,
            "now": one.now,
            "before": one.before,
            "on": one.record.sent_at[:10],
            "record": one.record.id,
            "theirs": one.record.recipient == recipient,
        }
        for one in conflicts(report, records)
    ]
    mine = sorted((one for one in records if one.recipient == recipient), key=lambda one: one.sent_at)
    plain: dict[str, Any] = {"conflicts": found[:MOST], "conflicting": len(found), "last": None}
    if not mine:
        return plain
    last = mine[-1]
    asked = {key_of(row.question) for row in report.rows}
    changed = []
    for one in differences(last, answers_of(report)):
        kind = "open" if one.kind == "gone" and key_of(one.question) in asked else one.kind
        changed.append({**asdict(one), "kind": kind, "before": one.before[:_TEXT], "after": one.after[:_TEXT]})
    plain["last"] = {"record": last.id, "file": last.file, "on": last.sent_at[:10]}
    plain["differences"] = changed[:MOST]
    plain["counts"] = {kind: sum(one["kind"] == kind for one in changed) for kind in ("changed", "open", "new", "gone")}
    return plain
