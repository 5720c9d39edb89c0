"""Every collector on the web against every fault: a typed cause each time, never a population.

The faults are in the socket or in the platform's rights; collector and source run unmodified.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from runs import collect, run_of
from web_platform import Fernway, fernway

from trustcenter.collectors.http_headers import http_headers
from trustcenter.collectors.interface import Collector
from trustcenter.collectors.session_cookies import session_cookies
from trustcenter.collectors.tenant_isolation_probe import tenant_isolation_probe
from trustcenter.collectors.tls_endpoint import tls_endpoint
from trustcenter.collectors.trust_posture import trust_posture
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import sockets as faults

OVER_HTTP = (http_headers, session_cookies, tenant_isolation_probe, trust_posture)
over_http = pytest.mark.parametrize("collector", OVER_HTTP, ids=lambda each: each.description.id)
every = pytest.mark.parametrize("collector", [*OVER_HTTP, tls_endpoint], ids=lambda each: each.description.id)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Fernway]:
    with fernway(tmp_path) as running:
        yield running


def error_of(collector: Collector, app: Fernway, seconds: float = 20.0, **settings: Any) -> CouldNotTell:
    run = run_of(app.settings() | settings, app.mapping, seconds=seconds, nonce="a-nonce-of-sixteen-or-more")
    with pytest.raises(CouldNotTell) as caught:
        collect(collector, run)
    assert "127.0.0.1" not in str(caught.value)
    assert app.settings()["canary_a_password"] not in str(caught.value)
    return caught.value


def through(app: Fernway, port: int) -> dict[str, Any]:
    return {"url": app.settings(port)["url"]}


@every
def test_a_platform_without_faults_gives_a_population(app: Fernway, collector: Collector) -> None:
    """So that the tests below fail for their fault and for nothing else."""
    run = run_of(app.settings(), app.mapping, nonce="a-nonce-of-sixteen-or-more")
    assert collect(collector, run).facts


@over_http
def test_denied(tmp_path: Path, collector: Collector) -> None:
    with fernway(tmp_path, "denied") as app:
        assert error_of(collector, app).cause == "denied"


@over_http
def test_a_server_that_only_fails_is_unreachable(tmp_path: Path, collector: Collector) -> None:
    with fernway(tmp_path, "fails") as app:
        assert error_of(collector, app).cause == "unreachable"


@every
def test_refused_connection(app: Fernway, collector: Collector) -> None:
    with faults.refused() as port:
        assert error_of(collector, app, **through(app, port)).cause == "unreachable"


@every
def test_silence(app: Fernway, collector: Collector) -> None:
    with faults.silent() as port:
        assert error_of(collector, app, seconds=0.4, **through(app, port)).cause == "timed_out"


@every
def test_garbage_instead_of_tls(app: Fernway, collector: Collector) -> None:
    with faults.garbage(b"HTTP/1.1 200 OK\r\n\r\n" * 20) as port:
        assert error_of(collector, app, **through(app, port)).cause == "malformed"


@over_http
def test_garbage_inside_tls(app: Fernway, collector: Collector) -> None:
    """Bytes changed on the way after the handshake: TLS notices, and no half answer is used."""
    with faults.corrupt_after(app.port, 3000) as port:
        assert error_of(collector, app, seconds=5, **through(app, port)).cause in (
            "malformed",
            "incomplete",
            "unreachable",
        )


@every
@pytest.mark.parametrize("count", [3, 700])
def test_a_handshake_cut_in_the_middle(app: Fernway, collector: Collector, count: int) -> None:
    """Cut in the first record, and in what follows it."""
    with faults.cut_after(app.port, count) as port:
        error = error_of(collector, app, seconds=5, **through(app, port))
    assert error.cause in ("incomplete", "unreachable", "timed_out")


@over_http
def test_an_answer_cut_in_the_middle(app: Fernway, collector: Collector) -> None:
    with faults.cut_after(app.port, 3000) as port:
        error = error_of(collector, app, seconds=5, **through(app, port))
    assert error.cause in ("incomplete", "unreachable", "timed_out")


def test_an_authority_that_did_not_sign_the_certificate_is_no_connection(app: Fernway, tmp_path: Path) -> None:
    import trustme

    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    error = error_of(http_headers, app, ca=str(other))
    assert error.cause == "unreachable"
    assert "does not verify" in error.what


def test_a_posture_that_is_no_document_is_not_believed(app: Fernway) -> None:
    assert error_of(trust_posture, app, posture_path="/entrance").cause in ("contradicted", "malformed")


def test_an_access_log_with_a_torn_line_is_malformed(app: Fernway, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    log.write_text(log.read_text() + '{"method": "GET", "rou\n')
    assert error_of(tenant_isolation_probe, app).cause == "malformed"
