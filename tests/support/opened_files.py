"""Every byte of a file as a reader could get at it: archives, PDFs, base64 and escapes are opened, again and again."""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import io
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

DEEPEST = 5
_HEXADECIMAL = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{32,128}(?![0-9a-fA-F])")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
_DIGEST = re.compile(rb"(sha256):(?=[0-9a-f]{64})")
"""What begins a digest is no colon before a port, though five digits may follow it."""
_SPACES = re.compile(rb"[\s\-\xc2\xad]+")


@dataclass
class Opened:
    """Pieces of content, each with the way to it; equal content is kept once."""

    pieces: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)

    def add(self, way: str, content: bytes) -> bool:
        """Whether this content is new."""
        name = hashlib.sha256(content).digest()
        if not content or name in self.pieces:
            return False
        self.pieces[name] = (way, _DIGEST.sub(rb"\1 ", content))
        return True

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return iter(self.pieces.values())

    def where(self, needles: Iterable[bytes]) -> dict[bytes, str]:
        """The needles that occur, each with the way to one piece that holds it; letters' case does not matter."""
        lowered = {needle.lower(): needle for needle in needles}
        assert not any(b"\n" in needle for needle in lowered), "pieces are searched line by line"
        # Most lines stand in many pieces, as those of a page's frame do: each is searched once.
        lines = b"\n".join({line for _, content in self for line in content.lower().split(b"\n")})
        found = [needle for low, needle in lowered.items() if low in lines]
        return {
            needle: next(way for way, content in self if needle.lower() in content.lower()) for needle in found
        }  # fmt: skip


def open_all(paths: Iterable[Path]) -> Opened:
    """Everything in files and folders, opened."""
    opened = Opened()
    for path in paths:
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            open_bytes(opened, str(file), file.read_bytes())
            open_bytes(opened, f"{file} (its name)", str(file.relative_to(path.parent)).encode())
    return opened


def open_bytes(opened: Opened, way: str, content: bytes, depth: int = 0) -> None:
    """One piece and everything inside it."""
    if not opened.add(way, content) or depth >= DEEPEST:
        return
    if content.startswith(b"\x1f\x8b"):
        open_bytes(opened, f"{way} > gunzip", gzip.decompress(content), depth + 1)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                open_bytes(opened, f"{way} > {name}", archive.read(name), depth + 1)
    elif content.startswith(b"%PDF-"):
        for name, part in _pdf(content):
            open_bytes(opened, f"{way} > {name}", part, depth + 1)
    else:
        _text(opened, way, content, depth)


def _text(opened: Opened, way: str, content: bytes, depth: int) -> None:
    if b"&" in content:
        opened.add(f"{way} > unescaped", html.unescape(content.decode("utf-8", "replace")).encode())
    if b"%" in content:
        opened.add(f"{way} > percent-decoded", unquote_to_bytes(content))
    if b"\\" in content:
        plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)).encode("utf-8", "replace"), content)
        plain = plain.replace(b'\\"', b'"').replace(b"\\/", b"/").replace(b"\\n", b"\n").replace(b"\\\\", b"\\")
        open_bytes(opened, f"{way} > JSON-unescaped", plain, depth + 1)
    for match in _BASE64.finditer(content):
        decoded = _base64(match[0])
        if decoded is not None:
            open_bytes(opened, f"{way} > base64 at {match.start()}", decoded, depth + 1)


def _base64(token: bytes) -> bytes | None:
    plain = token.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None


def _pdf(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Streams (attachments among them), strings, and the text as a person selects it, also without its spaces."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as document:
        for number, item in enumerate(document.objects):
            if isinstance(item, pikepdf.Stream):
                try:
                    yield f"stream {number}", item.read_bytes()
                except pikepdf.PdfError:
                    yield f"stream {number} (raw)", item.read_raw_bytes()
            yield f"object {number}", repr(item).encode()
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    yield "text", done.stdout
    yield "text without spaces", _SPACES.sub(b"", done.stdout)


def forms(value: str) -> set[bytes]:
    """A value as it could be written: plain, without spaces, hexadecimal, base64 at each offset or UTF-16."""
    plain = value.encode()
    made = {plain, _SPACES.sub(b"", plain)}
    if len(plain) < 8:
        return made
    made |= {plain.hex().encode(), value.encode("utf-16-le"), value.encode("utf-16-be")}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + plain)
        inner = encoded[-(-offset * 4 // 3) : len(encoded) - 4].rstrip(b"=")
        made |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return {one for one in made if len(one) >= 6}


def tokens(opened: Opened) -> dict[bytes, str]:
    """Everything that could be a digest, written in hexadecimal or base64, each with the way to it."""
    found: dict[bytes, str] = {}
    for way, content in opened:
        for match in _BASE64.finditer(content):
            found.setdefault(match[0].rstrip(b"="), way)
        for match in _HEXADECIMAL.finditer(content):
            found.setdefault(match[0].lower(), way)
    return found


def digests(value: str) -> set[bytes]:
    """Unsalted digests of a value as tokens: whoever guesses the value sees that it was there."""
    made: set[bytes] = set()
    for spelled in {value, f'"{value}"', value.lower()}:
        for name in ("md5", "sha1", "sha256", "sha384", "sha512"):
            found = hashlib.new(name, spelled.encode()).digest()
            encoded = base64.b64encode(found).rstrip(b"=")
            made |= {found.hex().encode(), encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))}
    return made
