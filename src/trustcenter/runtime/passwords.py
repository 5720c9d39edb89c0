"""Stored passwords: bcrypt over a peppered, tagged prehash.

bcrypt reads at most 72 bytes, so it is given base64(HMAC-SHA-384(pepper, password)): 64 bytes, no NUL, whatever the
length of the password. A stored value reads `$tc1$bcrypt-hmac-sha384$COST$SALT-AND-DIGEST`. The cost in the tag is the
one that verification uses, so it cannot say one thing and do another.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

import bcrypt

from trustcenter.errors import TrustCenterError

TAG = "tc1"
SCHEME = "bcrypt-hmac-sha384"
COST = 12

_STORED = re.compile(r"\A\$tc1\$bcrypt-hmac-sha384\$(?P<cost>\d{2})\$(?P<rest>[./A-Za-z0-9]{53})\Z")


class HashingBusyError(TrustCenterError):
    """More sign-ins wait for the hashing slots than the bound allows; ask again later."""


@dataclass(frozen=True)
class Verdict:
    """Whether a password matched, and whether its stored form should be renewed with today's parameters."""

    matched: bool
    rehash: bool


def prehash(password: str, pepper: bytes) -> bytes:
    """The 64 bytes that bcrypt sees. The password is normalised (NFKC, NIST SP 800-63B-4 3.1.1.2) first."""
    normal = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.new(pepper, normal, hashlib.sha384).digest())


def hash_password(password: str, pepper: bytes, cost: int = COST) -> str:
    """The stored form of a password. About 250 ms of CPU at cost 12."""
    digest = bcrypt.hashpw(prehash(password, pepper), bcrypt.gensalt(cost)).decode("ascii")
    return f"${TAG}${SCHEME}${cost:02d}${digest[7:]}"


def verify_password(password: str, stored: str, pepper: bytes, cost: int = COST) -> Verdict:
    """Compares in constant time. A stored form that is not ours never matches, after the same work."""
    parsed = _STORED.match(stored)
    candidate = prehash(password, pepper)
    if parsed is None:
        bcrypt.checkpw(candidate, _modular(placeholder(cost)))
        return Verdict(matched=False, rehash=False)
    matched = bcrypt.checkpw(candidate, _modular(stored))
    return Verdict(matched=matched, rehash=matched and int(parsed["cost"]) < cost)


def placeholder(cost: int = COST) -> str:
    """A stored form that no password matches: verified for unknown accounts so that they take the same time."""
    return f"${TAG}${SCHEME}${cost:02d}${bcrypt.gensalt(cost).decode('ascii')[7:]}{'.' * 31}"


def _modular(stored: str) -> bytes:
    _, _, _, cost, rest = stored.split("$")
    return f"$2b${cost}${rest}".encode("ascii")


class PasswordHasher:
    """Hashing with bounded concurrency: at most `slots` at once, at most `queue` waiting.

    Without a bound a burst of sign-ins takes every core from everything else (250 ms each). Raises HashingBusyError
    beyond the queue.
    """

    def __init__(self, pepper: bytes, *, cost: int = COST, slots: int = 2, queue: int = 64) -> None:
        if len(pepper) < 32:
            raise TrustCenterError("The password pepper is shorter than 32 bytes.")
        self.cost = cost
        self._pepper = pepper
        self._slots = asyncio.Semaphore(slots)
        self._queue = queue
        self._waiting = 0
        self._placeholder = placeholder(cost)

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """`stored` is None for an unknown account: the work is the same and the answer is no."""
        verdict = await self._bounded_verify(password, stored or self._placeholder)
        return verdict if stored is not None else Verdict(matched=False, rehash=False)

    async def hash(self, password: str) -> str:
        async with _Waiting(self):
            return await asyncio.to_thread(hash_password, password, self._pepper, self.cost)

    async def _bounded_verify(self, password: str, stored: str) -> Verdict:
        async with _Waiting(self):
            return await asyncio.to_thread(verify_password, password, stored, self._pepper, self.cost)


class _Waiting:
    """One place in the queue, then one slot."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    async def __aenter__(self) -> None:
        hasher = self._hasher
        if hasher._waiting >= hasher._queue:
            raise HashingBusyError("Too many sign-ins at once.", hint="Try again in a few seconds.")
        hasher._waiting += 1
        try:
            await hasher._slots.acquire()
        finally:
            hasher._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._hasher._slots.release()
