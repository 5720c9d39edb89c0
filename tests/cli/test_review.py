"""Reviewing in the terminal: what is uncertain or open is asked for, confirmed or written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import small_instance
import yaml
from command_line import run_command
from small_instance import document, run

from trustcenter.errors import ConfigurationError
from trustcenter.pipeline.remembering import write_answer

OPEN = "In which year was your company founded?"
FORM = f"Question,Answer,Comments\n{OPEN},,\nCan attackers guess stored secrets quickly?,,\n"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_instance.write(tmp_path_factory.mktemp("review"))
    assert run(root, "check").returncode == 0
    (root / "form.csv").write_text(FORM)
    return root


def test_an_open_question_is_written_and_answered_from_then_on(instance: Path) -> None:
    """The answer goes into the copy at once, cites the reviewed answer, and answers the next form too."""
    done = run_command(
        ("answer", "form.csv", "--review", "-o", "answered.csv"),
        folder=instance,
        environment=dict(os.environ),
        seconds=120,
        given="wt\nIt was founded in 2012.\n\n",
    )
    written = (instance / "answered.csv").read_text()
    kept = yaml.safe_load((instance / "controls/answers.yaml").read_text())["answers"]
    assert run(instance, "check").returncode == 0
    again = document(run(instance, "answer", "form.csv", "--dry-run", "--json"))["rows"][0]

    assert done.returncode == 0, done.stderr
    assert f"1/2  {OPEN}" in done.stdout
    assert "2/2  Can attackers" in done.stdout
    assert "It was founded in 2012." in written
    assert "[answers/in-which-year-was-your-company-founded] declared" in written
    assert [one["questions"] for one in kept] == [[OPEN]]
    assert (again["outcome"], again["answer"]) == ("answered", "It was founded in 2012.")


def _line(folder: Path) -> SimpleNamespace:
    """As much of an opened instance as keeping an answer looks at."""
    return SimpleNamespace(
        instance=SimpleNamespace(controls=folder), catalogue=SimpleNamespace(answers=()), now=lambda: NOW
    )


def test_the_text_of_the_file_stays_and_names_differ(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("# ours\nanswers:\n  - {id: who-are-you, questions: [Who]}  # short\n")

    write_answer(_line(tmp_path), "Who are you?", 'We: "the vendor" # really', "text", "anna")

    text = path.read_text()
    assert text.startswith("# ours\nanswers:\n  - {id: who-are-you, questions: [Who]}  # short\n")
    added = yaml.safe_load(text)["answers"][1]
    assert (added["id"], added["answer"]) == ("who-are-you-2", 'We: "the vendor" # really')
    assert (str(added["reviewed"]), str(added["expires"])) == ("2026-03-02", "2026-08-29")


@pytest.mark.parametrize("text", ["answers: []\n", "answers:\n- {id: one}\n", "answers:\n  - {id: one}\nmore: 1\n"])
def test_a_file_that_cannot_take_it_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match="cannot be added"):
        write_answer(_line(tmp_path), "Who are you?", "We are.", "text", "anna")

    assert path.read_text() == text


def test_a_question_that_is_answered_already_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text('answers:\n  - {id: one, questions: ["Who are you?"]}\n')

    with pytest.raises(ConfigurationError, match="already"):
        write_answer(_line(tmp_path), "who  are you?", "We are.", "text", "anna")

    assert path.read_text().count("id:") == 1


def test_an_answer_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="words"):
        write_answer(_line(tmp_path), "Who are you?", " ", "text", "anna")
