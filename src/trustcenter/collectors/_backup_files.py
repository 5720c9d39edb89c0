"""Reading PostgreSQL's backup files: labels, manifests, the archived log and whether it is whole."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Files

_SEGMENT = re.compile(r"^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?:\.(?:gz|lz4|zst|bz2))?$")
_HISTORY = re.compile(r"^([0-9A-F]{8})\.history$")
_START_FILE = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", re.MULTILINE)
_TIME = re.compile(r"^(START|STOP) TIME: (\S+ \S+) (?:UTC|GMT|Etc/UTC)$", re.MULTILINE)
_LSN = re.compile(r"^([0-9A-F]{1,8})/([0-9A-F]{1,8})$")
DEFAULT_SEGMENT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Label:
    """What `backup_label` or an archived backup history file says (PostgreSQL documentation, 25.3)."""

    start_file: str | None
    started_at: datetime | None
    stopped_at: datetime | None

    @classmethod
    def of(cls, content: bytes) -> Label:
        text = content.decode("utf-8", "replace")
        start = _START_FILE.search(text)
        times = {word: _moment(value) for word, value in _TIME.findall(text)}
        return cls(start[1] if start else None, times.get("START"), times.get("STOP"))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def consistent_from(manifest: bytes) -> int | None:
    """The position in the log up to which a restore must read at least, from `WAL-Ranges` of the manifest."""
    try:
        ranges = json.loads(manifest)["WAL-Ranges"]
        return max(position(entry["End-LSN"]) for entry in ranges)
    except (ValueError, KeyError, TypeError):
        return None


def damage(files: Files, base: str, members: Iterable[str]) -> str | None:
    """What contradicts the backup's manifest, None where nothing does (PostgreSQL documentation, 70).

    Every file has the size and SHA-2 checksum listed, none is missing, none is there beyond the list; the manifest has
    its own checksum. The log in pg_wal is in no manifest. Raises CouldNotTell("unsupported") for other checksums.
    """
    raw = files.read(f"{base}/backup_manifest")
    try:
        text, _, _ = raw.rpartition(b'"Manifest-Checksum"')
        manifest = json.loads(raw)
        listed = {entry["Path"]: entry for entry in manifest["Files"] if "Path" in entry}
        own = manifest["Manifest-Checksum"]
        wanted = {
            name: (entry["Size"], entry.get("Checksum-Algorithm"), entry.get("Checksum"))
            for name, entry in listed.items()
        }
    except (ValueError, KeyError, TypeError):
        return "its manifest cannot be read"
    if hashlib.sha256(text).hexdigest() != own:
        return "its manifest does not have its own checksum"
    found = {member.removeprefix(f"{base}/") for member in members}
    for name in sorted(found - set(wanted) - {"backup_manifest"}):
        if not name.startswith("pg_wal/"):
            return f"{name} is not in its manifest"
    for name, (size, algorithm, checksum) in sorted(wanted.items()):
        if name not in found:
            return f"{name} is missing"
        if files.size(f"{base}/{name}") != size:
            return f"{name} is not as long as its manifest says"
        if _ALGORITHMS.get(str(algorithm)) is None:
            raise CouldNotTell(
                "unsupported",
                f"the manifest has checksums of kind {algorithm or 'none'}",
                hint="take base backups with --manifest-checksums=SHA256",
            )
        hashed = hashlib.new(_ALGORITHMS[str(algorithm)])
        for piece in files.chunks(f"{base}/{name}"):
            hashed.update(piece)
        if hashed.hexdigest() != checksum:
            return f"{name} does not have the checksum of its manifest"
    return None


_ALGORITHMS = {"SHA224": "sha224", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}


def position(text: str) -> int:
    """A log position `X/Y` as a number of bytes. Raises ValueError."""
    found = _LSN.match(text)
    if found is None:
        raise ValueError(text)
    return (int(found[1], 16) << 32) + int(found[2], 16)


@dataclass(frozen=True, slots=True)
class ArchivedLog:
    """The archived segments: (timeline, number) to file name; each timeline's ancestors and turns."""

    segments: Mapping[tuple[int, int], str]
    ancestors: Mapping[int, tuple[tuple[int, int], ...]]
    segment_size: int
    odd: tuple[str, ...]
    """Files with a segment's name that are not as long as a segment: cut off while they were copied."""

    def number(self, name: str) -> tuple[int, int]:
        """Timeline and number of a segment by its name."""
        return _number(name, self.segment_size)

    def newest(self, timeline: int) -> tuple[int, int] | None:
        """The last segment that a restore which begins on this timeline can reach."""
        last = self._last_timeline(timeline)
        numbers = [number for known, number in self.segments if known == last]
        return (last, max(numbers)) if numbers else None

    def missing(self, start: str) -> int:
        """How many segments are not there between `start` and the newest. One at least when there is none at all."""
        timeline, first = self.number(start)
        newest = self.newest(timeline)
        if newest is None:
            return 1
        last_timeline, last = newest
        if first > last:
            return 1
        turns = [turn for turn in self.ancestors.get(last_timeline, ()) if turn[0] >= timeline]
        lacking = 0
        for number in range(first, last + 1):
            owner = next((known for known, switch in turns if switch > number), last_timeline)
            lacking += (owner, number) not in self.segments
        return lacking

    def from_segment(self, start: str) -> tuple[str, ...]:
        """The file names of all segments at or after `start`, whatever their timeline."""
        first = self.number(start)[1]
        return tuple(name for (_, number), name in sorted(self.segments.items()) if number >= first)

    def _last_timeline(self, timeline: int) -> int:
        known = {found for found, _ in self.segments} | set(self.ancestors)
        later = (found for found in sorted(known, reverse=True) if found > timeline)
        return next((found for found in later if timeline in dict(self.ancestors.get(found, ()))), timeline)


