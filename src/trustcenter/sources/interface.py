"""What collectors may ask of the outside: one narrow protocol for each way to reach a platform.

Everything that goes wrong is raised as `CouldNotTell` with a typed cause: nothing is swallowed, and no call returns
less than it was asked for. Time-outs and 5xx are retried within the run's budget; denial never is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from trustcenter.model.source import Source
from trustcenter.sources.shared import Shared
from trustcenter.sources.values import AwsCall, AwsPlace, End, Finished, Handshake, Host, Response

__all__ = [
    "Aws", "AwsCall", "AwsPlace", "Budget", "Dns", "End", "Files", "Finished", "Handshake", "Host", "Http", "Ports",
    "Process", "Response", "Sql", "Tls", "Web",
]  # fmt: skip


@runtime_checkable
class Budget(Protocol):
    """The run as a source sees it: which system, and how long it may take (`collectors.interface.Run` is one)."""

    @property
    def source(self) -> Source: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    @property
    def timer(self) -> Callable[[], float]: ...

    @property
    def deadline(self) -> float: ...

    @property
    def shared(self) -> Shared | None:
        """What the collectors of this run share; None where one runs alone."""
        ...

    @property
    def say(self) -> Callable[[str], None]:
        """Hears how far a long collection is, in a few words."""
        ...

    def setting(self, name: str) -> Any:
        """A value of the collector's mapping, else of the source. Raises CouldNotTell("unsupported")."""
        ...


@runtime_checkable
class Http(Protocol):
    """A client of one web application. Redirects are returned, not followed; each `session` has its own cookies."""

    base_url: str
    settings: Mapping[str, Any]

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        retry: bool = True,
    ) -> Response:
        """One exchange. `path` is below `base_url`, or an address of the source's `http_url`.

        With `retry`, time-outs, 429 and 5xx are tried again within the budget and then raise CouldNotTell; without,
        the first answer is returned whatever its status, as a probe needs it.
        """
        ...

    def session(self, address: str | None = None) -> Http:
        """A client of the same application with an empty cookie jar, calling from this address of ours if one is given.

        Raises CouldNotTell("unsupported") where this machine has no such address.
        """
        ...

    def hosts(self) -> Sequence[tuple[Host, Http]]:
        """Every host of the source, that of `url` first, each with a client of its own.

        Raises CouldNotTell("unsupported") where `hosts` is no list of different hosts.
        """
        ...


@runtime_checkable
class Web(Protocol):
    """Pages of others, by their address. It leaves this machine only where the source says `outbound = true`."""

    def get(self, address: str) -> Response | None:
        """One GET over https, bounded and retried as `Http.request`; None where the name does not exist.

        A redirect is returned, not followed. Raises CouldNotTell("unsafe") for a name that may not be asked for.
        """
        ...


@runtime_checkable
class Tls(Protocol):
    """Handshakes with one host and port. `host` has the port in it where the source has several of that name."""

    host: str
    port: int

    def hosts(self) -> Sequence[Tls]:
        """Every host of the source: that of `host` or `url` first, then those that `hosts` adds."""
        ...

    def handshake(self, version: str, *, verify: bool = False) -> Handshake:
        """Try exactly one version (`TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`); a local refusal raises CouldNotTell."""
        ...

    def weak_suites(self) -> Sequence[str]:
        """The TLS 1.2 suites that the server accepts although they lack forward secrecy or authenticated encryption."""
        ...


