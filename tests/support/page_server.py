"""A folder of static files on loopback, and the browser of this machine."""

from __future__ import annotations

import functools
import gzip
import http.server
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from trustcenter.publish.content_types import cache_control, content_type
from trustcenter.publish.response_headers import page_policy


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's address while it is served."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def started_chromium() -> Iterator[Any]:
    """Debian's Chromium, driven; skips with the reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One reader's browser context: what it asked for, what the console said, what it opened."""

    def __init__(self, browser: Any, address: str, **settings: Any) -> None:
        self.address = address
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings})
        self.page = self.context.new_page()
        self.heard: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: Any) -> None:
        if message.type != "verbose":  # the browser's own remarks on how it draws, below what a page can say
            self.heard.append(f"{message.type}: {message.text}")

    def go(self, path: str) -> Any:
        self.page.goto(self.address + path, wait_until="load")
        return self.page

    @property
    def elsewhere(self) -> list[str]:
        """Requests that left the host."""
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


class _AsDeployed(_Quiet):
    """Answers as a server with the generated snippets does: their headers, caching, and text compressed."""

    headers_to_send: Mapping[str, str] = {}

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            file /= "index.html"
        if not file.is_file():
            self.send_error(404)
            return
        name = file.relative_to(self.directory).as_posix()
        kind, body = content_type(name), file.read_bytes()
        compressed = not name.endswith((".woff2", ".png", ".xlsx", ".gz")) and "gzip" in self.headers.get(
            "Accept-Encoding", ""
        )
        if compressed:
            body = gzip.compress(body, 6)
        self.send_response(200)
        for header, value in self.headers_to_send.items():
            self.send_header(header, value)
        if compressed:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Cache-Control", cache_control(name))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def deployed(folder: Path) -> Iterator[str]:
    """The folder's address while it is served as its header snippets and content types say."""
    pages = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    # HTTP on loopback: a browser would be sent to a TLS port that nobody opened.
    headers = {k: v for k, v in page_policy(pages).headers.items() if k != "Strict-Transport-Security"}
    made = type("_Deployed", (_AsDeployed,), {"headers_to_send": headers})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(made, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
