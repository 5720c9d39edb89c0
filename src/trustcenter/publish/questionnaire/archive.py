"""The zip container of a workbook or document, read within limits and rewritten member by member.

The file comes from a stranger. Everything is refused before it is inflated: too many members, sizes or ratios of a
bomb, names that leave the folder, encryption, overlapping members. Rewriting copies the stored bytes of every member
that is not replaced (header, compressed data, central record), so that it stays identical (APPNOTE 6.3.10, 4.3).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from trustcenter.publish.questionnaire.forms.interface import FormError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_DESCRIPTOR_FLAG = 0x08
_ENCRYPTED_FLAG = 0x01


@dataclass(frozen=True)
class Limits:
    """What a workbook may cost at most; bytes, counts."""

    file_bytes: int = 60_000_000
    members: int = 4_000
    member_bytes: int = 48_000_000
    total_bytes: int = 400_000_000
    ratio: int = 250
    ratio_from_bytes: int = 1_000_000
    rows: int = 100_000
    cells: int = 400_000
    shared_strings: int = 400_000
    rules: int = 5_000
    tall_areas: int = 300


class WorkbookError(FormError):
    """A zip container, workbook or document that cannot be read safely, or not at all."""


@dataclass(frozen=True)
class _Member:
    name: str
    central: bytes  # the raw central record
    info: zipfile.ZipInfo
    end: int  # offset behind the member's data, descriptor and padding


class Archive:
    """A checked zip container held in memory.

    Raises `WorkbookError` for everything that is not a plain, bounded, unencrypted zip.
    """

    def __init__(self, data: bytes, *, where: str, limits: Limits | None = None, what: str = "workbook") -> None:
        self.where, self.what = where, what
        self.limits = limits or Limits()
        self._data = data
        _refuse_other_formats(data, where, self.limits, what)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise WorkbookError(
                f"the file is not a complete {self.what} ({error})",
                where=where,
                hint="Ask for the file again; it may be truncated.",
            ) from error
        self._members, self._end_record = self._index()

    @property
    def names(self) -> tuple[str, ...]:
        """Member names in the order of the central directory."""
        return tuple(member.name for member in self._members)

    def read(self, name: str) -> bytes:
        """The inflated bytes of one member; raises `WorkbookError` when absent or damaged."""
        try:
            with self._zip.open(name) as stream:
                content = stream.read(self.limits.member_bytes + 1)
        except KeyError as error:
            raise WorkbookError(f"the {self.what} lacks the part {name}", where=self.where) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as error:
            raise WorkbookError(f"the part {name} is damaged ({error})", where=self.where) from error
        if len(content) > self.limits.member_bytes:
            raise WorkbookError(f"the part {name} is too large", where=self.where)
        return content

    def rewrite(self, replaced: Mapping[str, bytes]) -> bytes:
        """The container with some members' content replaced and every other member's bytes copied.

        Order, names, times and attributes stay. The same input gives the same output.
        """
        unknown = sorted(set(replaced) - set(self.names))
        if unknown:
            raise WorkbookError(f"cannot replace parts that are not there: {', '.join(unknown)}", where=self.where)
        out = io.BytesIO()
        moved: dict[str, tuple[int, bytes | None]] = {}
        for member in sorted(self._members, key=lambda item: item.info.header_offset):
            offset = out.tell()
            if member.name in replaced:
                central = self._write_member(out, member, replaced[member.name])
            else:
                out.write(self._data[member.info.header_offset : member.end])
                central = None
            moved[member.name] = (offset, central)
        start = out.tell()
        for member in self._members:
            offset, central = moved[member.name]
            record = bytearray(central or member.central)
            struct.pack_into("<I", record, 42, offset)
            out.write(record)
        size = out.tell() - start
        end = bytearray(self._end_record)
        struct.pack_into("<II", end, 12, size, start)
        out.write(end)
        return out.getvalue()

    def _write_member(self, out: io.BytesIO, member: _Member, content: bytes) -> bytes:
        """Write one member anew (deflated) and return its central record, offset still to be set."""
        squeezer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = squeezer.compress(content) + squeezer.flush()
        fields = list(_CENTRAL.unpack_from(member.central))
        flags = fields[3] & ~_DESCRIPTOR_FLAG
        name_length, extra_length, comment_length = fields[10], fields[11], fields[12]
        name = member.central[_CENTRAL.size : _CENTRAL.size + name_length]
        comment_at = _CENTRAL.size + name_length + extra_length
        comment = member.central[comment_at : comment_at + comment_length]
        fields[2:5] = [20, flags, zipfile.ZIP_DEFLATED]
        fields[7:10] = [zlib.crc32(content), len(packed), len(content)]
        fields[11] = 0  # extra fields may hold sizes (zip64) of the old content
        local = (b"PK\x03\x04", 20, flags, zipfile.ZIP_DEFLATED, *fields[5:7], *fields[7:10], name_length, 0)
        out.write(_LOCAL.pack(*local) + name + packed)
        return _CENTRAL.pack(*fields) + name + comment

    def _index(self) -> tuple[tuple[_Member, ...], bytes]:
        infos = self._zip.infolist()
        self._check_sizes(infos)
        at = self._data.rfind(b"PK\x05\x06")
        end = _END.unpack_from(self._data, at)
        size, start = end[5], end[6]
        if end[1] or end[2] or 0xFFFFFFFF in (size, start) or start + size != at:
            raise WorkbookError(
                "the zip container has a layout that no spreadsheet program writes",
                where=self.where,
                hint="Open it in a spreadsheet program and save it again as .xlsx.",
            )
        offsets = [*sorted(info.header_offset for info in infos), start]
        following = dict(pairwise(offsets))
        members: list[_Member] = []
        cursor = start
        for info in infos:
            lengths = struct.unpack_from("<3H", self._data, cursor + 28)
            record = self._data[cursor : cursor + _CENTRAL.size + sum(lengths)]
            cursor += len(record)
            members.append(_Member(info.filename, record, info, self._end_of(info, following[info.header_offset])))
        return tuple(members), self._data[at:]

    def _end_of(self, info: zipfile.ZipInfo, following: int) -> int:
        if self._data[info.header_offset : info.header_offset + 4] != b"PK\x03\x04":
            raise WorkbookError(f"the part {info.filename} is damaged (no local header)", where=self.where)
        name_length, extra_length = struct.unpack_from("<2H", self._data, info.header_offset + 26)
        if info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size > following:
            raise WorkbookError(f"the part {info.filename} overlaps another", where=self.where)
        return following

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self.limits
        if len(infos) > limits.members:
            raise WorkbookError(
                f"the {self.what} has {len(infos)} parts; at most {limits.members} are read", where=self.where
            )
        if sum(info.file_size for info in infos) > limits.total_bytes:
            raise WorkbookError(f"the {self.what} is too large when unpacked", where=self.where)
        seen: set[str] = set()
        for info in infos:
            name = info.filename
            if name.lower() in seen:
                raise WorkbookError(f"the {self.what} holds the part {name} twice", where=self.where)
            seen.add(name.lower())
            if (
                name.startswith(("/", "\\"))
                or ".." in name.replace("\\", "/").split("/")
                or ":" in name
                or "\x00" in name
            ):
                raise WorkbookError(f"the part name {name!r} leaves the {self.what}", where=self.where)
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise WorkbookError(
                    f"the {self.what} is encrypted", where=self.where, hint="Ask for it without a password."
                )
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise WorkbookError(f"the part {name} uses an unusual compression", where=self.where)
            if info.file_size > limits.member_bytes and name.endswith((".xml", ".rels")):
                raise WorkbookError(
                    f"the part {name} has {info.file_size:,} bytes; at most {limits.member_bytes:,} are read",
                    where=self.where,
                )
            if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1):
                raise WorkbookError(f"the part {name} is packed like a zip bomb", where=self.where)


def _refuse_other_formats(data: bytes, where: str, limits: Limits, what: str) -> None:
    if len(data) > limits.file_bytes:
        raise WorkbookError(f"the file has {len(data):,} bytes; at most {limits.file_bytes:,} are read", where=where)
    if data.startswith(OLE_MAGIC):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise WorkbookError(
            f"the {what} is encrypted" if encrypted else "the file is of an old binary format (.xls, .doc)",
            where=where,
            hint="Ask for it without a password." if encrypted else "Save it as .xlsx or .docx in an office program.",
        )
    if not data.startswith(b"PK\x03\x04"):
        raise WorkbookError(
            "the file is not an XLSX or XLSM workbook, nor a DOCX document",
            where=where,
            hint="Its content does not begin like one, whatever its name.",
        )
