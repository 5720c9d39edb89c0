"""One AWS account for all tests of a process, whichever folder they are in; seeded when the first of them asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aws_fixtures import Account


@pytest.fixture(scope="session")
def moto_server(repository: Path) -> Path:
    program = repository / ".tools" / "moto" / "bin" / "moto_server"
    if not program.is_file():
        pytest.skip("moto is not installed: `scripts/setup test` puts it into an environment of its own")
    return program


@pytest.fixture(scope="session")
def seeded(moto_server: Path) -> Iterator[Account]:
    # Every test process loads this module, and few of them ever need boto3.
    import aws_account
    import aws_answers
    from aws_fixtures import KEYS, Account
    from aws_front import front

    with pytest.MonkeyPatch.context() as patch, aws_account.moto(moto_server) as port:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        patch.delenv("AWS_SESSION_TOKEN", raising=False)
        aws_account.seed(port)
        with front(port) as server:
            server.answers.update(aws_answers.standard(port))
            with Account(port, server).warm() as warm:
                yield warm


@pytest.fixture
def account(seeded: Account) -> Account:
    """The account, with nothing broken and nothing counted yet."""
    seeded.front.asked.clear()
    seeded.front.wrong.clear()
    assert not seeded.front.faults
    return seeded
