"""The HTTP headers under which the built page works: a strict content security policy, and snippets for servers.

Inline scripts (the theme has three a page) are allowed by their SHA-256 and by nothing else (CSP Level 3, 2.3.1).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

_DATA_TYPES = ("application/json", "application/ld+json")
_OTHERS: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """The headers of a built page. `blocked` names what the policy would stop: inline styles, handlers, other hosts."""

    headers: Mapping[str, str]
    hashes: tuple[str, ...]
    blocked: tuple[str, ...]


class _Page(HTMLParser):
    """Collects inline scripts and whatever a strict policy stops."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.blocked: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and given.get("type", "") not in _DATA_TYPES:
            self._within = True
            self.scripts.append("")
        if tag == "style" or "style" in given:
            self.blocked.append("an inline style")
        self.blocked += [f"the handler {name}" for name in given if name.startswith("on")]
        if tag in ("script", "img", "iframe", "object", "embed"):
            source = given.get("src", given.get("data", ""))
            if source.startswith(("http:", "https:", "//")):
                self.blocked.append(f"a {tag} from another host")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._within = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[-1] += data


def page_policy(pages: Mapping[str, str]) -> PagePolicy:
    """The policy for all pages of a site, from their HTML by path. Pure."""
    hashes: set[str] = set()
    blocked: list[str] = []
    for path in sorted(pages):
        page = _Page()
        page.feed(pages[path])
        page.close()
        hashes |= {script_hash(script) for script in page.scripts}
        blocked += [f"{path}: {what}" for what in dict.fromkeys(page.blocked)]
    allowed = tuple(sorted(hashes))
    return PagePolicy({"Content-Security-Policy": _policy(allowed), **_OTHERS}, allowed, tuple(blocked))


def script_hash(script: str) -> str:
    """An inline script's source expression: `'sha256-...'`."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _policy(hashes: Iterable[str]) -> str:
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())


def snippets(policy: PagePolicy) -> dict[str, str]:
    """One file for each server: nginx, Caddy, CloudFront (headers policy, function for folders), `_headers` files."""
    headers = policy.headers
    nginx = "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())
    caddy = "".join(f'\t{name} "{value}"\n' for name, value in headers.items())
    return {
        "nginx.conf": f"# include this in the server block of the page\n{nginx}",
        "Caddyfile": f"# import this in the site block of the page\nheader {{\n{caddy}\t-Server\n}}\n",
        "_headers": "/*\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items()),
        "cloudfront-headers.json": json.dumps(_cloudfront(headers), indent=2) + "\n",
        "cloudfront-function.js": _FOLDERS,
    }


_FOLDERS = """// Viewer request: S3 has no folders, so that a page's address gets its file's name.
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) request.uri += "index.html";
  else if (!request.uri.split("/").pop().includes(".") && !request.uri.startsWith("/evidence/")) {
    return { statusCode: 301, statusDescription: "Moved", headers: { location: { value: request.uri + "/" } } };
  }
  return request;
}
"""


def _cloudfront(headers: Mapping[str, str]) -> dict[str, object]:
    """A ResponseHeadersPolicyConfig, as `aws cloudfront create-response-headers-policy` takes it."""
    custom = [
        {"Header": name, "Value": value, "Override": True}
        for name, value in headers.items()
        if name in ("Permissions-Policy", "Cross-Origin-Opener-Policy")
    ]
    return {
        "Name": "trust-page",
        "Comment": "Headers under which the trust page works",
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {
                "Override": True, "ContentSecurityPolicy": headers["Content-Security-Policy"]
            },
            "StrictTransportSecurity": {
                "Override": True, "AccessControlMaxAgeSec": 31_536_000, "IncludeSubdomains": True
            },
            "ContentTypeOptions": {"Override": True},
            "FrameOptions": {"Override": True, "FrameOption": "DENY"},
            "ReferrerPolicy": {"Override": True, "ReferrerPolicy": "no-referrer"},
        },
        "CustomHeadersConfig": {"Quantity": len(custom), "Items": custom},
    }  # fmt: skip


def write_headers(site: Path, folder: Path) -> PagePolicy:
    """Read the built pages of `site` and write the snippets into `folder`."""
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    policy = page_policy(pages)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in snippets(policy).items():
        (folder / name).write_text(text, encoding="utf-8")
    return policy
