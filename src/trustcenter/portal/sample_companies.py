"""The companies that the sample's register of subprocessors names: all invented, so a server here stands for them.

It answers over TLS on the loopback interface, with a certificate for their names by the portal's own authority.
"""

from __future__ import annotations

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from trustcenter.runtime.tls import server_context

PAGES = {
    "northmere.example": ("/security", "Northmere Hosting"),
    "pennon.example": ("/trust", "Pennon Mail"),
    "willowdesk.example": ("/security", "Willowdesk"),
}
"""Host to the path of its security page, and the company's name."""


class SampleCompanies:
    """Serves in a thread of its own until the process ends."""

    def __init__(self, certificate: Path, key: Path, port: int) -> None:
        self._certificate, self._key, self._port = certificate, key, port

    def start(self) -> None:
        """Returns when it listens. Raises OSError when the port is taken."""
        server = ThreadingHTTPServer(("127.0.0.1", self._port), _Handler)
        server.daemon_threads = True
        context = server_context(self._certificate, self._key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, name="sample-companies", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        host = self.headers.get("host", "").partition(":")[0]
        path, name = PAGES.get(host, ("", ""))
        found = bool(name) and self.path == path
        text = f"{name}: an invented company of a sample." if found else "There is nothing here."
        body = f"<!doctype html><title>{escape(text)}</title><p>{escape(text)}</p>".encode()
        self.send_response_only(200 if found else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
