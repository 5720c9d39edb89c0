"""Names that never change while the thing they name is the same: UUIDs, tag URIs, OSCAL tokens."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from trustcenter.errors import ConfigurationError

_TOKEN = re.compile(r"[^\w.-]+")
_DOTS = re.compile(r"\.{2,}")


def uuid_of(base: str, *parts: str) -> str:
    """The UUIDv5 (RFC 9562 5.5) of a thing below the page's address: the same parts give the same UUID."""
    return str(uuid5(NAMESPACE_URL, "/".join([base, "oscal", *parts])))


def tag_of(base: str, on: date, kind: str, key: str) -> str:
    """The tag URI (RFC 4151) of one entry of a feed; `key` is hashed, so that it may hold any text.

    Raises ConfigurationError where the page's address names no host.
    """
    host = urlsplit(base).hostname
    if not host:
        raise ConfigurationError(f"`{base}` names no host", where="trustcenter.toml", hint="set [organisation] url")
    return f"tag:{host},{on.isoformat()}:{kind}/{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def token(text: str) -> str:
    """An OSCAL token: it begins with a letter and holds letters, digits, `.`, `-`, `_`; `32(1)(b)` is `id-32.1.b`."""
    plain = _DOTS.sub(".", _TOKEN.sub(".", text.strip())).strip(".")
    return plain if re.match(r"[^\W\d]", plain) else f"id-{plain}"
