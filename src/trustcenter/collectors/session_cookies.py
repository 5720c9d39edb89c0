"""The cookies of a session, from the form to after sign-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._sign_in import Credentials, Form, enter, send_form, sign_out
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """One cookie that the platform set while a canary signed in and out."""

    name: Annotated[str, Key]
    authenticates: bool
    """It is the one that opens the session: presented alone, it got in."""
    prefix: Literal["host", "secure", "none"]
    secure: bool
    http_only: bool
    same_site: Literal["strict", "lax", "none", "absent"]
    path: str | None
    domain_absent: bool
    rotated: bool | None
    """A value planted before signing in was not kept. For the session's cookie only, as is what follows."""
    ended_by_sign_out: bool | None
    """Presented again after signing out, it no longer gets in."""


@collector(method="probe", kinds=("platform",), safety="canary")
def session_cookies(http: Http, run: Run) -> Population[SessionCookie]:
    """Cookies set while a canary signs in and out: attributes, renewal at sign-in, death at sign-out."""
    form = Form.of(run)
    who = Credentials.of(run, "canary_a")
    planted = "planted" + run.nonce.replace("-", "").replace("_", "")
    visitor = http.session()
    answers = enter(visitor, form, who, run.now())
    try:
        value = _value(answers, form.session_cookie)
        if value is None:
            raise CouldNotTell("contradicted", f"signing in set no cookie `{form.session_cookie}`")
        opened = _gets_in(http, form, value)
        nothing = http.session().request("GET", form.signed_in_page).status
        if not opened or nothing == 200:
            raise CouldNotTell(
                "contradicted", f"`{form.session_cookie}` alone does not decide whether `{form.signed_in_page}` opens"
            )
    finally:
        answers.append(sign_out(visitor, form))
    ended = not _gets_in(http, form, value)
    rotated = _rotates(http, form, who, planted)
    found: dict[str, SessionCookie] = {}
    for name, header in _set(answers):
        session = name == form.session_cookie
        if name not in found:
            found[name] = _cookie(name, header, session, rotated if session else None, ended if session else None)
    return Population(
        facts=tuple(found.values()),
        completeness=Completeness(
            "distinct names in every Set-Cookie header from the form to after sign-out; the cookie that opens the "
            "session is among them",
            len({name for name, _ in _set(answers)}),
            len(found),
        ),
        query=f"GET and POST {form.path}, GET {form.signed_in_page}, POST {form.sign_out_path}, the old cookie again",
        parameters={"canary": "a"},
        observed_at=run.now(),
        notes=("Two sessions of the canary were opened and ended.",),
    )


def _gets_in(http: Http, form: Form, value: str) -> bool:
    answer = http.session().request("GET", form.signed_in_page, headers={"cookie": f"{form.session_cookie}={value}"})
    return answer.status == 200


def _rotates(http: Http, form: Form, who: Credentials, planted: str) -> bool:
    """Whether a session identifier chosen by somebody else before signing in is worth nothing afterwards."""
    victim = http.session()
    page = victim.request("GET", form.path)
    cookies = [header.split(";", 1)[0] for name, header in _set([page]) if name != form.session_cookie]
    jar = "; ".join([f"{form.session_cookie}={planted}", *cookies])
    sent = send_form(victim, form, who.email, who.password, page, {"cookie": jar})
    value, kept = _value([sent], form.session_cookie), _gets_in(http, form, planted)
    if value is not None:
        sign_out(victim, form)
    elif not kept:
        raise CouldNotTell("contradicted", "with a planted cookie, signing in set no cookie")
    return value not in (None, planted) and not kept


def _set(answers: list[Response]) -> list[tuple[str, str]]:
    """Name and header of every cookie that was given a value, in order; deletions are not cookies."""
    found = []
    for answer in answers:
        for header in answer.headers_named("set-cookie"):
            name, _, rest = header.partition("=")
            value = rest.split(";", 1)[0].strip().strip('"')
            if value:
                found.append((name.strip(), header))
    return found


def _value(answers: list[Response], cookie: str) -> str | None:
    values = [header.partition("=")[2].split(";", 1)[0].strip() for name, header in _set(answers) if name == cookie]
    return values[-1] if values else None


def _cookie(name: str, header: str, session: bool, rotated: bool | None, ended: bool | None) -> SessionCookie:
    attributes: dict[str, str] = {}
    for part in header.split(";")[1:]:
        key, _, value = part.strip().partition("=")
        attributes[key.lower()] = value.strip()
    same_site = attributes.get("samesite", "absent").lower()
    return SessionCookie(
        name=name,
        authenticates=session,
        prefix="host" if name.startswith("__Host-") else "secure" if name.startswith("__Secure-") else "none",
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=same_site if same_site in ("strict", "lax", "none") else "absent",  # type: ignore[arg-type]
        path=attributes.get("path"),
        domain_absent="domain" not in attributes,
        rotated=rotated,
        ended_by_sign_out=ended,
    )
