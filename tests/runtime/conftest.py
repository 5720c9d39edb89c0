"""Fixtures of the runtime modules' tests."""

from postgresql_fixtures import postgresql_server

__all__ = ["postgresql_server"]
