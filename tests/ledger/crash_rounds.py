"""Rounds of two concurrent writers that are killed at a random moment.

Run as a program by test_crash.py.

usage: crash_rounds.py FOLDER ROUNDS SEED

After each round: what was acknowledged is in the log at the acknowledged place, and the log of the round
before is a prefix of the log now. Prints one JSON line with counts, or fails with an assertion.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from trustcenter.ledger import keys
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import verify
from trustcenter.proof import canonical, statement

WRITERS = 2


def payload(name: str, number: int) -> bytes:
    subject = statement.Subject(name, canonical.digest(b"%d" % number))
    return statement.build([subject], "urn:test:crash", {"writer": name, "number": number})


def write(folder: Path, name: str, acknowledged: Path) -> None:
    """Append until killed, noting each receipt after it was given."""
    ledger = Ledger(folder / "evidence", signer=keys.load(folder / "keys"))
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = 0
    while True:
        batch = [payload(name, number + at) for at in range(1 + number % 3)]
        number += len(batch)
        receipt = ledger.append_statements(batch, now=datetime.now(UTC))
        lines = [f"{receipt.first + at} {digest}\n" for at, digest in enumerate(receipt.digests)]
        os.write(handle, "".join(lines).encode())


def start(folder: Path, name: str, acknowledged: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            write(folder, name, acknowledged)
        finally:
            traceback.print_exc()
            os._exit(1)
    return child


def one_round(folder: Path, number: int, draw: random.Random) -> list[tuple[int, str]]:
    files = [folder / f"acknowledged-{number}-{writer}" for writer in range(WRITERS)]
    children = [start(folder, f"{number}.{writer}", path) for writer, path in enumerate(files)]
    deadline = time.monotonic() + 60
    while not any(path.exists() and path.stat().st_size for path in files):
        assert time.monotonic() < deadline, "no writer got through"
        time.sleep(0.001)
    time.sleep(draw.random() * 0.05)
    draw.shuffle(children)
    for child in children:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "a writer ended by itself"
    lines = [line.split() for path in files if path.exists() for line in path.read_text().splitlines()]
    return [(int(index), digest) for index, digest in lines]


def main(folder: Path, rounds: int, seed: int) -> None:
    draw = random.Random(seed)
    signer = keys.init(folder / "keys", "example.test/ledger", datetime.now(UTC))
    ledger = Ledger(folder / "evidence")
    acknowledged: list[tuple[int, str]] = []
    before: list[str] = []
    left = 0
    for number in range(rounds):
        acknowledged += one_round(folder, number, draw)
        now = [each.digest for each in ledger.statements()]
        assert now[: len(before)] == before, f"round {number}: the prefix changed"
        for index, digest in acknowledged:
            assert now[index] == digest, f"round {number}: entry {index} was acknowledged and lost"
        before = now
        if number % 10 == 9 or number == rounds - 1:
            report = verify(ledger.path, key=signer.verifier, now=datetime.now(UTC))
            left += len(report.notices)
    assert len(set(before)) == len(before)
    print(json.dumps({"rounds": rounds, "acknowledged": len(acknowledged), "entries": len(before), "notices": left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
