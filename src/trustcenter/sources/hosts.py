"""All hosts of a source: that of its `url`, and those that `hosts` adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Budget, Host
from trustcenter.sources.settings import text_setting

_KNOWN = frozenset({"url", "http_url", "paths"})


@dataclass(frozen=True, slots=True)
class _Refused:
    budget: Budget

    def because(self, what: str) -> CouldNotTell:
        source = self.budget.source
        return CouldNotTell(
            "unsupported",
            f"source {source.name}: {what}",
            where=str(source.place) if source.place else None,
            hint='hosts = ["www.shop.example", {url = "https://api.shop.example:8443", paths = ["/v1"]}]',
        )


def added_hosts(budget: Budget) -> tuple[Host, ...]:
    """The entries of `hosts`, in the mapping or else the source; none where nothing says so.

    An entry is a name, or a table of `url`, optional `http_url` (by default port 80 of the same name) and `paths` (the
    pages of this host, where they differ from the others'). Raises CouldNotTell("unsupported") for anything else.
    """
    refused = _Refused(budget)
    try:
        listed = budget.setting("hosts")
    except CouldNotTell:
        return ()
    if not isinstance(listed, (list, tuple)) or not listed:
        raise refused.because("`hosts` is no list of hosts")
    return tuple(_host(entry, refused) for entry in listed)


def all_hosts(budget: Budget, own: Host | None) -> tuple[Host, ...]:
    """`own` first, then those that are added; labels tell ports apart where a name has several.

    Raises CouldNotTell("unsupported") where nothing is named, or something twice.
    """
    added = tuple(host for host in added_hosts(budget) if own is None or _place(host.url) != _place(own.url))
    found = (own, *added) if own is not None else added
    if not found:
        text_setting(budget, "url")
    if len({_place(host.url) for host in found}) != len(found):
        raise _Refused(budget).because("`hosts` names a host twice")
    names = Counter(host.label for host in found)
    return tuple(host if names[host.label] == 1 else replace(host, label=urlsplit(host.url).netloc) for host in found)


def _place(url: str) -> tuple[str, str | None, int | None]:
    asked = urlsplit(url)
    return asked.scheme, asked.hostname, asked.port or {"https": 443, "http": 80}.get(asked.scheme)


def _host(entry: Any, refused: _Refused) -> Host:
    if isinstance(entry, str):
        entry = {"url": f"https://[{entry}]" if entry.count(":") > 1 else f"https://{entry}"}
    if not isinstance(entry, Mapping) or not set(entry) <= _KNOWN:
        raise refused.because("an entry of `hosts` is neither a name nor a table of `url`, `http_url`, `paths`")
    url, plain, paths = entry.get("url"), entry.get("http_url"), entry.get("paths", ())
    name = _name(url, ("https", "http"), refused)
    if plain is not None:
        _name(plain, ("http",), refused)
    if not isinstance(paths, (list, tuple)) or not all(isinstance(path, str) for path in paths):
        raise refused.because("`hosts`: `paths` of a host is no list of pages")
    plain_name = f"[{name}]" if ":" in name else name
    return Host(name, str(url).rstrip("/"), str(plain or f"http://{plain_name}").rstrip("/"), tuple(paths))


def _name(url: Any, schemes: tuple[str, ...], refused: _Refused) -> str:
    try:
        asked = urlsplit(url) if isinstance(url, str) else None
        name = asked.hostname if asked is not None and (asked.port or 1) > 0 else None
    except ValueError:
        asked = name = None
    if asked is None or not name or asked.scheme not in schemes or asked.path not in ("", "/") or asked.query:
        raise refused.because(f"`hosts` holds {str(url)[:80]!r}, which is no address of a host")
    return name
