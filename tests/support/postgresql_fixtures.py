"""Fixtures of tests that need a PostgreSQL: one server a worker, one small foreign platform, clones of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import embedded_postgresql
import foreign_platform
import pytest
from foreign_platform import ForeignPlatform

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[embedded_postgresql.Server]:
    """A PostgreSQL server of this worker's own."""
    with embedded_postgresql.server() as server:
        yield server


@pytest.fixture(scope="session")
def foreign(postgresql_server: embedded_postgresql.Server) -> ForeignPlatform:
    """The foreign platform; never changed by a test."""
    return foreign_platform.build(postgresql_server)


@pytest.fixture
def breakable(foreign: ForeignPlatform) -> Iterator[ForeignPlatform]:
    """A copy of it that a test may break."""
    name = f"copy_{next(_numbers)}"
    foreign.server.execute(f"create database {name} template {foreign.database}")
    try:
        yield ForeignPlatform(foreign.server, name, foreign.password)
    finally:
        foreign.server.execute(f"drop database {name} with (force)")
