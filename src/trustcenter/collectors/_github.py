"""Reading the GitHub REST API: whole listings or none, and what a refusal means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.clocks import compared
from trustcenter.sources.interface import Http, Response

VERSION = "2022-11-28"
"""The version of the API whose published description these shapes are taken from (`X-GitHub-Api-Version`)."""
PAGE = 100
MOST_PAGES = 1000


class GitHub:
    """One organisation, and its repositories, over REST. Every listing is followed to its last page."""

    def __init__(self, http: Http, run: Run) -> None:
        self._http = http
        self._run = run
        self._token = str(run.setting("token"))
        self.organisation = str(run.setting("organisation"))
        self.where = f"source {run.source.name}"
        named = run.mapping.get("repositories", run.source.settings.get("repositories")) or []
        self._named = [str(one) for one in named]
        self.clock: datetime | None = None
        """What GitHub said of the time, last."""

    def repositories(self) -> list[Mapping[str, Any]]:
        """The repositories that the source names; all of the organisation's that are in use where it names none.

        Raises CouldNotTell: `filtered` where GitHub counts more than this token is shown.
        """
        if self._named:
            return [self.one(f"/repos/{self.organisation}/{name}") for name in self._named]
        told = self.one(f"/orgs/{self.organisation}")
        listed = list(self.listing(f"/orgs/{self.organisation}/repos", type="all"))
        private = told.get("total_private_repos")
        if private is None:
            raise CouldNotTell(
                "filtered", "this token is not told how many private repositories there are: the list may lack some",
                where=self.where, hint="give it `Metadata: read` on all repositories, and be a member",
            )  # fmt: skip
        expected = int(told.get("public_repos", 0)) + int(private)
        if len(listed) != expected:
            raise CouldNotTell(
                "filtered", f"{len(listed)} repositories are listed of {expected} that GitHub counts",
                where=self.where, hint="give the token all repositories, or name `repositories` in the source",
            )  # fmt: skip
        return [one for one in listed if not one.get("archived")]

    def one(self, path: str, *, absent: bool = False, **query: Any) -> Any:
        """One answer; None for a 404 that means "there is none", where `absent` says so."""
        response = self._get(_with(path, query))
        if response.status == 404 and absent:
            return None
        return self._body(response, path)

    def enabled(self, path: str) -> bool:
        """A switch that answers 204 where it is on and 404 where it is off, or not to be seen."""
        response = self._get(path)
        if response.status in (204, 404) and response.header("x-ratelimit-remaining") != "0":
            return response.status == 204
        self._body(response, path)
        raise CouldNotTell("malformed", "a switch answers neither on nor off", where=f"{self.where}: {path}")

    def listing(self, path: str, *, key: str = "", **query: Any) -> Iterator[Mapping[str, Any]]:
        """All items of all pages (RFC 8288 `Link: rel="next"`); `total_count`, where there is one, must agree."""
        address = _with(path, {"per_page": PAGE, **query})
        seen, total, read = 0, None, {address}
        for _ in range(MOST_PAGES):
            response = self._get(address)
            body = self._body(response, path)
            if key:
                total = body.get("total_count") if isinstance(body, Mapping) else None
                body = body.get(key) if isinstance(body, Mapping) else None
            if not isinstance(body, list):
                raise CouldNotTell("malformed", "a listing is no list", where=f"{self.where}: {path}")
            seen += len(body)
            yield from body
            following = _next(response)
            if following is None:
                if total is not None and total != seen:
                    what = f"{seen} items are listed of {total} that the answer counts"
                    raise CouldNotTell("contradicted", what, where=f"{self.where}: {path}")
                return
            if following in read:
                what = "a page leads back to one that was read"
                raise CouldNotTell("incomplete", what, where=f"{self.where}: {path}")
            address = following
            read.add(address)
        raise CouldNotTell("incomplete", f"the listing has more than {MOST_PAGES} pages", where=f"{self.where}: {path}")

    def _get(self, address: str) -> Response:
        headers = {
            "authorization": f"Bearer {self._token}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": VERSION,
        }
        response = self._http.request("GET", address, headers=headers)
        self.clock = compared(response.header("date"), self._run.now(), "GitHub") or self.clock
        return response

    def _body(self, response: Response, path: str) -> Any:
        where = f"{self.where}: {path}"
        if response.status in (403, 429) and (
            response.header("x-ratelimit-remaining") == "0" or response.header("retry-after") is not None
        ):
            raise CouldNotTell(
                "timed_out", "GitHub's rate limit is used up", where=where,
                hint="run less often, or give the token of an installation, whose limit is higher",
            )  # fmt: skip
        if response.status == 401:
            raise CouldNotTell("denied", "the token is not accepted: it has expired or was revoked", where=where)
        if response.status in (403, 404):
            raise CouldNotTell(
                "denied", f"GitHub answered {response.status}: the token may not read this, or it is not there",
                where=where, hint=f"the permission that it lacks: {_permission(response)}",
            )  # fmt: skip
        if response.status != 200:
            raise CouldNotTell("malformed", f"GitHub answered {response.status}", where=where)
        try:
            return json.loads(response.body)
        except ValueError as error:
            raise CouldNotTell("malformed", "the answer is no JSON", where=where) from error


def field(item: Any, *names: str) -> Any:
    """A value of an answer. Raises CouldNotTell("malformed") where the published description promises it."""
    for name in names:
        if not isinstance(item, Mapping) or name not in item:
            raise CouldNotTell("malformed", f"an item has no `{'.'.join(names)}`", hint="is this GitHub's REST API?")
        item = item[name]
    return item


def moment(text: Any) -> datetime:
    """A time of an answer, in UTC."""
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).astimezone(UTC)
    except ValueError as error:
        raise CouldNotTell("malformed", "an item has a time that is none") from error


def _with(path: str, query: Mapping[str, Any]) -> str:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return path + (("&" if "?" in path else "?") + text if text else "")


def _next(response: Response) -> str | None:
    found = re.search(r'<([^<>]+)>;\s*rel="next"', response.header("link") or "")
    if found is None:
        return None
    address = urlsplit(found[1])
    return address.path + (f"?{address.query}" if address.query else "")


def _permission(response: Response) -> str:
    return response.header("x-accepted-github-permissions") or "see the endpoint's documentation"
