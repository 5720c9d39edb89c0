"""What a PDF may fetch: the bundled fonts and style, by name. Nothing else exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "bundled:///"


def closed_fetcher(assets: Mapping[str, bytes]) -> Any:
    """A WeasyPrint fetcher that knows `bundled:///NAME` only; any other address stops the rendering."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            name = url.removeprefix(PREFIX)
            if not url.startswith(PREFIX) or name not in assets:
                raise FatalURLFetchingError(f"a pack fetches nothing: {url[:200]}")
            kind = "text/css" if name.endswith(".css") else "font/woff2"
            return URLFetcherResponse(url, assets[name], {"Content-Type": kind})

    return ClosedFetcher(allowed_protocols=("bundled",), allow_redirects=False, fail_on_errors=True)
