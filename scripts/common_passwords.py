"""Makes src/trustcenter/runtime/data/common-passwords.bin: digests of a public list of common passwords.

    python scripts/common_passwords.py LIST

Only entries of twelve characters and more: shorter ones are refused for their length. The list itself is not shipped.
"""

from __future__ import annotations

import sys
from pathlib import Path

from trustcenter.runtime.common_passwords import digest, written

TARGET = Path(__file__).resolve().parent.parent / "src/trustcenter/runtime/data/common-passwords.bin"


def main() -> int:
    """Reads the list, writes the digests, says how many."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    lines = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace").splitlines()
    digests = {digest(line) for line in lines if len(line) >= 12}
    TARGET.write_bytes(written(digests))
    print(f"{len(digests)} digests of {len(lines)} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
