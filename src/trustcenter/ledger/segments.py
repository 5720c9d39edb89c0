"""Large logs as segments.

A hash chain over digests of stored bytes, checked at nearly the speed of hashing.

Stored bytes are hashed as they lie; nothing is parsed or canonicalised. Sealing again after the log has
grown keeps every full segment: only the last, shorter one changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical

SEGMENT_BYTES = 64 * 1024 * 1024
"""Bytes in a full segment."""

_READ_BYTES = 1024 * 1024
_START = hashlib.sha256(b"trustcenter segments 1\n").digest()


@dataclass(frozen=True)
class Segment:
    """A slice of the log: how many bytes, their SHA-256, and the chain up to and including it."""

    size: int
    digest: str
    chain: str


@dataclass(frozen=True)
class Manifest:
    """The segments of a log in their order; `chain` of the last one stands for all of it."""

    segment_bytes: int
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Bytes in the whole log."""
        return sum(each.size for each in self.segments)

    @property
    def chain(self) -> str:
        """The one digest that a signed statement has to hold."""
        return self.segments[-1].chain if self.segments else "sha256:" + _START.hex()

    def to_value(self) -> dict[str, Any]:
        """The manifest as a JSON value."""
        return {
            "segmentBytes": self.segment_bytes,
            "segments": [{"size": each.size, "digest": each.digest, "chain": each.chain} for each in self.segments],
        }

    @classmethod
    def from_value(cls, value: Any, *, where: str | None = None) -> Manifest:
        """Raises TamperedError when the value is no manifest, or its chain does not follow from its
        digests.
        """
        try:
            segments = tuple(Segment(int(each["size"]), each["digest"], each["chain"]) for each in value["segments"])
            made = cls(int(value["segmentBytes"]), segments)
        except (KeyError, TypeError, ValueError) as error:
            raise TamperedError("not a manifest of segments", where=where) from error
        before = _START
        for index, each in enumerate(made.segments):
            before = _link(before, index, each.size, bytes.fromhex(canonical.digest_hex(each.digest)))
            if each.chain != "sha256:" + before.hex():
                raise TamperedError(f"the chain breaks at segment {index}", where=where)
        return made


def seal(path: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Manifest:
    """The manifest of a log file as it lies on disk."""
    before, segments = _START, []
    for index, (size, digest) in enumerate(_segments(path, segment_bytes)):
        before = _link(before, index, size, digest)
        segments.append(Segment(size, "sha256:" + digest.hex(), "sha256:" + before.hex()))
    return Manifest(segment_bytes, tuple(segments))


def verify_segments(path: Path, manifest: Manifest, *, chain: str, may_have_grown: bool = False) -> None:
    """Check a log file against its manifest, and the manifest against the chain that was signed.

    With `may_have_grown`, bytes after the sealed ones are not looked at. Raises TamperedError naming the
    segment and its bytes in the file.
    """
    checked = Manifest.from_value(manifest.to_value(), where=str(path))
    if checked.chain != chain:
        raise TamperedError("the manifest is not the one that was signed", where=str(path))
    limit = checked.size
    length = path.stat().st_size
    if length < limit or (length > limit and not may_have_grown):
        raise TamperedError(f"the log has {length} bytes, {limit} were sealed", where=str(path))
    at = 0
    found = _segments(path, checked.segment_bytes, limit)
    for index, (segment, (size, digest)) in enumerate(zip(checked.segments, found, strict=True)):
        if (size, "sha256:" + digest.hex()) != (segment.size, segment.digest):
            raise TamperedError(
                f"segment {index} is not the one that was sealed", where=f"{path} bytes {at} to {at + segment.size}"
            )
        at += size


def _segments(path: Path, segment_bytes: int, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
    if segment_bytes < 1:
        raise TrustCenterError("a segment has at least one byte")
    buffer = memoryview(bytearray(min(_READ_BYTES, segment_bytes)))
    with path.open("rb", buffering=0) as handle:
        left = path.stat().st_size if limit is None else limit
        while left:
            hasher, size = hashlib.sha256(), 0
            while size < min(segment_bytes, left):
                got = handle.readinto(buffer[: min(len(buffer), min(segment_bytes, left) - size)])
                if not got:
                    raise TamperedError("the log ends before its sealed end", where=str(path))
                hasher.update(buffer[:got])
                size += got
            left -= size
            yield size, hasher.digest()


def _link(before: bytes, index: int, size: int, digest: bytes) -> bytes:
    return hashlib.sha256(before + index.to_bytes(8, "big") + size.to_bytes(8, "big") + digest).digest()
