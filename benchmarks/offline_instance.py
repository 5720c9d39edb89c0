"""An instance with so many controls and facts, its evidence signed and logged: what `check --offline` is measured on.

Evidence is recorded as the pipeline records it (salted rows, Merkle roots, commitments, one checkpoint), only without
asking a source: what is measured reads it back. `persons` of 100 populations are about persons, each row sealed for
one of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from trustcenter.collectors.registry import find
from trustcenter.ledger import keys
from trustcenter.model.fact import FactSchema, Row
from trustcenter.model.population import Completeness, Population
from trustcenter.pipeline import judging
from trustcenter.pipeline.collecting import Seen, fetches
from trustcenter.pipeline.line import Line, key_folder, open_line
from trustcenter.pipeline.recording import record
from trustcenter.proof import canonical

TOML = """\
[organisation]
name = "Benchmark"
url = "https://trust.example"
covers = "Facts that were made for measuring"
frameworks = ["soc2"]

[sources.exports]
kind = "files"
environment = "production"
path = "exports"

[sources.exports.mapping.query.tables.accounts]
file = "accounts.csv"
"""
CONTROL = """\
id: {domain}.control-{number}
title: Accounts of part {number} are strong
owner: security
nature: automated
frequency: continuous
criteria:
  soc2: {{CC6.1: Access to part {number} needs strong accounts}}
tests:
  accounts:
    collector: query
    source: exports
    query:
      sql: select account, role, cost, last_seen from accounts where part = {number}
      columns:
        account: {{type: text, key: true{subject}}}
        role: {{type: choice, choices: [owner, member]}}
        cost: {{type: integer}}
        last_seen: {{type: moment}}
    where: {{role: owner}}
    expect: {{cost: {{at_least: 12}}, last_seen: {{within: 90d}}}}
    every: 24h
claims:
  - id: strong-{number}
    say: "All {{accounts.examined}} owners of part {number} use a cost of {{accounts.min.cost}} or more."
"""
DOMAINS = ("access", "data", "platform", "change", "people", "privacy", "vendors", "incidents", "continuity")


def write(root: Path, controls: int, facts: int, *, persons: int = 0) -> Line:
    """Write the instance with a signed assessment in its ledger; `facts` in all, evenly spread."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "trustcenter.toml").write_text(TOML)
    for number in range(controls):
        domain = DOMAINS[number % len(DOMAINS)]
        path = root / "controls" / domain / f"control-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        subject = ", subject: true" if number % 100 < persons else ""
        path.write_text(CONTROL.format(domain=domain, number=number, subject=subject))
    line = open_line(root, {})
    keys.init(key_folder(line.instance), "trust.example/ledger", line.now())
    wanted = fetches(line)
    payloads = []
    for at, key in enumerate(wanted):
        schema = FactSchema.from_json(canonical.loads(key.parameters.encode())["columns"])
        now = datetime.now(UTC)
        rows = rows_of(at * (facts // controls), facts // controls, now)
        count = Completeness("records counted apart from loading them", len(rows), len(rows), independent=True)
        population = Population((), count, "select ...", now, rows=rows, schema=schema)
        payload, part = record(line, Seen(key, find("query"), "production", f"{at:032x}", now, now, population))
        line.store.put(part)
        payloads.append(payload)
    line.signing().ledger.append_statements(payloads, now=line.now())
    judging.sign(line, judging.assess(line))
    return line


def rows_of(start: int, number: int, now: datetime) -> tuple[Row, ...]:
    seen = now.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    return tuple(
        {
            "account": f"account-{start + index}",
            "role": "owner" if index % 4 else "member",
            "cost": 12 + index % 3,
            "last_seen": seen,
        }
        for index in range(number)
    )
