"""The way back for a writer that was overtaken: the remote log, continued by what only this ledger has.

Statements are signed by themselves, so they are logged again as they are, in their order, under a new checkpoint. The
checkpoints that lost were never acknowledged by the remote place; they are kept beside the key, not signed away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.errors import TrustCenterError
from trustcenter.ledger import keyring as rings
from trustcenter.ledger import keys, layout, timestamps, writing
from trustcenter.ledger.files import exclusive, make_folder, sync_folder, write_durably
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.reading import Head, Log
from trustcenter.ledger.remote import contents
from trustcenter.ledger.remote.exchange import Exchange, fetch
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import verify

LOST = "lost-checkpoints"
"""Below the key's folder: checkpoints that were signed here and that no remote log continues."""


@dataclass(frozen=True)
class Rejoined:
    """Entries of the remote log, entries here now, how many of our statements were logged again, where the checkpoints
    that lost are kept.
    """

    there: int
    size: int
    again: int
    lost: tuple[Path, ...]


def rejoin(
    exchange: Exchange, signer: Signer, *, now: datetime, authority: timestamps.Authority | None = None
) -> Rejoined:
    """Put this ledger on top of the remote log; nothing is sent. May be repeated after any failure.

    Raises RolledBack where the place went back: that is never joined. Raises TamperedError where either copy does not
    verify, TrustCenterError where the place is empty or a rotation of the key is among what only this ledger has.
    """
    folder = exchange.ledger.resolve()
    fresh, aside = (folder.with_name(f".{folder.name}-{what}") for what in ("rejoined", "overtaken"))
    if aside.exists() and not folder.exists():
        aside.rename(folder)
    ours = Log(folder).head()
    if ours is not None:
        verify(folder, key=exchange.key, now=now)
    with _held(folder), _emptied(fresh, aside):
        if (there := Log(folder).head()) is not None and (ours is None or there.data != ours.data):
            raise TrustCenterError("somebody appended to this ledger meanwhile", where=str(folder), hint="run it again")
        head, _ = fetch(exchange, exchange.remote.snapshot(), fresh, now)
        if head is None:
            raise TrustCenterError("there is no log to rejoin", where=exchange.remote.name, hint="push instead")
        if ours is not None and _ahead(folder, ours, head, signer):
            exchange.memory.keep(head.data)
            return Rejoined(head.size, ours.size, 0, ())
        only_here = _only_here(folder, fresh, head)
        lost = _set_aside(folder, fresh, head, signer)
        writing.remember(signer, head.data)
        if only_here:
            made = Ledger(fresh, signer=signer, authority=authority)
            made.append(only_here, now=max(now, head.time))
        size = Ledger(fresh).size
        if folder.exists():
            folder.rename(aside)
        fresh.rename(folder)
        sync_folder(folder.parent)
        exchange.memory.keep(head.data)
    return Rejoined(head.size, size, len(only_here), lost)


def _ahead(folder: Path, ours: Head, head: Head, signer: Signer) -> bool:
    """Whether our log continues the remote one already, and the key knows of no other: then nothing was lost."""
    nodes = Log(folder).nodes(ours.size)
    last = None if signer.folder is None else signer.folder / keys.LAST_SEEN
    signed = [Head(last.read_bytes(), str(last))] if last is not None and last.exists() else []
    return all(contents.is_prefix(each, ours, nodes) for each in (head, *signed))


def _only_here(folder: Path, fresh: Path, head: Head) -> list[bytes]:
    """The envelopes that our log has and the remote one lacks, in their order."""
    there = set(contents.statements(Log(fresh), head.size))
    found = []
    for logged in Ledger(folder).statements():
        if layout.statement(logged.digest) in there:
            continue
        if logged.statement.predicate_type == rings.PREDICATE_TYPE:
            raise TrustCenterError(
                "the key was rotated, or made, in the part of the log that only this ledger has",
                where=f"log entry {logged.index}",
                hint="Logs of two keys are not joined. Keep this folder for its statements, and collect again on the "
                "remote log with the key that signs there.",
            )
        found.append(logged.envelope.to_bytes())
    return found


def _set_aside(folder: Path, fresh: Path, head: Head, signer: Signer) -> tuple[Path, ...]:
    """Keep the checkpoints that were signed here and that the remote log does not continue."""
    if signer.folder is None:
        return ()
    own = Log(folder)
    signed = [past for size in own.history_sizes() if (past := own.past(size)) is not None]
    signed += [ours] if (ours := own.head()) is not None else []
    last = signer.folder / keys.LAST_SEEN
    signed += [Head(last.read_bytes(), str(last))] if last.exists() else []
    nodes, kept = Log(fresh).nodes(head.size), {}
    for past in signed:
        if not contents.is_prefix(past, head, nodes):
            kept[signer.folder / LOST / f"{past.size}-{past.checkpoint.root.hex()[:16]}.note"] = past.data
    for path, data in kept.items():
        make_folder(path.parent, mode=0o700)
        write_durably(path, data, mode=0o600)
    return tuple(sorted(kept))


@contextmanager
def _emptied(*folders: Path) -> Iterator[None]:
    """What an interrupted run left is removed before, and what this one leaves after."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    folders[0].mkdir(parents=True)
    try:
        yield
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def _held(folder: Path) -> AbstractContextManager[None]:
    """The writers' lock, where there is a log to lock."""
    return exclusive(folder / "log") if (folder / "log").is_dir() else nullcontext()
