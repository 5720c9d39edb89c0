"""Keys per person: rows about somebody are unreadable once that person's key is erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from trustcenter.errors import TamperedError
from trustcenter.ledger import moment
from trustcenter.ledger.files import make_folder, write_all_durably, write_durably
from trustcenter.proof import canonical

_SECRET = "store-secret"  # noqa: S105  (a file's name)
_KEY_BYTES = 32


@dataclass(frozen=True)
class Subject:
    """A person as rows name them: what kind of name it is (`email`, `employee`), and the name."""

    kind: str
    value: str


@dataclass
class SubjectKeys:
    """The keys of all persons in a store, in up to 256 files by the first byte of the person's pseudonym.

    The pseudonym is HMAC-SHA-256 of kind and value under the store's secret: nobody without it can test a
    guess. A person who is named again after an erasure gets a fresh key.
    """

    folder: Path
    _buckets: dict[str, dict[str, Any]] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def pseudonym(self, subject: Subject) -> str:
        """The person's identifier inside the store, 64 hexadecimal digits."""
        message = canonical.dumps([subject.kind, subject.value])
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def for_writing(self, pseudonym: str) -> tuple[str, bytes]:
        """Identifier and bytes of the person's present key, made when there is none; durable after `save`."""
        keys = self._bucket(pseudonym).setdefault(pseudonym, {})
        for key_id, entry in keys.items():
            if "key" in entry:
                return key_id, canonical.decode_base64(entry["key"])
        key_id, key = f"{pseudonym}.{len(keys) + 1}", secrets.token_bytes(_KEY_BYTES)
        keys[key_id] = {"key": canonical.encode_base64(key)}
        self._changed.add(pseudonym[:2])
        return key_id, key

    def for_reading(self, key_id: str) -> bytes | datetime:
        """The key, or when it was erased. Raises TamperedError when it is gone without an erasure."""
        pseudonym = key_id.partition(".")[0]
        entry = self._bucket(pseudonym).get(pseudonym, {}).get(key_id)
        if entry is None:
            raise TamperedError(f"the key {key_id[:16]} of a person is missing", where=str(self.folder))
        if "key" in entry:
            return canonical.decode_base64(entry["key"], where=str(self.folder))
        return moment.read(entry["erased"], where=str(self.folder))

    def erase(self, pseudonym: str, now: datetime) -> int:
        """Remove the person's keys for good; returns how many there were. Durable after `save`."""
        keys = self._bucket(pseudonym).get(pseudonym, {})
        erased = 0
        for key_id, entry in keys.items():
            if "key" in entry:
                keys[key_id] = {"erased": moment.write(now)}
                erased += 1
        if erased:
            self._changed.add(pseudonym[:2])
        return erased

    def save(self) -> None:
        """Write what changed."""
        make_folder(self.folder, mode=0o700)
        files = {self._path(name): canonical.dumps(self._buckets[name]) for name in sorted(self._changed)}
        write_all_durably(files, mode=0o600)
        self._changed.clear()

    def forget(self) -> None:
        """Read everything again from the disk at the next use."""
        self._buckets.clear()
        self._changed.clear()

    def _bucket(self, pseudonym: str) -> dict[str, Any]:
        name = pseudonym[:2]
        if name not in self._buckets:
            path = self._path(name)
            self._buckets[name] = canonical.loads(path.read_bytes(), where=str(path)) if path.exists() else {}
        return self._buckets[name]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    @cached_property
    def _secret(self) -> bytes:
        path = self.folder / _SECRET
        if not path.exists():
            make_folder(self.folder, mode=0o700)
            write_durably(path, secrets.token_bytes(_KEY_BYTES), mode=0o600)
        return path.read_bytes()


def sealing_key(keys: Mapping[str, bytes]) -> bytes:
    """The key of a row about these persons: erasing any one of theirs makes it unreachable (RFC 5869)."""
    names = sorted(keys)
    info = canonical.dumps(["trustcenter row", *names])
    extracted = hmac.digest(bytes(_KEY_BYTES), b"".join(keys[name] for name in names), "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def distinct(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """Each person once, in a fixed order."""
    return tuple(sorted(set(subjects), key=lambda each: (each.kind, each.value)))
