"""A ledger in a bucket: the same files as on disk, below `evidence/`, and one claim for each step of the log.

Tiles lie at places, so two writers could each put half of their own there, and no checkpoint could ever be true again.
So a writer first claims the step from the checkpoint that it saw (`claims/SIZE.json`, written only where nothing lies):
the claim holds every file of the step, and exactly one writer has it. Then come tiles, then the checkpoint on the
condition that it is still the one that was seen. What a writer leaves undone after its claim, the next one finishes
from the claim; what it leaves before is statements that no log names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from trustcenter.errors import TamperedError
from trustcenter.ledger import layout
from trustcenter.ledger.reading import Head
from trustcenter.ledger.remote.place import Outgoing, Snapshot, Told
from trustcenter.ledger.remote.refusals import INVESTIGATE, Conflict, MovedOn, OtherBytes, RolledBack, Unreachable
from trustcenter.ledger.remote.refusals import overtaken as _overtaken
from trustcenter.proof import canonical
from trustcenter.proof.tiles import Tile

LEDGER = "evidence/"
CLAIMS = "claims/"
_ATTEMPTS = 4


class Objects(Protocol):
    """The narrow side of an object store. Every operation raises Denied, Unreachable or NoPlace where it must."""

    @property
    def name(self) -> str: ...

    def tags(self) -> dict[str, str]:
        """Every key with its entity tag."""

    def get(self, key: str) -> tuple[bytes, str] | None:
        """An object and its entity tag, or None when there is none."""

    def put(self, key: str, data: bytes, *, tag: str | None) -> None:
        """Write an object where the one with this tag lies; with None, where none lies. Raises Conflict."""


@dataclass(frozen=True)
class Claim:
    """One step of the log, decided: the checkpoint it leads to, and the files of it that lie at places."""

    note: bytes
    files: Mapping[str, bytes]

    def encode(self) -> bytes:
        """The claim's bytes: the same step gives the same."""
        files = {path: canonical.encode_base64(data) for path, data in sorted(self.files.items())}
        return json.dumps({"note": self.note.decode(), "files": files}, indent=0, sort_keys=True).encode()

    @classmethod
    def parse(cls, data: bytes, where: str) -> Claim:
        """Raises TamperedError for anything but a claim over files that may lie at places of a log."""
        try:
            value = json.loads(data)
            files = {str(path): canonical.decode_base64(text) for path, text in value["files"].items()}
            claim = cls(value["note"].encode(), files)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TamperedError("this is no claim of a step", where=where, hint=INVESTIGATE) from error
        for path in files:
            if not (layout.history_of(path) or (path.startswith("log/") and Tile.parse(path.removeprefix("log/")))):
                raise TamperedError(f"the claim holds {path}, which is no file of a log", where=where, hint=INVESTIGATE)
        return claim


@dataclass(frozen=True)
class Seen:
    """A `Snapshot` of a bucket. With a claim beyond the checkpoint, the claimed step counts: no other can be taken."""

    objects: Objects
    tags: Mapping[str, str]
    committed: bytes | None
    tag: str | None
    claim: Claim | None
    paths: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        listed = {key.removeprefix(LEDGER) for key in self.tags if key.startswith(LEDGER)}
        object.__setattr__(self, "paths", frozenset(listed | set(self.claim.files if self.claim else ())))

    @property
    def note(self) -> bytes | None:
        return self.committed if self.claim is None else self.claim.note

    @property
    def begun(self) -> bool:
        return self.claim is not None

    def holds(self, path: str, data: bytes) -> bool:
        """By the entity tag, which is the MD5 of what was written in one piece; another tag tells nothing."""
        return self.tags.get(LEDGER + path) == hashlib.md5(data, usedforsecurity=False).hexdigest()

    def read(self, path: str) -> bytes:
        found = self.objects.get(LEDGER + path) if LEDGER + path in self.tags else None
        if found is not None:
            return found[0]
        if self.claim is not None and path in self.claim.files:
            return self.claim.files[path]
        raise TamperedError("the file is missing", where=f"{self.objects.name}: {path}")


