"""A test as a person would do it again: what was asked, of what, which items, what had to hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

from trustcenter.model.condition import duration_text
from trustcenter.model.control import TestOfControl
from trustcenter.publish.auditor.inputs import AuditedEvidence
from trustcenter.publish.inert import clean, literal


def procedure(test: TestOfControl, evidence: Sequence[AuditedEvidence]) -> str:
    """Plain text: the procedure in English, then the very query and parameters of each run."""
    lines = [f"Test {test.id}", "", "What is looked at"]
    if test.reconcile is not None:
        on = ", ".join(left if left == right else f"{left} = {right}" for left, right in test.reconcile.on)
        lines.append(f"  {test.reconcile.left} joined with {test.reconcile.right} on {on}; what stands alone deviates.")
        for side, what in test.reconcile.unmatched.items():
            if what == "passes":
                lines.append(f"  Rows of {side} alone are accepted.")
        lines += [f"  {name}: the time from {a} to {b}." for name, (a, b) in test.reconcile.intervals.items()]
    else:
        lines.append(f"  {test.collector}, on {', '.join(test.sources) or 'every source of its kind'}.")
    lines += ["", "Which items", *_conditions([c.english() for c in test.where], "all of them")]
    lines += ["", "What must hold for each", *_conditions([c.english() for c in test.expect], "nothing more")]
    if test.count:
        lines += ["", "How many items there must be", *_conditions([c.english() for c in test.count], "any number")]
    if test.if_none:
        lines += ["", "Where no item is selected", f"  not applicable: {test.if_none}"]
    lines += ["", "How often", f"  every {duration_text(test.every.total_seconds())}; older evidence is stale."]
    for one in evidence:
        lines += ["", f"As it was asked of {one.statement.source}, log entry {one.index}"]
        query = one.document.get("query")
        lines += [f"  {line}" for line in literal(query)] if query else ["  no query recorded"]
        for title, name in (("Parameters", "parameters"), ("Values in the query", "query_parameters")):
            given = one.document.get(name)
            if given:
                lines += [
                    f"  {title}: {line}" for line in literal(json.dumps(given, ensure_ascii=False, sort_keys=True))
                ]
        lines += [f"  Note: {clean(note)}" for note in one.document.get("notes") or ()]
        error = one.document.get("error")
        if error:
            lines.append(f"  It could not be seen: {clean(error.get('what'))}")
    return "\n".join(lines) + "\n"


def _conditions(texts: Sequence[str], none: str) -> list[str]:
    return [f"  {clean(text)}" for text in texts] or [f"  {none}"]
