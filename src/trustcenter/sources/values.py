"""What passes between collectors and sources: questions, answers, places. `sources.interface` names them all again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer as it came; header names in lower case, repeated headers kept in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    url: str = ""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    def headers_named(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name.lower())


@dataclass(frozen=True, slots=True)
class End:
    """One end of a TCP connection: its address (an IPv6 zone behind `%`) and its port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Host:
    """One host of a source. `label` is its name, with the port where the source has several hosts of that name."""

    label: str
    url: str
    http_url: str | None = None
    """Where it is asked over plain http."""
    paths: tuple[str, ...] = ()
    """Its pages, where they differ from those of the other hosts."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """One TLS handshake at one protocol version: accepted with what was negotiated, or refused by the *server*."""

    version: str
    accepted: bool
    cipher: str | None = None
    certificate: bytes | None = field(default=None, repr=False)
    refusal: str | None = None
    """The alert with which the server refused."""
    verified: bool | None = None
    """Whether the chain and the host's name verified; None where that was not asked."""
    problem: str | None = None
    """Why they did not."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ended."""

    code: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class AwsPlace:
    """Where a call goes: one account, one region."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One question to one service.

    `absent` are the error codes that mean "there is none": answered with None. `waits` are those that mean "not yet":
    asked again within the source's budget.
    """

    service: str
    operation: str
    place: AwsPlace
    parameters: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
