"""Appending to the ledger.

Batches of 100 and single statements against bare fsynced writes of the same bytes.

Run: `python benchmarks/ledger_append.py [--json]`. The yardstick writes the same envelopes, one file each
with an fsync, and one fsync of the folder a batch: no signature, no tree, no checkpoint, no lock.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from harness import compare, report

from trustcenter.ledger import keys
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.store import Ledger
from trustcenter.proof import canonical, statement

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def payload(number: int) -> bytes:
    subject = statement.Subject("rows", canonical.digest(b"%d" % number))
    predicate = {"number": number, "source": "production", "text": "x" * 1200}
    return statement.build([subject], "urn:benchmark", predicate)


def appender(folder: Path, signer: Signer, batch: int, times: int) -> Callable[[], None]:
    ledger, numbers = Ledger(folder, signer=signer), count()

    def run() -> None:
        for _ in range(times):
            ledger.append_statements([payload(next(numbers)) for _ in range(batch)], now=NOW)

    return run


def writer(folder: Path, signer: Signer, batch: int, times: int) -> Callable[[], None]:
    folder.mkdir(parents=True)
    made = signer.sign(payload(0)).to_bytes()
    numbers = count()

    def run() -> None:
        for _ in range(times):
            for _ in range(batch):
                handle = os.open(folder / str(next(numbers)), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                os.write(handle, made)
                os.fsync(handle)
                os.close(handle)
            handle = os.open(folder, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)

    return run


def main() -> None:
    results = []
    # Beside this file, because a temporary folder may lie in memory, where fsync costs nothing.
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent, prefix=".append-") as name:
        folder = Path(name)
        signer = keys.init(folder / "keys", "benchmark.test/ledger", NOW)
        for batch, times in ((100, 3), (1, 30)):
            ours = appender(folder / f"ledger-{batch}", Signer(signer.name, signer.key, NOW), batch, times)
            bare = writer(folder / f"bare-{batch}", signer, batch, times)
            found = compare(
                f"append {batch} a checkpoint", ours, bare, against="fsynced writes of the same bytes", pairs=5
            )
            rate = batch * times / found.ours_seconds
            results.append(found.__class__(**{**found.__dict__, "note": f"{rate:.0f} statements a second"}))
    report(results)


if __name__ == "__main__":
    main()
