"""A version counts as refused only when the server refuses it, whatever this machine's OpenSSL would do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs import run_of
from tls_servers import Authority, Version, with_alerts, without_alerts

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Tls
from trustcenter.sources.open import open_for
from trustcenter.testing import sockets as faults

OLD = ("SSLv3", "TLSv1", "TLSv1.1")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextlib.contextmanager
def endpoint(port: int, authority: Authority | None = None, seconds: float = 10.0) -> Iterator[Tls]:
    settings = {"host": "127.0.0.1", "port": port, **({"ca": str(authority.file)} if authority else {})}
    with open_for({"tls": Tls}, run_of(settings, kind="endpoint", seconds=seconds)) as opened:
        yield opened["tls"]


def cause_of(tls: Tls, version: str) -> str:
    with pytest.raises(CouldNotTell) as caught:
        tls.handshake(version)
    return caught.value.cause


@pytest.mark.parametrize("server", [with_alerts, without_alerts])
def test_a_modern_server_refuses_the_old_versions(authority: Authority, server) -> None:
    """With an alert, or by hanging up each time between handshakes that it does accept."""
    context = authority.context(Version.TLSv1_2, Version.TLSv1_3, "ECDHE+AESGCM:ECDHE+CHACHA20")
    with server(context) as port, endpoint(port, authority) as tls:
        for version in OLD:
            assert tls.handshake(version).accepted is False
        alert = tls.handshake("TLSv1.1").refusal
        assert alert == ("protocol_version" if server is with_alerts else "closed")
        for version in ("TLSv1.2", "TLSv1.3"):
            shaken = tls.handshake(version, verify=True)
            assert (shaken.accepted, shaken.verified, shaken.problem) == (True, True, None)
            assert shaken.certificate
        assert tls.weak_suites() == ()


@pytest.mark.parametrize("server", [with_alerts, without_alerts])
def test_an_old_server_is_caught_although_this_machine_would_refuse(authority: Authority, server) -> None:
    context = authority.context(Version.TLSv1, Version.TLSv1_2, "ALL:@SECLEVEL=0")
    with server(context) as port, endpoint(port, authority) as tls:
        assert tls.handshake("TLSv1").accepted
        assert tls.handshake("TLSv1.1").cipher == "ECDHE-ECDSA-AES256-SHA"
        assert tls.handshake("TLSv1.3").accepted is False
        assert "ECDHE-ECDSA-AES256-SHA" in tls.weak_suites()


@pytest.mark.parametrize(("lowest", "refused"), [(Version.TLSv1_3, "TLSv1.2"), (Version.TLSv1_2, "TLSv1.3")])
def test_one_version_alone_is_told_from_the_other(authority: Authority, lowest: Version, refused: str) -> None:
    context = authority.context(lowest, lowest)
    with with_alerts(context) as port, endpoint(port, authority) as tls:
        assert tls.handshake(refused).refusal == "protocol_version"


def test_a_certificate_of_another_authority_or_host_does_not_verify(authority: Authority, tmp_path: Path) -> None:
    """That is a fact about the server, not a failure to look."""
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    context = authority.context(Version.TLSv1_2, Version.TLSv1_3)
    with with_alerts(context) as port, endpoint(port, other) as tls:
        shaken = tls.handshake("TLSv1.3", verify=True)
        assert (shaken.accepted, shaken.verified) == (True, False)
    context = authority.context(Version.TLSv1_2, Version.TLSv1_3, host="elsewhere.example")
    with with_alerts(context) as port, endpoint(port, authority) as tls:
        assert "mismatch" in (tls.handshake("TLSv1.2", verify=True).problem or "")


@pytest.mark.parametrize("version", [*OLD, "TLSv1.2", "TLSv1.3"])
def test_what_proves_nothing_raises(version: str) -> None:
    """No connection, silence, nonsense, and a server that hangs up on everybody."""
    with faults.refused() as port, endpoint(port) as tls:
        assert cause_of(tls, version) == "unreachable"
    with faults.silent() as port, endpoint(port, seconds=0.3) as tls:
        assert cause_of(tls, version) == "timed_out"
    with faults.garbage() as port, endpoint(port) as tls:
        assert cause_of(tls, version) == "malformed"
    with faults.listening(_hang_up) as port, endpoint(port) as tls:
        assert cause_of(tls, version) == "incomplete"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.2", "TLSv1.3"])
def test_a_handshake_that_is_cut_is_incomplete(authority: Authority, version: str) -> None:
    context = authority.context(Version.TLSv1, Version.TLSv1_3, "ALL:@SECLEVEL=0")
    with with_alerts(context) as server, faults.cut_after(server, 4) as port, endpoint(port, authority) as tls:
        assert cause_of(tls, version) == "incomplete"


def test_handshake_failure_from_a_server_that_accepts_nothing_is_no_refusal() -> None:
    """The alert alone may mean that our hello was not to its liking."""
    with faults.garbage(b"\x15\x03\x01\x00\x02\x02\x28") as port, endpoint(port) as tls:
        assert cause_of(tls, "TLSv1.1") == "incomplete"


@pytest.mark.parametrize("alert", [b"\x50", b"\x0a"])
def test_another_alert_is_no_refusal(alert: bytes) -> None:
    with faults.garbage(b"\x15\x03\x01\x00\x02\x02" + alert) as port, endpoint(port) as tls:
        assert cause_of(tls, "TLSv1.1") == "contradicted"


def test_an_unknown_version_is_unsupported() -> None:
    with faults.refused() as port, endpoint(port) as tls:
        assert cause_of(tls, "TLSv9") == "unsupported"


def _hang_up(connection: socket.socket, ending: threading.Event) -> None:
    connection.recv(65536)
