"""The portal's command line."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from trustcenter.errors import TrustCenterError

EXAMPLES = """\
examples:
  python -m trustcenter.portal serve --state .portal --seed demo --detach
      starts everything with sample data and returns when it is healthy; the sign-in is in .portal/demo-login.txt
  python -m trustcenter.portal status --state .portal
  python -m trustcenter.portal clone --state .portal --database trial
  python -m trustcenter.portal serve --state .portal --database trial --detach
      a second application on a copy of the database
  python -m trustcenter.portal stop --state .portal
      stops applications, keeper and PostgreSQL; the data stays

DATABASE_URL names a PostgreSQL of your own instead of the embedded one.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except TrustCenterError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trustcenter.portal",
        description="The reference platform: where a prospect's reviewers sign in.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="folder of the portal's data and secrets"
    )
    common.add_argument(
        "--database", default="portal", metavar="NAME", help="database of the cluster (default: portal)"
    )

    def command(name: str, help_text: str, run: object) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, parents=[common], help=help_text, description=help_text, epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        made.set_defaults(run=run)
        return made

    serve = command("serve", "Start the portal.", _serve)
    serve.add_argument("--detach", action="store_true", help="return when the portal is healthy")
    serve.add_argument("--seed", choices=["demo"], help="sample organisations, people, documents and canaries")
    serve.add_argument(
        "--https-port", type=int, default=0, metavar="PORT", help="0 chooses a free one and remembers it"
    )
    serve.add_argument("--http-port", type=int, default=0, metavar="PORT", help="the port that only redirects")
    serve.add_argument("--no-keeper", action="store_true", help="no availability checks, no scheduled backups")
    for option, unit, what in (
        ("check-seconds", int, "between availability checks"),
        ("backup-minutes", float, "between base backups"),
        ("marker-minutes", float, "between recovery markers"),
        ("head-minutes", float, "between published heads of the audit logs"),
        ("keep-backups", int, "base backups to keep"),
        ("archive-timeout-seconds", int, "until an unfilled log segment is archived (first run)"),
        ("security-contact-days", int, "that security.txt counts, from the start of the service"),
        ("idle-minutes", float, "until an unused session ends"),
        ("absolute-hours", float, "until any session ends"),
    ):
        serve.add_argument(f"--{option}", type=unit, metavar="N", help=what)
    command("stop", "Stop the portal; for the main database also PostgreSQL.", _stop)
    command("status", "Say what runs. Exit code 0 when healthy, 1 when not.", _status)
    clone = command("clone", "Copy a database of the cluster under a new name.", _clone)
    clone.add_argument("--from", dest="source", default="portal", metavar="NAME", help="the database to copy")
    command("drop", "Drop a copy made by clone.", _drop)
    command("application", "Used by serve: the application process.", _application)
    command("keeper", "Used by serve: the process that measures and backs up.", _keeper)
    return parser


def _serve(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import launch
    from trustcenter.portal.settings import DEFAULTS

    options = {name: getattr(chosen, name) for name in DEFAULTS if getattr(chosen, name) is not None}
    portal = launch.start(
        chosen.state,
        database_name=chosen.database,
        seed_name=chosen.seed,
        https_port=chosen.https_port,
        http_port=chosen.http_port,
        database_url=os.environ.get("DATABASE_URL"),
        keeper=not chosen.no_keeper,
        say=lambda text: print(f"  {text}", file=sys.stderr),
        **options,
    )
    ended = threading.Event()
    if not chosen.detach:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
    print(f"portal     {portal.url}")
    print(f"authority  {portal.authority}")
    print(f"collectors {portal.state.portal_env}")
    if (portal.state.root / "demo-login.txt").exists():
        print(f"demo sign-in in {portal.state.root / 'demo-login.txt'}")
    sys.stdout.flush()
    if chosen.detach:
        return 0
    ended.wait()
    portal.stop()
    return 0


def _stop(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import launch

    print("stopped" if launch.stop(chosen.state, chosen.database) else "nothing was running")
    return 0


def _status(chosen: argparse.Namespace) -> int:
    from http.client import HTTPException

    from trustcenter.portal import launch

    portal = launch.running(chosen.state, chosen.database)
    healthy = False
    if portal is not None:
        try:
            healthy = portal.client(timeout=5).get("/healthz").status == 200
        except (OSError, HTTPException):
            healthy = False
    print(json.dumps({"running": portal is not None, "healthy": healthy, "url": portal.url if portal else None}))
    return 0 if healthy else 1


def _clone(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import launch

    launch.clone(chosen.state, chosen.database, chosen.source)
    print(f"cloned {chosen.source} as {chosen.database}")
    return 0


def _drop(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import launch

    launch.drop(chosen.state, chosen.database)
    print(f"dropped {chosen.database}")
    return 0


def _application(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import server
    from trustcenter.portal.preparation import application_of
    from trustcenter.portal.state import StateDirectory

    state = StateDirectory(chosen.state, chosen.database)
    with application_of(state).held():
        server.run(state)
    return 0


def _keeper(chosen: argparse.Namespace) -> int:
    from trustcenter.portal import keeper
    from trustcenter.portal.process import Process
    from trustcenter.portal.state import StateDirectory

    state = StateDirectory(chosen.state, chosen.database)
    with Process(state.own / "keeper.lock").held():
        keeper.run(state)
    return 0
