"""Two processes that act as one platform's canaries follow one another; others do not wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.pipeline.leases import leased

HOLDER = """
import sys
from trustcenter.model.source import Source
from trustcenter.pipeline.leases import leased
with leased(Source("elsewhere", "platform", "demo", {"url": sys.argv[1]})):
    print("held", flush=True)
    sys.stdin.read()
"""


def source(url: str) -> Source:
    return Source("portal", "platform", "demo", {"url": url})


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process, of another instance, that holds the lease of `https://TMP`."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, f"https://{tmp_path.name}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_platform_s_canaries_are_one_process_s_at_a_time(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    """It is told after a while, in words, and nothing was probed."""
    mine, ticks = source(f"https://{tmp_path.name}"), iter(range(1000))
    with pytest.raises(CouldNotTell) as caught, leased(mine, timer=lambda: next(ticks), pause=lambda _: None):
        pytest.fail("two at once")
    assert caught.value.cause == "timed_out"
    with leased(source("https://another.example")):
        pass


def test_a_lease_falls_with_the_process_that_holds_it(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    """Killed in the middle: whoever waits goes on, as after an orderly end."""
    entered = []
    with leased(source(f"https://{tmp_path.name}"), pause=lambda _: holder.kill()):
        entered.append(holder.wait())
    assert entered == [-9]


def test_a_folder_that_others_may_write_keeps_no_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    (tmp_path / f"trustcenter-leases-{os.getuid()}").mkdir(mode=0o777)
    (tmp_path / f"trustcenter-leases-{os.getuid()}").chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(CouldNotTell) as caught, leased(source("https://portal.example")):
        pytest.fail("held")
    assert caught.value.cause == "unsupported"
