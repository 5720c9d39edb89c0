"""The web client: bounded in time, size and retries; denial is an answer; what is no answer has a cause."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs import run_of
from web_platform import fernway

from trustcenter.model.population import CouldNotTell
from trustcenter.sources import http as module
from trustcenter.sources.interface import Http
from trustcenter.sources.open import open_for
from trustcenter.testing import sockets as faults


@contextlib.contextmanager
def client(settings: dict, seconds: float = 10.0) -> Iterator[Http]:
    with open_for({"http": Http}, run_of(settings, seconds=seconds)) as opened:
        yield opened["http"]


@contextlib.contextmanager
def answering(*answers: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A plain server that gives one answer a connection, the last one again and again; and what it was sent."""
    received: list[bytes] = []

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        data = connection.recv(65536)
        received.append(data)
        connection.sendall(answers[min(len(received), len(answers)) - 1])

    with faults.listening(serve) as port:
        yield port, received


def plain(port: int) -> dict[str, str]:
    return {"url": f"http://127.0.0.1:{port}"}


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
SLOW_DOWN = b"HTTP/1.1 429 Slow down\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_denial_and_redirects_are_answers(status: int) -> None:
    answer = b"HTTP/1.1 %d X\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(answer % status) as (port, received), client(plain(port)) as http:
        assert http.request("GET", "/").status == status
        assert len(received) == 1


@pytest.mark.parametrize("first", [BUSY, SLOW_DOWN, b""])
def test_a_busy_server_is_asked_again(first: bytes) -> None:
    with answering(first, OK) as (port, received), client(plain(port)) as http:
        assert http.request("GET", "/").body == b"ok"
        assert len(received) == 2


@pytest.mark.parametrize(("answer", "cause"), [(BUSY, "unreachable"), (SLOW_DOWN, "timed_out"), (b"", "incomplete")])
def test_a_server_that_stays_busy_is_given_up(answer: bytes, cause: str) -> None:
    with answering(answer) as (port, received), client(plain(port)) as http:
        with pytest.raises(CouldNotTell) as caught:
            http.request("GET", "/")
        assert caught.value.cause == cause
        assert len(received) == module.ATTEMPTS


def test_what_changes_something_is_sent_once() -> None:
    """A POST whose answer got lost may have been done."""
    with answering(BUSY) as (port, received), client(plain(port)) as http:
        with pytest.raises(CouldNotTell):
            http.request("POST", "/", form={"a": "b"})
        assert len(received) == 1


def test_a_probe_gets_the_first_answer_whatever_it_is() -> None:
    with answering(BUSY) as (port, received), client(plain(port)) as http:
        assert http.request("GET", "/", retry=False).status == 503
        assert len(received) == 1


def test_retries_end_with_the_runs_time() -> None:
    with answering(BUSY) as (port, _), client(plain(port), seconds=0.02) as http:
        with pytest.raises(CouldNotTell) as caught:
            http.request("GET", "/")
        assert caught.value.cause == "timed_out"


def test_an_endless_answer_is_cut_at_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 1000)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n" + b"x" * 5000
    with answering(answer) as (port, _), client(plain(port)) as http:
        with pytest.raises(CouldNotTell, match="larger than") as caught:
            http.request("GET", "/")
        assert caught.value.cause == "malformed"


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "]
)
def test_an_answer_that_drips_is_timed_out(begun: bytes) -> None:
    """Each byte of the body, or of a header, comes within the read limit; the whole answer does not."""

    def drip(connection: socket.socket, ending: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(begun)
        while not ending.wait(0.02):
            connection.sendall(b"x")

    with faults.listening(drip) as port, client(plain(port), seconds=0.3) as http:
        started = time.monotonic()
        with pytest.raises(CouldNotTell) as caught:
            http.request("GET", "/", retry=False)
        assert caught.value.cause == "timed_out"
        assert time.monotonic() - started < 30, "bytes that drip never end by themselves"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"220 mail.example ready\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", "malformed"),
    ],
)
def test_what_is_no_whole_answer_has_a_cause(answer: bytes, cause: str) -> None:
    with answering(answer) as (port, _), client(plain(port)) as http:
        with pytest.raises(CouldNotTell) as caught:
            http.request("GET", "/", retry=False)
        assert caught.value.cause == cause


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "http://127.0.0.1:1/"])
def test_an_address_of_another_system_is_never_called(address: str) -> None:
    with answering(OK) as (port, received), client(plain(port)) as http:
        with pytest.raises(CouldNotTell) as caught:
            http.request("GET", address)
        assert caught.value.cause == "unsafe"
        assert received == []


def test_each_session_has_its_own_cookies(tmp_path: Path) -> None:
    with fernway(tmp_path) as app, client(app.settings()) as http:
        one, other = http.session(), http.session()
        form = {"who": "ash@fernway.example", "word": app.passwords["ash@fernway.example"], "guard": "g"}
        assert one.request("POST", "/entrance", form=form).status == 303
        assert one.request("GET", "/whoami").status == 200
        assert other.request("GET", "/whoami").status == 401
        assert http.request("GET", "/whoami").status == 401


def test_an_authority_that_cannot_be_read_is_a_setting_to_repair(tmp_path: Path) -> None:
    with (
        pytest.raises(CouldNotTell, match="`ca`") as caught,
        client({"url": "https://127.0.0.1:1", "ca": str(tmp_path)}),
    ):
        pass
    assert caught.value.cause == "unsupported"
