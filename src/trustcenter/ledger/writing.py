"""Committing entries to a log: under a lock tiles first, then the checkpoint, whose rename is the commit.

What lies beyond the checkpoint is garbage of a writer that died, and the next one removes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import keys, layout
from trustcenter.ledger.files import TEMPORARY_PREFIX, make_folder, write_all_durably, write_durably
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.reading import Head, Log, checkpoint_text
from trustcenter.proof import merkle
from trustcenter.proof.note import VerifierKey
from trustcenter.proof.tiles import HEIGHT, WIDTH, Tile, encode_entries, tiles_of

_CLOCK_SLACK = timedelta(hours=1)
_FORK = (
    "Do not sign on. Find out which copy was published last, restore that one (its log/checkpoint and all "
    "tiles), and run again; `trustcenter verify` on both copies shows where they part. To begin a new ledger on "
    "purpose, make a new key in another folder."
)


class ForkError(TrustCenterError):
    """The log on disk is not a continuation of one that was signed before.

    Appending would sign two histories.
    """

    exit_code = 5


def check_continues(log: Log, head: Head | None, signer: Signer, trusted: Sequence[VerifierKey]) -> None:
    """Check that the log on disk continues everything that this signer and the history have seen.

    Raises ForkError when it does not, TamperedError when the head or the tiles at its edge are damaged.
    """
    size = 0 if head is None else head.size
    if head is not None:
        head.note.verify(signer.verifier, where=head.where)
        if head.checkpoint.origin != signer.name:
            raise ConfigurationError(
                f"this is the ledger of {head.checkpoint.origin}, and the key signs for {signer.name}",
                where=head.where,
                hint="Use the key folder that belongs to this ledger.",
            )
        if merkle.CompactRange.of(size, log.nodes(size)).root() != head.checkpoint.root:
            raise TamperedError("the tiles do not give the checkpoint's root", where=head.where)
    sizes = log.history_sizes()
    known = [log.past(sizes[-1])] if sizes else []
    if signer.folder is not None and (signer.folder / keys.LAST_SEEN).exists():
        path = signer.folder / keys.LAST_SEEN
        seen = Head(path.read_bytes(), str(path))
        seen.note.verify(*trusted, where=seen.where)
        known.append(seen)
    for past in known:
        if past is None:
            continue
        if past.size > size:
            raise ForkError(
                f"the log has {size} entries, but a checkpoint over {past.size} was signed",
                where=past.where,
                hint=_FORK,
            )
        if head is not None and past.size == size:
            same = past.checkpoint.root == head.checkpoint.root
        else:
            same = merkle.root(past.size, log.nodes(size)) == past.checkpoint.root
        if not same:
            raise ForkError(
                f"the first {past.size} entries are not the ones that were signed",
                where=past.where,
                hint=_FORK,
            )


def remember(signer: Signer, note: bytes) -> None:
    """Keep the newest signed checkpoint beside the key."""
    if signer.folder is not None:
        write_durably(signer.folder / keys.LAST_SEEN, note, mode=0o600)


def remove_garbage(log: Log, head: Head | None) -> None:
    """Remove tiles and temporary files that are not of the committed log. Only under the lock."""
    kept = {layout.tile(each) for each in tiles_of(0 if head is None else head.size)}
    for folder in (log.root / "log", log.root / "log/checkpoints", log.root / "keys"):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
            path.unlink()
    for path in sorted((log.root / "log/tile").rglob("*")):
        if path.is_file() and path.relative_to(log.root).as_posix() not in kept:
            path.unlink()


def remove_superseded(log: Log, old: int, size: int) -> None:
    """Remove the partial tiles of the log of `old` entries that longer tiles of the one of `size` replace."""
    if old:
        kept = set(tiles_of(size, since=old - 1))
        for tile in tiles_of(old, since=old - 1):
            if tile not in kept:
                (log.root / layout.tile(tile)).unlink(missing_ok=True)


def commit(log: Log, head: Head | None, entries: Sequence[bytes], signer: Signer, now: datetime) -> Head:
    """Write tiles, then the checkpoint. When this returns, the entries are in the log for good."""
    old = 0 if head is None else head.size
    size = old + len(entries)
    if head is not None:
        if now < head.time - _CLOCK_SLACK:
            raise ConfigurationError(
                f"the clock says {now.isoformat()}, but the log was signed at {head.time.isoformat()}",
                where=head.where,
                hint="Set this machine's clock.",
            )
        now = max(now, head.time)
    grown = merkle.CompactRange.of(old, log.nodes(old)) if old else merkle.CompactRange()
    hashes: dict[int, list[bytes]] = {}
    for entry in entries:
        for level, _, value in grown.append(merkle.leaf_hash(entry)):
            if level % HEIGHT == 0:
                hashes.setdefault(level // HEIGHT, []).append(value)
    changed = {}
    for tile in tiles_of(size, since=old):
        path = log.root / layout.tile(tile)
        make_folder(path.parent)
        changed[path] = _tile_data(log, tile, old, hashes.get(tile.level, []), entries)
    write_all_durably(changed)
    text = checkpoint_text(signer.name, size, grown.root(), now)
    made = Head(signer.sign_note(text).to_bytes(), layout.CHECKPOINT)
    write_durably(log.root / layout.CHECKPOINT, made.data)
    return made


def write_history(log: Log, head: Head) -> None:
    """Put the committed checkpoint into the history, unless it is there.

    Raises TamperedError when another one is.
    """
    path = layout.history(head.size)
    past = log.past(head.size)
    if past is None:
        make_folder((log.root / path).parent)
        write_durably(log.root / path, head.data)
    elif past.data != head.data:
        raise TamperedError("the history has another checkpoint of this size", where=path)


def _tile_data(log: Log, tile: Tile, old: int, hashes: Sequence[bytes], entries: Sequence[bytes]) -> bytes:
    """A tile's new bytes: what the log had of it already, and what is added."""
    count = old if tile.level < 0 else old >> (HEIGHT * tile.level)
    start = tile.index * WIDTH
    had = max(0, min(WIDTH, count - start))
    fresh = slice(max(start, count) - count, start + tile.width - count)
    if tile.level >= 0:
        before = log.tile_bytes(Tile(tile.level, tile.index, had)) if had else b""
        return before + b"".join(hashes[fresh])
    kept = log.bundle(tile.index, old) if had else []
    kept = log.bundle(tile.index, old) if had else []
    for at, entry in enumerate(kept):
        if log.nodes(old)(0, start + at) != merkle.leaf_hash(entry):
            raise TamperedError(
                f"entry {start + at} is not the one that was logged",
                where=layout.tile(Tile(-1, tile.index, had)),
            )
    return encode_entries([*kept, *entries[fresh]])
