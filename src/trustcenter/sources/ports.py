"""`Ports`: TCP connections that are opened and closed again, nothing sent."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.interface import Budget
from trustcenter.sources.own_addresses import own_addresses
from trustcenter.sources.settings import seconds_left

SECONDS = 3.0


def from_source(source: Source, run: Budget) -> TcpPorts:
    """Ports need no setting of their own: the collector names hosts."""
    return TcpPorts(run)


class TcpPorts:
    """`Ports` over plain sockets."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def reach(self, host: str, port: int) -> str:
        """See `Ports.reach`. Raises CouldNotTell where this machine has no way to the host, or does not know it."""
        where = f"source {self._budget.source.name}: port {port}"
        try:
            with socket.create_connection((host, port), timeout=seconds_left(self._budget, SECONDS)):
                return "open"
        except socket.gaierror as error:
            raise CouldNotTell("unreachable", "the host's name is not known here", where=where) from error
        except TimeoutError:
            return "silent"
        except ConnectionRefusedError:
            return "closed"
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise CouldNotTell("denied", "this machine may not open connections", where=where) from error
            raise CouldNotTell("unreachable", "this machine has no way to the host", where=where) from error

    def own_addresses(self) -> Sequence[str]:
        """See `Ports.own_addresses`. Raises CouldNotTell where the system does not list its interfaces."""
        try:
            return own_addresses()
        except OSError as error:
            raise CouldNotTell("unsupported", "this machine does not list its interfaces") from error
