"""Where each thing of a ledger lies, relative to its folder."""

from __future__ import annotations

import re

from trustcenter.proof.canonical import digest_hex
from trustcenter.proof.tiles import Tile

CHECKPOINT = "log/checkpoint"
"""The signed head; its rename is the commit."""

KEYRING = "keys/keyring.json"
"""Public keys with their windows; equals the newest keyring statement."""

_HISTORY = re.compile(r"log/checkpoints/(0|[1-9][0-9]{0,18})\.(note|tsr|tsr\.note)")
_STATEMENT = re.compile(r"statements/sha256/([0-9a-f]{2})/(\1[0-9a-f]{62})\.dsse\.json")


def statement(digest: str) -> str:
    """The envelope's file, named by the digest of its payload."""
    name = digest_hex(digest)
    return f"statements/sha256/{name[:2]}/{name}.dsse.json"


def statement_digest(path: str) -> str | None:
    """The digest that a statement's path names, or None when no statement lies there."""
    match = _STATEMENT.fullmatch(path)
    return f"sha256:{match[2]}" if match else None


def tile(place: Tile) -> str:
    """A tile's file."""
    return f"log/{place.path}"


def history(size: int, suffix: str = "note") -> str:
    """A past checkpoint (`note`), its RFC 3161 token (`tsr`) or our signature over the token (`tsr.note`)."""
    return f"log/checkpoints/{size}.{suffix}"


def history_of(path: str) -> tuple[int, str] | None:
    """Size and suffix of a file of the history, or None when the path is none."""
    match = _HISTORY.fullmatch(path)
    return (int(match[1]), match[2]) if match else None
