"""Match questions with controls, criteria and answers: one question a line in, one JSON object a line out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import drafter_for, line_for

EXAMPLES = """
trustcenter match questions.txt
echo "Is customer data encrypted at rest?" | trustcenter match
trustcenter match questions.jsonl --meaning     # with the optional sentence model
"""
LARGEST = 25_000_000  # bytes of all questions together, as of an uploaded questionnaire


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        default="-",
        help="one question a line, as text or as JSON with id, text, section, choices (default: standard input)",
    )
    parser.add_argument("--meaning", action="store_true", help="use the optional sentence model beside the words")
    parser.add_argument(
        "--draft", action="store_true", help="let a language model rephrase; refused where it adds anything"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline.answering import matcher_for
    from trustcenter.publish.questionnaire.matched import match_all, read_questions

    line = line_for(arguments)
    try:
        with sys.stdin.buffer if arguments.file == "-" else Path(arguments.file).open("rb") as stream:
            text = stream.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise ConfigurationError(
                f"the questions have more than {LARGEST // 1_000_000} MB", where=arguments.file, hint="split them"
            )
        questions = list(read_questions(text.decode().splitlines(), Path(arguments.file).name))
    except OSError as error:
        raise ConfigurationError(f"the questions cannot be read ({error.strerror})", where=arguments.file) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("the questions are not UTF-8", where=arguments.file) from error
    matcher, note = matcher_for(line, meaning=arguments.meaning)
    if note:
        console.note(note)
    found = match_all(questions, matcher, line.now(), drafter_for(arguments))
    if console.json:
        console.document({"note": note, "questions": list(found)})
        return 0
    for entry in found:
        print(json.dumps(entry, ensure_ascii=False))
    return 0
