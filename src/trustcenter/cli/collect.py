"""Query the platform and write signed evidence to the ledger; nothing is judged."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter collect                                  # everything that the controls need
trustcenter collect --control access.password-storage
trustcenter collect --list                           # what would be fetched, without fetching
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--control", action="append", default=[], metavar="ID", help="only what this control needs")
    parser.add_argument("--list", action="store_true", help="say what would be fetched, and stop")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline.collecting import collect, fetches

    line = line_for(arguments)
    wanted = fetches(line, controls=arguments.control)
    if arguments.list:
        console.table(
            [(key.collector, key.source, key.parameters) for key in wanted], header=("collector", "source", "")
        )
        if console.json:
            console.document([{"collector": key.collector, "source": key.source} for key in wanted])
        return 0
    seen, receipt = collect(line, wanted, console.progress)
    troubled = [one for one in seen if one.trouble is not None]
    for one in troubled:
        console.warn(f"{one.key.collector} on {one.key.source} could not tell ({one.cause}): {one.trouble}")
    console.print(
        f"{counted(len(seen), 'population')}, {len(troubled)} could not be told; "
        f"the log has {counted(line.ledger.size, 'entry', 'entries')}"
    )
    if console.json:
        console.document(
            {
                "size": receipt.size if receipt else None,
                "evidence": [
                    {
                        "collector": one.key.collector,
                        "source": one.key.source,
                        "cause": one.cause,
                        "reason": str(one.trouble) if one.trouble else None,
                        "digest": digest,
                    }
                    for one, digest in zip(seen, receipt.digests if receipt else (), strict=True)
                ],
            }
        )
    return 3 if troubled else 0
