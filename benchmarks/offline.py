"""`check --offline` over 1,000 controls and 1,000,000 facts as a process: wall, processor and memory.

    python benchmarks/offline.py [--controls 1000] [--facts 1000000] [--persons 0] [--json]

Paired, in the same run, with a process that reads the same private parts with hashlib and json.loads alone: it hashes
each file and parses each row, checks no signature, loads no catalogue and judges nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from offline_instance import write

BARE = """
import hashlib, json, pathlib, sys
rows = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.part")):
    data = path.read_bytes()
    hashlib.sha256(data).hexdigest()
    content = data[data.find(b'{"account":"account-'):]
    if content.startswith(b'{"account":'):
        rows += len(json.loads(b"[" + content.replace(b"\\n", b",") + b"]"))
print(rows)
"""


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds by the wall clock, seconds of processor, and megabytes at the peak of a process that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--controls", type=int, default=1_000)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--persons", type=int, default=0, help="of 100 populations, how many are about persons")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "instance"
        line = write(root, chosen.controls, chosen.facts, persons=chosen.persons)
        parts = line.instance.private / "parts"
        stored = sum(path.stat().st_size for path in parts.rglob("*.part"))
        # Compiled modules are kept, as an installation keeps them, whatever this shell says.
        environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        ours = [sys.executable, "-m", "trustcenter.cli", "check", "--offline", "--quiet", "--instance", str(root)]
        bare = [sys.executable, "-c", BARE, str(parts)]
        measured(ours, environment)
        measured(bare, environment)
        pairs = [(measured(ours, environment), measured(bare, environment)) for _ in range(chosen.pairs)]
    median = [[statistics.median(pair[side][at] for pair in pairs) for at in range(3)] for side in range(2)]
    names = ("wall_seconds", "processor_seconds", "peak_megabytes")
    found = {
        "controls": chosen.controls,
        "facts": chosen.facts,
        "persons_of_100": chosen.persons,
        "stored_megabytes": round(stored / 1e6, 1),
        "ours": dict(zip(names, (round(each, 3) for each in median[0]), strict=True)),
        "bare": dict(zip(names, (round(each, 3) for each in median[1]), strict=True)),
        "ratio_of_wall": round(statistics.median(one[0] / other[0] for one, other in pairs), 2),
        "ratio_of_processor": round(statistics.median(one[1] / other[1] for one, other in pairs), 2),
        "pairs": chosen.pairs,
        "target": {"wall_seconds": 5, "peak_megabytes": 500},
    }
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"check --offline, {chosen.controls:,} controls, {chosen.facts:,} facts, {stored / 1e6:.0f} MB stored")
    for name, side in (("ours", "ours"), ("hashlib and json.loads", "bare")):
        wall, processor, peak = found[side].values()  # type: ignore[attr-defined]
        print(f"  {name:24} {wall:6.2f} s wall, {processor:6.2f} s processor, {peak:5.0f} MB at the peak")
    print(f"  ratio {found['ratio_of_processor']}x of processor, {found['ratio_of_wall']}x of wall; target 5 s, 500 MB")


if __name__ == "__main__":
    main()
