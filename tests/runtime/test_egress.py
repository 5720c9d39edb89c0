"""The recorder of outgoing connections: what its policy records, and that its hook hears every library's socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from trustcenter.runtime.egress import (
    REMEMBERED,
    Connecting,
    Contact,
    EgressPolicy,
    Names,
    Recorder,
    Resolved,
)

NOW = datetime(2026, 11, 26, 10, 59, 30, tzinfo=UTC)
HOUR = NOW.replace(minute=0, second=0)
POLICY = EgressPolicy()
TO = Connecting("192.0.2.7", 443, "tcp")


def hosts(names: Names, event: Connecting = TO, now: datetime = NOW) -> list[str]:
    return [contact.host for contact in POLICY.decide(names, event, now)[1]]


def learned(*resolved: Resolved, at: datetime = NOW) -> Names:
    names = Names()
    for event in resolved:
        names, contacts = POLICY.decide(names, event, at)
        assert contacts == ()
    return names


def test_a_connection_is_recorded_under_the_name_that_led_to_its_address() -> None:
    names = learned(Resolved("API.Tally.example.", ("192.0.2.7", "2001:db8::7")))
    assert POLICY.decide(names, TO, NOW)[1] == (Contact("api.tally.example", 443, "tcp", HOUR),)


def test_an_address_that_nobody_resolved_stands_for_itself() -> None:
    assert hosts(learned(Resolved("api.tally.example", ("192.0.2.8",)))) == ["192.0.2.7"]
    assert hosts(learned(Resolved("192.0.2.7", ("192.0.2.7",)))) == ["192.0.2.7"]


def test_of_several_names_for_one_address_none_hides_behind_another() -> None:
    names = learned(Resolved("a.example", ("192.0.2.7",)), Resolved("b.example", ("192.0.2.7",)))
    assert hosts(names) == ["a.example", "b.example"]


def test_a_name_does_not_stand_for_an_address_for_ever() -> None:
    names = learned(Resolved("a.example", ("192.0.2.7",)))
    assert hosts(names, now=NOW + timedelta(hours=1)) == ["a.example"]
    assert hosts(names, now=NOW + timedelta(hours=1, seconds=1)) == ["192.0.2.7"]


def test_what_is_remembered_is_bounded_and_the_oldest_is_forgotten() -> None:
    many = [Resolved("many.example", (f"10.{n // 65536}.{n // 256 % 256}.{n % 256}",)) for n in range(REMEMBERED)]
    full = Names({one.addresses[0]: {one.host: NOW} for one in many})
    names, _ = POLICY.decide(full, Resolved("last.example", ("192.0.2.7",)), NOW)
    assert len(names.of) == REMEMBERED
    assert hosts(names) == ["last.example"]
    assert many[0].addresses[0] not in names.of


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder(lambda: NOW)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def server() -> Iterator[int]:
    """Accepts, says that there is nothing, and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            with accepted:
                accepted.recv(4096)
                accepted.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def mine(recorder: Recorder, port: int) -> dict[str, int]:
    return {one.host: times for one, times in recorder.drain().items() if one.port == port}


def test_a_library_that_knows_nothing_of_us_is_heard_by_name(recorder: Recorder, server: int) -> None:
    connection = HTTPConnection("localhost", server, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 204
    connection.close()
    heard = mine(recorder, server)
    assert heard.get("localhost", 0) >= 1
    assert mine(recorder, server) == {}  # handed over once


def test_a_bare_socket_and_asyncio_are_heard(recorder: Recorder, server: int) -> None:
    with socket.socket() as bare:
        bare.connect(("127.0.0.1", server))

    async def ask() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", server)
        writer.close()

    asyncio.run(ask())
    assert mine(recorder, server)["127.0.0.1"] == 2


def test_an_attempt_that_fails_is_a_contact_too(recorder: Recorder) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port = holder.getsockname()[1]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        assert mine(recorder, port) == {"127.0.0.1": 1}


def test_datagrams_are_heard_whether_connected_or_not(recorder: Recorder) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taker, socket.socket(type=socket.SOCK_DGRAM) as sender:
        taker.bind(("127.0.0.1", 0))
        sender.sendto(b"x", taker.getsockname())
        sender.connect(taker.getsockname())
        found = {one.protocol: n for one, n in recorder.drain().items() if one.port == taker.getsockname()[1]}
    assert found == {"udp": 2}


def test_sockets_of_the_file_system_have_no_host(recorder: Recorder) -> None:
    with socket.socket(socket.AF_UNIX) as local, pytest.raises(OSError, match="No such file"):
        local.connect("/nowhere/at/all")
    assert all(one.port for one in recorder.drain())


def test_nothing_is_heard_after_the_end(server: int) -> None:
    recorder = Recorder(lambda: NOW)
    recorder.start()
    recorder.start()  # twice is once
    recorder.stop()
    socket.create_connection(("127.0.0.1", server), timeout=5).close()
    assert recorder.drain() == {}
