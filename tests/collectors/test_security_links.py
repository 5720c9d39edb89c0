"""`security_links` against a web of our own on loopback: alive, gone, moved, closed, and nowhere outside unasked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.place import Place
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.records import Subprocessor
from trustcenter.sources.web import WebClient, _NoSuchNameError
from trustcenter.testing import Port, Stage, conform, sockets

LINKS = find("security_links")
VENDOR = Subprocessor(
    "mail", "Mail", "mails", ("names",), "EU", "none needed", "https://vendor.example/security", "of May 2026",
    date(2026, 1, 1), date(2026, 2, 1), Place("controls/subprocessors.yaml", 1, 1), hosts=("*.vendor-pages.example",),
)  # fmt: skip
NAMES = ("vendor.example", "www.vendor.example", "docs.vendor-pages.example", "stranger.example", "other.example")


@dataclass
class Others:
    """Web servers of others: host and path to status, location and body."""

    port: int
    ca: Path
    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    @property
    def mapping(self) -> dict[str, Any]:
        return {"ca": str(self.ca), "addresses": dict.fromkeys(NAMES, f"127.0.0.1:{self.port}")}

    def seen(self, *records: Subprocessor, **mapping: Any) -> Population[Any]:
        settings = {"subprocessors": records or (VENDOR,)}
        return collect(LINKS, run_of(settings, {**self.mapping, **mapping}, kind="records", seconds=10))

    def state(self, *records: Subprocessor) -> str:
        return str(self.seen(*records).facts[0].state)

    def refused(self, *records: Subprocessor, **mapping: Any) -> CouldNotTell:
        with pytest.raises(CouldNotTell) as caught:
            self.seen(*records, **mapping)
        return caught.value


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Others]:
    ca, file = trustme.CA(), tmp_path_factory.mktemp("others") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*NAMES).configure_cert(context)
    others = Others(0, file)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            status, location, text = others.pages.get(f"{self.headers['host']}{self.path}", (404, "", "no"))
            self.send_response_only(status)
            if location:
                self.send_header("location", location)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    others.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield others
    server.shutdown()
    server.server_close()


@pytest.fixture
def others(serving: Others) -> Others:
    serving.pages.clear()
    serving.pages["vendor.example/security"] = (200, "", "how we protect data")
    return serving


def test_a_page_that_answers_is_alive_and_its_digest_is_kept(others: Others) -> None:
    found = others.seen()
    (fact,) = found.facts
    assert (fact.subprocessor, fact.use, fact.state, fact.final_host) == (
        "mail",
        "security_page",
        "alive",
        "vendor.example",
    )
    assert fact.digest.startswith("sha256:")
    assert found.completeness.holds


def test_addresses_in_the_agreement_are_links_too_and_ended_companies_are_left_out(others: Others) -> None:
    more = replace(VENDOR, agreement="agreement of May 2026 (https://vendor.example/dpa), signed")
    gone = replace(VENDOR, id="old", ended=date(2026, 3, 1))
    facts = others.seen(more, gone).facts
    assert [(fact.subprocessor, fact.use, fact.address, fact.state) for fact in facts] == [
        ("mail", "security_page", "https://vendor.example/security", "alive"),
        ("mail", "agreement", "https://vendor.example/dpa", "gone"),
    ]


@pytest.mark.parametrize(
    ("first", "state"),
    [
        ((404, "", "no"), "gone"),
        ((410, "", "no"), "gone"),
        ((200, "", "  "), "empty"),
        ((301, "https://www.vendor.example/trust", ""), "alive"),
        ((302, "https://docs.vendor-pages.example/trust", ""), "alive"),
        ((302, "/moved", ""), "gone"),
        ((302, "https://stranger.example/trust", ""), "elsewhere"),
        ((302, "http://vendor.example/trust", ""), "elsewhere"),
        ((302, "/security", ""), "loop"),
        ((200, "https://stranger.example/", "text"), "alive"),
    ],
)
def test_where_a_link_leads(others: Others, first: tuple[int, str, str], state: str) -> None:
    for name in NAMES:
        others.pages[f"{name}/trust"] = (200, "", "trust us")
    others.pages["vendor.example/security"] = first
    assert others.state() == state


@pytest.mark.parametrize(
    ("status", "cause"), [(401, "denied"), (403, "denied"), (451, "contradicted"), (500, "unreachable")]
)
def test_an_answer_that_is_neither_yes_nor_no_is_inconclusive(others: Others, status: int, cause: str) -> None:
    """A page that is closed to programs may be there: that is no dead link, and no proof of a living one."""
    others.pages["vendor.example/security"] = (status, "", "no")
    error = others.refused()
    assert error.cause == cause


def test_a_page_that_is_not_https_is_none_of_the_company_s(others: Others) -> None:
    assert others.state(replace(VENDOR, security_page="http://vendor.example/security")) == "elsewhere"


def test_nothing_leaves_this_machine_unless_the_instance_asks(others: Others, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a question to the DNS."""
    asked: list[Any] = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *arguments, **_: asked.append(arguments))
    error = others.refused(addresses={})
    assert (error.cause, asked) == ("unsafe", [])
    assert "outbound = true" in str(error)
    outside = replace(VENDOR, security_page="https://192.0.2.7/security")
    assert others.refused(outside).cause == "unsafe"


