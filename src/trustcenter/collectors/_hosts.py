"""Names of hosts, as they are compared with the patterns of the register of subprocessors."""

from __future__ import annotations

import ipaddress


def patterns_of(host: str) -> tuple[str, ...]:
    """Every pattern that covers a host: its own name, and `*.` before each of its parents with two labels or more.

    An address has no parents: nobody can declare a whole network by accident.
    """
    name = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.split(".")
        return (name, *("*." + ".".join(labels[at:]) for at in range(1, len(labels) - 1)))
    return (name,)
