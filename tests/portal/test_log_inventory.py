"""docs/logs.md names every log of a running portal, and nothing that it does not write."""

from __future__ import annotations

import re
from pathlib import Path

FOLDERS = ("log", "postgres-log", "audit-heads")
TABLES = re.compile(r"audit|egress|availability|views|failures")


def inventory(repository: Path) -> set[str]:
    """The paths and tables of the second column."""
    rows = [line.split("|")[2] for line in (repository / "docs" / "logs.md").read_text().splitlines() if "| " in line]
    return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}


def test_every_log_file_is_named(portal, repository):
    root = portal.state.root
    named = inventory(repository)
    written = {
        str(path.relative_to(root)) for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()
    }

    assert written
    assert {path for path in written if path not in named and path.split("/")[0] + "/" not in named} == set()
    assert {name for name in named if not name.startswith("portal.") and not (root / name).exists()} == set()


def test_every_table_that_records_is_named(administrator, repository):
    tables = administrator.execute(
        "select 'portal.' || tablename from pg_tables where schemaname = 'portal' order by 1"
    ).fetchall()
    named = {name for name in inventory(repository) if name.startswith("portal.")}

    assert named <= {name for (name,) in tables}
    assert {name for (name,) in tables if TABLES.search(name)} == named
