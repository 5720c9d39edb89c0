"""Visits to Larch: a browser as collectors know Http, and how the service answers one request, flaws included."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from larch import OWNER, Larch, Session

from trustcenter.sources.interface import Response


@dataclass
class Browser:
    """One browser at Larch: what collectors know as Http."""

    app: Larch
    address: str = "198.51.100.1"
    cookies: dict[str, str] = field(default_factory=dict)
    base_url: str = "https://larch.example"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def session(self, address: str | None = None) -> Browser:
        return Browser(self.app, address or self.address)

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None, json: Any = None, retry: bool = True,
    ) -> Response:  # fmt: skip
        given = dict(headers or {})
        cookies = {**self.cookies, **dict(part.split("=", 1) for part in given.get("cookie", "").split("; ") if part)}
        visit = _Visit(self.app, cookies, given.get("user-agent", "plain"), self.address)
        answer = visit.answer(method, path, {**(form or {}), **(json or {})})
        for name, value in visit.planted.items():
            self.cookies[name] = value
        return answer


@dataclass
class _Visit:
    """One request."""

    app: Larch
    cookies: dict[str, str]
    agent: str
    address: str
    planted: dict[str, str] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: Mapping[str, Any]) -> Response:
        app, sid = self.app, self.cookies.get("sid", "")
        found = app.sessions.get(sid)
        if (
            found is not None
            and app.idle is not None
            and not app.has("never_idle")
            and app.clock - found.used > app.idle
        ):
            del app.sessions[sid]
            found = None
        if found is not None:
            found.used = app.clock
        if app.has("denied"):
            return self.said(403)
        match method, path.partition("?")[0].strip("/").split("/"):
            case "GET", ["enter" | "forgot"]:
                return self.said(200)
            case "POST", ["enter"]:
                return self.enter(str(body["mail"]), str(body["word"]))
            case "POST", ["key", "options"]:
                return self.said(200, {"challenge": "AAAA", "rpId": "larch.example"})
            case "POST", ["key"]:
                self.begin(OWNER) if found is None else self.renew(sid)
                return self.said(200, {})
            case "POST", ["forgot"]:
                if not app.has("older_link"):
                    app.links = {link: to for link, to in app.links.items() if to != body["mail"]}
                self.link(str(body["mail"]), "/renew")
                return self.said(202)
            case "POST", ["renew" | "join"]:
                return self.by_link(str(body["t"]), str(body["word"]))
        if found is None:
            return self.said(401)
        return self.inside(method, path.strip("/").split("/"), body, sid, found)

    def inside(self, method: str, path: list[str], body: Mapping[str, Any], sid: str, mine: Session) -> Response:
        app = self.app
        match method, path:
            case "GET", ["home"]:
                return self.said(200)
            case "GET", ["activity"]:
                return self.said(200, {"items": app.events})
            case "POST", ["leave"]:
                if not app.has("undead"):
                    app.end(lambda each, _: each == sid)
                return self.said(303)
            case "POST", ["prove"]:
                if body["word"] != app.words[mine.mail]:
                    return self.said(403)
            case "POST", ["word"]:
                if not app.takes(str(body["word"])):
                    return self.said(422)
                app.words[mine.mail] = str(body["word"])
                if not app.has("others_stay"):
                    app.end(lambda each, its: its.mail == mine.mail and each != sid)
            case "GET", ["sessions"]:
                rows = [
                    {"id": each.name, "user_agent": each.agent, "ip": each.ip,
                     "device": "" if app.has("hides_device") else each.agent}
                    for each in app.sessions.values() if each.mail == mine.mail
                ]  # fmt: skip
                return self.said(200, {"items": rows})
            case "DELETE", ["sessions", *name]:
                if not app.has("revokes_nothing"):
                    app.end(lambda each, its: its.name == name[0] if name else its.mail == mine.mail and each != sid)
            case "PUT", ["limits"]:
                app.idle, app.life = body.get("idle"), body.get("life")
            case "POST", ["invite"]:
                made = secrets.token_hex(4)
                app.invited[made] = str(body["mail"])
                self.link(str(body["mail"]), "/join")
                self.renew(sid)
                return self.said(201, {"id": made, "secret": "JBSWY3DPEHPK3PXP"})
            case "DELETE", ["invite", made] if app.invited[made] not in app.joined:
                del app.invited[made]
            case "POST", ["off" | "role", made] if made in app.invited:
                self.renew(sid, keep=path[0] == "role" and app.has("same_after_role"))
                return self.said(204)
            case _:
                return self.said(409)
        if sid in app.sessions:
            self.renew(sid)
        return self.said(204)

    def enter(self, mail: str, word: str) -> Response:
        app, known = self.app, self.cookies.get("device") in self.app.devices
        key = "device" if known and not app.has("shuts_out") else self.address if app.has("by_network") else "strangers"
        past = app.failed.setdefault(key, [])
        wait = 2 if app.has("flat") else 2 ** max(1, len(past) - 4)
        right = word == app.words.get(mail)
        waits = len(past) >= 5 and app.clock < past[-1] + wait and not app.has("free")
        if app.has("afresh") and len(past) % 5:
            waits = False
        if waits and not (right and app.has("right_enters")):
            return self.said(429, headers={"retry-after": str(int(past[-1] + wait - app.clock) + 1)})
        if not right:
            past.append(app.clock)
            if len(past) == 5 and not app.has("silent"):
                app.mail(mail, "Somebody guesses your password", "We slow them down.")
            return self.said(401)
        past.clear()
        far = self.address.startswith("192.") and not app.has("no_place")
        self.begin(mail)
        if (not known or far or app.has("always_told")) and not app.has("silent"):
            app.mail(mail, "A sign-in", f"With {self.agent}{', from far away' if far else ''}.")
        for unusual, action in ((not known or app.has("always_told"), "alert.device"), (far, "alert.place")):
            if unusual:
                app.events.append({"action": action, "user_agent": self.agent})
        return self.said(303)

    def begin(self, mail: str) -> None:
        self.planted["sid"] = secrets.token_hex(16)
        self.planted["device"] = self.cookies.get("device") or secrets.token_hex(8)
        self.app.devices.add(self.planted["device"])
        self.app.sessions[self.planted["sid"]] = Session(mail, self.agent, self.address, used=self.app.clock)

    def renew(self, sid: str, *, keep: bool = False) -> None:
        self.planted["sid"] = self.app.renewed(sid, keep=keep)

    def link(self, mail: str, page: str) -> None:
        token = secrets.token_hex(24)
        self.app.links[token] = mail
        self.app.ends[token] = self.app.clock + (self.app.life or 900)
        self.app.mail(mail, "Your link", f"https://larch.example{page}?t={token}\n")

    def by_link(self, token: str, word: str) -> Response:
        app = self.app
        near = next((link for link in app.links if link[:-9] == token[:-9]), None) if app.has("any_link") else None
        opened = token if token in app.links else near
        if opened is None or (app.clock >= app.ends[opened] and not app.has("undying_link")):
            return self.said(410)
        if not app.takes(word):
            return self.said(422)
        mail = app.links[opened] if app.has("link_again") or near else app.links.pop(opened)
        app.words[mail] = word
        app.joined.add(mail)
        if not app.has("reset_keeps"):
            app.end(lambda _, its: its.mail == mail)
        if app.has("reset_enters"):
            self.begin(mail)
        return self.said(204)

    def said(self, status: int, value: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        cookies = tuple(("set-cookie", f"{name}={text}; Path=/") for name, text in self.planted.items())
        body = b"" if value is None else json.dumps(value).encode()
        return Response(status, (("content-type", "application/json"), *cookies, *(headers or {}).items()), body)
