"""docs/asvs.md from docs/asvs-mapping.yaml: which requirement of OWASP ASVS 5.0 is met, by which test.

Only identifiers and our own words are in the mapping. A test that is named must exist, or nothing is written.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "docs" / "asvs-mapping.yaml"
TABLE = ROOT / "docs" / "asvs.md"
CHAPTERS = {
    "V6": "Authentication", "V7": "Sessions", "V8": "Authorisation", "V16": "Logging and errors",
}  # fmt: skip


@dataclass(frozen=True)
class Requirement:
    """One row: what is asked, in our words; the tests that show it, or why it does not apply, or what is missing."""

    identifier: str
    about: str
    tests: tuple[str, ...]
    not_applicable: str
    missing: str
    note: str

    @property
    def verdict(self) -> str:
        return "met" if self.tests else "not applicable" if self.not_applicable else "not met"


def requirements(mapping: Mapping[str, Mapping[str, Any]] | None = None) -> list[Requirement]:
    """The mapping as rows. Raises ValueError for a row that says two things or none, or names no test of ours."""
    said = yaml.safe_load(MAPPING.read_text(encoding="utf-8")) if mapping is None else mapping
    found, wrong = [], []
    for identifier, row in said.items():
        made = Requirement(
            identifier,
            row["about"],
            tuple(row.get("met", ())),
            row.get("not_applicable", ""),
            row.get("missing", ""),
            row.get("note", ""),
        )
        found.append(made)
        if sum((bool(made.tests), bool(made.not_applicable), bool(made.missing))) != 1:
            wrong.append(f"{identifier} needs exactly one of met, not_applicable, missing")
        wrong += [f"{identifier}: there is no test {name}" for name in made.tests if not exists(name)]
    if wrong:
        raise ValueError("docs/asvs-mapping.yaml:\n  " + "\n  ".join(wrong))
    return found


def exists(name: str) -> bool:
    """Whether `path::test` (or `path::Class::test`) is a function in this checkout."""
    path, *parts = name.split("::")
    file = ROOT / path
    if not file.is_file() or not parts:
        return False
    nodes: list[ast.stmt] = ast.parse(file.read_text(encoding="utf-8")).body
    for part in parts:
        node = next(
            (one for one in nodes if isinstance(one, (ast.FunctionDef, ast.ClassDef)) and one.name == part), None
        )
        if node is None:
            return False
        nodes = node.body
    return parts[-1].startswith("test_")


def table(rows: list[Requirement]) -> str:
    """The page: counts by chapter, then every requirement."""
    met = sum(row.verdict == "met" for row in rows)
    aside = sum(row.verdict == "not applicable" for row in rows)
    parts = [
        "# OWASP ASVS 5.0\n",
        f"Chapters V6, V7, V8 and V16 at levels 1 and 2: {len(rows)} requirements, {met} met, {aside} not applicable, "
        f"{len(rows) - met - aside} not met. A met one names the tests that show it; all of them run in `make test`. "
        "The requirements' own words are at [owasp.org](https://owasp.org/www-project-application-security-verification-"
        "standard/); the subjects here are ours. Made from `docs/asvs-mapping.yaml` by `make generate`.\n",
    ]
    for chapter, title in CHAPTERS.items():
        parts.append(
            f"## {chapter} {title}\n\n| requirement | subject | verdict | shown by, or why not |\n"
            "| --- | --- | --- | --- |"
        )
        for row in rows:
            if row.identifier.startswith(chapter + "."):
                shown = ", ".join(f"[{name.split('::')[-1]}](../{name.split('::')[0]})" for name in row.tests)
                words = " ".join(filter(None, (shown, row.not_applicable, row.missing, row.note)))
                parts.append(f"| {row.identifier} | {row.about} | {row.verdict} | {words} |")
        parts.append("")
    return "\n".join(parts)


def generated() -> dict[Path, bytes]:
    """The table as it must be committed."""
    return {TABLE: table(requirements()).encode()}
