"""Mounts the signed posture: what Letters says of itself, for probes to contradict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from identity import Person
from roles import MATRIX
from starlette.requests import Request
from starlette.responses import Response

from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import posture, sessions
from trustcenter.runtime.routes import Manifest


@dataclass
class Posture:
    """Values alone, never verdicts. The manifest is set once all routes are known: this one is among them."""

    key: PrivateKey
    limits: sessions.SessionPolicy
    manifest: Manifest | None = None

    async def show(self, request: Request, person: Person | None) -> Response:
        assert self.manifest is not None
        observed = {
            "routes": self.manifest.rows(), "roles": MATRIX.rows(),
            "sessions": {
                "idle_seconds": int(self.limits.idle.total_seconds()),
                "absolute_seconds": int(self.limits.absolute.total_seconds()),
            },
        }  # fmt: skip
        nonce, now = request.query_params.get("nonce", ""), datetime.now(UTC)
        try:
            signed = posture.issue(observed, nonce=nonce, now=now, key=self.key)
        except posture.NonceRefusedError:
            return Response(status_code=400)
        return Response(signed.to_bytes(), media_type="application/json")
