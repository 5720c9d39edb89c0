"""Make every stored row about one person unreadable, for good, and log who did it and why (GDPR Article 17).

What was signed stays valid: statements hold salted digests, and the rows about others stay as they are. Copies and
backups of the private store's folder `subjects` have to be erased with it."""

from __future__ import annotations

import argparse
import getpass
import sys

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter erase ruth@quay.example --reason "request of 2026-11-20" --who "D. Officer"
trustcenter erase - --reason "request of 2026-11-20" < person.txt     # keeps the name out of the shell's history
trustcenter erase --log --json                                        # who has seen or erased what
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", nargs="?", metavar="PERSON", help="as rows name the person, `-` to read it")
    parser.add_argument("--reason", help="why; goes into the log, so name the request and not the person")
    parser.add_argument("--who", help="who erases (default: the account on this machine)")
    parser.add_argument("--log", action="store_true", help="only show the log of reveals and erasures")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.ledger.subjects import Subject
    from trustcenter.model.fact import moment
    from trustcenter.pipeline.keeping import PERSON

    line = line_for(arguments)
    if arguments.log:
        entries = line.store.reveals()
        for one in entries:
            console.print(f"{moment(one.at)}  {one.what:8}  {one.count:>6}  {one.who}: {one.reason}")
        if console.json:
            console.document({"reveals": [{**vars(one), "at": moment(one.at)} for one in entries]})
        return 0
    person = sys.stdin.read().strip() if arguments.subject == "-" else arguments.subject
    if not person or not arguments.reason:
        raise ConfigurationError("a person and a reason are needed", hint="trustcenter erase PERSON --reason WHY")
    who = arguments.who or getpass.getuser()
    erased = line.store.erase(Subject(PERSON, person), reason=arguments.reason, who=who, now=line.now())
    if not erased:
        raise ConfigurationError(
            "nothing is stored about a person of this name, so nothing was erased; the attempt is logged",
            hint="write the name exactly as the rows do, capital letters included",
        )
    console.print(f"{erased} key{'' if erased == 1 else 's'} destroyed: every row about this person is unreadable now")
    console.print("A replay of runs that saw them says so; erase backups of the private store's `subjects` as well.")
    if console.json:
        console.document({"keys_destroyed": erased, "who": who, "reason": arguments.reason})
    return 0
