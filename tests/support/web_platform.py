"""Fernway: a small web application that is not ours, over real TLS, with other names and with flaws to switch on.

Its flaws are what mutants of a platform would be: each is a sentence of `FLAWS`.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from trustcenter.proof import canonical, dsse
from trustcenter.proof.keys import PrivateKey

FLAWS = {
    "denied": "every page answers 403",
    "fails": "every page answers 500",
    "busy_once": "the first answer of each path is 503",
    "weak_cookie": "the session's cookie lacks Secure, HttpOnly and SameSite",
    "fixation": "a session identifier that comes with the form is kept",
    "undead": "signing out ends nothing",
    "bare": "no security header is sent",
    "reads_leak": "a file of another tenant can be read by its number",
    "changes_leak": "a file of another tenant can be removed by its number",
    "list_leaks": "the list honours ?tenant=",
    "crashes": "reading another tenant's file answers 500",
    "hidden_route": "a route answers that the router does not list, and somebody used it",
    "newest_only": "the list is of the newest two files, and looking at it makes one",
    "owner_locked_out": "nobody can read files by their number",
    "log_drops": "the access log loses what removes files",
    "stale_posture": "the posture document is ten minutes old",
    "wrong_nonce": "the posture document answers another nonce",
    "other_key": "the posture document is signed with another key",
}

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
PAGE = b'<form><input type="hidden" name="guard" value="g"></form>' + b"<!-- long -->" * 400
ROUTES = ("GET /", "GET /entrance", "POST /entrance", "POST /exit", "GET /whoami", "GET /files", "POST /files",
          "GET /files/{file_no}", "DELETE /files/{file_no}")  # fmt: skip


@dataclass
class Fernway:
    """The running application and what a mapping says of it."""

    flaws: frozenset[str]
    folder: Path
    key: PrivateKey = field(default_factory=PrivateKey.generate)
    authority: trustme.CA = field(default_factory=trustme.CA)
    sessions: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    port: int = 0
    plain_port: int = 0
    seen: set[str] = field(default_factory=set)
    passwords: dict[str, str] = field(
        default_factory=lambda: {f"{tenant}@fernway.example": secrets.token_urlsafe(12) for tenant in ("ash", "birch")}
    )

    def settings(self, port: int | None = None) -> dict[str, Any]:
        (ash, ash_word), (birch, birch_word) = self.passwords.items()
        return {
            "url": f"https://127.0.0.1:{port or self.port}",
            "http_url": f"http://127.0.0.1:{self.plain_port}",
            "ca": str(self.folder / "authority.pem"),
            "posture_key": self.key.public.pem,
            "posture_path": "/posture",
            "access_log": str(self.folder / "access.jsonl"),
            "canary_a_email": ash, "canary_a_password": ash_word,
            "canary_b_email": birch, "canary_b_password": birch_word,
            "identity": {"page": "/whoami", "organisation": "tenant"},
            "sign_in": {
                "path": "/entrance", "email_field": "who", "password_field": "word", "token_field": "guard",
                "token_header": "x-guard", "session_cookie": "__Host-sid", "signed_in_page": "/whoami",
                "sign_out_path": "/exit",
            },
        }  # fmt: skip

    @property
    def mapping(self) -> dict[str, Any]:
        return {
            "paths": ["/", "/entrance"],
            "identifiers": {"file_no": {"page": "/files", "items": "files", "field": "no", "texts": ["name"]}},
            "canary_document": {"create": "/files", "body": {"name": "{nonce}"}, "identifier": "no",
                                "remove": "/files/{file_no}"},
            "tenant_parameters": ["tenant"],
        }  # fmt: skip

    def record(self, method: str, route: str | None, path: str, tenant: str | None) -> None:
        row = {"method": method, "route": route, "path": path, "organisation": tenant}
        with (self.folder / "access.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")

    def posture(self, nonce: str) -> bytes:
        issued = datetime.now(UTC) - (timedelta(minutes=10) if "stale_posture" in self.flaws else timedelta())
        listed = [dict(zip(("method", "path"), route.split(" "), strict=True)) for route in ROUTES]
        document = {
            "type": "application/vnd.trustcenter.posture.v1+json",
            "nonce": "another-nonce-than-asked" if "wrong_nonce" in self.flaws else nonce,
            "issued_at": issued.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "expires_at": (issued + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "observed": {"routes": listed, "hashes": {"bcrypt": 3}, "forced": True, "long": "x" * 6000},
        }
        key = PrivateKey.generate() if "other_key" in self.flaws else self.key
        return dsse.sign(canonical.dumps(document), document["type"], key).to_bytes()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    app: Fernway

    def log_message(self, *arguments: object) -> None:
        pass

    def version_string(self) -> str:
        return "Fernway"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        app, flaws = self.app, self.app.flaws
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if "denied" in flaws or "fails" in flaws:
            return self._send(403 if "denied" in flaws else 500)
        if "busy_once" in flaws and address.path not in app.seen:
            app.seen.add(address.path)
            return self._send(503)
        cookies = dict(part.strip().split("=", 1) for part in self.headers.get("cookie", "").split(";") if "=" in part)
        sid = cookies.get("__Host-sid", "")
        tenant = app.sessions.get(sid)
        number = address.path.removeprefix("/files/") if address.path.startswith("/files/") else None
        route = f"{method} " + ("/files/{file_no}" if number is not None else address.path)
        if not ("log_drops" in flaws and method == "DELETE"):
            app.record(method, route.split(" ")[1] if route in ROUTES else None, address.path, tenant)
        if route in ("GET /", "GET /entrance"):
            return self._send(200, PAGE, "text/html")
        if route == "GET /posture":
            return self._send(200, app.posture(parse_qs(address.query)["nonce"][0]))
        if route == "POST /entrance":
            return self._enter(parse_qs(body.decode()), sid)
        if route not in ROUTES:
            return self._send(404)
        if tenant is None:
            return self._send(401)
        if method != "GET" and "g" not in (self.headers.get("x-guard"), parse_qs(body.decode()).get("guard", [""])[0]):
            return self._send(403)
        return self._inside(route, tenant, number, body, address.query, sid)

    def _enter(self, form: dict[str, list[str]], sid: str) -> None:
        email = form["who"][0]
        if self.app.passwords.get(email) != form["word"][0] or form["guard"] != ["g"]:
            return self._send(401)
        new = sid if sid and "fixation" in self.app.flaws else secrets.token_hex(16)
        self.app.sessions[new] = email.partition("@")[0]
        rest = "; Path=/" if "weak_cookie" in self.app.flaws else "; Path=/; Secure; HttpOnly; SameSite=Strict"
        return self._send(303, extra={"Location": "/", "Set-Cookie": f"__Host-sid={new}{rest}"})

    def _inside(self, route: str, tenant: str, number: str | None, body: bytes, query: str, sid: str) -> None:
        app, flaws = self.app, self.app.flaws
        if route == "POST /exit":
            if "undead" not in flaws:
                app.sessions.pop(sid, None)
            return self._send(303, extra={"Location": "/"})
        if route == "GET /whoami":
            return self._json({"tenant": tenant, "guard": "g"})
        if route == "GET /files":
            asked = parse_qs(query).get("tenant", [tenant])[0] if "list_leaks" in flaws else tenant
            listed = [{"no": n, "name": f[1]} for n, f in app.files.items() if f[0] == asked]
            if "newest_only" in flaws:
                app.files[secrets.token_hex(8)] = (tenant, f"a list of {len(app.files)} was read")
                listed = listed[:-3:-1]
            return self._json({"files": listed})
        if route == "POST /files":
            made = secrets.token_hex(8)
            app.files[made] = (tenant, json.loads(body)["name"])
            return self._json({"no": made}, 201)
        found = app.files.get(number or "")
        if found is None or ("owner_locked_out" in flaws and route.startswith("GET")):
            return self._send(404)
        reading = route.startswith("GET")
        if found[0] != tenant:
            if reading and "crashes" in flaws:
                return self._send(500)
            if ("reads_leak" if reading else "changes_leak") not in flaws:
                return self._send(404)
        if reading:
            return self._json({"name": found[1]})
        del app.files[number or ""]
        return self._send(404 if found[0] != tenant else 204)

    def _json(self, value: object, status: int = 200) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(
        self, status: int, body: bytes = b"", kind: str = "application/json", extra: dict[str, str] | None = None
    ) -> None:
        self.send_response_only(status)
        headers = {} if "bare" in self.app.flaws else HEADERS
        for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body)), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Redirect(BaseHTTPRequestHandler):
    app: Fernway

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.send_response_only(200 if "bare" in self.app.flaws else 308)
        self.send_header("Location", f"https://127.0.0.1:{self.app.port}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextlib.contextmanager
def fernway(folder: Path, *flaws: str) -> Iterator[Fernway]:
    """The application with these flaws, on ports of its own."""
    assert set(flaws) <= set(FLAWS)
    app = Fernway(frozenset(flaws), folder)
    app.authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    for tenant in ("ash", "birch"):
        app.files[secrets.token_hex(8)] = (tenant, f"first file of {tenant}")
    if "hidden_route" in flaws:
        app.record("GET", "/debug/{file_no}", "/debug/1", "ash")
    else:
        app.record("GET", "/", "/", None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    app.authority.issue_cert("127.0.0.1").configure_cert(context)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with contextlib.ExitStack() as stack:
        secure = stack.enter_context(_served(_Handler, app, context))
        app.port, app.plain_port = secure, stack.enter_context(_served(_Redirect, app, None))
        yield app


@contextlib.contextmanager
def _served(kind: type[BaseHTTPRequestHandler], app: Fernway, context: ssl.SSLContext | None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (kind,), {"app": app}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
