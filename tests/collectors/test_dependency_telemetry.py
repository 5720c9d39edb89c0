"""`dependency_telemetry` on lock files: packages that send data, and files that cannot be read to the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from runs import collect, run_of

from trustcenter.collectors.dependency_telemetry import dependency_telemetry, known
from trustcenter.model.population import CouldNotTell

LOCK = """\
# compiled
anyio==4.9.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via starlette
Sentry_SDK[fastapi]==2.60.0 ; python_full_version >= '3.11' and implementation_name == 'cpython' \\
    --hash=sha256:cc
openai==1.0
"""


def seen(folder: Path, text: str | bytes = LOCK, files: Any = ("lock.txt",)) -> Any:
    (folder / "lock.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    settings = {"path": str(folder), "files": files}
    return collect(dependency_telemetry, run_of(settings, kind="requirements"))


def test_what_sends_data_is_found_under_its_normal_name(tmp_path: Path) -> None:
    population = seen(tmp_path)
    assert [(one.package, one.version, one.provider, one.sends) for one in population.facts] == [
        ("sentry-sdk", "2.60.0", "Sentry", "errors"),
        ("openai", "1.0", "OpenAI", "texts"),
    ]
    assert "*.sentry.io" in population.facts[0].hosts
    assert (population.completeness.expected, population.completeness.got) == (3, 3)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (LOCK[: LOCK.index("aa")], "incomplete"),
        (LOCK[: LOCK.index("\\\n    --hash=sha256:cc") + 2], "incomplete"),
        ("anyio>=4\n", "malformed"),
        ("-r others.txt\n", "malformed"),
        ("git+ssh://forge.example/thing\n", "malformed"),
        ("# nothing\n", "malformed"),
        (b"\xff\xfe\n", "malformed"),
        ("", "incomplete"),
    ],
)
def test_a_file_that_may_install_something_else_is_no_population(tmp_path: Path, text: str | bytes, cause: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(tmp_path, text)
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("files", "cause"), [((), "unsupported"), ("lock.txt", "unsupported"), (("x",), "unreachable")]
)
def test_files_that_are_not_there_are_no_empty_population(tmp_path: Path, files: Any, cause: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(tmp_path, files=files)
    assert caught.value.cause == cause


def test_the_list_is_written_as_names_are_compared() -> None:
    assert len(known()) > 40
    for name, entry in known().items():
        assert name == name.lower().replace("_", "-")
        assert entry["provider"]
        assert all(host == host.lower() and "." in host.removeprefix("*.") for host in entry["hosts"])
