"""A small client of the portal: what the seed and the keeper need, over real TLS, trusting one authority only."""

from __future__ import annotations

import json
import re
import secrets
import ssl
from dataclasses import dataclass
from http.client import HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from trustcenter.errors import TrustCenterError
from trustcenter.portal.software_passkey import SoftwarePasskey

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


@dataclass(frozen=True)
class Answer:
    """A response read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One person's browser: keeps cookies, follows nothing. Times out after `timeout` seconds."""

    def __init__(self, url: str, authority: Path, *, timeout: float = 15, agent: str = "trustcenter-seed/1") -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._port = str(parts.hostname), int(parts.port or 443)
        self._context = ssl.create_default_context(cafile=str(authority))
        self._timeout = timeout
        self._agent = agent
        self.cookies: dict[str, str] = {}

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own. Raises OSError or http.client.HTTPException."""
        sent = {"user-agent": self._agent, **(headers or {})}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPSConnection(self._host, self._port, context=self._context, timeout=self._timeout)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            for header in response.headers.get_all("set-cookie") or []:
                for name, morsel in SimpleCookie(header).items():
                    self.cookies.pop(name, None)
                    if morsel["max-age"] != "0":
                        self.cookies[name] = morsel.value
        finally:
            connection.close()
        return answer

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """A form, as a browser sends it."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urlencode(fields).encode("ascii"), kind)

    def send(self, method: str, path: str, value: dict[str, Any] | None = None) -> Answer:
        """A change through the API, with the session's token."""
        token = self.get("/api/me").json()["csrf_token"]
        headers = {"x-csrf-token": token, "content-type": "application/json"}
        return self.request(method, path, json.dumps(value or {}).encode("utf-8"), headers)

    def upload(self, name: str, content: bytes) -> Answer:
        """A questionnaire, through the API."""
        token = self.get("/api/me").json()["csrf_token"]
        boundary = secrets.token_hex(16)
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode("utf-8") + content + f"\r\n--{boundary}--\r\n".encode("ascii")
        headers = {"x-csrf-token": token, "content-type": f"multipart/form-data; boundary={boundary}"}
        return self.request("POST", "/api/questionnaires", body, headers)

    def sign_in(self, email: str, password: str) -> Answer:
        """Loads the form, takes its token, sends it."""
        form = _TOKEN.search(self.get("/sign-in").text)
        if form is None:
            raise TrustCenterError("The sign-in form has no token.", where="/sign-in")
        return self.post("/sign-in", {"csrf_token": form[1], "email": email, "password": password})

    def sign_in_with_passkey(self, passkey: str) -> Answer:
        """Signs in with a passkey of the seed, and with nothing else."""
        form = _TOKEN.search(self.get("/sign-in").text)
        if form is None:
            raise TrustCenterError("The sign-in form has no token.", where="/sign-in")
        return self._ceremony("/api/sign-in/passkey", passkey, form[1])

    def step_up(self, passkey: str) -> Answer:
        """Proves again, with a passkey of the seed, who this is."""
        return self._ceremony("/api/step-up/passkey", passkey, self.get("/api/me").json()["csrf_token"])

    def _ceremony(self, path: str, passkey: str, token: str) -> Answer:
        headers = {"x-csrf-token": token, "content-type": "application/json"}
        options = self.request("POST", f"{path}/options", b"{}", headers)
        if options.status != 200:
            return options
        asked = options.json()
        origin = f"https://{asked['rpId']}:{self._port}"
        body = json.dumps({"credential": SoftwarePasskey.parse(passkey).sign(asked, origin)})
        return self.request("POST", path, body.encode("ascii"), headers)

    def sign_out(self) -> Answer:
        token = self.get("/api/me").json()["csrf_token"]
        return self.post("/sign-out", {"csrf_token": token})
