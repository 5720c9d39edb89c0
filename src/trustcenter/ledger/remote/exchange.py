"""Pull and push: a ledger only ever grows, here and there, and a log that parts from it is refused.

The order of a push is the order of an append: what is immutable first, then the checkpoint, under the condition that
it is still the one that was seen. Nothing is overwritten, nothing is forced.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.ledger import keyring as rings
from trustcenter.ledger import layout, writing
from trustcenter.ledger.files import exclusive, make_folder, shared, write_all_durably, write_durably
from trustcenter.ledger.reading import Head, Log
from trustcenter.ledger.remote import contents
from trustcenter.ledger.remote.place import Memory, Outgoing, Remote, Snapshot, Told
from trustcenter.ledger.remote.refusals import INVESTIGATE, Behind, MovedOn, OtherBytes, RolledBack, overtaken
from trustcenter.ledger.verify import verify
from trustcenter.proof import merkle
from trustcenter.proof.note import VerifierKey
from trustcenter.proof.tiles import tile_of


def _silent(_done: int, _of: int, _what: str) -> None:
    return


@dataclass(frozen=True)
class Exchange:
    """A ledger's folder and its remote place. `key` was pinned outside of both; `told` hears of progress."""

    ledger: Path
    remote: Remote
    key: VerifierKey
    memory: Memory
    told: Told = _silent


@dataclass(frozen=True)
class Pulled:
    """Entries here before and after, entries there, how many files came; `begun` where an upload is unfinished."""

    before: int
    size: int
    there: int
    fetched: int
    begun: bool = False


@dataclass(frozen=True)
class Pushed:
    """Entries there before and after, and how many files were sent."""

    before: int
    size: int
    sent: int


def pull(exchange: Exchange, *, now: datetime) -> Pulled:
    """Bring this ledger to what the remote place holds, after verifying every byte of that.

    Raises RolledBack when the place went back, Overtaken when the two logs part, TamperedError naming the record that
    is not what was signed. Then, and after any other failure, this ledger is as it was.
    """
    log = Log(exchange.ledger)
    ours = log.head()
    before = 0 if ours is None else ours.size
    snapshot = exchange.remote.snapshot()
    with tempfile.TemporaryDirectory(prefix="trustcenter-pull-") as name:
        staged = Path(name)
        head, fetched = fetch(exchange, snapshot, staged, now)
        if head is None:
            return Pulled(before, before, 0, 0)
        if ours is not None and ours.size > head.size:
            if not contents.is_prefix(head, ours, log.nodes(ours.size)):
                raise overtaken(exchange.remote.name, ours.size, head.size)
        else:
            if ours is not None and not contents.is_prefix(ours, head, Log(staged).nodes(head.size)):
                raise overtaken(exchange.remote.name, ours.size, head.size)
            _install(exchange.ledger, ours, staged, head)
        exchange.memory.keep(head.data)
        return Pulled(before, max(before, head.size), head.size, fetched, snapshot.begun)


def fetch(exchange: Exchange, snapshot: Snapshot, staged: Path, now: datetime) -> tuple[Head | None, int]:
    """A verified copy of what the place holds, in an empty folder, and how many files came; no head where none is.

    Raises RolledBack when it is no continuation of what the place was seen to hold before.
    """
    where, seen = exchange.remote.name, exchange.memory.head()
    if snapshot.note is None:
        if seen is not None:
            raise _rolled_back(where, seen, 0)
        return None, 0
    head = Head(snapshot.note, f"{where}: {layout.CHECKPOINT}")
    if seen is not None and seen.size > head.size:
        raise _rolled_back(where, seen, head.size)
    fetched = contents.stage(snapshot, head, staged, exchange.ledger, exchange.told)
    try:
        verify(staged, key=exchange.key, now=now)
    except TamperedError as error:
        raise TamperedError(error.what, where=f"{where}: {error.where}", hint=error.hint) from error
    if seen is not None and not contents.is_prefix(seen, head, Log(staged).nodes(head.size)):
        raise _rolled_back(where, seen, head.size)
    return head, fetched


def push(exchange: Exchange, *, now: datetime) -> Pushed:
    """Bring the remote place to this ledger, after verifying every byte of it; acknowledged when this returns.

    Raises Overtaken when the log there is no prefix of ours, Behind when it continues ours, RolledBack, OtherBytes,
    and what the place says. May be repeated after any failure.
    """
    if Log(exchange.ledger).head() is None:
        raise ConfigurationError(
            "there is no ledger to push", where=str(exchange.ledger), hint="`trustcenter check` appends to it first"
        )
    # A writer at work waits: it would remove partial tiles that are still to be sent.
    with shared(exchange.ledger / "log"):
        verify(exchange.ledger, key=exchange.key, now=now)
        log = Log(exchange.ledger)
        head = log.head()
        assert head is not None
        snapshot = exchange.remote.snapshot()
        before = _before(exchange, log, head, snapshot)
        current = contents.of_ledger(exchange.ledger, log, head.size)
        missing = tuple(_missing(exchange, snapshot, current))
        if missing or snapshot.begun or snapshot.note != head.data:
            outgoing = Outgoing(exchange.ledger, current, missing, head.data)
            try:
                exchange.remote.publish(snapshot, outgoing, exchange.told)
            except MovedOn:
                _confirm(exchange, head)
        exchange.memory.keep(head.data)
    return Pushed(before, head.size, len(missing))


