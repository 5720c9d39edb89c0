"""Answer the questionnaires that customers uploaded in the portal, one after the other, as a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

DSN = "TRUSTCENTER_WORKER_DSN"

EXAMPLES = """
trustcenter work --env-file build/portal/worker.env          # until it is stopped
trustcenter work --env-file build/portal/worker.env --once   # what waits now, then end
TRUSTCENTER_WORKER_DSN="host=... user=trustcenter_worker" trustcenter work
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--env-file", metavar="FILE", help=f"where {DSN} is written, as the portal does (default: the environment)"
    )
    parser.add_argument("--once", action="store_true", help="end when nothing waits")
    parser.add_argument(
        "--lease-seconds", type=int, default=60, metavar="N", help="after which a lost worker's job is taken again"
    )
    parser.add_argument("--longest-seconds", type=int, default=300, metavar="N", help="that one file may take")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline.working import Limits, work
    from trustcenter.sources.questionnaire_jobs import Jobs

    line_for(arguments)  # an instance that cannot be opened is an error now, not at the first job
    jobs = Jobs(_dsn(arguments))
    limits = Limits(lease=max(arguments.lease_seconds, 1), longest=max(arguments.longest_seconds, 1))
    signal.signal(signal.SIGTERM, _stop)
    done = work(lambda: line_for(arguments), jobs, limits, console.note, once=arguments.once)
    if console.json:
        console.document({"done": done})
    else:
        console.print(f"{done} questionnaire{'' if done == 1 else 's'} worked on")
    return 0


def _stop(_: int, __: object) -> NoReturn:
    sys.exit(0)


def _dsn(arguments: argparse.Namespace) -> str:
    from trustcenter.errors import ConfigurationError
    from trustcenter.instance import variables

    values = dict(os.environ)
    if arguments.env_file:
        path = Path(arguments.env_file)
        try:
            values |= variables(path.read_text(encoding="utf-8"), path.name)
        except OSError as error:
            raise ConfigurationError(
                f"the file cannot be read ({error.strerror})", where=str(path), hint="the portal writes it at its start"
            ) from error
    if not values.get(DSN):
        raise ConfigurationError(f"no {DSN}", hint="--env-file FILE, or set it in the environment")
    return values[DSN]
