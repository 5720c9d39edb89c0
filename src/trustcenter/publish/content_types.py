"""What a file of the site is served as, and for how long it may be kept."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".note": "text/plain; charset=utf-8",
    ".tsr": "application/timestamp-reply",
    ".map": "application/json",
    ".gz": "application/gzip",
}
_FOR_EVER = re.compile(
    r"evidence/statements/|evidence/log/checkpoints/|evidence/log/tile/(?!.*\.p/)|assets/.*\.[0-9a-f]{8}\.min\.(?:js|css)$"
)


def content_type(path: str) -> str:
    """The media type of a file of the site, by its name. A checkpoint is text; tiles are bytes."""
    if PurePosixPath(path).name == "checkpoint":
        return "text/plain; charset=utf-8"
    return _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def cache_control(path: str) -> str:
    """Files whose name holds their content are kept for a year; everything else is asked for again after a minute."""
    if _FOR_EVER.match(path):
        return "public, max-age=31536000, immutable"
    if path.startswith("assets/"):
        return "public, max-age=3600"
    return "public, max-age=60, must-revalidate"
