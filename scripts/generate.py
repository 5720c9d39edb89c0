"""Writes what is generated: schemas, the command reference, the README's help. `--check` only compares."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["COLUMNS"] = "100"
_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated() -> dict[Path, bytes]:
    """Every generated file with what it must hold."""
    import asvs_table
    import roles_table

    from trustcenter.catalog.schema import schema_files

    files = {ROOT / "schemas" / name: content for name, content in schema_files().items()}
    files[ROOT / "docs" / "commands.md"] = commands().encode()
    files[ROOT / "docs" / "collectors.md"] = collectors().encode()
    readme = ROOT / "README.md"
    files[readme] = _BLOCK.sub(_fill, readme.read_text(encoding="utf-8")).encode()
    return {**files, **answered(), **asvs_table.generated(), **roles_table.generated()}


def answered() -> dict[Path, bytes]:
    """docs/claims.md, where the collection of sentences that it answers is at hand."""
    import claims_table

    found = claims_table.generated()
    if not found:
        print("docs/claims.md is left as it is: the collection of sentences is not here (set TRUSTCENTER_SHARED)")
    return found


def _fill(block: re.Match[str]) -> str:
    return f"{block[1]}\n```text\n{_named(block['name'])}```\n\n{block[3]}"


def _named(name: str) -> str:
    from trustcenter.cli.start import EXIT_CODES, overview, parser_for

    if name == "overview":
        return overview()
    if name == "exit-codes":
        return EXIT_CODES
    return parser_for(name).format_help()


def commands() -> str:
    """docs/commands.md: the help of every command."""
    from trustcenter.cli import COMMANDS
    from trustcenter.cli.start import EXIT_CODES, parser_for

    parts = ["# Commands\n\nThe help of each command, as it prints it. Made by `make generate`.\n"]
    for name, summary in COMMANDS.items():
        parts.append(
            f"## {name}\n\n{summary[0].upper()}{summary[1:]}.\n\n```text\n{parser_for(name).format_help()}```\n"
        )
    parts.append(f"## Exit codes\n\n```text\n{EXIT_CODES}```\n")
    return "\n".join(parts)


def collectors() -> str:
    """docs/collectors.md: each collector's contract, its fact field by field."""
    from trustcenter.collectors.registry import descriptions

    parts = [
        "# Collectors\n\nWhat each sees and how; `where` and `expect` may name its fields. Made by `make generate`.\n"
    ]
    for name, found in sorted(descriptions().items()):
        parts.append(
            f"## {name}\n\n{found.summary}\n\n"
            f"Reads: {', '.join(found.kinds)}. Method: {found.method}. A passing test is: {found.holds}. "
            f"Safety: {found.safety}.\n"
        )
        if found.schema is None:
            parts.append("Its columns are typed in the control.\n")
            continue
        rows = ["| field | type | notes |", "| --- | --- | --- |"]
        for field in found.schema.fields:
            notes = [
                *(["key"] if field.key else []),
                *(["personal"] if field.personal else []),
                *(["may be absent"] if field.nullable else []),
                *([f"one of {', '.join(field.choices)}"] if field.choices else []),
                *([field.unit] if field.unit else []),
            ]
            rows.append(f"| `{field.name}` | {field.type} | {'; '.join(notes)} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def main() -> int:
    """Write, or with --check say what differs and return 1."""
    check = "--check" in sys.argv[1:]
    differing = [path for path, content in generated().items() if not path.is_file() or path.read_bytes() != content]
    for path in differing:
        print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and differing:
        print("run `make generate` and commit what it writes")
        return 1
    if not check:
        for path, content in generated().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
