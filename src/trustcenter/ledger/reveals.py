"""The log of reveals.

Who has read or erased what of the private store, each line chained to the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import moment
from trustcenter.ledger.files import append_durably
from trustcenter.proof import canonical

FILE = "reveals.jsonl"


@dataclass(frozen=True)
class Reveal:
    """One look into the private store, or one erasure.

    `what` is `part` (all of it), `rows`, `salts`, `document` or `erasure`; `target` is a statement's
    digest, or a person's pseudonym.
    """

    at: datetime
    who: str
    reason: str
    target: str
    what: str
    count: int


def append(folder: Path, found: Sequence[Reveal]) -> None:
    """Log reveals, durably and together. The caller holds the store's lock.

    Raises TrustCenterError without who and why.
    """
    path = folder / FILE
    last, lines = _last_line(path), []
    for reveal in found:
        if not reveal.who.strip() or not reveal.reason.strip():
            raise TrustCenterError("nothing private is shown without saying who looks, and why")
        last = canonical.dumps(
            {
                "at": moment.write(reveal.at),
                "before": hashlib.sha256(last).hexdigest(),
                "count": reveal.count,
                "reason": reveal.reason,
                "target": reveal.target,
                "what": reveal.what,
                "who": reveal.who,
            }
        )
        lines.append(last + b"\n")
    if lines:
        append_durably(path, b"".join(lines))


def read(folder: Path) -> list[Reveal]:
    """All reveals, oldest first.

    Raises TamperedError at the first line that does not continue the one before.
    """
    path = folder / FILE
    if not path.exists():
        return []
    found, before = [], b""
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        where = f"{path}:{number}"
        value = canonical.loads(line, where=where)
        try:
            if value["before"] != hashlib.sha256(before).hexdigest():
                raise TamperedError("the line does not continue the one before", where=where)
            found.append(
                Reveal(
                    moment.read(value["at"], where=where),
                    value["who"],
                    value["reason"],
                    value["target"],
                    value["what"],
                    value["count"],
                )
            )
        except (KeyError, TypeError) as error:
            raise TamperedError("not a line of the log of reveals", where=where) from error
        before = line
    return found


def _last_line(path: Path) -> bytes:
    """The last line, without reading the file from its beginning; empty when there is none."""
    if not path.exists():
        return b""
    with path.open("rb") as handle:
        end = handle.seek(0, 2)
        block = 4096
        while True:
            start = max(0, end - block)
            handle.seek(start)
            lines = handle.read(end - start).rstrip(b"\n").split(b"\n")
            if len(lines) > 1 or start == 0:
                return lines[-1]
            block *= 4
