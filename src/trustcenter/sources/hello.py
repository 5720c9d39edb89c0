"""A TLS ClientHello written by hand, and the first answer to it.

A modern OpenSSL refuses old versions on its own side, which looks like the server refusing. These bytes ask whatever
they are told to ask (RFC 2246, 4346, 5246); only what the *server* answers counts. Nothing is negotiated to the end.
"""

from __future__ import annotations

import ipaddress
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

VERSIONS: Mapping[str, int] = {"SSLv3": 0x0300, "TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303}

ALERTS: Mapping[int, str] = {
    0: "close_notify",
    10: "unexpected_message",
    40: "handshake_failure",
    47: "illegal_parameter",
    50: "decode_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    112: "unrecognized_name",
}

LEGACY_SUITES: Mapping[int, str] = {
    0xC014: "ECDHE-RSA-AES256-SHA",
    0xC00A: "ECDHE-ECDSA-AES256-SHA",
    0x0039: "DHE-RSA-AES256-SHA",
    0x0035: "AES256-SHA",
    0x0084: "CAMELLIA256-SHA",
    0xC013: "ECDHE-RSA-AES128-SHA",
    0xC009: "ECDHE-ECDSA-AES128-SHA",
    0x0033: "DHE-RSA-AES128-SHA",
    0x002F: "AES128-SHA",
    0x0041: "CAMELLIA128-SHA",
    0x0096: "SEED-SHA",
    0xC012: "ECDHE-RSA-DES-CBC3-SHA",
    0xC008: "ECDHE-ECDSA-DES-CBC3-SHA",
    0x0016: "DHE-RSA-DES-CBC3-SHA",
    0x000A: "DES-CBC3-SHA",
    0xC011: "ECDHE-RSA-RC4-SHA",
    0xC007: "ECDHE-ECDSA-RC4-SHA",
    0x0005: "RC4-SHA",
    0x0004: "RC4-MD5",
    0x0009: "DES-CBC-SHA",
    0x0034: "ADH-AES128-SHA",
    0xC018: "AECDH-AES128-SHA",
    0x0003: "EXP-RC4-MD5",
    0x0008: "EXP-DES-CBC-SHA",
    0x0002: "NULL-SHA",
    0x0001: "NULL-MD5",
}
"""Suites that can be used before TLS 1.2."""

WEAK_SUITES: Mapping[int, str] = {
    **LEGACY_SUITES,
    0xC028: "ECDHE-RSA-AES256-SHA384",
    0xC024: "ECDHE-ECDSA-AES256-SHA384",
    0xC027: "ECDHE-RSA-AES128-SHA256",
    0xC023: "ECDHE-ECDSA-AES128-SHA256",
    0x006B: "DHE-RSA-AES256-SHA256",
    0x0067: "DHE-RSA-AES128-SHA256",
    0x009D: "AES256-GCM-SHA384",
    0x009C: "AES128-GCM-SHA256",
    0xC09D: "AES256-CCM",
    0xC09C: "AES128-CCM",
    0x003D: "AES256-SHA256",
    0x003C: "AES128-SHA256",
    0x003B: "NULL-SHA256",
    0x00A6: "ADH-AES128-GCM-SHA256",
}
"""Suites of TLS 1.2 and before without forward secrecy, authenticated encryption or authentication."""

STRONG_SUITES: Mapping[int, str] = {
    0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256",
    0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
    0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384",
    0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
    0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305",
    0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
    0x009E: "DHE-RSA-AES128-GCM-SHA256",
    0x009F: "DHE-RSA-AES256-GCM-SHA384",
    0xCCAA: "DHE-RSA-CHACHA20-POLY1305",
}
"""Suites of TLS 1.2 with forward secrecy and authenticated encryption."""

_GROUPS = (29, 23, 24, 25, 256)
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)
_LARGEST_HELLO = 1 << 16


@dataclass(frozen=True, slots=True)
class Agreed:
    """A ServerHello: the version and suite that the server chose."""

    version: int
    suite: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An alert in answer to the hello."""

    alert: str


def client_hello(version: int, suites: Sequence[int], host: str) -> bytes:
    """One record with a ClientHello that offers exactly `version` as its highest (RFC 5246 7.4.1.2)."""
    offered = b"".join(struct.pack(">H", suite) for suite in (*suites, 0x00FF))
    body = struct.pack(">H", version) + os.urandom(32) + b"\x00" + _sized(offered, 2) + b"\x01\x00"
    if version > VERSIONS["SSLv3"]:
        body += _sized(_extensions(version, host), 2)
    message = b"\x01" + _sized(body, 3)
    return b"\x16" + struct.pack(">H", min(version, 0x0301)) + _sized(message, 2)


def read_answer(data: bytes) -> Agreed | Refused | None:
    """The server's first message, or None while bytes are missing. Raises ValueError where this is not TLS."""
    handshake = b""
    while len(data) >= 5:
        kind, major, size = data[0], data[1], struct.unpack(">H", data[3:5])[0]
        if kind not in (20, 21, 22, 23) or major != 3 or size > 18432:
            raise ValueError("no TLS record")
        if len(data) < 5 + size:
            return None
        content, data = data[5 : 5 + size], data[5 + size :]
        if kind == 21:
            if len(content) != 2 or content[0] not in (1, 2):
                raise ValueError("a broken alert")
            if content[0] == 1 and content[1] != 0:
                continue  # a warning: the handshake goes on
            return Refused(ALERTS.get(content[1], f"alert_{content[1]}"))
        if kind != 22:
            raise ValueError("no handshake record")
        handshake += content
        if len(handshake) > _LARGEST_HELLO:
            raise ValueError("an endless handshake message")
        if len(handshake) < 4:
            continue
        if handshake[0] != 2:
            raise ValueError("no ServerHello")
        length = int.from_bytes(handshake[1:4], "big")
        if len(handshake) >= 4 + length:
            return _server_hello(handshake[4 : 4 + length])
    return None


def _server_hello(body: bytes) -> Agreed:
    if len(body) < 38:
        raise ValueError("a short ServerHello")
    after = 35 + body[34]
    if len(body) < after + 2:
        raise ValueError("a short ServerHello")
    return Agreed(struct.unpack(">H", body[:2])[0], struct.unpack(">H", body[after : after + 2])[0])


def _extensions(version: int, host: str) -> bytes:
    made = b""
    if not _is_address(host):
        name = b"\x00" + _sized(host.encode("idna"), 2)
        made += _extension(0, _sized(name, 2))
    made += _extension(10, _sized(b"".join(struct.pack(">H", group) for group in _GROUPS), 2))
    made += _extension(11, b"\x01\x00")
    if version >= VERSIONS["TLSv1.2"]:
        made += _extension(13, _sized(b"".join(struct.pack(">H", each) for each in _SIGNATURES), 2))
    return made


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack(">H", kind) + _sized(content, 2)


def _sized(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "big") + content


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
