"""Judge the newest evidence of the ledger and write a signed assessment; nothing is collected."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for, moment

EXAMPLES = """
trustcenter assess                      # judge and sign
trustcenter assess --dry-run            # judge only
trustcenter assess --replay last        # judge the last signed run again: the same, byte for byte
trustcenter assess --replay sha256:...  # any past run
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="judge and print; write nothing")
    parser.add_argument("--as-of", metavar="TIME", help="judge as of this time (with --dry-run)")
    parser.add_argument("--replay", metavar="RUN", help="judge a past run again: its digest, or `last`")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.cli.outcome import conclusions_json, print_conclusions
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import judging

    line = line_for(arguments)
    if arguments.replay:
        return _replay(console, judging.replay(line, None if arguments.replay == "last" else arguments.replay))
    if arguments.as_of and not arguments.dry_run:
        raise ConfigurationError("a signed assessment is of now", hint="add --dry-run, or use --replay for a past run")
    judged = judging.assess(line, as_of=moment(arguments.as_of) if arguments.as_of else None)
    for warning in judged.warnings:
        console.warn(warning)
    if not arguments.dry_run:
        judged = judging.sign(line, judged)
    print_conclusions(console, judged.assessment, line.now())
    if console.json:
        digest = judged.receipt.digests[-1] if judged.receipt else None
        console.document({"assessment": digest, **conclusions_json(judged.assessment)})
    return 0


def _replay(console: Console, replayed: object) -> int:
    from trustcenter.pipeline.judging import Replayed

    assert isinstance(replayed, Replayed)
    signed = replayed.signed
    words = (
        "the same, byte for byte" if replayed.same
        else "rows were erased at a person's request; the signed assessment stands" if replayed.erased
        else "NOT the same: the judge or the stored rows changed"
    )  # fmt: skip
    console.print(f"{signed.digest} of {signed.assessment.as_of:%d %b %Y, %H:%M} UTC: {words}")
    if console.json:
        console.document({"assessment": signed.digest, "same": replayed.same, "erased": replayed.erased})
    return 0 if replayed.same or replayed.erased else 5
