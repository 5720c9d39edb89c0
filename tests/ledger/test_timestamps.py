"""Timestamps from an authority over HTTP.

Asked for, checked before they are kept, refused when they do not fit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import keys, layout, timestamps
from trustcenter.ledger.reading import Head
from trustcenter.ledger.store import Ledger

Say = Callable[..., bytes]
Authority = tuple[Callable[[bytes], bytes], bytes]


@pytest.fixture
def address(timestamp_authority: Authority) -> Iterator[str]:
    """An HTTP server on loopback in front of the authority."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/broken" or self.headers["Content-Type"] != "application/timestamp-query":
                self.send_error(503)
                return
            answer = b"x" * 1_000_001 if self.path == "/endless" else timestamp_authority[0](query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_over_http_is_kept_and_verifies(
    address: str, timestamp_authority: Authority, tmp_path: Path, say: Say
) -> None:
    now = datetime.now(UTC)
    signer = keys.init(tmp_path / "keys", "example.test/ledger", now)
    ledger = Ledger(tmp_path / "evidence", signer=signer, authority=timestamps.http_authority(address))
    assert ledger.append_statements([say(1)], now=now).timestamp_problem is None
    answer = (ledger.path / layout.history(2, "tsr")).read_bytes()
    head = ledger.head
    assert head is not None
    assert abs(timestamps.verify(answer, head, [timestamp_authority[1]]) - now) < timedelta(minutes=5)
    other = Head(head.data.replace(b"\n2\n", b"\n3\n"), "another checkpoint")
    with pytest.raises(TamperedError, match="not over this checkpoint"):
        timestamps.verify(answer, other, [timestamp_authority[1]])


@pytest.mark.parametrize(("path", "problem"), [("/broken", "did not answer"), ("/endless", "too long")])
def test_a_failing_authority_is_told(address: str, path: str, problem: str) -> None:
    with pytest.raises(TrustCenterError, match=problem):
        timestamps.http_authority(address + path)(b"query")


def test_an_authority_that_is_not_there_is_told() -> None:
    with pytest.raises(TrustCenterError, match="did not answer"):
        timestamps.http_authority("http://127.0.0.1:9", timeout=1)(b"query")
    with pytest.raises(ConfigurationError):
        timestamps.http_authority("file:///etc/passwd")


def test_a_token_for_other_bytes_is_never_kept(timestamp_authority: Authority, tmp_path: Path, say: Say) -> None:
    """The authority answers an older question.

    The checkpoint stays without a timestamp, and the receipt says why.
    """
    now = datetime.now(UTC)
    first: list[bytes] = []

    def replay(query: bytes) -> bytes:
        first.append(query)
        return timestamp_authority[0](first[0])

    signer = keys.init(tmp_path / "keys", "example.test/ledger", now)
    ledger = Ledger(tmp_path / "evidence", signer=signer, authority=replay)
    assert ledger.append_statements([say(1)], now=now).timestamp_problem is None
    problem = ledger.append_statements([say(2)], now=now).timestamp_problem
    assert problem is not None
    assert "not over this checkpoint" in problem
    assert not (ledger.path / layout.history(3, "tsr")).exists()
