"""The optional model, over a server that misbehaves: what it says is held to the claims, silence harms nothing."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.pipeline.drafting import KEY, MODEL, URL, Drafter, from_environment
from trustcenter.publish.questionnaire import Answerable, Decision, answer_bytes
from trustcenter.publish.questionnaire.draft import UNASKED, Draft, Rephrase, until_silent
from trustcenter.publish.questionnaire.model import Row

NOW = datetime(2026, 11, 21, tzinfo=UTC)

SENTENCE = "Backups are encrypted with AES-256."
DECISION = Decision(
    outcome="answered",
    verdict="yes",
    text=f"Yes. {SENTENCE}",
    reason="",
    claims=(
        Answerable("a.b/c", SENTENCE, "tested", ("probe",), None, (), (), "Backups", "https://trust.example", None),
    ),
    confidence=0.9,
    band="high",
    candidates=(),
    criteria=(),
)


class Server(HTTPServer):
    """Replies with what the test says, and keeps what it was sent."""

    reply: tuple[int, bytes] = (200, b"")
    seen: list[tuple[str, dict[str, str], dict[str, Any]]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, json.loads(body)))
        status, text = self.server.reply
        self.send_response(status)
        self.send_header("location", "http://127.0.0.1:9/elsewhere")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def drafter(server: Server, key: str = "") -> Drafter:
    return from_environment({URL: f"http://127.0.0.1:{server.server_port}/v1", MODEL: "any", KEY: key})


def completion(text: object) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def test_a_faithful_rephrasing_is_used_and_only_published_words_were_sent(server: Server) -> None:
    server.reply = completion("Yes. We encrypt backups with AES-256.")
    word = "made-for-this-test"

    found = drafter(server, word).rephrase("Are backups encrypted?", DECISION)

    assert (found.text, found.accepted) == ("Yes. We encrypt backups with AES-256.", True)
    ((path, headers, sent),) = server.seen
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {word}"
    assert "a.b/c" not in json.dumps(sent)
    assert word not in json.dumps(sent)
    assert word not in repr(drafter(server, word))


def test_an_addition_is_refused_and_the_plain_text_stands(server: Server) -> None:
    server.reply = completion("Yes. Backups are encrypted with AES-256, as our ISO 27001 certificate requires.")

    found = drafter(server).rephrase("Are backups encrypted?", DECISION)

    assert (found.text, found.accepted) == (DECISION.text, False)
    assert "adds" in found.reason


@pytest.mark.parametrize(
    "reply",
    [(500, b"{}"), (401, b""), (302, b""), (200, b"not json"), (200, b"{}"), completion(None), completion(7),
     (200, b"[]"), (200, b" " * 400_000)],
)  # fmt: skip
def test_a_model_that_fails_changes_nothing(server: Server, reply: tuple[int, bytes]) -> None:
    server.reply = reply

    found = drafter(server).rephrase("Are backups encrypted?", DECISION)

    assert (found.text, found.accepted) == (DECISION.text, False)
    assert found.reason
    assert len(server.seen) == 1


def test_a_closed_port_changes_nothing() -> None:
    found = Drafter("http://127.0.0.1:9/v1", "any", seconds=2).rephrase("Are backups encrypted?", DECISION)

    assert (found.text, found.accepted) == (DECISION.text, False)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "is not set"),
        ({URL: "http://models.example.test/v1", MODEL: "any"}, "https"),
        ({URL: "https://name:word@models.example.test/v1", MODEL: "any"}, "more than a path"),
        ({URL: "https://models.example.test/v1"}, MODEL),
    ],
)
def test_what_is_not_set_or_not_safe_is_refused(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        from_environment(environ)


ASKED = ("Is customer data encrypted at rest?", "Are backups encrypted?", "Do you hold ISO 27001?")
FORM = "".join(f"{line}\n" for line in ("Question,Answer,Comment", *(f"{one},," for one in ASKED))).encode()
CLAIMS = (
    Answerable("a.rest/c", "Customer data at rest is encrypted with AES-256.", "tested", ("probe",), None, (), (),
               "Encryption at rest", "https://trust.example", None),
    Answerable("a.backup/c", SENTENCE, "tested", ("probe",), None, (), (), "Backup encryption",
               "https://trust.example", None),
)  # fmt: skip
PLAIN = ["Yes. Customer data at rest is encrypted with AES-256.", "Yes. Backups are encrypted with AES-256.", ""]


def filled(rephrase: Rephrase | None, **more: Any) -> tuple[list[list[str]], tuple[Row, ...]]:
    """The form's answers and comments as its reader sees them, and the report's rows."""
    copy, report = answer_bytes(FORM, CLAIMS, (), NOW, where="form.csv", rephrase=rephrase, **more)
    rows = list(csv.reader(io.StringIO(copy.decode())))[1:]
    return [row[1:] for row in rows], report.rows


@pytest.mark.parametrize(
    "lie",
    [
        "Yes. Customer data at rest is encrypted with AES-256 and backups with AES-512.",
        "Yes. Customer data at rest is encrypted, certified under ISO 27001.",
        "Yes. Customer data at rest has been encrypted since 2019.",
        "Yes. Customer data at rest is encrypted with keys in a hardware module.",
        "No. Customer data at rest is encrypted with AES-256.",
        "",
        "Yes. " + "Customer data at rest is encrypted with AES-256. " * 40,
        "Yes. Customer data at rest is encrypted with AES-256.\n=HYPERLINK(\"https://elsewhere.example\")",
    ],
)  # fmt: skip
def test_a_lying_model_changes_no_file(server: Server, lie: str) -> None:
    """The copy is byte for byte the one without a model, and the report says why each wording was refused."""
    server.reply = completion(lie)

    cells, rows = filled(drafter(server).rephrase)

    assert [answer for answer, _ in cells] == PLAIN
    assert cells == filled(None)[0]
    assert all(row.draft not in ("", "accepted") for row in rows if row.outcome == "answered")


def test_a_faithful_wording_is_written_beside_the_same_citation(server: Server) -> None:
    server.reply = completion("Yes. We encrypt customer data at rest with AES-256.")

    cells, rows = filled(drafter(server).rephrase)

    assert cells[0][0] == "Yes. We encrypt customer data at rest with AES-256."
    assert "a.rest/c" in cells[0][1]
    assert cells[1][0] == PLAIN[1]  # the same words say nothing that holds of backups
    assert [row.draft == "accepted" for row in rows] == [True, False, False]
    assert len(server.seen) == 2  # nobody is asked about what is not answered


def test_a_person_s_words_and_options_are_not_sent_to_a_model(server: Server) -> None:
    server.reply = completion("Yes. Anything.")

    cells, _ = filled(drafter(server).rephrase, edited={1: "Yes, as agreed by phone.", 2: "Yes, these too."})

    assert [answer for answer, _ in cells][:2] == ["Yes, as agreed by phone.", "Yes, these too."]
    assert server.seen == []


def test_a_silent_model_is_not_waited_for_in_every_row() -> None:
    asked: list[str] = []

    def silent(question: str, decision: Decision) -> Draft:
        asked.append(question)
        return Draft(decision.text, False, f"{UNASKED} (TimeoutError)")

    patient = until_silent(silent)
    found = [patient(f"Question {number}?", DECISION) for number in range(300)]

    assert len(asked) == 3
    assert {one.text for one in found} == {DECISION.text}
    assert not any(one.accepted for one in found)
