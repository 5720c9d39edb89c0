"""Turn an existing security page into draft controls and claims, and list what could be tested today."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter import-page security.html                     # what the page claims, and what could be tested today
trustcenter import-page security.html --output controls   # and write the drafts; no file is overwritten
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", metavar="FILE|URL", help="the page: text, HTML or Markdown")
    parser.add_argument("--output", "-o", metavar="FOLDER", help="write the drafts below this folder")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.cli.lint_pages import page
    from trustcenter.publish.lint.drafts import BY_PERSONS, drafts

    found, left = drafts(page(arguments.page))
    written = _write(Path(arguments.output), {one.path: one.document() for one in found}) if arguments.output else []
    if console.json:
        controls = [{"file": one.path, "collector": one.collector, "control": one.document()} for one in found]
        console.document({"controls": controls, "unassigned": [one.text for one in left], "written": written})
        return 0
    by_hand = {None: "a person", "documents": "a document", "declarations": "a declaration"}
    rows = [
        (f"{one.domain}.{one.id}", by_hand.get(one.collector) or str(one.collector), str(len(one.passages)))
        for one in found
    ]
    console.table(rows, header=("draft control", "could be tested by", "sentences"))
    today = sum(one.collector is not None and one.collector not in BY_PERSONS for one in found)
    console.print(
        f"{counted(len(found), 'draft control')}, {today} of them could be tested today; "
        f"{counted(len(left), 'sentence fits', 'sentences fit')} none" + (":" if left else "")
    )
    for passage in left:
        console.print(f"  {passage.place}: {passage.text}")
    for path in written:
        console.note(f"wrote {path}")
    console.print("every draft stands as not done: nothing is claimed before it is tested")
    return 0


def _write(folder: Path, documents: dict[str, dict[str, object]]) -> list[str]:
    """Write new control files. Raises ConfigurationError, before anything is written, where one exists."""
    import yaml

    from trustcenter.errors import ConfigurationError

    for path in documents:
        if (folder / path).exists():
            raise ConfigurationError("this file exists already", where=str(folder / path), hint="choose another folder")
    for path, document in documents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
        target.write_text(text, encoding="utf-8")
    return [str(folder / path) for path in documents]
