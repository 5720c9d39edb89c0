"""GitHub's REST API on loopback, as its published description says (REST API, version 2022-11-28, api.github.com).

Shapes are those of "Get an organization", "List organization repositories", "Get a branch", "Get branch protection",
"Get rules for a branch", "List pull requests", "List reviews for a pull request", "List check runs for a Git
reference", "Search issues and pull requests", "Check if vulnerability alerts are enabled", "List secret scanning
alerts", "List Dependabot alerts", "List organization members", "List outside collaborators": the fields that we read,
and some that we do not. It also denies, limits, pages and lies.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-made-for-this-test"


@dataclass
class FakeGitHub:
    """`answers` is path -> value; a list is paged. `denied`, `limited` and `broken` are patterns of paths."""

    answers: dict[str, Any] = field(default_factory=dict)
    page: int = 2
    denied: str = ""
    limited: str = ""
    secondary: str = ""
    cut: str = ""
    """A listing whose second page does not come."""
    circle: str = ""
    """A listing whose second page names itself as the next."""
    ahead: timedelta = timedelta()
    """By how much its clock goes before ours."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, query: dict[str, list[str]], token: str | None) -> tuple[int, dict[str, str], Any]:
        self.asked.append(path)
        if token != f"Bearer {TOKEN}":
            return 401, {}, {"message": "Bad credentials"}
        if self.denied and re.search(self.denied, path):
            return 403, {"x-accepted-github-permissions": "metadata=read"}, {"message": "Resource not accessible"}
        if self.limited and re.search(self.limited, path):
            return 403, {"x-ratelimit-remaining": "0"}, {"message": "API rate limit exceeded"}
        if self.secondary and re.search(self.secondary, path):
            return 429, {"retry-after": "600"}, {"message": "You have exceeded a secondary rate limit"}
        wanted = {name: values[0] for name, values in query.items()}
        value = self.answers.get(path)
        for name in ("filter", "role", "state"):
            value = self.answers.get(f"{path}?{name}={wanted.get(name)}", value)
        if value is None:
            return 404, {}, {"message": "Not Found"}
        if value == "on":
            return 204, {}, None
        items = value["check_runs"] if isinstance(value, dict) and "check_runs" in value else value
        if not isinstance(items, list):
            return 200, {}, value
        number = int(wanted.get("page", "1"))
        if self.cut and number > 1 and re.search(self.cut, path):
            return 404, {}, {"message": "Not Found"}
        shown = items[(number - 1) * self.page : number * self.page]
        headers = {}
        if number * self.page < len(items):
            rest = "&".join(f"{name}={text}" for name, text in wanted.items() if name != "page")
            headers["link"] = f'<{self.url}{path}?{rest}&page={number + 1}>; rel="next"'
        if self.circle and number > 1 and re.search(self.circle, path):
            rest = "&".join(f"{name}={text}" for name, text in wanted.items())
            headers["link"] = f'<{self.url}{path}?{rest}>; rel="next"'
        return 200, headers, {**value, "check_runs": shown} if items is not value else shown


@contextlib.contextmanager
def serving(fake: FakeGitHub) -> Iterator[FakeGitHub]:
    """Serve it until the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = parse_qs(address.query.replace("+", " "))
            status, headers, value = fake.answer(address.path, query, self.headers.get("authorization"))
            body = b"" if value is None else json.dumps(value).encode()
            self.send_response_only(status)
            self.send_header("date", format_datetime(datetime.now(UTC) + fake.ahead, usegmt=True))
            for name, text in {"content-type": "application/json", **headers}.items():
                self.send_header(name, text)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def review(person: str, state: str, commit: str) -> dict[str, Any]:
    return {"id": 1, "user": {"login": person}, "state": state, "commit_id": commit}


def pull(number: int, merged: str | None, updated: str, author: str = "ann") -> dict[str, Any]:
    return {
        "number": number, "state": "closed", "merged_at": merged, "updated_at": updated,
        "user": {"login": author}, "head": {"sha": f"sha{number}"}, "base": {"ref": "main"},
    }  # fmt: skip


def repository(name: str, *, archived: bool = False, scanning: str = "enabled") -> dict[str, Any]:
    return {
        "full_name": f"shop/{name}", "default_branch": "main", "archived": archived, "private": True,
        "security_and_analysis": {"secret_scanning": {"status": scanning}},
    }  # fmt: skip
