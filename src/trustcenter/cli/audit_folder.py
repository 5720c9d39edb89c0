"""Write the auditor's folder: for each control the whole population, the query, the runs, the deviations, and an index
by the usual request list. Personal fields are withheld unless --reveal; each reading of rows is logged."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter audit-folder
trustcenter audit-folder --output /media/auditor --reveal --who "A. Examiner, Harrow LLP"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="FOLDER", help="where it goes (default: build/auditor)")
    parser.add_argument("--reveal", action="store_true", help="print personal fields; needs --who")
    parser.add_argument("--who", help="for whom it is written; goes into the log of reveals")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import publishing
    from trustcenter.publish.auditor.folder import auditor_files, write_auditor_folder

    if arguments.reveal and not arguments.who:
        raise ConfigurationError("personal fields are revealed to a named person only", hint="add --who NAME")
    line = line_for(arguments)
    found = publishing.verified(line)
    inputs = publishing.audit_inputs(line, found, who=arguments.who or getpass.getuser(), revealed=arguments.reveal)
    target = Path(arguments.output) if arguments.output else line.instance.build / "auditor"
    files = auditor_files(inputs, line.now(), line.instance.root)
    write_auditor_folder(files, target)
    console.print(
        f"{target} ({counted(len(files), 'file')}, {counted(len(inputs.evidence), 'population')}, "
        f"{counted(len(inputs.runs), 'run')})"
    )
    if console.json:
        console.document({"folder": str(target), "files": sorted(files)})
    return 0
