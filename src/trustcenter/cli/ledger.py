"""Keep the ledger in a bucket or a git branch. pull verifies what is there and continues this copy with it; push
verifies this copy and continues what is there with it, under the condition that nobody else did; rejoin is for the
writer that was second. Logs that part are refused (exit 5), nothing is overwritten, and only the log's own files
travel: never keys, never private evidence.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.cli.shell import clock, folder
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.instance import Instance
    from trustcenter.ledger.remote.exchange import Exchange

EXAMPLES = """
trustcenter ledger pull                                # from the `remote` under [ledger] in trustcenter.toml
trustcenter ledger push s3://acme-evidence/ledger      # credentials as the AWS tools take them
trustcenter ledger push git:origin/ledger              # a branch of its own; never forced
trustcenter ledger pull s3://evidence --endpoint-url http://127.0.0.1:9000 --key trust.example/evidence+5f1c...
trustcenter ledger rejoin                              # after another writer was first; then push
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("pull", "push", "rejoin"), help="what to do")
    parser.add_argument(
        "target", nargs="?", metavar="TARGET", help="s3://BUCKET/PREFIX or git:REMOTE/BRANCH (default: [ledger] remote)"
    )
    parser.add_argument("--endpoint-url", metavar="URL", help="another service that speaks S3 (default: AWS's)")
    parser.add_argument("--key", help="the ledger's public key, or a file of it (default: beside the signing key)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.instance import load
    from trustcenter.pipeline.remote import open_exchange

    instance = load(folder(arguments), os.environ)
    exchange = open_exchange(
        instance, arguments.target, endpoint=arguments.endpoint_url, key=arguments.key, told=console.progress
    )
    console.note(f"{arguments.action}: {exchange.remote.name}")
    said = {"pull": _pull, "push": _push, "rejoin": _rejoin}[arguments.action](exchange, instance, console)
    if console.json:
        console.document({"action": arguments.action, "target": exchange.remote.name, **said})
    return 0


def _pull(exchange: Exchange, _: Instance, console: Console) -> dict[str, object]:
    from trustcenter.ledger.remote.exchange import pull

    done = pull(exchange, now=clock())
    if not done.there:
        console.print("nothing lies there yet: the first push begins it")
    elif done.before > done.there:
        console.print(f"this ledger is ahead: {counted(done.before, 'entry', 'entries')}, {done.there} there; push")
    else:
        held, files = counted(done.size, "entry holds", "entries hold"), counted(done.fetched, "file")
        console.print(f"{held} ({done.size - done.before} new, {files} fetched)")
    if done.begun:
        console.warn("their upload was decided but not finished; the next push finishes it")
    return {"before": done.before, "size": done.size, "there": done.there, "fetched": done.fetched, "begun": done.begun}


def _push(exchange: Exchange, _: Instance, console: Console) -> dict[str, object]:
    from trustcenter.ledger.remote.exchange import push

    done = push(exchange, now=clock())
    there = counted(done.size, "entry is there", "entries are there")
    console.print(f"{there} ({done.size - done.before} new, {counted(done.sent, 'file')} sent)")
    return {"before": done.before, "size": done.size, "sent": done.sent}


def _rejoin(exchange: Exchange, instance: Instance, console: Console) -> dict[str, object]:
    from trustcenter.ledger import keys
    from trustcenter.ledger.remote.rejoin import rejoin
    from trustcenter.ledger.timestamps import http_authority
    from trustcenter.pipeline.line import key_folder

    url = instance.timestamp_authority
    authority = http_authority(url) if url else None
    done = rejoin(exchange, keys.load(key_folder(instance)), now=clock(), authority=authority)
    console.print(f"{done.size} entries: the {done.there} that are there, and what only this ledger had ({done.again})")
    for path in done.lost:
        console.print(f"  the checkpoint that lost is kept: {path}")
    if done.size > done.there:
        console.print("next: trustcenter ledger push")
    return {"there": done.there, "size": done.size, "again": done.again, "lost": [str(path) for path in done.lost]}
