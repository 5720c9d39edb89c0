"""Activity and access log leave for another system over TLS, each line once the server has taken those before."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from signing_in import signed_in
from tls_servers import Authority

from trustcenter.errors import ConfigurationError
from trustcenter.portal import keeper
from trustcenter.portal.activity import forwarding
from trustcenter.portal.state import StateDirectory
from trustcenter.runtime.log_server import LogLine, LogServer, LogsRefusedError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Receiver:
    """Another system: it takes whatever comes over TLS. `polite` ones answer the end of a connection."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.received, self.polite = b"", True
        self._context, self._socket = context, socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) as peer:
                    while data := peer.recv(65536):
                        self.received += data
                        if not self.polite:
                            break
                    if self.polite:
                        peer.unwrap()
            except OSError:
                continue  # a peer that does not trust us, or that we hung up on

    def messages(self) -> list[tuple[str, str]]:
        """Log and text of each message received so far."""
        found, rest = [], self.received
        while rest:
            length, _, rest = rest.partition(b" ")
            body, rest = rest[: int(length)], rest[int(length) :]
            match = re.fullmatch(
                rb"<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z - trust-desk - (\w+) - \xef\xbb\xbf(.*)",
                body,
                re.DOTALL,
            )
            assert match, body
            found.append((match[1].decode(), match[2].decode()))
        return found


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    made = Receiver(authority.context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
    yield made
    made.close()


@pytest.fixture
def state(portal, tmp_path: Path) -> StateDirectory:
    """A folder whose access log is a copy: what was sent before is remembered there."""
    made = StateDirectory(tmp_path)
    made.access_log.parent.mkdir(parents=True)
    made.access_log.write_bytes(portal.state.access_log.read_bytes())
    return made


@pytest.fixture
def backup_dsn(portal) -> str:
    password = portal.state.secrets().backup_password
    return f"{portal.environment['PORTAL_READER_DSN']} user=trustcenter_backup password={password}"


def everything(backup_dsn: str, state: StateDirectory, server: LogServer) -> None:
    while forwarding.forward(backup_dsn, state, server, NOW):
        pass


def test_every_event_arrives_once_with_its_number_and_hash(
    portal, person, administrator, authority, receiver, state, backup_dsn
):
    server = LogServer("127.0.0.1", receiver.port, authority.file)
    everything(backup_dsn, state, server)
    address, password = person()
    signed_in(portal, address, password).sign_out()
    app_dsn = backup_dsn.replace("trustcenter_backup", "trustcenter_app").replace(
        portal.state.secrets().backup_password, portal.state.secrets().app_password
    )
    keeper._send_logs(backup_dsn, app_dsn, state, server)

    arrived = [json.loads(text) for log, text in receiver.messages() if log == "activity"]
    (tenant,) = administrator.execute("select id::text from portal.organisations where slug = 'quay'").fetchone()
    mine = [(event["seq"], event["hash"]) for event in arrived if event["organisation_id"] == tenant]
    rows = "select seq, encode(hash, 'hex') from portal.audit_events where organisation_id = %s order by seq"
    assert mine == administrator.execute(rows, (tenant,)).fetchall()
    lines = [text for log, text in receiver.messages() if log == "access"]
    assert lines == state.access_log.read_text().splitlines()
    assert password not in receiver.received.decode()
    contacted = administrator.execute("select host from portal.egress where port = %s", (receiver.port,)).fetchall()
    assert contacted == [("127.0.0.1",)], "a host that the keeper contacts is among those that are counted"


def test_what_was_not_taken_is_sent_again(authority, receiver, state, backup_dsn):
    """A server that hangs up, one that nobody vouches for, and one that is away: nothing counts as sent."""
    server = LogServer("127.0.0.1", receiver.port, authority.file)
    receiver.polite = False
    for wrong in (server, LogServer("127.0.0.1", receiver.port), LogServer("127.0.0.1", 9, authority.file)):
        with pytest.raises(LogsRefusedError):
            forwarding.forward(backup_dsn, state, wrong, NOW)
        assert not (state.own / "forwarded.json").exists()
    receiver.polite, receiver.received = True, b""

    assert forwarding.forward(backup_dsn, state, server, NOW) == len(receiver.messages()) > 0


def test_a_rotated_log_is_read_from_its_first_line_and_a_half_line_waits(authority, receiver, state, backup_dsn):
    server = LogServer("127.0.0.1", receiver.port, authority.file)
    everything(backup_dsn, state, server)
    receiver.received = b""
    state.access_log.write_text('{"n": 1}\n{"n": 2')
    everything(backup_dsn, state, server)
    with state.access_log.open("a") as file:
        file.write("}\n")
    everything(backup_dsn, state, server)

    assert [text for log, text in receiver.messages() if log == "access"] == ['{"n": 1}', '{"n": 2}']


def test_a_line_break_begins_no_other_message():
    message = LogLine(NOW, "activity", "one\n<110>1 two").message("trust-desk")
    length, _, body = message.partition(b" ")
    assert int(length) == len(body)


@pytest.mark.parametrize(
    "url", ["syslog://logs.example.com", "syslog+tls://", "syslog+tls://h:99999", "syslog+tls://h?key=x", "h:6514", ""]
)
def test_an_address_without_tls_or_host_is_refused(url):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        LogServer.parse(url)


def test_an_address_names_host_port_and_authority():
    assert LogServer.parse("syslog+tls://logs.example.com") == LogServer("logs.example.com", 6514)
    assert LogServer.parse("syslog+tls://logs:1514?ca=/x/a.pem") == LogServer("logs", 1514, Path("/x/a.pem"))
