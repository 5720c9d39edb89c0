"""Write the JSON Schemas that editors check the instance's files with; control files name theirs in the first line."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import folder

EXAMPLES = """
trustcenter schema                    # into schemas/ of the instance
trustcenter schema --output /tmp/s
trustcenter schema --check            # exit 1 where a file differs from what would be written
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="FOLDER", help="where they go (default: schemas/ of the instance)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.catalog.schema import schema_files
    from trustcenter.instance import find

    target = Path(arguments.output) if arguments.output else find(folder(arguments)) / "schemas"
    files = schema_files()
    differing = [name for name, content in files.items() if not _is(target / name, content)]
    if not arguments.check:
        target.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (target / name).write_bytes(content)
    for name in differing:
        console.print(f"{'differs' if arguments.check else 'written'}  {target / name}")
    console.print(f"{len(files)} schemas, {len(differing)} {'differ' if arguments.check else 'new'}")
    if console.json:
        console.document({"folder": str(target), "schemas": sorted(files), "differing": differing})
    return 1 if arguments.check and differing else 0


def _is(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
