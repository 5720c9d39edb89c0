"""The proof that an owner takes away: the whole record, the published heads that name it, and how to check them.

`python -m trustcenter.runtime.audit_proof FILE --key KEY` says what is wrong, exit code 5, or that nothing is, 0. The
key is the one that was pinned before, never the one that a file brings.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof.note import VerifierKey
from trustcenter.runtime.audit_chain import ChainedEvent, Finding, Head, Heads, label_of, read, verify

TYPE = "application/vnd.trustcenter.audit-proof.v1+json"


@dataclass(frozen=True)
class Checked:
    """What a proof shows: how many events, the newest head that names them, and what is wrong."""

    events: int
    newest: Heads | None
    findings: tuple[Finding, ...]


def written(events: Sequence[ChainedEvent], notes: Sequence[str], key: VerifierKey) -> bytes:
    """The proof as a file. The key in it is for the reader to compare with the one that they know."""
    rows = [
        {**asdict(event), "previous_hash": _text(event.previous_hash), "hash": _text(event.hash)} for event in events
    ]
    document = {"type": TYPE, "key": str(key), "events": rows, "heads": list(notes)}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")


def check(data: bytes, key: VerifierKey) -> Checked:
    """Checks a proof against a pinned key. Raises TamperedError where it cannot be read or is not by it."""
    try:
        document = json.loads(data)
        if document["type"] != TYPE:
            raise ValueError("another type")
        events = tuple(_event(row) for row in document["events"])
        notes: list[str] = [str(text) for text in document["heads"]]
    except (ValueError, KeyError, TypeError) as error:
        raise TamperedError("the file is not a proof of an audit log", where="proof") from error
    tenants = {event.organisation_id for event in events}
    if len(tenants) > 1:
        raise TamperedError("the proof mixes events of several organisations", where="proof")
    read_notes = [read(text.encode("utf-8"), key) for text in notes]
    label = label_of(tenants.pop()) if tenants else ""
    named: list[Head] = [head for each in read_notes if (head := each.of(label)) is not None]
    newest = max(read_notes, key=lambda each: each.at, default=None)
    return Checked(len(events), newest, verify(events, named))


def _event(row: dict[str, Any]) -> ChainedEvent:
    hashes = {name: base64.b64decode(row[name], validate=True) for name in ("previous_hash", "hash")}
    return ChainedEvent(**{**row, **hashes})


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m trustcenter.runtime.audit_proof", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", required=True, help="the verifier key, `name+hash+key`, that you know already")
    chosen = parser.parse_args(arguments)
    try:
        found = check(chosen.file.read_bytes(), VerifierKey.parse(chosen.key))
    except TrustCenterError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for finding in found.findings:
        print(f"{finding.kind}: {finding.text}")
    until = f", heads until {found.newest.at:%Y-%m-%d %H:%M} UTC" if found.newest else ", no head published yet"
    print(f"{found.events} events{until}: {len(found.findings) or 'nothing'} wrong")
    return 5 if found.findings else 0


if __name__ == "__main__":
    sys.exit(main())
