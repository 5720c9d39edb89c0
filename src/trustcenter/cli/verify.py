"""Check a ledger, a copy of the site, or one claim's file, offline: every byte, step by step, with a key you pinned."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import clock, folder
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter verify                                   # this instance's ledger
trustcenter verify copy-of-the-site --key trust.example/evidence+5f1c...+AbK...
trustcenter verify claim.json --key KEY              # one claim with its proofs
trustcenter verify evidence --key KEY --known old-checkpoint   # nothing was rolled back since
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="ledger, copy of the site, or a claim's JSON file")
    parser.add_argument("--key", help="the public key that you pinned, or a file that holds it")
    parser.add_argument("--known", metavar="FILE", help="a checkpoint that you kept from before")
    parser.add_argument(
        "--roots", action="append", default=[], metavar="FILE", help="certificate of a timestamp authority"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    path = Path(arguments.path) if arguments.path else None
    key = _key(arguments)
    if path is not None and path.is_file():
        return _bundles(path, key, console)
    from trustcenter.errors import ConfigurationError
    from trustcenter.ledger.verify import verify

    ledger = _ledger(arguments, path)
    try:
        known = Path(arguments.known).read_bytes() if arguments.known else None
        roots = [Path(each).read_bytes() for each in arguments.roots]
    except OSError as error:
        raise ConfigurationError(f"a file cannot be read: {error.strerror}", where=error.filename) from error
    report = verify(ledger, key=key, now=clock(), known=known, roots=roots)
    for step in report.steps:
        console.print(f"{console.style('ok', 'good')}  {step.number}. {step.title}: {step.found}")
    for notice in report.notices:
        console.warn(notice)
    counts = ", ".join(f"{count} {name.removeprefix('urn:trustcenter:')}" for name, count in report.statements.items())
    held = counted(report.size, "entry holds", "entries hold")
    console.print(f"{held} under checkpoint {report.size} of {report.origin}: {counts}")
    if console.json:
        console.document(
            {
                "ok": True,
                "origin": report.origin,
                "size": report.size,
                "root": report.root,
                "signed_at": report.signed_at,
                "steps": [{"title": step.title, "found": step.found} for step in report.steps],
                "notices": list(report.notices),
            }
        )
    return 0


def _key(arguments: argparse.Namespace) -> str:
    from trustcenter.errors import ConfigurationError

    if arguments.key:
        named = Path(arguments.key)
        return (named.read_text(encoding="utf-8") if named.is_file() else str(arguments.key)).strip()
    if arguments.path and Path(arguments.path).is_file():
        raise ConfigurationError("a file is verified with a key that you pinned", hint="--key KEY")
    import os

    from trustcenter.instance import load
    from trustcenter.ledger import keys
    from trustcenter.pipeline.line import key_folder

    public = key_folder(load(folder(arguments), os.environ)) / keys.PUBLIC
    if not public.is_file():
        raise ConfigurationError(
            "there is no key to verify with", where=str(public), hint="--key KEY, pinned elsewhere"
        )
    return public.read_text(encoding="utf-8").strip()


def _ledger(arguments: argparse.Namespace, path: Path | None) -> Path:
    if path is None:
        import os

        from trustcenter.instance import load

        return load(folder(arguments), os.environ).evidence
    return path / "evidence" if (path / "evidence" / "log").is_dir() else path


def _bundles(path: Path, key: str, console: Console) -> int:
    """One claim's file: each statement's signature and place in the log, and that the log is one."""
    import json

    from trustcenter.errors import ConfigurationError, TamperedError
    from trustcenter.ledger.proofs import verify_bundle

    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise ConfigurationError("this is not a JSON file", where=str(path)) from error
    bundles = value.get("proofs", {}) if isinstance(value, dict) and "proofs" in value else {"": value}
    if not bundles:
        raise ConfigurationError("this file holds no proof", where=str(path), hint="claims without evidence have none")
    for digest, bundle in bundles.items():
        envelope = verify_bundle(bundle, key)
        if digest and envelope.digest != digest:
            raise TamperedError("the proof is of another statement than its name says", where=digest)
        console.print(f"{console.style('ok', 'good')}  {envelope.digest} is signed and in the log")
    if len({bundle["checkpoint"] for bundle in bundles.values()}) > 1:
        raise TamperedError("the proofs speak of different checkpoints", where=str(path))
    console.print(counted(len(bundles), "statement holds", "statements hold"))
    if console.json:
        console.document({"ok": True, "statements": sorted(bundles)})
    return 0
