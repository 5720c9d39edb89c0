"""Security headers of pages, and what the plain-http port does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Host, Http, Response

PRELOADED = timedelta(days=365)
"""The shortest age that browsers' lists take."""
Framing = Literal["denied", "same_origin", "listed", "allowed"]


@dataclass(frozen=True, slots=True)
class PageHeaders:
    """One page over https, or the same page asked for over plain http."""

    host: Annotated[str, Key]
    scheme: Annotated[Literal["https", "http"], Key]
    path: Annotated[str, Key]
    status: int
    redirect: Literal["none", "https_same_host", "elsewhere"]
    permanent: bool
    """The redirect is a 301 or 308: clients may remember it."""
    hsts_max_age: timedelta | None
    hsts_subdomains: bool
    hsts_preload: bool
    """It asks to be in browsers' own lists and meets their conditions: a year or more, subdomains, `preload`
    (hstspreload.org). Whether a list holds it already is not asked.
    """
    content_policy: bool
    content_policy_unsafe: bool
    """Inline or evaluated script is allowed without nonce or hash, or script may come from anywhere."""
    framing: Framing
    nosniff: bool
    referrer_policy: str | None
    server_named: bool
    """`Server` or `X-Powered-By` tells a product."""


@collector(method="probe", kinds=("platform", "endpoint"))
def http_headers(http: Http, run: Run) -> Population[PageHeaders]:
    """Headers of the mapped pages over https (HSTS, CSP, framing, sniffing) and their redirects from plain http.

    Every host of the source is asked: that of `url`, and those of `hosts`, each with `paths` of its own where it says
    so. One that cannot be reached raises CouldNotTell for all.
    """
    missing = run.mapping.get("missing_path", "/no-such-page-trustcenter")
    facts: list[PageHeaders] = []
    asked: dict[str, list[str]] = {}
    for host, client in http.hosts():
        paths = host.paths or _paths(run)
        asked[host.label] = list(paths)
        plain = (host.http_url or str(run.setting("http_url"))).rstrip("/")
        facts += [_fact(host, "https", path, _page(client, path)) for path in paths]
        facts.append(_fact(host, "https", missing, _error_page(client, missing)))
        facts += [_plain(host, client, plain, path) for path in paths]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "each mapped page of each host over https and over http, and one that does not exist",
            sum(2 * len(paths) + 1 for paths in asked.values()),
            len(facts),
            True,
        ),
        query="GET of each page without a session; redirects are not followed",
        parameters={"paths": asked, "missing_path": missing},
        observed_at=run.now(),
    )


def _paths(run: Run) -> Sequence[str]:
    paths = run.setting("paths")
    if not isinstance(paths, (list, tuple)) or not paths or len(set(paths)) != len(paths):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `paths` is no list of different pages")
    return [str(path) for path in paths]


def _page(http: Http, path: str) -> Response:
    response = http.request("GET", path)
    if response.status in (401, 403):
        raise CouldNotTell("denied", f"{path} answered {response.status}")
    if response.status >= 400:
        raise CouldNotTell("contradicted", f"{path} is mapped as a page and answered {response.status}")
    return response


def _error_page(http: Http, path: str) -> Response:
    response = http.request("GET", path)
    if not 400 <= response.status < 500:
        raise CouldNotTell("contradicted", f"{path} should not exist and answered {response.status}")
    return response


def _plain(host: Host, http: Http, base: str, path: str) -> PageHeaders:
    response = http.request("GET", base + path)
    if response.status in (401, 403):
        raise CouldNotTell("denied", f"{path} over plain http answered {response.status}")
    return _fact(host, "http", path, response)


def _fact(host: Host, scheme: Literal["https", "http"], path: str, response: Response) -> PageHeaders:
    max_age, subdomains, asks = _hsts(response.headers_named("strict-transport-security"))
    policies = [_directives(value) for value in response.headers_named("content-security-policy")]
    server = " ".join(response.headers_named("server") + response.headers_named("x-powered-by"))
    return PageHeaders(
        host=host.label,
        scheme=scheme,
        path=path,
        status=response.status,
        redirect=_redirect(response, urlsplit(host.url).hostname or ""),
        permanent=response.status in (301, 308),
        hsts_max_age=max_age,
        hsts_subdomains=subdomains,
        hsts_preload=asks and subdomains and max_age is not None and max_age >= PRELOADED,
        content_policy=bool(policies),
        content_policy_unsafe=not policies or all(_unsafe(policy) for policy in policies),
        framing=_framing(policies, response.headers_named("x-frame-options")),
        nosniff=[value.strip().lower() for value in response.headers_named("x-content-type-options")] == ["nosniff"],
        referrer_policy=response.header("referrer-policy"),
        server_named=bool(server.strip()),
    )


def _redirect(response: Response, host: str) -> Literal["none", "https_same_host", "elsewhere"]:
    target = response.header("location")
    if not 300 <= response.status < 400 or target is None:
        return "none"
    address = urlsplit(urljoin(response.url, target))
    return "https_same_host" if address.scheme == "https" and address.hostname == host else "elsewhere"


def _hsts(values: Sequence[str]) -> tuple[timedelta | None, bool, bool]:
    """Age, subdomains, preload. Only the first header counts (RFC 6797 8.1); a directive twice voids it (6.1)."""
    if not values:
        return None, False, False
    parts = [part.strip().lower() for part in values[0].split(";") if part.strip()]
    ages = [found[1] for part in parts if (found := re.fullmatch(r'max-age\s*=\s*"?(\d{1,10})"?', part))]
    if len(ages) != 1:
        return None, False, False
    return timedelta(seconds=int(ages[0])), "includesubdomains" in parts, "preload" in parts


def _directives(policy: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        words = part.split()
        if words:
            found.setdefault(words[0].lower(), [word.lower() for word in words[1:]])
    return found


def _unsafe(policy: dict[str, list[str]]) -> bool:
    """Script is not restrained: no rule, a wildcard, or inline script without nonce or hash (CSP Level 3 6.7)."""
    sources = policy.get("script-src", policy.get("default-src"))
    if sources is None or {"*", "http:", "https:", "data:", "'unsafe-eval'"} & set(sources):
        return True
    trusted = any(source.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for source in sources)
    return "'unsafe-inline'" in sources and not trusted


def _framing(policies: Sequence[dict[str, list[str]]], options: Sequence[str]) -> Framing:
    """`frame-ancestors` overrides X-Frame-Options where both are there (CSP Level 3 6.4.2)."""
    ancestors = [policy["frame-ancestors"] for policy in policies if "frame-ancestors" in policy]
    if ancestors:
        if ["'none'"] in ancestors or [] in ancestors:
            return "denied"
        if ["'self'"] in ancestors:
            return "same_origin"
        return "allowed" if all({"*", "http:", "https:"} & set(each) for each in ancestors) else "listed"
    said = {value.strip().lower() for value in options}
    if said == {"deny"}:
        return "denied"
    return "same_origin" if said == {"sameorigin"} else "allowed"
