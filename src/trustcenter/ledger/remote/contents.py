"""Which files make up a log, and a verified copy of what a remote place holds.

Only files that the log itself names travel, in either direction: a key, a private part or a stray file beside them is
never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from trustcenter.errors import TamperedError
from trustcenter.ledger import entry as entries
from trustcenter.ledger import keyring as rings
from trustcenter.ledger import layout
from trustcenter.ledger.reading import Head, Log
from trustcenter.ledger.remote.place import Snapshot, Told
from trustcenter.ledger.store import Ledger
from trustcenter.proof import merkle
from trustcenter.proof.note import VerifierKey
from trustcenter.proof.tiles import WIDTH, tiles_of


def tiles(size: int) -> list[str]:
    """The tiles of a log with that many entries."""
    return [layout.tile(each) for each in tiles_of(size)]


def statements(log: Log, size: int) -> Iterator[str]:
    """The statements that the first `size` entries name, each once."""
    named: set[str] = set()
    for bundle in range((size + WIDTH - 1) // WIDTH):
        for at, data in enumerate(log.bundle(bundle, size)):
            path = layout.statement(entries.decode(data, where=f"log entry {bundle * WIDTH + at}").statement)
            if path not in named:
                named.add(path)
                yield path


def history(paths: Iterable[str], size: int) -> list[str]:
    """Past checkpoints, up to that size, and complete timestamps over them."""
    found = {path: past for path in paths if (past := layout.history_of(path)) is not None and past[0] <= size}
    return sorted(
        path
        for path, (at, kind) in found.items()
        if kind == "note" or {layout.history(at, "tsr"), layout.history(at, "tsr.note")} <= found.keys()
    )


def of_ledger(folder: Path, log: Log, size: int) -> tuple[str, ...]:
    """Every file of the log in this folder, its checkpoint left out."""
    past = folder / "log/checkpoints"
    names = [f"log/checkpoints/{path.name}" for path in past.iterdir() if path.is_file()] if past.is_dir() else []
    return (*statements(log, size), *tiles(size), *history(names, size), layout.KEYRING)


def stage(snapshot: Snapshot, head: Head, into: Path, ours: Path, told: Told) -> int:
    """Lay down the log that a place holds, as a ledger's folder; returns how many files had to be fetched.

    A file that our ledger has is not fetched when the place says that it has the same bytes. What the place lacks is
    left out: verification names it.
    """
    fetched = 0

    def place(paths: Iterable[str], what: str) -> None:
        nonlocal fetched
        # In the order of their names: a place that reads several at once reads those that are asked for next.
        listed = sorted(path for path in paths if path in snapshot.paths)
        for number, path in enumerate(listed, 1):
            own = ours / path
            data = own.read_bytes() if own.is_file() and not own.is_symlink() else None
            if data is None or not snapshot.holds(path, data):
                data = snapshot.read(path)
                fetched += 1
                if fetched % 100 == 0:
                    told(number, len(listed), what)
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    place([*tiles(head.size), *history(snapshot.paths, head.size), layout.KEYRING], "fetching tiles and checkpoints")
    (into / layout.CHECKPOINT).parent.mkdir(parents=True, exist_ok=True)
    (into / layout.CHECKPOINT).write_bytes(head.data)
    place(statements(Log(into), head.size), "fetching statements")
    _renew_keyring(into, head)
    return fetched


def _renew_keyring(folder: Path, head: Head) -> None:
    """A writer that was killed leaves the keyring of before, or none: it follows from the log, which says it anew.

    A keyring that is no ancestor of the log's stays, for verification to name.
    """
    path = folder / layout.KEYRING
    there = rings.parse(path.read_bytes(), where=layout.KEYRING) if path.exists() else None
    if there is not None and any(
        each.key_hash == VerifierKey(there.name, there.current).key_hash for each in head.note.signatures
    ):
        return
    said = Ledger(folder).keyring()
    older = said
    while older is not None and there is not None and older != there:
        older = older.before_last()
    if said is not None and (there is None or older == there):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(said.to_bytes())


def is_prefix(first: Head, second: Head, nodes: merkle.Nodes) -> bool:
    """Whether the first log is a prefix of the second: by a consistency proof over its hashes (RFC 6962 2.1.2).

    Raises TamperedError when the hashes are not those of the second log.
    """
    if first.size > second.size:
        return False
    if merkle.root(second.size, nodes) != second.checkpoint.root:
        raise TamperedError("the tiles do not give the checkpoint's root", where=second.where)
    proof = merkle.consistency_proof(first.size, second.size, nodes)
    try:
        merkle.verify_consistency(first.size, second.size, first.checkpoint.root, second.checkpoint.root, proof)
    except TamperedError:
        return False
    return True
