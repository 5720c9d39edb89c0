"""What anybody may ask for: health, posture, whom to tell of a weakness, assets."""

from __future__ import annotations

import asyncio
import mimetypes

import psycopg
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response

from trustcenter.portal import operations, templates
from trustcenter.portal.activity import heads
from trustcenter.portal.call import Call
from trustcenter.runtime import posture
from trustcenter.runtime.security_txt import CONTENT_TYPE

mimetypes.add_type("font/woff2", ".woff2")


async def health(call: Call) -> Response:
    """200 when the database answers within two seconds, else 503."""
    try:
        async with asyncio.timeout(2), call.services.pool.connection() as connection:
            await connection.execute("select 1")
    except (TimeoutError, PoolTimeout, psycopg.Error):
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


async def trust_posture(call: Call) -> Response:
    """A DSSE envelope of observed values, bound to the caller's nonce, valid for five minutes."""
    nonce = call.request.query_params.get("nonce", "")
    try:
        envelope = posture.issue(
            await operations.posture(call.services),
            nonce=nonce,
            now=call.services.now(),
            key=call.services.settings.posture_key,
        )
    except posture.NonceRefusedError as error:
        raise HTTPException(400, error.what) from error
    return Response(envelope.to_bytes(), media_type="application/vnd.dsse.envelope.v1+json")


async def audit_heads(call: Call) -> Response:
    """Where each organisation's audit log stood when heads were last signed: a note that anybody may keep."""
    path = call.services.settings.audit_heads / heads.LATEST
    if not path.exists():
        raise HTTPException(404)
    return FileResponse(path, media_type="text/plain; charset=utf-8")


async def security_txt(call: Call) -> Response:
    """Whom to tell of a weakness; the same file for everybody (RFC 9116)."""
    return Response(call.services.settings.security_txt.text, media_type=CONTENT_TYPE)


async def asset(call: Call) -> Response:
    """A file of the assets folder, by exact name; nothing outside it, whatever the path says."""
    folder = templates.folder() / "assets"
    known = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    found = known.get(call.request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, headers={"cache-control": "public, max-age=3600"})
