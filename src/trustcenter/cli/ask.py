"""Answer one question from what is held today: for forms that live in a customer's portal."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import drafter_for, line_for

EXAMPLES = """
trustcenter ask "Are passwords hashed?"
trustcenter ask "Is customer data encrypted at rest?" --choice Yes --choice No --choice N/A
trustcenter ask "How often are backups made?" --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help="the question, as the customer wrote it")
    parser.add_argument("--choice", action="append", default=[], metavar="TEXT", help="an answer that the form allows")
    parser.add_argument("--meaning", action="store_true", help="use the optional sentence model beside the words")
    parser.add_argument(
        "--draft", action="store_true", help="let a language model rephrase; refused where it adds anything"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline.answering import matcher_for
    from trustcenter.publish.questionnaire.matched import LONGEST, Asking, match_all

    if not arguments.question.strip() or len(arguments.question) > LONGEST:
        raise ConfigurationError(f"a question has between 1 and {LONGEST} characters", hint='trustcenter ask "..."')
    line = line_for(arguments)
    matcher, note = matcher_for(line, meaning=arguments.meaning)
    if note:
        console.note(note)
    asking = Asking(arguments.question.strip(), choices=tuple(arguments.choice))
    (found,) = match_all((asking,), matcher, line.now(), drafter_for(arguments))
    if console.json:
        console.document({"note": note, **found})
        return 0
    mark = {"answered": "good", "needs_review": "warn"}.get(found["outcome"], "dim")
    words = found["outcome"].replace("_", " ")
    console.print(console.style(f"{words} (confidence {found['answer_band']})", mark))
    if found["text"]:
        console.print(found["choice"] or found["text"])
        if found["choice"]:
            console.print(found["text"])
    if found["reason"]:
        console.print(console.style(found["reason"], "dim"))
    for cited in found["citations"]:
        date = (cited["as_of"] or "")[:10]
        how = ", ".join(cited["methods"])
        console.print(console.style(f"  {cited['claim']}: {cited['state']} {date} ({how})  {cited['link']}", "dim"))
    if found["outcome"] != "answered":
        for control in found["controls"][:3]:
            lacking = f", does not speak of: {', '.join(control['missing'][:3])}" if control["missing"] else ""
            console.print(f"  near: {control['control']} ({control['state'].replace('_', ' ')}{lacking})")
        near = ", ".join(f"{one['id']} {one['title']}" for one in found["criteria"][:3])
        console.print(f"  about: {near}")
    return 0
