"""A browser of a few lines over http.client: it shares nothing with sources, collectors or portal."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

SESSION = "__Host-session"


@dataclass(frozen=True)
class Page:
    """A response, headers as they came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for each, value in self.headers if each.lower() == name), None)

    @property
    def cookies(self) -> dict[str, str]:
        """Name to the whole Set-Cookie line."""
        return {value.partition("=")[0]: value for name, value in self.headers if name.lower() == "set-cookie"}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, url: str, authority: Path | None = None) -> None:
        self.address = urlsplit(url)
        self._context = None if authority is None else ssl.create_default_context(cafile=str(authority))
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Page:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        host, port = str(self.address.hostname), int(self.address.port or 443)
        if self._context is None:
            connection: http.client.HTTPConnection = http.client.HTTPConnection(host, port, timeout=15)
        else:
            connection = http.client.HTTPSConnection(host, port, timeout=15, context=self._context)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            page = Page(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()
        for name, line in page.cookies.items():
            value = line.partition("=")[2].partition(";")[0]
            self.cookies.pop(name, None)
            if value and "max-age=0" not in line.lower():
                self.cookies[name] = value
        return page

    def sign_in(self, email: str, password: str) -> Page:
        """Send the form that the sign-in page shows. Raises AssertionError where that does not let us in."""
        page = self.form("/sign-in", {"csrf_token": self.token(), "email": email, "password": password})
        assert self.inside(), f"signing in answered {page.status} and let nobody in"
        return page

    def token(self, path: str = "/sign-in") -> str:
        """The token of the first form on this page. Raises AssertionError where there is none."""
        found = re.search(rb'name="csrf_token" value="([0-9a-f]+)"', self.ask("GET", path).body)
        assert found is not None, f"{path} has no form"
        return found[1].decode()

    def sign_out(self) -> Page:
        return self.form("/sign-out", {"csrf_token": self.ask("GET", "/api/me").json["csrf_token"]})

    def send(self, method: str, path: str, value: object = None) -> Page:
        """A change through the API."""
        token = self.ask("GET", "/api/me").json["csrf_token"]
        return self.ask(
            method, path, json.dumps(value or {}).encode(), content_type="application/json", x_csrf_token=token
        )

    def inside(self) -> bool:
        """Whether the documents' page opens."""
        return self.ask("GET", "/documents").status == 200

    def form(self, path: str, fields: dict[str, str]) -> Page:
        return self.ask("POST", path, urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")
