"""The application: the router built from the manifest, errors without detail, headers on everything."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as StarletteRoute

from trustcenter.portal.access_log import AccessLog
from trustcenter.portal.call import endpoint, wants_json
from trustcenter.portal.egress import record_for_ever
from trustcenter.portal.manifest import MANIFEST
from trustcenter.portal.outbox.delivery import deliver_for_ever
from trustcenter.portal.services import Services
from trustcenter.portal.settings import Settings
from trustcenter.runtime.egress import Recorder
from trustcenter.runtime.headers import Application, SecurityHeaders
from trustcenter.runtime.routes import Manifest

_log = logging.getLogger("trustcenter.portal")

EXPLAINED = {
    400: "The request cannot be read.",
    401: "Sign in first.",
    403: "This is not allowed.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not take that kind of request.",
    413: "That is too large.",
    500: "Something went wrong on our side. The request's identifier helps us to find it.",
    503: "The service is busy or its database does not answer. Try again shortly.",
}


def create_app(settings: Settings, manifest: Manifest = MANIFEST) -> Application:
    """The portal as an ASGI application."""
    services = Services(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        recorder = Recorder(services.now)
        recorder.start()
        await services.pool.open(wait=True, timeout=15)
        working = [
            asyncio.create_task(deliver_for_ever(services)),
            asyncio.create_task(record_for_ever(services, recorder)),
        ]
        try:
            yield
        finally:
            recorder.stop()
            for task in working:
                task.cancel()
            await services.pool.close()

    async def problem(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else ""
        if isinstance(error, (PoolTimeout, psycopg.OperationalError)):
            status = 503
        if status >= 500:
            # the type only: a database error's text can hold the row's values
            place = traceback.extract_tb(error.__traceback__)[-1:]
            spot = "".join(f" at {frame.filename}:{frame.lineno}" for frame in place)
            _log.error("%s %s: %s%s", request.method, request.url.path, type(error).__name__, spot)
        text = detail if detail and detail != _phrase(status) else EXPLAINED.get(status, _phrase(status))
        headers = dict(getattr(error, "headers", None) or {})
        if wants_json(request.url.path):
            return JSONResponse({"error": text}, status, headers)
        response = services.page(request, None, "error.html", status, text=text, code=status)
        response.headers.update(headers)
        return response

    # Routes of one path are grouped so that another method is a 405 and not the next route's 404.
    starlette = Starlette(
        routes=[_route(services, manifest, path) for path in dict.fromkeys(route.path for route in manifest)],
        lifespan=lifespan,
        exception_handlers=cast(
            Any, {HTTPException: problem, PoolTimeout: problem, psycopg.Error: problem, Exception: problem}
        ),
    )
    services.manifest = live_manifest(starlette, manifest)
    return AccessLog(SecurityHeaders(cast(Application, starlette)), settings.access_log)


def _route(services: Services, manifest: Manifest, path: str) -> StarletteRoute:
    answers = {route.method: endpoint(services, route) for route in manifest if route.path == path}

    async def dispatch(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await answers[method](request)

    return StarletteRoute(path, dispatch, methods=list(answers))


def live_manifest(starlette: Starlette, manifest: Manifest) -> Manifest:
    """The manifest, after checking that the router answers exactly what it declares. Raises RuntimeError otherwise."""
    live = {
        (method, route.path)
        for route in starlette.router.routes
        if isinstance(route, StarletteRoute)
        for method in set(route.methods or ()) - {"HEAD"}
    }
    declared = {(route.method, route.path) for route in manifest}
    if live != declared or len(starlette.router.routes) != len({route.path for route in manifest}):
        raise RuntimeError(f"the router and the manifest differ: {sorted(live ^ declared)}")
    return manifest


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
