"""What Alder answers, who may call it, and the signed document in which it says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trustcenter.proof import canonical, dsse
from trustcenter.proof.keys import PrivateKey

ANONYMOUS = "anonymous"
_PEOPLE = ("owner", "admin", "member", "staff", "support")
_ALL = (ANONYMOUS, *_PEOPLE)


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    callers: tuple[str, ...]
    scope: str | None = None
    fresh: bool = False
    """Needs a fresh proof of who it is."""
    halfway: bool = False
    """Answers somebody who has not given a second factor yet."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def fits(self, method: str, path: str) -> dict[str, str] | None:
        """The parameters of the path; None where it is another route's."""
        ours, theirs = self.path.split("/"), path.split("/")
        if method != self.method or len(ours) != len(theirs):
            return None
        pairs = list(zip(ours, theirs, strict=True))
        if any(one != other and not one.startswith("{") for one, other in pairs):
            return None
        return {one.strip("{}"): other for one, other in pairs if one.startswith("{")}


_CUSTOMER = ("owner", "admin", "member")
ROUTES = (
    Route("GET", "/door", _ALL), Route("POST", "/door", _ALL, halfway=True),
    Route("POST", "/key/options", _ALL, halfway=True), Route("POST", "/key", _ALL, halfway=True),
    Route("POST", "/code", _ALL, halfway=True), Route("POST", "/key/again", _PEOPLE),
    Route("POST", "/out", _PEOPLE, halfway=True),
    Route("GET", "/lobby", _PEOPLE), Route("GET", "/enrol", ("owner", "staff"), halfway=True),
    Route("POST", "/app", ("owner", "staff"), halfway=True),
    Route("POST", "/app/confirm", ("owner", "staff"), halfway=True),
    Route("GET", "/keys", _PEOPLE), Route("POST", "/keys/options", _CUSTOMER, fresh=True),
    Route("POST", "/keys", _CUSTOMER, fresh=True), Route("DELETE", "/keys/{key}", _CUSTOMER, fresh=True),
    Route("GET", "/api/me", _PEOPLE),
    Route("GET", "/api/letters", (*_CUSTOMER, "support"), "letters:read"),
    Route("POST", "/api/letters", _CUSTOMER, "letters:write"),
    Route("GET", "/api/letters/{letter}", (*_CUSTOMER, "support"), "letters:read"),
    Route("GET", "/api/people", ("owner", "admin"), "people:read"),
    Route("GET", "/api/record", ("owner",)),
    Route("POST", "/people/{person}/on", ("owner",), fresh=True),
    Route("POST", "/people/{person}/off", ("owner",), fresh=True),
    Route("POST", "/people/{person}/bare", ("owner",), fresh=True),
    Route("POST", "/api/tokens", ("owner",), fresh=True),
    Route("DELETE", "/api/tokens/{token}", ("owner",), fresh=True),
    Route("GET", "/support", ("owner",)), Route("POST", "/support", ("staff",), fresh=True),
    Route("POST", "/support/stop", ("support",)), Route("DELETE", "/support/{access}", ("owner",)),
)  # fmt: skip


def posture(nonce: str, now: datetime, key: PrivateKey, flaws: Collection[str]) -> bytes:
    """The signed document; it lies by some of the flaws."""
    routes: list[dict[str, Any]] = [
        {"method": each.method, "path": each.path, "action": each.name, "callers": list(each.callers),
         "scope": each.scope}
        for each in ROUTES
    ]  # fmt: skip
    roles: list[dict[str, Any]] = [{"name": each.name, "callers": list(each.callers)} for each in ROUTES]
    if "says_otherwise" in flaws:
        roles = [{**each, "callers": ["member"]} if each["name"] == "GET /api/record" else each for each in roles]
    if "undeclared" in flaws:
        roles = [each for each in roles if each["name"] != "GET /api/record"]
        routes = [{**each, "action": None} if each["action"] == "GET /api/record" else each for each in routes]
    document = {
        "type": "application/vnd.trustcenter.posture.v1+json",
        "nonce": nonce,
        "issued_at": now.isoformat(),
        "expires_at": (now + timedelta(minutes=5)).isoformat(),
        "observed": {"routes": routes, "roles": roles},
    }
    return dsse.sign(canonical.dumps(document), document["type"], key).to_bytes()
