"""Canonical JSON (RFC 8785), strict parsing and digests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from decimal import Decimal
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError

_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_SAFE = 2**53 - 1
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 16
"""Fewer digits than these are always a whole number that a float holds too."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def dumps(value: object) -> bytes:
    """The one byte string that stands for a JSON value (RFC 8785).

    Raises TrustCenterError for what JSON cannot hold: NaN, infinities, integers beyond 2**53 - 1, bytes,
    dates, lone surrogates, keys that are not text.
    """
    import rfc8785

    try:
        return _PLAIN(value).encode("utf-8") if _is_plain(value) else rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, TypeError, UnicodeEncodeError, RecursionError) as error:
        raise TrustCenterError(f"value has no canonical JSON form: {error}") from error


def loads(data: bytes, *, where: str | None = None) -> Any:
    """The value of JSON bytes; the same bytes mean the same value to every reader (RFC 8259 4, RFC 7493).

    Raises TamperedError for duplicate keys, NaN, infinities, bytes that are not UTF-8, and broken or too
    deep JSON.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as error:
        raise TamperedError(f"not valid JSON: {error}", where=where) from error


def loads_own(data: bytes) -> Any:
    """The value of JSON bytes that `dumps` made and that are held against a digest.

    Faster, with fewer checks.

    Raises ValueError for broken JSON.
    """
    if _LONG in data.translate(_DIGITS):
        return json.loads(data, parse_int=_whole)
    import pydantic_core

    return pydantic_core.from_json(data, allow_inf_nan=False, cache_strings="keys")


def digest(data: bytes) -> str:
    """`sha256:` and the lower-case hexadecimal SHA-256 of the bytes as stored."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_hex(value: str) -> str:
    """The 64 hexadecimal digits of a digest.

    Raises TrustCenterError when it is not `sha256:` and 64 digits.
    """
    if not _DIGEST.fullmatch(value):
        raise TrustCenterError(f"not a digest of the form sha256:<64 hexadecimal digits>: {value[:90]!r}")
    return value.removeprefix("sha256:")


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, *, where: str | None = None) -> bytes:
    """The bytes of standard base64; only the one encoding that `encode_base64` gives (RFC 4648 3.5).

    Raises TamperedError otherwise: two spellings of one signature would let a stored byte change unseen.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TamperedError(f"not valid base64: {error}", where=where) from error
    if encode_base64(data) != text:
        raise TamperedError("base64 is not in its canonical form", where=where)
    return data


def _is_plain(value: object) -> bool:
    """Whether the standard encoder gives RFC 8785's form.

    No floats, no key outside of ASCII (3.2.3), safe integers.

    It is several times faster than the full algorithm, and almost every record is plain.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if isinstance(value, int):
        return kind is int and -_SAFE <= value <= _SAFE
    if isinstance(value, dict):
        return kind is dict and all(
            type(key) is str and key.isascii() and _is_plain(item) for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return (kind is list or kind is tuple) and all(map(_is_plain, value))
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _whole(text: str) -> int | float:
    """Beyond 2**53 a whole number is a float, as `dumps` writes it; one that no float holds is refused."""
    if len(text) < 16:
        return int(text)
    found = float(text)
    if abs(found) < 2**53:
        return int(text)
    if Decimal(repr(found)) != Decimal(text):
        raise ValueError(f"{text[:30]} has more digits than a JSON number holds")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
