"""What the tests of sources share."""

from __future__ import annotations

from postgresql_fixtures import breakable, foreign, postgresql_server

__all__ = ["breakable", "foreign", "postgresql_server"]
