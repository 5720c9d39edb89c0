"""The optional model, over a server that misbehaves: what it says is held to the claims, silence harms nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.pipeline.drafting import KEY, MODEL, URL, Drafter, from_environment
from trustcenter.publish.questionnaire import Answerable, Decision

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