@runtime_checkable
class Sql(Protocol):
    """One read-only transaction as the reader role, with `row_security = off` so that filtering raises."""

    settings: Mapping[str, Any]

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
        """All rows of one snapshot. With parameters (`%(name)s`) a literal percent sign is written `%%`."""
        ...

    def attempt(self, statement: str, parameters: Mapping[str, Any] | None = None) -> str | None:
        """Try a statement that must fail: the SQLSTATE, or None if it worked.

        It runs in a transaction of its own that may write and is always rolled back (a read-only transaction would
        refuse before any right is looked at). Only statements that change no row even where they are permitted.
        """
        ...

    def committed(self, query: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
        """Like `rows`, in a fresh snapshot: what was committed since the first one was taken."""
        ...

    @property
    def actor(self) -> str: ...

    def ends(self) -> tuple[End, End] | None:
        """Our end of the connection and the other, as this machine sees them; None where it is no TCP connection."""
        ...


@runtime_checkable
class Files(Protocol):
    """Files below one folder; paths are relative with `/`, links out of the folder are refused."""

    def names(self, pattern: str) -> Sequence[str]:
        """The files that match (`*` within one folder, `**` any number of folders), sorted; unreadable raises."""
        ...

    def folders(self, pattern: str) -> Sequence[str]:
        """The folders that match, sorted; empty ones too."""
        ...

    def read(self, name: str) -> bytes: ...

    def lines(self, name: str) -> Iterator[bytes]: ...

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file of any length, piece by piece."""
        ...

    def size(self, name: str) -> int: ...

    def modified(self, name: str) -> datetime:
        """When the file system says that the file was last written, in UTC."""
        ...

    def local(self, name: str = "") -> str:
        """The path on this machine, for a program that must be given one."""
        ...


@runtime_checkable
class Process(Protocol):
    """Programs of this machine, run without a shell, with a minimal environment and a time limit."""

    settings: Mapping[str, Any]

    def run(
        self,
        arguments: Sequence[str],
        *,
        seconds: float,
        environment: Mapping[str, str] | None = None,
        folder: str | None = None,
        allowed: Sequence[int] = (0,),
        user: str | None = None,
    ) -> Finished:
        """Run to the end. `user` is a system user to run as, possible for root only; other exit codes raise."""
        ...


@runtime_checkable
class Aws(Protocol):
    """The accounts and regions of one source. Equal calls of one run are made once, whichever collector asks.

    Answers are botocore's. A resource that was listed and is gone when asked about raises `aws_errors.Changed`.
    """

    asked: set[str]
    """Every call that was asked for, as `service:Operation`."""
    retried: int
    """How many requests had to be repeated."""
    clock: datetime | None
    """What AWS said of the time, last."""

    @property
    def actor(self) -> str | None: ...

    def places(self) -> Sequence[AwsPlace]:
        """Every account in every region that the source names."""
        ...

    def homes(self) -> Sequence[AwsPlace]:
        """Every account once, in the region where its global services answer."""
        ...

    def calls(self, wanted: Sequence[AwsCall]) -> list[Mapping[str, Any] | None]:
        """The answers, in order; asked side by side within each service's limit."""
        ...

    def listings(self, wanted: Sequence[AwsCall], *keys: str) -> list[list[Any]]:
        """Each listing with all its pages, the lists under `keys` (or `outer.inner`) one after another."""
        ...

    def forget(self) -> None:
        """Have everything asked again."""
        ...


@runtime_checkable
class Dns(Protocol):
    """Questions to the one resolver that the source names."""

    @property
    def domain(self) -> str: ...

    def records(self, name: str, kind: str) -> Sequence[str] | None:
        """The records in presentation form; None where the resolver says that there are none (RFC 2308)."""
        ...

    def signed(self, name: str) -> str:
        """`signed`, `unsigned` or `broken` (RFC 4035 5): the zone's keys against the parent's DS."""
        ...


@runtime_checkable
class Ports(Protocol):
    """TCP ports, as somebody sees them who stands where this program runs."""

    def reach(self, host: str, port: int) -> str:
        """`open`, `closed` (refused) or `silent` (no answer in time)."""
        ...

    def own_addresses(self) -> Sequence[str]:
        """Every address of this machine's interfaces that are up, loopback too, sorted; `%` leads an IPv6 zone."""
        ...
