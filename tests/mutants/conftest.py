"""The world that mutants break: one portal for each test process, since some of them change the whole server."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import mutations.world
import pytest
from session_lock import made_once

HERE = f"{Path(__file__).parent}/"

WORLDS = 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Few worlds, however many test processes there are: each costs a portal and a whole collection.

    `-k` finds the mutants of a control by its id, as `access.password-reset`.
    """
    mine = [item for item in items if str(item.path).startswith(HERE) and "world" in item.fixturenames]
    for at, item in enumerate(mine):
        item.add_marker(pytest.mark.xdist_group(f"mutants-{at % WORLDS}"))
        broken = getattr(item, "callspec", None) and item.callspec.params.get("mutant")
        if broken:
            item.extra_keyword_matches |= {name.partition("/")[0] for name in broken.falls}


@pytest.fixture(scope="session")
def world(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[mutations.world.World]:
    """A seeded portal, and an instance that has collected and judged everything about it once."""

    def once(collect: Callable[[], Path]) -> contextlib.AbstractContextManager[Path]:
        return made_once(tmp_path_factory, "mutants-good", collect, shutil.rmtree)

    if not (repository / ".tools" / "checkov" / "bin" / "checkov").is_file():
        pytest.skip("checkov is not installed: `make tools` puts it into an environment of its own")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TRUSTCENTER_KEYS", raising=False)
        patch.delenv("DATABASE_URL", raising=False)
        with mutations.world.world(repository, once) as made:
            yield made