def archived_log(files: Files, folder: str, segment_size: int | None) -> ArchivedLog:
    """What lies in the archive folder. `segment_size` in bytes; None takes it from the files, which then must agree."""
    names = [name.rpartition("/")[2] for name in files.names(f"{folder}/*")]
    whole = [name for name in names if _SEGMENT.match(name)]
    plain = {name: files.size(f"{folder}/{name}") for name in whole if "." not in name}
    size = segment_size or max(plain.values(), default=DEFAULT_SEGMENT)
    if size < 1 << 20 or size & (size - 1):
        raise CouldNotTell("malformed", f"a log segment of {size} bytes: PostgreSQL's are powers of two from 1 MB")
    odd = tuple(sorted(name for name, length in plain.items() if length != size))
    segments = {_number(name, size): name for name in whole if name not in odd}
    ancestors = {
        int(found[1], 16): _turns(files.read(f"{folder}/{found[0]}"), size)
        for found in (_HISTORY.match(name) for name in names)
        if found
    }
    return ArchivedLog(segments, ancestors, size, odd)


def history_labels(files: Files, folder: str) -> dict[str, Label]:
    """The archived backup history files by the segment in which each backup began."""
    labels = (Label.of(files.read(name)) for name in files.names(f"{folder}/*.backup"))
    return {label.start_file: label for label in labels if label.start_file}


def _number(name: str, segment_size: int) -> tuple[int, int]:
    found = _SEGMENT.match(name)
    if found is None:
        raise CouldNotTell("malformed", "a backup's label names no log segment")
    timeline, high, low = (int(part, 16) for part in found.groups())
    return timeline, high * ((1 << 32) // segment_size) + low


def _turns(history: bytes, segment_size: int) -> tuple[tuple[int, int], ...]:
    lines = (line.split() for line in history.decode("utf-8", "replace").splitlines())
    return tuple(_turn(words, segment_size) for words in lines if len(words) >= 2 and words[0].isdigit())


def _turn(words: Iterable[str], segment_size: int) -> tuple[int, int]:
    timeline, where = tuple(words)[:2]
    try:
        return int(timeline), position(where) // segment_size
    except ValueError:
        raise CouldNotTell("malformed", "a timeline's history file cannot be read") from None
