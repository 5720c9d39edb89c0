"""Whether the time of a refused sign-in tells if an account exists: known and unknown addresses, paired.

Run: `python benchmarks/sign_in_timing.py [ROUNDS]` (default 25). A wrong password is verified in turn for a stored hash
and for none, by the hasher that the portal uses, at cost 12. Printed are both medians, their ratio, and how often the
known one took longer; an attacker would need that to differ from one half.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from trustcenter.runtime.passwords import PasswordHasher, hash_password

PEPPER = b"p" * 32


async def measured(rounds: int) -> tuple[list[float], list[float]]:
    """Processor seconds of each round, for a known and for an unknown account; who goes first alternates."""
    hasher = PasswordHasher(PEPPER)
    stored = hash_password("correct horse battery", PEPPER)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for known in (True, False) if number % 2 else (False, True):
            begun = time.process_time()
            verdict = await hasher.verify("not the right password", stored if known else None)
            times[known].append(time.process_time() - begun)
            assert not verdict.matched
    return times[True], times[False]


def main() -> int:
    """Measures and prints."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    known, unknown = asyncio.run(measured(rounds))
    longer = sum(a > b for a, b in zip(known, unknown, strict=True))
    ratio = statistics.median(known) / statistics.median(unknown)
    print(f"known    {statistics.median(known) * 1000:7.1f} ms")
    print(f"unknown  {statistics.median(unknown) * 1000:7.1f} ms")
    print(f"ratio    {ratio:7.3f}, the known one took longer in {longer} of {rounds} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
