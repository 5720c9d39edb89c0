"""TLS, headers and the plain port, as a stranger sees them."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from trustcenter.runtime.tls import CIPHERS


def _handshake(portal, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    parts = urlsplit(portal.url)
    with (
        socket.create_connection((parts.hostname, parts.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
    ):
        return secured.cipher()[0]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_protocols_are_refused_by_the_server(portal, version):
    """The server's alert, not our client's own refusal."""
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        _handshake(portal, version)


def test_modern_protocols_and_only_pinned_suites_are_spoken(portal):
    assert _handshake(portal, ssl.TLSVersion.TLSv1_3).startswith("TLS_")
    assert _handshake(portal, ssl.TLSVersion.TLSv1_2) in CIPHERS
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        _handshake(portal, ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
@pytest.mark.parametrize(
    ("group", "accepted"), [("X25519", True), ("P-256", True), ("P-384", True), ("P-521", False), ("X448", False)]
)
def test_only_pinned_groups_are_accepted(portal, group, accepted):
    """Mozilla's intermediate profile: X25519, P-256, P-384."""
    parts = urlsplit(portal.url)
    command = ["openssl", "s_client", "-connect", f"{parts.hostname}:{parts.port}", "-groups", group, "-tls1_3"]

    done = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)

    assert (b"Cipher is TLS_" in done.stdout) is accepted


def test_the_certificate_names_the_host_and_is_signed_by_the_local_authority(portal):
    context = ssl.create_default_context(cafile=str(portal.authority))
    parts = urlsplit(portal.url)
    with (
        socket.create_connection((parts.hostname, parts.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
    ):
        found = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True))
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days <= 90


def test_every_answer_carries_the_headers_errors_included(portal, as_person):
    client = as_person("maren@fernhill.example")
    for path in ("/documents", "/api/documents", "/nothing", "/api/nothing", "/healthz", "/assets/portal.css"):
        headers = client.get(path).headers
        assert int(headers["strict-transport-security"].split("max-age=")[1].split(";")[0]) >= 31536000
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
        assert headers["x-request-id"]


def test_what_is_private_is_not_stored_by_caches(as_person):
    assert as_person("maren@fernhill.example").get("/documents").headers["cache-control"] == "no-store"


def test_the_plain_port_only_redirects_and_never_to_a_foreign_host(portal):
    """308 keeps the method; HSTS is not sent over plain http (RFC 6797 7.2)."""
    parts = urlsplit(portal.environment["PORTAL_HTTP_URL"])
    for method, path in (("GET", "/documents?a=b"), ("POST", "/sign-in"), ("GET", "//evil.example/")):
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
        connection.request(method, path, headers={"Host": "evil.example"})
        response = connection.getresponse()
        assert response.status == 308
        assert response.headers["location"] == portal.url + path
        assert response.headers["strict-transport-security"] is None
        assert response.headers["set-cookie"] is None
        connection.close()


@pytest.mark.parametrize(
    "path", ["/assets/../base.html", "/assets/%2e%2e/base.html", "/assets//etc/passwd", "/assets/fonts", "/assets/"]
)
def test_assets_never_leave_their_folder(portal, path):
    assert portal.client().get(path).status == 404


def test_an_error_says_nothing_about_the_inside(portal, as_person):
    """No type, no path, no SQL; only a sentence and the request's identifier."""
    answer = as_person("maren@fernhill.example").get("/api/activity/99999999999999999999999")

    assert answer.status in (404, 500)
    assert not any(word in answer.text.lower() for word in ("traceback", "psycopg", ".py", "select "))


def test_a_forged_address_header_is_not_believed(as_person, administrator):
    client = as_person("maren@fernhill.example")
    client.request("GET", "/documents", headers={"x-forwarded-for": "203.0.113.9"})
    assert client.sign_out().status == 303

    rows = administrator.execute("select distinct host(ip) from portal.audit_events").fetchall()
    assert rows == [("127.0.0.1",)]


def test_the_access_log_knows_every_request_by_template_and_nobody_by_name(portal, as_person, access_lines):
    client = as_person("maren@fernhill.example")
    document = client.get("/api/documents").json()["items"][0]["id"]
    answer = client.get(f"/documents/{document}?q=secret")

    line = next(row for row in reversed(access_lines()) if row["request_id"] == answer.headers["x-request-id"])

    assert line["route"] == "/documents/{document_id}"
    assert (line["method"], line["path"], line["status"]) == ("GET", f"/documents/{document}", 200)
    assert line["organisation"] == client.get("/api/me").json()["organisation_id"]
    text = portal.state.access_log.read_text()
    assert not any(
        word in text for word in ("maren", "fernhill", "q=secret", client.cookies["__Host-session"], "127.0.0.1")
    )


def test_security_txt_is_there_for_everybody_and_names_its_own_address(portal):
    """RFC 9116 3: https, text/plain in UTF-8, at the one address."""
    answer = portal.client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.body.decode().splitlines())
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert lines["Contact"] == "mailto:security@trust-desk.example"
    assert lines["Canonical"] == portal.url + "/.well-known/security.txt"
    ahead = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert timedelta(days=179) < ahead <= timedelta(days=180)