def _before(exchange: Exchange, log: Log, head: Head, snapshot: Snapshot) -> int:
    """How long the log there is. Raises unless it is a prefix of ours and a continuation of what was there before."""
    where, seen = exchange.remote.name, exchange.memory.head()
    if snapshot.note is None:
        if seen is not None:
            raise _rolled_back(where, seen, 0)
        return 0
    there = Head(snapshot.note, f"{where}: {layout.CHECKPOINT}")
    ring = rings.parse((exchange.ledger / layout.KEYRING).read_bytes(), where=layout.KEYRING)
    there.note.verify(*ring.verifiers(), where=there.where)
    if there.checkpoint.origin != ring.name:
        raise TamperedError(f"it is of {there.checkpoint.origin}, not of {ring.name}", where=there.where)
    if seen is not None and seen.size > there.size:
        raise _rolled_back(where, seen, there.size)
    if there.size > head.size:
        if not contents.is_prefix(head, there, _remote_nodes(snapshot, there.size)):
            raise overtaken(where, head.size, there.size)
        raise Behind(
            f"the log there has {there.size} entries and continues this one of {head.size}: there is nothing to push",
            where=where,
            hint="`trustcenter ledger pull` brings what is new",
        )
    nodes = log.nodes(head.size)
    if not contents.is_prefix(there, head, nodes) or (there.size == head.size and there.data != head.data):
        raise overtaken(where, head.size, there.size)
    if seen is not None and not contents.is_prefix(seen, head, nodes):
        raise _rolled_back(where, seen, there.size)
    return there.size


def _missing(exchange: Exchange, snapshot: Snapshot, current: tuple[str, ...]) -> list[str]:
    """The files that the place lacks. Raises OtherBytes for one that is there with other bytes."""
    missing = []
    for path in current:
        data = (exchange.ledger / path).read_bytes()
        if path not in snapshot.paths or path == layout.KEYRING:
            missing += [path] if path not in snapshot.paths or not snapshot.holds(path, data) else []
        elif not snapshot.holds(path, data) and snapshot.read(path) != data:
            raise OtherBytes("the file there has other bytes than this log", where=f"{exchange.remote.name}: {path}",
                             hint=INVESTIGATE)  # fmt: skip
    return missing


def _confirm(exchange: Exchange, head: Head) -> None:
    """Our checkpoint was continued before we saw it in place: it is acknowledged if what is there continues it."""
    snapshot = exchange.remote.snapshot()
    there = Head(snapshot.note or b"", f"{exchange.remote.name}: {layout.CHECKPOINT}")
    if not contents.is_prefix(head, there, _remote_nodes(snapshot, there.size)):
        raise overtaken(exchange.remote.name, head.size, there.size)


def _remote_nodes(snapshot: Snapshot, size: int) -> merkle.Nodes:
    """Hashes of the log there, from the few tiles that a consistency proof needs."""
    kept: dict[str, bytes] = {}

    def read(level: int, index: int) -> bytes:
        tile, first, last = tile_of(level, index, size)
        path = layout.tile(tile)
        if path not in kept:
            kept[path] = snapshot.read(path)
        step = merkle.HASH_SIZE
        if len(kept[path]) != tile.width * step:
            raise TamperedError(f"the tile there is no tile of {tile.width} hashes", where=path)
        return merkle.root_of(kept[path][at * step : (at + 1) * step] for at in range(first, last))

    return read


def _install(ledger: Path, ours: Head | None, staged: Path, head: Head) -> None:
    """Commit a verified continuation here: everything else first, then the checkpoint's rename.

    Raises TamperedError when a file here has other bytes than the verified one.
    """
    make_folder(ledger / "log")
    with exclusive(ledger / "log"):
        now_here = Log(ledger).head()
        if (now_here and now_here.data) != (ours and ours.data):
            raise ConfigurationError("somebody appended to this ledger meanwhile", where=str(ledger), hint="pull again")
        fresh = {}
        for source in sorted(path for path in staged.rglob("*") if path.is_file()):
            name = source.relative_to(staged).as_posix()
            target, data = ledger / name, source.read_bytes()
            if name in (layout.CHECKPOINT, layout.KEYRING):
                continue
            if not target.exists():
                fresh[target] = data
            elif target.read_bytes() != data and _covered(name, ours):
                raise TamperedError("this file is not the one that was verified at the remote place", where=str(target),
                                    hint="`trustcenter verify` says what is wrong with this copy.")  # fmt: skip
            elif target.read_bytes() != data:
                fresh[target] = data
        for folder in {target.parent for target in fresh}:
            make_folder(folder)
        write_all_durably(fresh)
        if ours is None or ours.data != head.data:
            write_durably(ledger / layout.CHECKPOINT, head.data)
            writing.remove_superseded(Log(ledger), 0 if ours is None else ours.size, head.size)
        if (staged / layout.KEYRING).is_file():
            make_folder(ledger / "keys")
            write_durably(ledger / layout.KEYRING, (staged / layout.KEYRING).read_bytes())


def _covered(path: str, ours: Head | None) -> bool:
    """Whether a file belongs to our committed log; what lies beyond its checkpoint is a dead writer's."""
    past = layout.history_of(path)
    size = 0 if ours is None else ours.size
    return past[0] <= size if past else layout.statement_digest(path) is not None or path in contents.tiles(size)


def _rolled_back(where: str, seen: Head, size: int) -> RolledBack:
    return RolledBack(
        f"this place held a log of {seen.size} entries, and what it holds now ({size} entries) is no continuation",
        where=where,
        hint=INVESTIGATE,
    )
