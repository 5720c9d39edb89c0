"""The seeded AWS account of a test session, behind a server that can answer for it and break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_account
import aws_answers
import pytest
from aws_front import Front, front
from runs import collect, run_of

from trustcenter.collectors.registry import find, identifiers
from trustcenter.model.fact import row_of
from trustcenter.model.population import Population

COLLECTORS = tuple(name for name in identifiers() if name.startswith("aws_"))
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass(frozen=True)
class Account:
    """The account: moto's own port, and the server in front of it."""

    port: int
    front: Front

    def settings(self, **more: Any) -> dict[str, Any]:
        return {"regions": [aws_account.REGION], "endpoint_url": self.front.url, "attempts": 1, **more}

    def collect(self, name: str, mapping: Mapping[str, Any] | None = None, **settings: Any) -> Population[Any]:
        """What one collector sees, alone."""
        run = run_of(self.settings(**settings), mapping, kind="aws", seconds=120)
        return collect(find(name), run)

    def rows(self, name: str, key: str) -> dict[str, dict[str, Any]]:
        """What one collector sees, by one field."""
        return {str(row[key]): row for row in map(row_of, self.collect(name).facts)}


@pytest.fixture(scope="session")
def moto_server(repository: Path) -> Path:
    program = repository / ".tools" / "moto" / "bin" / "moto_server"
    if not program.is_file():
        pytest.skip("moto is not installed: `scripts/setup test` puts it into an environment of its own")
    return program


@pytest.fixture(scope="session")
def seeded(moto_server: Path) -> Iterator[Account]:
    with pytest.MonkeyPatch.context() as patch, aws_account.moto(moto_server) as port:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        patch.delenv("AWS_SESSION_TOKEN", raising=False)
        aws_account.seed(port)
        with front(port) as server:
            server.answers.update(aws_answers.standard(port))
            yield Account(port, server)


@pytest.fixture
def account(seeded: Account) -> Account:
    """The account, with nothing broken and nothing counted yet."""
    seeded.front.asked.clear()
    seeded.front.wrong.clear()
    assert not seeded.front.faults
    return seeded
