"""Passwords that were found in leaks, as a sorted file of 6-byte digests.

A digest of 48 bits mistakes one in 6 billion other passwords for a leaked one: a refusal that costs nobody anything.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from importlib import resources

from trustcenter.errors import ConfigurationError

SIZE = 6


def digest(password: str) -> bytes:
    """What stands for a password in the file: case and Unicode form make no difference."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[:SIZE]


def written(digests: Iterable[bytes]) -> bytes:
    """The file's content."""
    return b"".join(sorted(set(digests)))


class CommonPasswords:
    """Membership by binary search in the file's bytes; nothing is unpacked."""

    def __init__(self, content: bytes) -> None:
        if not content or len(content) % SIZE:
            raise ConfigurationError("The file of common passwords is cut short.", where="common-passwords.bin")
        self._content = content

    @classmethod
    def shipped(cls) -> CommonPasswords:
        """The file inside the package. Raises ConfigurationError."""
        place = resources.files("trustcenter.runtime").joinpath("data", "common-passwords.bin")
        try:
            return cls(place.read_bytes())
        except FileNotFoundError as error:
            raise ConfigurationError("The file of common passwords is missing.", where=str(place)) from error

    def __len__(self) -> int:
        return len(self._content) // SIZE

    def __contains__(self, password: str) -> bool:
        wanted, low, high = digest(password), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self._content[middle * SIZE : (middle + 1) * SIZE]
            if found == wanted:
                return True
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return False
