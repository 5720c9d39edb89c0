"""Uncertain and open questions reviewed in the terminal: a claim by number, or an answer in a person's own words.

What is confirmed is kept for next time. What is written becomes a reviewed answer of the instance, with its author as
owner and a day on which it expires.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustcenter.cli.console import Console
    from trustcenter.pipeline.line import Line
    from trustcenter.publish.questionnaire import Answerable, Report

LETTERS = {"y": "yes", "n": "no", "p": "partial", "t": "text", "a": "not_applicable"}
HELP = (
    "number of a claim then y(es) n(o) p(artial) t(ext) a(not applicable), as `2y`; `w` and a letter to write the "
    "answer, as `wn`; Enter skips; q ends"
)


@dataclass(frozen=True)
class Reviewed:
    """How many matches were confirmed, and how many answers written."""

    confirmed: int = 0
    written: int = 0


def review(
    line: Line, report: Report, claims: Sequence[Answerable], console: Console, ask: Callable[[str], str] = input
) -> Reviewed:
    """Ask for each question that needs review or that no claim answers; those that the form does not ask are left.

    Raises ConfigurationError where an answer cannot be kept.
    """
    from trustcenter.pipeline import remembering
    from trustcenter.publish.questionnaire.filling import NOT_ASKED

    known = {claim.claim: claim for claim in claims}
    open_rows = [
        row for row in report.rows if row.outcome in ("needs_review", "abstained") and row.reason not in NOT_ASKED
    ]
    by = getpass.getuser()
    confirmed = written = 0
    for number, row in enumerate(open_rows, 1):
        wanted = dict.fromkeys((*row.claims, *(one.claim for one in row.candidates)))
        names = tuple(name for name in wanted if name in known)[:9]
        console.print()
        console.print(f"{console.style(f'{number}/{len(open_rows)}', 'dim')}  {row.question}")
        console.print(console.style(f"      {row.outcome.replace('_', ' ')}: {row.reason}", "dim"))
        for place, name in enumerate(names, 1):
            claim = known[name]
            console.print(f"  {place}  {claim.sentence}  {console.style(f'{name}, {claim.state}', 'dim')}")
        if not names:
            console.print("  no claim is near")
        given = _answer(ask, console, len(names))
        if given == "q":
            break
        if given.startswith("w"):
            words = _words(ask)
            if words:
                place_of = remembering.write_answer(line, row.question, words, LETTERS[given[1]], by)
                console.note(f"written to {place_of}; the next form needs `trustcenter check` first")
                written += 1
        elif given:
            remembering.confirm(line, row.question, (names[int(given[0]) - 1],), LETTERS[given[1]], by)
            confirmed += 1
    console.note(f"{confirmed} of {len(open_rows)} confirmed, {written} written")
    return Reviewed(confirmed, written)


def _words(ask: Callable[[str], str]) -> str:
    """The answer in the person's words; empty where nothing is said."""
    try:
        return " ".join(ask("answer: ").split())
    except EOFError:
        return ""


def _answer(ask: Callable[[str], str], console: Console, count: int) -> str:
    """`2y`, `wn`, `q`, or empty; asked again until it is one of them. The end of the input ends the review."""
    while True:
        try:
            given = ask(f"{HELP}: ").strip().lower()
        except EOFError:
            return "q"
        if given in ("", "q"):
            return given
        numbered = given[0] == "w" or (given[0] in "123456789" and int(given[0]) <= count)
        if len(given) == 2 and numbered and given[1] in LETTERS:
            return given
        console.print("that is none of them")
