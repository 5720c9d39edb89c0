"""One request at Alder: who calls, whether they may, and what is done."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from alder import Access, Alder, Session, Token
from alder_keys import SITE
from alder_routes import ANONYMOUS, ROUTES, Route

from trustcenter.sources.interface import Response

OPEN = frozenset({"GET /posture"})


@dataclass
class Visit:
    app: Alder
    cookies: dict[str, str]
    bearer: str | None
    planted: dict[str, str] = field(default_factory=dict)

    def answer(self, method: str, address: str, body: Any) -> Response:
        app = self.app
        path, _, query = address.partition("?")
        session = app.sessions.get(self.cookies.get("sid", ""))
        if app.has("denied"):
            return self.said(403)
        if f"{method} {path}" in OPEN:
            return self.said(200, raw=app.posture(query.removeprefix("nonce=")))
        route, values = next(
            ((each, found) for each in ROUTES if (found := each.fits(method, path)) is not None), (None, {})
        )
        if route is None:
            return self.said(404)
        if not (app.has("log_drops") and route.path == "/api/record"):
            app.note(method, route.path, session.person.organisation if session else None)
        refused = self.refused(route, session)
        if refused is not None:
            return refused
        if route.method != "GET" and isinstance(body, str):
            return self.said(415)
        return self.done(route, values, body or {}, session)

    def refused(self, route: Route, session: Session | None) -> Response | None:
        app = self.app
        record = route.path == "/api/record"
        if record and app.has("crashes"):
            return self.said(500)
        if self.bearer is not None or (session is None and route.path.startswith("/api/")):
            return None if (record and app.has("open_record")) or self.token_opens(route) else self.said(401)
        if ANONYMOUS in route.callers or (record and app.has("open_record")):
            return None
        if session is None:
            return self.said(401)
        if session.stage != "full" and not route.halfway:
            session.pages += 1
            if app.has("sudden_end") and session.pages > 3:
                del app.sessions[self.cookies["sid"]]
            allowed = app.has("unenforced") or (app.has("half_enforced") and route.name == "POST /api/letters")
            if not (allowed and session.stage == "enrol"):
                return self.said(303, headers={"location": "/enrol" if session.stage == "enrol" else "/code"})
        role, _ = app.standing(session.person)
        lax = (
            (record and role == "member" and app.has("member_record"))
            or (role == "support" and route.path == "/api/people" and app.has("support_reads_people"))
            or (route.name == "POST /support" and app.has("anybody_begins"))
        )
        if (role not in route.callers and not lax) or (
            role == "admin" and route.path == "/api/letters" and app.has("admin_shut_out")
        ):
            return self.said(403)
        if route.fresh and not session.fresh and not (route.path == "/support" and app.has("no_proof")):
            return self.said(403, {"error": "prove again"})
        return None

    def token_opens(self, route: Route) -> bool:
        app = self.app
        if app.has("no_token"):
            return True
        given = (self.bearer or "").removeprefix("Bearer ")
        known = app.tokens.values()
        found = next((each for each in known if given and each.text == given), None)
        if found is None and app.has("by_prefix"):
            found = next((each for each in known if given and each.text[:12] == given[:12]), None)
        if found is None or app.has("good_refused"):
            return False
        ended = found.revoked and not app.has("revoked_opens")
        late = app.clock >= found.until and not app.has("expired_opens")
        return not ended and not late and (route.scope in found.scopes or app.has("any_scope"))

    def done(self, route: Route, values: Mapping[str, str], body: Mapping[str, Any], at: Session | None) -> Response:
        app, browser = self.app, self.cookies.get("jar", "")
        match route.name:
            case "GET /door":
                return self.said(200)
            case "POST /door":
                return self.enter(str(body.get("who")), str(body.get("word")))
            case "POST /key/options":
                self.planted["jar"] = browser or secrets.token_hex(8)
                return self.said(200, {"challenge": app.keys.challenge(self.planted["jar"]), "rpId": SITE})
            case "POST /key":
                person = app.keys.opens(body["credential"], browser)
                if person is None:
                    return self.said(401)
                self.begin(Session(person))
                return self.said(200)
            case "POST /code":
                return self.code(str(body.get("code")), at)
        if at is None:  # a token's call
            of = app.letters.get(values.get("letter", ""))
            given = (self.bearer or "").removeprefix("Bearer ")
            home = next((each.organisation for each in app.tokens.values() if each.text == given), None)
            mine = of is not None and (app.has("token_crosses") or of == home)
            return self.said(200 if mine or not values else 404, {"items": []})
        match route.name:
            case "POST /key/again":
                at.fresh = app.keys.opens(body["credential"], browser) is at.person
                return self.said(200 if at.fresh else 401)
            case "POST /out":
                del app.sessions[self.cookies["sid"]]
            case "GET /lobby":
                lasting = [each for each in app.accesses if app.lasts(each) and at.person in (each.staff, each.owner)]
                shown = "" if app.has("no_banner") else " ".join(each.ticket for each in lasting)
                return self.said(200, raw=f"<p>{shown}</p>".encode())
            case "GET /enrol":
                return self.said(200)
            case "POST /app":
                at.person.begun = app.new_app()
                return self.said(200, {"secret": at.person.begun})
            case "POST /app/confirm":
                if not app.code_opens(at.person, str(body.get("code")), at.person.begun):
                    return self.said(400)
                at.person.app, at.stage = at.person.begun, "full"
                at.person.recovery = {secrets.token_hex(5) for _ in range(8)}
                return self.said(200, {"recovery_codes": sorted(at.person.recovery)})
            case "GET /keys":
                mine = [*app.keys.known.items(), *((f"copy-{n}", each) for n, each in enumerate(app.keys.copies))]
                rows = [{"id": name, "name": key.name} for name, key in mine if key.live and key.person is at.person]
                return self.said(200, {"items": rows})
            case "POST /keys/options":
                self.planted["jar"] = browser or secrets.token_hex(8)
                user = {"id": "b3duZXI", "name": at.person.mail}
                challenge = app.keys.challenge(self.planted["jar"])
                return self.said(200, {"challenge": challenge, "rp": {"id": SITE}, "user": user})
            case "POST /keys":
                taken = app.keys.register(body["credential"], str(body["name"]), at.person, browser)
                return self.said(201 if taken else 400)
            case "DELETE /keys/{key}":
                if values["key"] in app.keys.known:
                    app.keys.known[values["key"]].live = False
            case "GET /api/me":
                _, organisation = app.standing(at.person)
                return self.said(200, {"organisation_id": organisation, "account_id": at.person.name})
            case "GET /api/people":
                rows = [{"id": each.name, "mail": each.mail} for each in app.people.values()]
                return self.said(200, {"items": rows})
            case "POST /people/{person}/on" | "POST /people/{person}/off" | "POST /people/{person}/bare":
                return self.change_person(values["person"], route.path.rpartition("/")[2])
            case "GET /api/letters" | "GET /api/letters/{letter}":
                return self.letters(values.get("letter"), at)
            case "GET /api/record":
                return self.said(200, {"items": app.record})
            case "POST /api/tokens":
                made, text = str(uuid4()), f"alder_{secrets.token_hex(3)}_{secrets.token_urlsafe(32)[:43]}"
                app.tokens[made] = Token(
                    text, app.standing(at.person)[1], list(body["scopes"]), app.clock + float(body["seconds"])
                )
                return self.said(201, {"id": made, "token": text})
            case "DELETE /api/tokens/{token}":
                if values["token"] in app.tokens:
                    app.tokens[values["token"]].revoked = True
            case _:
                return self.support(route.name, values, body, at)
        return self.said(204)

    def support(self, name: str, values: Mapping[str, str], body: Mapping[str, Any], at: Session) -> Response:
        app = self.app
        match name:
            case "POST /support":
                seconds = float(body.get("seconds", 600))
                owner = next((each for each in app.people.values() if each.mail == body["email"]), None)
                lacking = (
                    (not body["reason"] and not app.has("no_reason"))
                    or (not body["ticket"] and not app.has("no_ticket"))
                    or (seconds > 4 * 3600 and not app.has("five_hours"))
                )
                if lacking or (owner is None and not app.has("anybody_begins")):
                    return self.said(422)
                if owner is None:
                    return self.said(201, {"id": str(uuid4())})
                made = Access(at.person, owner, str(body["ticket"]), app.clock + seconds)
                app.accesses.append(made)
                if not app.has("unsaid"):
                    app.mails.append(owner.name)
                return self.said(201, {"id": made.name})
            case "GET /support":
                rows = [{"ticket": each.ticket, "live": app.lasts(each)} for each in app.accesses]
                return self.said(200, {"items": [] if app.has("unlisted") else rows})
            case "POST /support/stop" | "DELETE /support/{access}":
                for each in app.accesses:
                    each.stopped |= each.staff is at.person or each.name == values.get("access")
                return self.said(204)
        return self.said(409)

    def letters(self, letter: str | None, at: Session) -> Response:
        app, organisation = self.app, self.app.standing(at.person)[1]
        if letter is None:
            return self.said(200, {"items": [{"id": name} for name, of in app.letters.items() if of == organisation]})
        if organisation == "birch" and app.has("stranger_locked_out"):
            return self.said(404)
        if app.letters.get(letter) != organisation and not (letter in app.letters and app.has("stranger_reads")):
            return self.said(404)
        access = app.access_of(at.person)
        one = app.has("one_name") or access is None
        acting_for = None if access is None else access.owner.name
        actor = access.owner.name if access is not None and one else at.person.name
        app.record.append({"entity_id": letter, "actor_id": actor, "acting_for": None if one else acting_for})
        return self.said(200, {"id": letter})

    def change_person(self, name: str, what: str) -> Response:
        person = next(each for each in self.app.people.values() if each.name == name)
        person.enabled = person.enabled if what == "bare" else what == "on"
        if what == "bare":
            person.app, person.recovery, person.used = None, set(), set()
        return self.said(204)

    def enter(self, mail: str, word: str) -> Response:
        app = self.app
        person = next((each for each in app.people.values() if (each.mail, each.word) == (mail, word)), None)
        if person is None or not person.enabled:
            return self.said(401)
        must = person.role in ("owner", "staff")
        stage = "code" if person.app or person.key else "enrol" if must else "full"
        self.begin(Session(person, "full" if stage == "code" and app.has("alone") and person.key else stage))
        return self.said(303)

    def code(self, code: str, at: Session | None) -> Response:
        if at is None or at.stage != "code" or not self.app.code_opens(at.person, code, at.person.app):
            return self.said(401)
        at.stage = "full"
        if not self.app.has("same_identifier"):
            del self.app.sessions[self.cookies["sid"]]
            self.begin(at)
        return self.said(303)

    def begin(self, session: Session) -> None:
        self.planted["sid"] = secrets.token_hex(16)
        self.app.sessions[self.planted["sid"]] = session

    def said(
        self, status: int, value: Any = None, headers: Mapping[str, str] | None = None, raw: bytes | None = None
    ) -> Response:
        cookies = tuple(("set-cookie", f"{name}={text}; Path=/") for name, text in self.planted.items())
        body = raw if raw is not None else b"" if value is None else json.dumps(value).encode()
        return Response(status, (("content-type", "application/json"), *cookies, *(headers or {}).items()), body)
