"""The addresses of this machine's interfaces, as its C library lists them (getifaddrs(3), Linux and macOS)."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import socket
import sys
from collections.abc import Iterator

_UP = 0x1


class _Interface(ctypes.Structure):
    """`struct ifaddrs`, as far as both systems agree."""


_Interface._fields_ = [
    ("next", ctypes.POINTER(_Interface)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.c_void_p),
]


def own_addresses() -> tuple[str, ...]:
    """Every IPv4 and IPv6 address of an interface that is up, sorted; a link-local one with its zone (RFC 4007).

    Raises OSError where the system does not list them.
    """
    library = ctypes.CDLL(ctypes.util.find_library("c") if sys.platform == "darwin" else None, use_errno=True)
    first = ctypes.POINTER(_Interface)()
    if library.getifaddrs(ctypes.byref(first)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    try:
        return tuple(sorted({address for one in _each(first) if (address := _address(one)) is not None}))
    finally:
        library.freeifaddrs(first)


def _each(found: ctypes._Pointer[_Interface]) -> Iterator[_Interface]:
    while found:
        one = found.contents
        yield one
        found = one.next


def _address(one: _Interface) -> str | None:
    if not one.address or not one.flags & _UP:
        return None
    head = ctypes.string_at(one.address, 2)
    # BSD keeps the length in the first byte and the family in the second; Linux the family in both
    family = head[1] if sys.platform == "darwin" else int.from_bytes(head, sys.byteorder)
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, ctypes.string_at(one.address + 4, 4))
    if family != socket.AF_INET6:
        return None
    text = socket.inet_ntop(socket.AF_INET6, ctypes.string_at(one.address + 8, 16))
    return f"{text}%{one.name.decode()}" if text.startswith(("fe8", "fe9", "fea", "feb")) else text
