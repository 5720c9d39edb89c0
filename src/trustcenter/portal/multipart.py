"""Forms that carry files: multipart/form-data (RFC 7578), strictly, from a body that is already within its limit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}")
MOST_PARTS = 20


@dataclass(frozen=True)
class Upload:
    """One file as it came: the name that the browser gave, without any folders, and its bytes."""

    name: str
    content: bytes = field(repr=False)


def parts_of(body: bytes, content_type: str) -> dict[str, Any]:
    """The form's fields as text, its files as `Upload`. Raises ValueError for anything malformed or repeated."""
    boundary = _parameters(content_type).get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise ValueError("no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))
    if len(pieces) < 2 or not pieces[-1].startswith(b"--") or len(pieces) - 2 > MOST_PARTS:
        raise ValueError("the parts are not closed, or too many")
    fields: dict[str, Any] = {}
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not gap or len(head) > 4000:
            raise ValueError("a part without headers")
        disposition = _disposition(head.decode("utf-8"))
        name = disposition.get("name", "")
        if not name or name in fields:
            raise ValueError("a part without a name of its own")
        if "filename" in disposition:
            file_name = re.split(r"[/\\]", disposition["filename"])[-1].strip()
            fields[name] = Upload(file_name, content)
        else:
            fields[name] = content.decode("utf-8")
    return fields


def _disposition(head: str) -> dict[str, str]:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            if not value.strip().lower().startswith("form-data"):
                raise ValueError("a part that belongs to no form")
            return _parameters(value.strip())
    raise ValueError("a part without a disposition")


def _parameters(header: str) -> dict[str, str]:
    """Parameters of a header's value, quoted or not."""
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    found = message.get_params(header="content-type") or []
    return {name.lower(): str(value) for name, value in found[1:]}
