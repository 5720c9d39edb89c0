"""Questionnaires that were sent: to whom, resting on which claims, what has fallen since, and a correction to send."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.pipeline.line import Line
    from trustcenter.publish.questionnaire.model import Answerable

EXAMPLES = """
trustcenter sent                    # every questionnaire that was sent
trustcenter sent fallen             # who was told what by claims that no longer stand
trustcenter sent notice 20261126T   # a letter that corrects one questionnaire
trustcenter sent diff 20261126T     # against the last one of the same customer
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=("list", "fallen", "notice", "diff"), default="list")
    parser.add_argument("id", nargs="?", help="the beginning of a questionnaire's id, for notice and diff")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError

    if arguments.what in ("notice", "diff") and not arguments.id:
        raise ConfigurationError(
            f"`sent {arguments.what}` needs the id of a questionnaire", hint="`trustcenter sent` lists them"
        )
    return {"list": _list, "fallen": _fallen, "notice": _notice, "diff": _diff}[arguments.what](arguments, console)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import sending

    kept = sending.records(line_for(arguments))
    rows = [(one.id, one.recipient, one.file, counted(len(one.answers), "answer")) for one in kept]
    console.table(rows, header=("id", "to", "file", ""))
    if not kept:
        console.print("nothing was sent yet: `trustcenter answer FILE --to CUSTOMER` records what it writes")
    if console.json:
        console.document({"sent": [one.as_json() for one in kept]})
    return 0


def _fallen(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import sending

    line = line_for(arguments)
    found = sending.told(line, _answerable(line))
    for one in found:
        console.print(f"{one.record.recipient}, {one.record.sent_at[:10]}, {one.record.file}: {one.answer.question}")
        console.print(console.style(f"  told {one.answer.verdict}, resting on {', '.join(one.fallen)}", "warn"))
    if not found:
        console.print("every claim that an answer rested on still stands")
    if console.json:
        console.document({"fallen": [asdict(one) for one in found]})
    return 1 if found else 0


def _notice(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import sending
    from trustcenter.publish.questionnaire.sent import notice

    line = line_for(arguments)
    record = sending.one_record(line, arguments.id)
    answerable = _answerable(line)
    mine = [one for one in sending.told(line, answerable) if one.record.id == record.id]
    if not mine:
        console.print("nothing to correct: every claim that these answers rested on still stands")
        if console.json:
            console.document({"notice": None})
        return 0
    text = notice(
        record, mine, {one.claim: one.sentence for one in answerable}, line.catalogue.organisation.name, line.now()
    )
    console.print(text)
    if console.json:
        console.document({"notice": text, "questions": [one.answer.question for one in mine]})
    return 0


def _diff(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import sending
    from trustcenter.publish.questionnaire.sent import differences

    line = line_for(arguments)
    record = sending.one_record(line, arguments.id)
    theirs = [one for one in sending.records(line) if one.recipient == record.recipient]
    before = theirs[: [one.id for one in theirs].index(record.id)]
    found = differences(before[-1], record.answers) if before else ()
    if not before:
        console.print(f"nothing was sent to {record.recipient} before")
    for one in found:
        console.print(f"{console.style(f'{one.kind:<8}', 'strong')} {one.question}")
        for mark, text in (("-", one.before), ("+", one.after)):
            if text:
                console.print(f"  {mark} {' '.join(text.split())[:160]}")
    if console.json:
        console.document({"before": before[-1].id if before else None, "differences": [asdict(one) for one in found]})
    return 0


def _answerable(line: Line) -> tuple[Answerable, ...]:
    from trustcenter.pipeline import publishing
    from trustcenter.pipeline.answering import answerables, declared

    current = answerables(line, publishing.view(line, publishing.verified(line)))
    return (*current, *declared(line, line.now()))