@dataclass(frozen=True)
class BucketRemote:
    """A `Remote` over an object store; `workers` uploads go side by side."""

    objects: Objects
    workers: int = 8

    @property
    def name(self) -> str:
        return self.objects.name

    def snapshot(self) -> Seen:
        """The checkpoint is read before the listing, so all that it needs is listed."""
        found = self.objects.get(LEDGER + layout.CHECKPOINT)
        tags = self.objects.tags()
        size = 0 if found is None else Head(found[0], f"{self.name}: {layout.CHECKPOINT}").size
        key = _claim_key(size)
        claimed = self.objects.get(key) if key in tags else None
        claim = None if claimed is None else Claim.parse(claimed[0], f"{self.name}: {key}")
        committed, tag = found or (None, None)
        return Seen(self.objects, tags, committed, tag, claim)

    def publish(self, seen: Snapshot, outgoing: Outgoing, told: Told) -> None:
        """One step: statements, claim, tiles, checkpoint, keyring. See the module."""
        if not isinstance(seen, Seen):
            raise TypeError("a bucket is published to from what was seen in it")
        note, missing = seen.committed, list(outgoing.missing)
        if seen.claim is not None:
            self._finish(seen.claim, seen)
            note = seen.claim.note
        stated = [path for path in missing if layout.statement_digest(path)]
        first = seen.note is None
        placed = [path for path in missing if not layout.statement_digest(path) and (first or path != layout.KEYRING)]
        self._put_all(stated, outgoing.data, told, "sending statements")
        if note != outgoing.note:
            base = 0 if note is None else Head(note, self.name).size
            claimed = [path for path in placed if path != layout.KEYRING]
            self._claim(base, Claim(outgoing.note, {path: outgoing.data(path) for path in claimed}))
        self._put_all(placed, outgoing.data, told, "sending tiles and checkpoints")
        if note != outgoing.note:
            self._commit(outgoing.note, note)
        self._renew_keyring(outgoing.data(layout.KEYRING))

    def _finish(self, claim: Claim, seen: Seen) -> None:
        """Do what the writer of a claim left undone; another may be doing the same."""
        missing = [path for path in claim.files if LEDGER + path not in seen.tags]
        self._put_all(missing, claim.files.__getitem__, lambda *_: None, "")
        try:
            self._commit(claim.note, seen.committed)
        except MovedOn:
            return  # The next claim is taken, and our own will be refused.

    def _claim(self, base: int, claim: Claim) -> None:
        """Take the step from a log of `base` entries. Raises Overtaken when another writer has it."""
        key, data = _claim_key(base), claim.encode()
        for _ in range(_ATTEMPTS):
            try:
                self.objects.put(key, data, tag=None)
                return
            except Conflict:
                found = self.objects.get(key)
            if found is not None and found[0] == data:
                return
            if found is not None:
                theirs = Head(Claim.parse(found[0], f"{self.name}: {key}").note, self.name).size
                raise _overtaken(self.name, Head(claim.note, self.name).size, theirs)
        raise _undecided(self.name, key)

    def _commit(self, note: bytes, before: bytes | None) -> None:
        """Replace the checkpoint, if it is still the one from before. Raises MovedOn when it is beyond ours already."""
        key = LEDGER + layout.CHECKPOINT
        for _ in range(_ATTEMPTS):
            found = self.objects.get(key)
            lies = None if found is None else found[0]
            if lies == note:
                return
            if lies != before:
                there = 0 if lies is None else Head(lies, f"{self.name}: {layout.CHECKPOINT}").size
                if there > Head(note, self.name).size:
                    raise MovedOn("the log was continued meanwhile", where=self.name)
                raise RolledBack("the checkpoint was replaced by one that nobody claimed", where=self.name,
                                 hint=INVESTIGATE)  # fmt: skip
            try:
                self.objects.put(key, note, tag=None if found is None else found[1])
                return
            except Conflict:
                continue
        raise _undecided(self.name, key)

    def _renew_keyring(self, data: bytes) -> None:
        """The one file that changes; it follows from the log, so whoever comes last puts it right."""
        key = LEDGER + layout.KEYRING
        for _ in range(_ATTEMPTS):
            found = self.objects.get(key)
            if found is not None and found[0] == data:
                return
            try:
                self.objects.put(key, data, tag=None if found is None else found[1])
                return
            except Conflict:
                continue
        raise _undecided(self.name, key)

    def _put_all(self, paths: Iterable[str], read: Callable[[str], bytes], told: Told, what: str) -> None:
        listed = list(paths)
        if self.workers < 2 or len(listed) < 2:
            for number, path in enumerate(listed, 1):
                self._put_new(path, read(path))
                told(number, len(listed), what)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            done = pool.map(lambda path: self._put_new(path, read(path)), listed)
            for number, _ in enumerate(done, 1):
                told(number, len(listed), what)

    def _put_new(self, path: str, data: bytes) -> None:
        """Put a file where none lies; the same bytes there are as good. Raises OtherBytes."""
        key = LEDGER + path
        for _ in range(_ATTEMPTS):
            try:
                self.objects.put(key, data, tag=None)
                return
            except Conflict:
                found = self.objects.get(key)
            if found is not None:
                if found[0] != data:
                    raise OtherBytes("a file lies there with other bytes", where=f"{self.name}: {path}",
                                     hint=INVESTIGATE)  # fmt: skip
                return
        raise _undecided(self.name, key)


def _claim_key(size: int) -> str:
    return f"{CLAIMS}{size}.json"


def _undecided(name: str, key: str) -> Unreachable:
    return Unreachable(
        "the store refused a conditional write again and again", where=f"{name}: {key}",
        hint="Somebody else may be writing. Nothing is lost: run it again.",
    )  # fmt: skip
