"""Coverage as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from trustcenter.catalog.crosswalk import STANDINGS, Coverage, Line, Standing
from trustcenter.frameworks import framework

WORDS: dict[Standing, str] = {
    "missing": "MISSING",
    "gap": "gap",
    "planned": "planned",
    "carved_out": "carved out",
    "covered": "covered",
    "not_relevant": "not relevant",
    "out_of_scope": "out of scope",
}
COLUMNS = (
    "framework", "criterion", "title", "category", "standing", "roles", "controls", "planned",
    "organisation", "reason", "owner", "date",
)  # fmt: skip


def as_text(coverage: Coverage, *, everything: bool = False) -> str:
    """For a terminal: what is wrong, then a table a framework; `everything` lists what is out of scope too."""
    out: list[str] = []
    for name in dict.fromkeys(line.framework for line in coverage.lines):
        counts = coverage.counts(name)
        total = sum(count for standing, count in counts.items() if standing != "out_of_scope")
        tally = ", ".join(f"{count} {WORDS[standing]}" for standing, count in counts.items())
        out += [f"{framework(name).title} ({framework(name).version}): {total} in scope; {tally}", ""]
        shown = [line for line in coverage.of(name) if everything or line.standing != "out_of_scope"]
        width = max((len(line.criterion.id) for line in shown), default=0)
        for line in shown:
            out.append(f"  {line.criterion.id:<{width}}  {WORDS[line.standing]:<12}  {_behind(line)}".rstrip())
        out.append("")
    out += [f"{one.place}: {one.what}" for one in coverage.objections]
    if coverage.missing:
        out.append(f"{len(coverage.missing)} in scope are MISSING: write a control, or an entry in coverage.yaml")
    return "\n".join(out).rstrip() + "\n"


def _behind(line: Line) -> str:
    match line.standing:
        case "missing" | "out_of_scope":
            return line.reason
        case "covered":
            shared = f" (with {line.organisation})" if line.organisation else ""
            return ", ".join(line.controls) + shared
        case "carved_out":
            return f"to {line.organisation}: {line.reason}"
        case "planned":
            return f"by {line.when}, {', '.join(line.planned)} ({line.owner}): {line.reason}"
        case "gap":
            partly = f"; partly {', '.join(line.controls)}" if line.controls else ""
            return f"until {line.when} ({line.owner}): {line.reason}{partly}"
        case "not_relevant":
            return f"{line.reason} ({line.owner}, {line.when})"


def as_dict(coverage: Coverage) -> dict[str, Any]:
    """The whole of it, in JSON's types."""
    names = list(dict.fromkeys(line.framework for line in coverage.lines))
    return {
        "complete": coverage.complete,
        "frameworks": [
            {
                "id": name,
                "title": framework(name).title,
                "version": framework(name).version,
                "counts": {standing: coverage.counts(name).get(standing, 0) for standing in STANDINGS},
                "criteria": [_record(line) for line in coverage.of(name)],
            }
            for name in names
        ],
        "objections": [{"place": str(one.place), "what": one.what} for one in coverage.objections],
    }


def as_json(coverage: Coverage) -> str:
    return json.dumps(as_dict(coverage), indent=2, ensure_ascii=False) + "\n"


def as_csv(coverage: Coverage) -> str:
    """One row a criterion; lists are joined by semicolons; a cell that a spreadsheet would run is led by a quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in coverage.lines:
        record = {"framework": line.framework} | _record(line)
        cells = (record[name] for name in COLUMNS)
        writer.writerow(_cell("; ".join(cell) if isinstance(cell, list) else (cell or "")) for cell in cells)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _record(line: Line) -> dict[str, Any]:
    return {
        "criterion": line.criterion.id,
        "title": line.criterion.title,
        "category": line.criterion.category,
        "standing": line.standing,
        "roles": list(line.roles),
        "controls": list(line.controls),
        "planned": list(line.planned),
        "organisation": line.organisation,
        "reason": line.reason,
        "owner": line.owner,
        "date": line.when.isoformat() if line.when else None,
    }
