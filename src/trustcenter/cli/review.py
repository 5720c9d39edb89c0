"""Uncertain questions reviewed in the terminal: a candidate by number, a verdict by letter, kept for next time."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustcenter.cli.console import Console
    from trustcenter.pipeline.line import Line
    from trustcenter.publish.questionnaire import Answerable, Report

LETTERS = {"y": "yes", "n": "no", "p": "partial", "t": "text", "a": "not_applicable"}
HELP = "number of a claim then y(es) n(o) p(artial) t(ext) a(not applicable), as `2y`; Enter skips; q ends"


def review(
    line: Line, report: Report, claims: Sequence[Answerable], console: Console, ask: Callable[[str], str] = input
) -> int:
    """Ask for each question that needs review; returns how many matches were confirmed."""
    from trustcenter.pipeline import remembering

    known = {claim.claim: claim for claim in claims}
    open_rows = [row for row in report.rows if row.outcome == "needs_review"]
    by = getpass.getuser()
    done = 0
    for number, row in enumerate(open_rows, 1):
        names = tuple(dict.fromkeys((*row.claims, *(one.claim for one in row.candidates))))[:9]
        console.print()
        console.print(f"{console.style(f'{number}/{len(open_rows)}', 'dim')}  {row.question}")
        console.print(console.style(f"      {row.reason}", "dim"))
        for place, name in enumerate(names, 1):
            claim = known.get(name)
            if claim is not None:
                console.print(f"  {place}  {claim.sentence}  {console.style(f'{name}, {claim.state}', 'dim')}")
        given = _answer(ask, console, len(names))
        if given == "q":
            break
        if not given:
            continue
        remembering.confirm(line, row.question, (names[int(given[0]) - 1],), LETTERS[given[1]], by)
        done += 1
    console.note(f"{done} of {len(open_rows)} confirmed")
    return done


def _answer(ask: Callable[[str], str], console: Console, count: int) -> str:
    """`2y`, `q`, or empty; asked again until it is one of them. The end of the input ends the review."""
    while True:
        try:
            given = ask(f"{HELP}: ").strip().lower()
        except EOFError:
            return "q"
        if given in ("", "q"):
            return given
        if len(given) == 2 and given[0].isdigit() and 1 <= int(given[0]) <= count and given[1] in LETTERS:
            return given
        console.print("that is none of them")
