"""Parses the command line, runs one command, turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from trustcenter import __version__
from trustcenter.cli import COMMANDS
from trustcenter.cli.console import Console
from trustcenter.errors import Problems, TrustCenterError

EXIT_CODES = """\
exit codes:
  0  everything that was asked for holds
  1  drift: a deviation that nobody accepted, or a worse state than the last signed assessment
  2  configuration or usage
  3  inconclusive: something could not be told (denied, unreachable, incomplete, ...)
  4  stale: evidence has expired
  5  tampered: stored bytes do not match what was signed
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"trustcenter: {message}\n  `{self.prog} --help` shows how", file=sys.stderr)
        sys.exit(2)


def module_of(command: str) -> ModuleType:
    """The module of one command: `ARGUMENTS(parser)`, `run(arguments, console) -> exit code`, `EXAMPLES`."""
    return import_module(f"trustcenter.cli.{command.replace('-', '_')}")


def parser_for(command: str) -> argparse.ArgumentParser:
    """The parser of one command, with its examples and the options that all commands have."""
    module = module_of(command)
    parser = _Parser(
        prog=f"trustcenter {command}",
        description=(module.__doc__ or "").strip(),
        epilog="examples:\n" + textwrap.indent(textwrap.dedent(module.EXAMPLES).strip(), "  "),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    group = parser.add_argument_group("everywhere")
    group.add_argument("--instance", metavar="FOLDER", help="folder with trustcenter.toml (default: search upwards)")
    group.add_argument("--json", action="store_true", help="print one JSON document for machines")
    group.add_argument("--quiet", "-q", action="store_true", help="no progress")
    group.add_argument("--debug", action="store_true", help="show the trace of an unexpected error")
    return parser


def overview() -> str:
    """What `trustcenter --help` prints."""
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    return (
        "usage: trustcenter COMMAND [options]\n\n"
        "Compliance as code and a trust-center generator: nothing is claimed that is not held.\n\n"
        f"commands:\n{rows}\n\n"
        "`trustcenter COMMAND --help` shows options and examples; `trustcenter --version` the version.\n\n" + EXIT_CODES
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command line."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader closed its end (`| head`): nothing left to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code


def _run(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if arguments else 2
    # A command makes many small values and little that refers to itself: to look for that so often is a sixth of a run.
    gc.set_threshold(100_000, 20, 100)
    command, *rest = arguments
    if command not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(command, COMMANDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`trustcenter --help` lists the commands"
        print(f"trustcenter: there is no command `{command}`\n  {hint}", file=sys.stderr)
        return 2
    parsed = parser_for(command).parse_args(rest)
    console = Console(quiet=parsed.quiet, json=parsed.json)
    try:
        return int(module_of(command).run(parsed, console))
    except TrustCenterError as error:
        return _report(error, parsed, console)
    except KeyboardInterrupt:
        console.error("stopped; nothing that was not yet logged counts")
        return 130


def _report(error: TrustCenterError, parsed: argparse.Namespace, console: Console) -> int:
    if parsed.debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    if parsed.json:
        problems = error.problems if isinstance(error, Problems) else (error,)
        listed = [{"what": each.what, "where": each.where, "hint": each.hint} for each in problems]
        print(json.dumps({"version": __version__, "exit_code": error.exit_code, "errors": listed}, indent=2))
    else:
        console.error(str(error))
    return error.exit_code
