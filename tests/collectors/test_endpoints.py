"""`security_txt` and `exposed_ports` against servers of our own on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import Stage, conform, sockets

GOOD = """\
# Whom to tell
Contact: mailto:security@shop.example
Contact: https://shop.example/report
Expires: 2027-06-01T00:00:00Z
Preferred-Languages: en, de
"""


def read(text: str, status: int = 200, kind: str = "text/plain; charset=utf-8") -> Any:
    with sockets.answering(status, kind, text.encode()) as port:
        run = run_of({"url": f"http://127.0.0.1:{port}"}, kind="endpoint")
        (fact,) = collect(find("security_txt"), run).facts
    return fact


def test_a_good_file_is_valid() -> None:
    fact = read(GOOD)
    assert fact.valid
    assert fact.contacts == ("mailto:security@shop.example", "https://shop.example/report")
    assert (fact.expires, fact.canonical_matches, fact.signed) == (datetime(2027, 6, 1, tzinfo=UTC), None, False)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Expires: 2027-06-01T00:00:00Z\n", "", None),
        ("2027-06-01T00:00:00Z", "next summer", "`expires` is no moment"),
        ("Preferred", "Expires: 2027-06-01T00:00:00Z\nPreferred", "`expires` stands there twice"),
        ("mailto:security@shop.example", "security@shop.example", "is no address of a contact"),
        ("Preferred-Languages: en, de", "<p>hello", "line 5 is no field"),
    ],
)
def test_what_the_standard_forbids_is_not_valid(old: str, new: str, problem: str | None) -> None:
    fact = read(GOOD.replace(old, new))
    assert not fact.valid
    assert problem is None or any(problem in text for text in fact.problems)


def test_a_web_page_is_no_security_txt() -> None:
    assert not read("<!doctype html><title>Welcome</title>", kind="text/html").valid
    assert not read(GOOD, kind="text/html").valid
    assert not read("not here", status=404).served


def test_a_signed_file_is_read_inside_its_signature() -> None:
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + GOOD + "-----BEGIN PGP SIGNATURE-----\n\nabc\n"
        "-----END PGP SIGNATURE-----\n"
    )
    fact = read(signed)
    assert (fact.valid, fact.signed) == (True, True)


def test_a_closed_door_is_inconclusive() -> None:
    with pytest.raises(CouldNotTell) as caught:
        read("no", status=403)
    assert caught.value.cause == "denied"


def test_security_txt_conforms() -> None:
    page = "a page of another kind is no security.txt, and that is the fact: `valid` is false"
    with sockets.answering(200, "text/plain", GOOD.encode()) as port:
        stage = Stage({"url": f"http://127.0.0.1:{port}"}, tolerates={("url", "wrong_type"): page}, patience=1.0)
        assert [str(one) for one in conform(find("security_txt"), stage)] == []


@contextmanager
def host() -> Iterator[tuple[int, int, int]]:
    """A witness that answers, a database that answers, and a port where nobody listens."""
    with (
        sockets.answering(200, "text/plain", b"") as witness,
        socket.create_server(("127.0.0.1", 0)) as database,
        sockets.refused() as nobody,
    ):
        yield witness, database.getsockname()[1], nobody


def test_an_open_port_is_open_and_a_closed_one_closed() -> None:
    with host() as (witness, database, nobody):
        mapping = {"hosts": ["127.0.0.1"], "ports": [database, nobody], "witness": witness}
        facts = collect(find("exposed_ports"), run_of({}, mapping, kind="endpoint")).facts
    assert [fact.state for fact in facts] == ["open", "closed"]


def test_without_a_witness_nothing_is_known() -> None:
    """Everything is closed where our own network is down: that would look like safety."""
    with host() as (_, database, nobody):
        run = run_of({}, {"hosts": ["127.0.0.1"], "ports": [database], "witness": nobody}, kind="endpoint")
        with pytest.raises(CouldNotTell) as caught:
            collect(find("exposed_ports"), run)
    assert caught.value.cause == "unreachable"


@dataclass(frozen=True)
class Witness:
    """The way of the port scan: its witness. What is refused or silent is what it looks for."""

    name: str = "witness"
    faults: tuple[str, ...] = ("refused",)

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        settings["hosts"] = ["127.0.0.1"]
        settings["url"] = f"http://127.0.0.1:{stack.enter_context(sockets.refused())}"


def test_exposed_ports_conforms() -> None:
    with host() as (witness, database, nobody):
        settings = {"url": f"http://127.0.0.1:{witness}", "hosts": ["127.0.0.1"]}
        stage = Stage(settings, {"ports": [database, nobody]}, ways=[Witness()])
        assert [str(one) for one in conform(find("exposed_ports"), stage)] == []
