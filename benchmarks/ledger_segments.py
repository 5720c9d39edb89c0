"""Verifying a large audit log: segments, a chain of events and a tree of events against hashlib alone.

Run: `python benchmarks/ledger_segments.py [EVENTS] [--json]`. A million events by default, about 350 bytes
each. The yardstick reads the same file in the same blocks and does nothing but SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from harness import compare, report

from trustcenter.ledger import segments
from trustcenter.proof import merkle


def write_events(path: Path, count: int) -> None:
    with path.open("w") as handle:
        for number in range(count):
            handle.write(
                json.dumps(
                    {
                        "id": number,
                        "at": f"2026-11-21T09:{number // 60 % 60:02}:{number % 60:02}Z",
                        "organisation": f"organisation-{number % 97}",
                        "actor": f"account-{number % 1009}",
                        "action": ("document.read", "session.begin", "document.create")[number % 3],
                        "entity": f"document/{number * 7919 % 100_003}",
                        "request": hashlib.sha256(b"%d" % number).hexdigest(),
                        "before": None,
                        "after": hashlib.sha256(b"after %d" % number).hexdigest(),
                        "outcome": "done",
                    }
                )
                + "\n"
            )


def bare(path: Path) -> str:
    buffer = memoryview(bytearray(1024 * 1024))
    hasher = hashlib.sha256()
    with path.open("rb", buffering=0) as handle:
        while got := handle.readinto(buffer):
            hasher.update(buffer[:got])
    return hasher.hexdigest()


def chained(path: Path) -> bytes:
    before = bytes(32)
    with path.open("rb") as handle:
        for line in handle:
            before = hashlib.sha256(before + line).digest()
    return before


def treed(path: Path) -> bytes:
    with path.open("rb") as handle:
        return merkle.root_of(merkle.leaf_hash(line) for line in handle)


def main() -> None:
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.jsonl"
        write_events(path, count)
        manifest = segments.seal(path)
        size = f"{count:,} events, {manifest.size / 1e6:.0f} MB, {len(manifest.segments)} segments"

        def verify() -> None:
            segments.verify_segments(path, manifest, chain=manifest.chain)

        yardstick = "hashlib over the same bytes"
        report(
            [
                compare("verify segments", verify, lambda: bare(path), against=yardstick, target=1.5, note=size),
                compare("chain of events", lambda: chained(path), lambda: bare(path), against=yardstick, pairs=3),
                compare("tree of events", lambda: treed(path), lambda: bare(path), against=yardstick, pairs=3),
            ]
        )


if __name__ == "__main__":
    main()
