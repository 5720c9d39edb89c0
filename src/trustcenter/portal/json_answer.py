"""Answers of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import JSONResponse, Response

from trustcenter.runtime.posture import instant


class Json(JSONResponse):
    """JSON with identifiers as text and times as RFC 3339 in UTC."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def listing(rows: Sequence[Mapping[str, Any]]) -> Response:
    """Rows under `items`, and how many."""
    return Json({"items": [dict(row) for row in rows], "count": len(rows)})
