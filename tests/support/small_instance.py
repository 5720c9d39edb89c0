"""A small instance: a folder of CSV files, two automatic controls with SQL over them, a key where asked for."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from command_line import run_command

TOML = """\
[organisation]
name = "Small"
url = "https://trust.example.test"
covers = "A folder of exports"
frameworks = ["soc2"]

[sources.exports]
kind = "files"
environment = "production"
path = "exports"

[sources.exports.mapping.query.tables]
accounts = "accounts.csv"
tickets = "tickets.csv"
"""
COSTS = """\
id: access.costs
title: Hashes are slow
owner: security
nature: automated
frequency: daily
criteria:
  soc2: {CC6.1: Slow hashes resist guessing}
tests:
  costs:
    collector: query
    source: exports
    query:
      sql: select person, cost from accounts
      columns: {person: {type: text, subject: true}, cost: {type: integer}}
    expect: {cost: {at_least: 12}}
    every: 24h
claims:
  - id: slow
    say: "All {costs.examined} hashes have a cost of 12 or more."
"""
TICKETS = """\
id: change.tickets
title: Changes are approved
owner: platform
nature: automated
frequency: daily
criteria:
  soc2: {CC8.1: Nobody approves their own change}
tests:
  approved:
    collector: query
    source: exports
    query:
      sql: select ticket, approved from tickets
      columns: {ticket: {type: text, key: true}, approved: {type: boolean}}
    expect: {approved: true}
    every: 24h
claims:
  - id: approved
    say: "Every change was approved."
"""
GOOD = "person,cost\nanna@example.test,12\nbert@example.test,13\n"
WEAK = "person,cost\nanna@example.test,12\nbert@example.test,10\n"


def write(root: Path, *, accounts: str = GOOD, key: bool = True) -> Path:
    """Write the instance; with a key, it can sign."""
    for name, text in {
        "trustcenter.toml": TOML,
        "controls/access/costs.yaml": COSTS,
        "controls/change/tickets.yaml": TICKETS,
        "exports/accounts.csv": accounts,
        "exports/tickets.csv": "ticket,approved\nT-1,true\nT-2,true\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if key:
        make_key(root)
    return root


def make_key(root: Path) -> None:
    """A signing key for the ledger of the instance, a month old."""
    from datetime import UTC, datetime, timedelta

    from trustcenter.ledger import keys

    keys.init(root / ".trustcenter/keys", "trust.example.test/ledger", datetime.now(UTC) - timedelta(days=30))


def run(root: Path, *words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, on an instance."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("TRUSTCENTER_KEYS", "NO_COLOR", "FORCE_COLOR")
    }
    return run_command(words, folder=root, environment={**inherited, **(environment or {})}, seconds=600)


def private_part(root: Path, word: bytes) -> Path:
    """The one private part that holds a word in the clear."""
    (found,) = (path for path in (root / ".trustcenter/private/parts").rglob("*.part") if word in path.read_bytes())
    return found


def document(done: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON document on a command's standard output."""
    return json.loads(done.stdout)
