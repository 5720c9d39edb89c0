"""Collect everything, judge it, compare it with the last signed run: the command for CI.

On a pull request, `--pr` needs no key and no production and appends nothing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.pipeline.line import Line

EXAMPLES = """
trustcenter check                          # the scheduled run: collects, judges, signs
trustcenter check --reuse-fresh            # fetch only what has expired
trustcenter check --offline                # judge what the ledger holds; look at nothing, write nothing
trustcenter check --pr --base origin/main  # on a pull request: which sentences would change
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--reuse-fresh", action="store_true", help="do not fetch again what has not expired")
    how.add_argument(
        "--offline", action="store_true", help="judge the ledger's evidence; nothing is fetched or written"
    )
    how.add_argument("--pr", action="store_true", help="compare with a git revision, scan infrastructure code")
    parser.add_argument("--base", metavar="REVISION", default="origin/main", help="with --pr (default: %(default)s)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    line = line_for(arguments)
    return _propose(arguments, console, line) if arguments.pr else _check(arguments, console, line)


def _check(arguments: argparse.Namespace, console: Console, line: Line) -> int:
    from trustcenter.cli.outcome import (
        changes_json,
        conclusions_json,
        print_changes,
        print_conclusions,
        print_verdict,
    )
    from trustcenter.pipeline.checking import check

    checked = check(line, reuse_fresh=arguments.reuse_fresh, offline=arguments.offline, progress=console.progress)
    for warning in checked.warnings:
        console.warn(warning)
    print_conclusions(console, checked.assessment, line.now())
    if checked.changes:
        console.print(f"{counted(len(checked.changes), 'change')} since the last signed assessment:")
        print_changes(console, checked.changes)
    told = [] if arguments.offline and not line.ledger.size else _told(line, console)
    print_verdict(console, checked.verdict)
    if console.json:
        console.document(
            {
                "told": told,
                "exit_code": checked.verdict.code,
                "reasons": [
                    {"code": one.code, "text": one.text, "place": str(one.place)} for one in checked.verdict.reasons
                ],
                "changes": changes_json(checked.changes),
                "warnings": list(checked.warnings),
                "fetched": checked.fetched,
                "reused": checked.reused,
                "signed": checked.signed,
                "assessment": conclusions_json(checked.assessment),
            }
        )
    return checked.verdict.code


def _told(line: Line, console: Console) -> list[dict[str, object]]:
    """Which customers were told what by claims that no longer stand."""
    from trustcenter.pipeline.line import sent_folder

    if not any(sent_folder(line.instance).glob("*.json")):
        return []
    from trustcenter.pipeline import publishing, sending
    from trustcenter.pipeline.answering import answerables

    found = sending.told(line, answerables(line, publishing.view(line, publishing.verified(line))))
    if found:
        rest = (
            "1 answer that a customer holds rests"
            if len(found) == 1
            else f"{len(found)} answers that customers hold rest"
        )
        console.print(f"{rest} on claims that no longer stand:")
    for one in found:
        console.print(
            f"  {one.record.recipient}, {one.record.sent_at[:10]}: {one.answer.question} ({', '.join(one.fallen)})"
        )
    if found:
        console.print("  `trustcenter sent notice ID` drafts a correction")
    return [
        {
            "record": one.record.id, "recipient": one.record.recipient, "question": one.answer.question,
            "fallen": list(one.fallen),
        }
        for one in found
    ]  # fmt: skip


def _propose(arguments: argparse.Namespace, console: Console, line: Line) -> int:
    from trustcenter.cli.outcome import changes_json, print_changes, print_verdict
    from trustcenter.pipeline.line import Line
    from trustcenter.pipeline.proposing import propose

    assert isinstance(line, Line)
    proposed = propose(line, arguments.base)
    judged = counted(len(proposed.assessment.conclusions), "test")
    changed = counted(len(proposed.changes), "change")
    console.print(f"compared with {proposed.base}: {changed}, {judged} judged from the repository itself")
    print_changes(console, proposed.changes)
    for sentence in proposed.sentences:
        console.print(f"  {console.style('sentence', 'strong')}  {sentence.claim}: {sentence.why}")
        if sentence.before:
            console.print(f"    - {sentence.before}")
        if sentence.after and sentence.after != sentence.before:
            console.print(f"    + {sentence.after}")
    if not proposed.sentences:
        console.print("  no sentence of the page would change")
    print_verdict(console, proposed.verdict)
    if console.json:
        console.document(
            {
                "exit_code": proposed.verdict.code,
                "base": proposed.base,
                "changes": changes_json(proposed.changes),
                "sentences": [vars_of(sentence) for sentence in proposed.sentences],
                "reasons": list(proposed.verdict.lines),
            }
        )
    return proposed.verdict.code


def vars_of(sentence: object) -> dict[str, str]:
    """A frozen value as a mapping."""
    from dataclasses import asdict

    return asdict(sentence)  # type: ignore[call-overload,no-any-return]
