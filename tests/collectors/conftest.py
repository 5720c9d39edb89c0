"""What the tests of collectors on a database share."""

from __future__ import annotations

from collections.abc import Iterator

import backup_folder
import embedded_postgresql
import pytest
from aws_fixtures import account, moto_server, seeded
from backup_folder import BackupFolder
from postgresql_fixtures import breakable, foreign, postgresql_server

__all__ = ["account", "breakable", "foreign", "moto_server", "postgresql_server", "seeded"]


@pytest.fixture(scope="session")
def backed_up() -> Iterator[BackupFolder]:
    """Real backups of a small database; never changed by a test."""
    with embedded_postgresql.server(*backup_folder.SETTINGS) as server:
        yield backup_folder.fill(server)
