"""Several hosts of one source: each is asked, and one that cannot be reached leaves nothing green."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from runs import collect, run_of
from tls_servers import Authority, Version, with_alerts
from web_platform import fernway

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.hosts import added_hosts, all_hosts
from trustcenter.sources.interface import Host
from trustcenter.testing import sockets

CONTACT = b"Contact: mailto:security@shop.example\nExpires: 2027-06-01T00:00:00Z\n"


@dataclass
class Two:
    """A source with a careful host and one without any protection."""

    settings: dict[str, Any]
    mapping: dict[str, Any]

    def facts(self, collector: str) -> Any:
        return collect(find(collector), run_of(self.settings, self.mapping)).facts

    def refused(self, collector: str, *more: Any) -> CouldNotTell:
        run = run_of({**self.settings, "hosts": [*self.settings["hosts"], *more]}, self.mapping)
        with pytest.raises(CouldNotTell) as caught:
            collect(find(collector), run)
        return caught.value


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    for name in ("good", "bare"):
        (tmp_path / name).mkdir()
    with fernway(tmp_path / "good") as good, fernway(tmp_path / "bare", "bare") as bare:
        authority = tmp_path / "authorities.pem"
        authority.write_text("".join(Path(app.settings()["ca"]).read_text() for app in (good, bare)))
        other = bare.settings()
        hosts = [{"url": other["url"], "http_url": other["http_url"], "paths": ["/"]}]
        yield Two({**good.settings(), "ca": str(authority), "hosts": hosts}, good.mapping)


def test_headers_of_every_host_are_facts(two: Two) -> None:
    facts = two.facts("http_headers")
    hosts = list(dict.fromkeys(fact.host for fact in facts))
    assert len(hosts) == 2
    assert all(host.startswith("127.0.0.1:") for host in hosts), "the port tells two hosts of one name apart"
    assert [sum(fact.host == host for fact in facts) for host in hosts] == [5, 3], "the second has one page of its own"
    strict = {fact.host for fact in facts if fact.scheme == "https" and fact.hsts_max_age}
    assert strict == {hosts[0]}
    assert {fact.host: fact.redirect for fact in facts if fact.scheme == "http"} == dict(
        zip(hosts, ("https_same_host", "none"), strict=True)
    )


def test_versions_of_every_host_are_facts(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with ExitStack() as stack:
        new, old = (
            stack.enter_context(with_alerts(authority.context(lowest, Version.TLSv1_3, "ALL:@SECLEVEL=0")))
            for lowest in (Version.TLSv1_2, Version.TLSv1)
        )
        settings = {"url": f"https://127.0.0.1:{new}", "ca": str(authority.file)}
        hosts = {"hosts": [{"url": f"https://127.0.0.1:{old}"}]}
        found = collect(find("tls_endpoint"), run_of(settings, hosts, kind="endpoint"))
        only = collect(find("tls_endpoint"), run_of({"ca": settings["ca"]}, hosts, kind="endpoint"))
    assert found.completeness.holds
    assert {fact.host: fact.accepted for fact in found.facts if fact.version == "TLSv1.1"} == {
        f"127.0.0.1:{new}": False,
        f"127.0.0.1:{old}": True,
    }
    assert {fact.host for fact in only.facts} == {"127.0.0.1"}, "the list may stand alone"


def test_security_txt_of_every_host_is_a_fact() -> None:
    with sockets.answering(200, "text/plain", CONTACT) as good, sockets.answering(404, "text/plain", b"no") as none:
        settings = {"url": f"http://127.0.0.1:{good}", "hosts": [{"url": f"http://127.0.0.1:{none}"}]}
        found = collect(find("security_txt"), run_of(settings, kind="endpoint"))
    assert [(fact.host.rpartition(":")[2], fact.valid) for fact in found.facts] == [
        (str(good), True),
        (str(none), False),
    ]
    assert found.completeness.holds


@pytest.mark.parametrize("collector", ["http_headers", "tls_endpoint", "security_txt"])
def test_one_host_that_cannot_be_reached_makes_all_inconclusive(two: Two, collector: str) -> None:
    with sockets.refused() as nobody:
        error = two.refused(collector, {"url": f"https://127.0.0.1:{nobody}"})
    assert error.cause == "unreachable"
    assert f"127.0.0.1:{nobody}" in str(error), "the error names the host"


def test_an_open_door_beside_a_closed_one_is_inconclusive(two: Two) -> None:
    """A host that lets nobody look says nothing of its file."""
    with sockets.answering(403, "text/plain", b"no") as closed:
        assert two.refused("security_txt", {"url": f"http://127.0.0.1:{closed}"}).cause == "denied"


@pytest.mark.parametrize(
    "listed",
    [
        [], "www.shop.example", [7], [{"url": "ftp://shop.example"}], [{"url": "https://shop.example/page"}],
        [{"address": "x"}], ["https://shop.example"], ["shop.example:port"], [""],
        [{"url": "https://a.example", "paths": "/"}], ["a.example", "a.example:443"],
    ],
)  # fmt: skip
def test_what_is_no_list_of_different_hosts_is_refused(listed: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        all_hosts(run_of({"hosts": listed}), None)
    assert caught.value.cause == "unsupported"
    assert "`hosts`" in str(caught.value)


def test_entries_are_names_or_addresses() -> None:
    run = run_of({"hosts": ["www.shop.example", "shop.example:8443", "::1", {"url": "https://api.shop.example"}]})
    assert [(host.label, host.url, host.http_url) for host in added_hosts(run)] == [
        ("www.shop.example", "https://www.shop.example", "http://www.shop.example"),
        ("shop.example", "https://shop.example:8443", "http://shop.example"),
        ("::1", "https://[::1]", "http://[::1]"),
        ("api.shop.example", "https://api.shop.example", "http://api.shop.example"),
    ]
    own = Host("www.shop.example", "https://WWW.shop.example:443")
    assert all_hosts(run, own)[0] is own, "the one of `url` is not asked twice"
    assert len(all_hosts(run, own)) == 4
