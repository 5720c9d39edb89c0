"""`match` and `ask`: one question a line in, one object a line out; answers only from what was assessed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import small_instance
from small_instance import document, run

FIELDS = {"id", "question", "section", "controls", "criteria", "band", "polarity", "answer", "citations"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_instance.write(tmp_path_factory.mktemp("matching"))
    control = root / "controls/change/tickets.yaml"
    control.write_text(
        f'{control.read_text()}    aliases: ["Are all changes approved before they reach production?"]\n'
    )
    done = run(root, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@contextmanager
def lying(text: str) -> Iterator[str]:
    """The address of a model on loopback that always says this."""
    reply = json.dumps({"choices": [{"message": {"content": text}}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def match(root: Path, text: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "trustcenter.cli", "match"],
        cwd=root, input=text, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_text_and_json_lines_from_standard_input(checked: Path) -> None:
    asked = {"id": "7.1", "text": "Are all changes approved?", "section": "Changes", "choices": ["Yes", "No"]}

    first, second = match(checked, f"Do you scan hosts for vulnerabilities?\n\n{json.dumps(asked)}\n")

    assert set(first) >= FIELDS
    assert (first["outcome"], first["answer"], first["citations"]) == ("abstained", "", [])
    assert first["criteria"][0]["id"] == "CC7.1"
    assert (second["id"], second["section"]) == ("7.1", "Changes")
    assert (second["outcome"], second["answer"], second["choice"]) == ("answered", "yes", "Yes")
    assert second["controls"][0]["control"] == "change.tickets"
    (cited,) = second["citations"]
    assert (cited["claim"], cited["state"]) == ("change.tickets/approved", "tested")
    assert cited["as_of"]
    assert cited["methods"]
    assert cited["link"].startswith("https://")


def test_a_file_of_questions_as_one_document(checked: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("Are changes approved?\nDo you have cyber insurance?\n")

    found = document(run(checked, "match", str(path), "--json"))

    assert [entry["question"] for entry in found["questions"]] == path.read_text().splitlines()


@pytest.mark.parametrize(
    ("line", "words"),
    [('{"text": ', "starts like JSON"), ('{"id": "1"}', "no `text`"), ('{"text": "a?", "choices": "Yes"}', "choices")],
)
def test_a_broken_line_is_named(checked: Path, tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{{"text": "Are changes approved?"}}\n{line}\n')

    done = run(checked, "match", str(path))

    assert done.returncode == 2
    assert words in done.stderr
    assert "questions.jsonl:2" in done.stderr


def test_ask_answers_with_its_proof_and_abstains_with_what_is_near(checked: Path) -> None:
    answered = run(checked, "ask", "Are all changes approved?").stdout
    open_ = run(checked, "ask", "Do you have a plan for pandemics?").stdout

    assert "Yes. Every change was approved." in answered
    assert "change.tickets/approved" in answered
    assert "abstained" in open_
    assert "CC9.1" in open_


def test_before_anything_was_assessed_nothing_is_answered(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)

    found = document(run(root, "ask", "Are all changes approved?", "--json"))

    assert "no answer is given" in found["note"]
    assert found["outcome"] != "answered"
    assert found["criteria"][0]["id"] == "CC8.1"


def test_a_fallen_claim_turns_its_answer_to_review(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    (root / "exports/tickets.csv").write_text("ticket,approved\nT-1,true\nT-2,false\n")
    assert run(root, "check").returncode == 1

    found = document(run(root, "ask", "Are all changes approved?", "--json"))

    assert (found["outcome"], found["answer"]) == ("needs_review", "")


def test_a_draft_is_off_by_default_and_needs_an_endpoint(checked: Path) -> None:
    done = run(checked, "ask", "Are all changes approved?", "--draft")

    assert done.returncode == 2
    assert "TRUSTCENTER_DRAFT_URL" in done.stderr


def test_a_lying_model_changes_no_customers_file(checked: Path) -> None:
    """`answer --draft` over a server that adds a certificate: the quoted sentence stands, and it is said."""
    (checked / "form.csv").write_text("Question,Answer,Comments\nAre all changes approved?,,\n")
    with lying("Yes. All changes are approved, as our ISO 27001 certificate requires.") as address:
        place = {"TRUSTCENTER_DRAFT_URL": address, "TRUSTCENTER_DRAFT_MODEL": "any"}
        done = run(checked, "answer", "form.csv", "-o", "drafted.csv", "--draft", "--json", environment=place)

    (row,) = document(done)["rows"]
    assert row["outcome"] == "answered"
    assert "adds" in row["draft"]
    assert "ISO" not in (checked / "drafted.csv").read_text()
    assert row["answer"] in (checked / "drafted.csv").read_text()


def test_what_is_far_too_long_is_refused_with_its_line(checked: Path) -> None:
    asked = run(checked, "ask", "word " * 10_000)
    lines = subprocess.run(
        [sys.executable, "-m", "trustcenter.cli", "match"], cwd=checked, capture_output=True, text=True, timeout=120,
        input="Are all changes approved?\n" + "word " * 1_000_000, check=False,
    )  # fmt: skip

    assert asked.returncode == lines.returncode == 2
    assert "between 1 and" in asked.stderr
    assert ":2" in lines.stderr
    assert "longer than" in lines.stderr