def client(found: list[str] | None) -> WebClient:
    """A client that may go out, where the DNS gives these addresses."""

    def resolve(host: str, port: int) -> list[str]:
        if found is None:
            raise _NoSuchNameError
        return found

    return WebClient(run_of({}, kind="records"), outbound=True, addresses={}, resolve=resolve)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"])
def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    """Not a database of ours, nor a cloud's own interface, whatever the DNS of a stranger says."""
    with pytest.raises(CouldNotTell) as caught:
        client([address]).get("https://vendor.example/")
    assert caught.value.cause == "unsafe"


def test_a_name_that_does_not_exist_is_dead_only_where_others_answer(others: Others) -> None:
    lost = replace(VENDOR, id="lost", security_page="https://nowhere.example/security")
    assert client(None).get("https://nowhere.example/") is None
    run = run_of({"subprocessors": (VENDOR, lost)}, {**others.mapping, "outbound": True}, kind="records")
    web = WebClient(
        run, outbound=True, addresses={"vendor.example": ("127.0.0.1", others.port)}, authority=str(others.ca),
        resolve=client(None)._resolve,
    )  # fmt: skip
    assert [fact.state for fact in LINKS.function(web, run).facts] == ["alive", "no_such_name"]
    alone = run_of({"subprocessors": (lost,)}, kind="records")
    with pytest.raises(CouldNotTell, match="our own network"):
        LINKS.function(web, alone)
    web.close()


@pytest.mark.parametrize(
    "mapping", [{"addresses": "x"}, {"addresses": {"a.example": "127.0.0.1"}}, {"outbound": "yes"}]
)
def test_a_mapping_that_means_nothing_is_unsupported(others: Others, mapping: dict[str, Any]) -> None:
    assert others.refused(**mapping).cause == "unsupported"


def test_a_certificate_for_somebody_else_is_no_page_of_the_company(others: Others) -> None:
    nobody = replace(VENDOR, security_page="https://unnamed.example/security")
    addresses = {"unnamed.example": f"127.0.0.1:{others.port}"}
    assert others.refused(nobody, addresses=addresses).cause == "unreachable"


@dataclass(frozen=True)
class Away(Port):
    """The server of a company, as `addresses` says it is reached."""

    def port(self, settings: Any) -> int:
        return int(settings["addresses"]["vendor.example"].rpartition(":")[2])

    def through(self, settings: MutableMapping[str, Any], port: int) -> None:
        settings["addresses"] = {"vendor.example": f"127.0.0.1:{port}"}


def test_it_conforms(others: Others) -> None:
    settings = {"subprocessors": (VENDOR,), **others.mapping}
    assert [str(one) for one in conform(find("security_links"), Stage(settings, ways=[Away("addresses")]))] == []
    with sockets.refused() as port:
        assert others.refused(addresses={"vendor.example": f"127.0.0.1:{port}"}).cause == "unreachable"
