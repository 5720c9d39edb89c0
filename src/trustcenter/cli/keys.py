"""Make, show and rotate the key that signs evidence and assessments."""

from __future__ import annotations

import argparse
import os

from trustcenter.cli.console import Console
from trustcenter.cli.shell import clock, folder

EXAMPLES = """
trustcenter keys init            # once per instance; refuses to overwrite a key
trustcenter keys show            # the public key that readers pin
trustcenter keys rotate          # a new key, logged and signed by both
TRUSTCENTER_KEYS=/run/keys trustcenter keys show
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("init", "show", "rotate"), help="what to do")
    parser.add_argument(
        "--name", help="the ledger's name, a host or address of yours (init; default: of the page's address)"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from urllib.parse import urlsplit

    from trustcenter.instance import load
    from trustcenter.ledger import keys
    from trustcenter.ledger.store import Ledger
    from trustcenter.pipeline.line import key_folder

    instance = load(folder(arguments), os.environ)
    place = key_folder(instance)
    if arguments.action == "init":
        name = arguments.name or urlsplit(instance.organisation.url).netloc
        signer = keys.init(place, f"{name}/evidence" if not arguments.name else name, clock())
    elif arguments.action == "rotate":
        signer = Ledger(instance.evidence, signer=keys.load(place)).rotate(now=clock())
    else:
        signer = keys.load(place)
    public = str(signer.verifier)
    if console.json:
        console.document({"name": signer.name, "key": public, "folder": str(place), "since": signer.since})
    elif arguments.action == "show":
        console.print(public)
    else:
        console.print(f"public key  {public}")
        console.print(f"private key {place} (keep it off this repository; readers pin the public key)")
    return 0
