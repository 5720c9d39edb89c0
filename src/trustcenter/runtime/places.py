"""Where a network address is, roughly, without asking anybody: an interface and two implementations.

No database of places is shipped. A service names a file in MaxMind's format, or a short table of networks of its own.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Protocol

from trustcenter.errors import ConfigurationError

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Place:
    """A country (ISO 3166-1 alpha-2) and, where known, degrees north and east."""

    country: str
    latitude: float | None = None
    longitude: float | None = None

    def distance_km(self, other: Place) -> float | None:
        """Along the surface (haversine); None where either lacks its degrees."""
        degrees = (self.latitude, self.longitude, other.latitude, other.longitude)
        if None in degrees:
            return None
        a, b, c, d = (math.radians(float(value or 0)) for value in degrees)
        half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


class Places(Protocol):
    """What knows places."""

    def place(self, ip: str) -> Place | None:
        """None for an address of which nothing is known."""
        ...


class Nowhere:
    """Knows nothing: sign-ins are judged by device alone."""

    def place(self, ip: str) -> Place | None:
        return None


class TableOfNetworks:
    """A short table, read once: `[{"network": "192.0.2.0/24", "country": "DE", "latitude": .., "longitude": ..}]`."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        try:
            self._rows: list[tuple[IPv4Network | IPv6Network, Place]] = [
                (ip_network(row["network"]), Place(row["country"], row.get("latitude"), row.get("longitude")))
                for row in rows
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigurationError("A row of the table of networks cannot be read.", where="places") from error

    @classmethod
    def read(cls, path: Path) -> TableOfNetworks:
        """From a JSON file. Raises ConfigurationError."""
        try:
            return cls(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise ConfigurationError("The table of networks cannot be read.", where=str(path)) from error

    def place(self, ip: str) -> Place | None:
        address = ip_address(ip)
        found = [(network.prefixlen, place) for network, place in self._rows if address in network]
        return max(found, key=lambda pair: pair[0])[1] if found else None


class MaxMindFile:
    """A file in MaxMind's format (GeoLite2 City or Country, DB-IP and others), read where it lies."""

    def __init__(self, path: Path) -> None:
        import maxminddb

        try:
            self._reader = maxminddb.open_database(str(path))
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
            raise ConfigurationError("The file of places cannot be read.", where=str(path)) from error

    def place(self, ip: str) -> Place | None:
        try:
            found = self._reader.get(ip)
        except ValueError:  # an address of a kind that the file does not hold
            return None
        country = found.get("country") if isinstance(found, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        if not isinstance(code, str):
            return None
        spot = found.get("location") if isinstance(found, dict) else None
        north, east = (spot.get(name) if isinstance(spot, dict) else None for name in ("latitude", "longitude"))
        degrees = [float(v) if isinstance(v, (int, float)) else None for v in (north, east)]
        return Place(code, degrees[0], degrees[1])
