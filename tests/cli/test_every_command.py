"""What holds for every command: help with examples, one JSON document, errors that say what to do."""

from __future__ import annotations

import shlex
from itertools import takewhile
from pathlib import Path

import pytest
import small_instance
from small_instance import document, run

from trustcenter import cli
from trustcenter.cli.start import parser_for

READ_ONLY = {
    "schema": ("--check",),
    "test": (),
    "coverage": (),
    "collect": ("--list",),
    "assess": ("--dry-run",),
    "check": ("--offline",),
    "drift": ("--list",),
    "verify": (),
    "explain": ("--list",),
    "keys": ("show",),
    "sent": (),
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small instance with one signed run."""
    root = small_instance.write(tmp_path_factory.mktemp("small"))
    done = run(root, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_has_examples_that_its_own_parser_reads(command: str) -> None:
    parser = parser_for(command)
    lines = parser.format_help().partition("examples:")[2].splitlines()
    words = [list(takewhile(lambda word: word not in "|<>&;", shlex.split(line, comments=True))) for line in lines]
    mine = [each[2:] for each in words if each[:2] == ["trustcenter", command]]
    assert mine, "at least one example runs this command"
    for each in mine:
        parser.parse_args(each)


@pytest.mark.parametrize("command", READ_ONLY)
def test_json_is_one_document_and_nothing_else(checked: Path, command: str) -> None:
    done = run(checked, command, *READ_ONLY[command], "--json")
    assert done.returncode in (0, 1, 3), done.stderr
    assert document(done) is not None


@pytest.mark.parametrize("command", sorted(set(cli.COMMANDS) - {"init", "schema"}))
def test_json_holds_for_errors_too(tmp_path: Path, command: str) -> None:
    """Outside of an instance each command fails, with code 2 and one document that says what to do."""
    needed = {
        "answer": ("form.xlsx",),
        "ask": ("Are passwords hashed?",),
        "aws": ("policy",),
        "import-page": ("page.html",),
        "erase": ("somebody", "--reason", "a request"),
        "keys": ("show",),
        "ledger": ("pull",),
        "pack": ("--to", "A. Reader", "--organisation", "Example", "--agreed", "2026-01-01"),
    }
    done = run(tmp_path, command, *needed.get(command, ()), "--json")
    assert done.returncode == 2, done.stdout + done.stderr
    (error,) = document(done)["errors"]
    assert error["what"]
    assert error["where"] or error["hint"]


def test_outside_of_an_instance_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    done = run(tmp_path, "check")
    assert done.returncode == 2
    assert "there is no trustcenter.toml here or above" in done.stderr
    assert "trustcenter init" in done.stderr


def test_without_a_key_nothing_is_fetched_and_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path, key=False)
    done = run(root, "check")
    assert done.returncode == 2
    assert "trustcenter keys init" in done.stderr
    assert not (root / "evidence").exists()
    assert not (root / ".trustcenter").exists()


def test_an_unknown_command_names_the_nearest(tmp_path: Path) -> None:
    done = run(tmp_path, "chek")
    assert (done.returncode, "did you mean `check`?" in done.stderr) == (2, True)


def test_an_unknown_option_is_2_with_the_way_to_help(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--ofline-please")
    assert (done.returncode, "`trustcenter check --help` shows how" in done.stderr) == (2, True)


def test_no_colour_where_none_is_wanted_and_colour_where_it_is(checked: Path) -> None:
    assert "\033[" not in run(checked, "check", "--offline").stdout
    assert "\033[" in run(checked, "check", "--offline", environment={"FORCE_COLOR": "1"}).stdout
    both = run(checked, "check", "--offline", environment={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert "\033[" not in both.stdout + both.stderr
