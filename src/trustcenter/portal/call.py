"""One request on its way: who calls, with what, and the guard that decides before any handler runs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import UUID

from starlette.background import BackgroundTasks
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from trustcenter.portal import rotation
from trustcenter.portal.access_log import RECORD, origin_of
from trustcenter.portal.field_problem import FieldProblem
from trustcenter.portal.multipart import Upload, parts_of
from trustcenter.runtime import sessions
from trustcenter.runtime.audit import Origin
from trustcenter.runtime.routes import SUPPORT, Refusal, Route, Standing

if TYPE_CHECKING:
    from trustcenter.portal.services import Services


@dataclass(frozen=True)
class Support:
    """Support access that lasts now: who acts for whom, on which ticket, until when."""

    id: UUID
    staff_name: str
    account_id: UUID
    account_name: str
    ticket: str
    expires_at: datetime


@dataclass(frozen=True)
class Caller:
    """The person of a live session or of a token. Support access has the customer's organisation as its own."""

    account_id: UUID
    organisation_id: UUID
    home_id: UUID
    """The organisation of the account itself, where its session is kept."""
    session_id: UUID
    role: str
    display_name: str
    email: str
    organisation: str
    stage: sessions.Stage
    methods: frozenset[sessions.Method]
    stepped_up_at: datetime | None
    standing: Standing
    """What the guard compares with the route's declaration."""
    support: Support | None
    """The access with which the vendor's staff acts for a customer, or that an owner's organisation is under now."""
    token: str = field(repr=False)

    @classmethod
    def at_home(
        cls,
        person: Mapping[str, Any],
        account_id: UUID,
        organisation_id: UUID,
        session_id: UUID,
        standing: Standing,
        *,
        methods: frozenset[sessions.Method] = frozenset(),
        stepped_up_at: datetime | None = None,
        support: Support | None = None,
        token: str = "",
    ) -> Caller:
        """A member (a row of `store.member`) in the organisation of their own account, by a session or by a token."""
        return cls(
            account_id=account_id,
            organisation_id=organisation_id,
            home_id=organisation_id,
            session_id=session_id,
            role=person["role"],
            display_name=person["display_name"],
            email=person["email"],
            organisation=person["organisation"],
            stage=standing.stage,
            methods=methods,
            stepped_up_at=stepped_up_at,
            standing=standing,
            support=support,
            token=token,
        )


@dataclass
class Call:
    """A request with everything a handler may use. `caller` is None for somebody who has not signed in."""

    request: Request
    services: Services
    route: Route
    caller: Caller | None
    fields: dict[str, Any]
    cookies: list[str] = field(default_factory=list)
    """Set-Cookie headers that the answer gets, whichever handler makes it."""
    later: BackgroundTasks = field(default_factory=BackgroundTasks)
    renewal: str | None = field(default=None, repr=False)
    """The identifier that the session gets when this call succeeds."""

    def afterwards(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Does `work` once the answer was sent, so that the time of the answer tells nothing about it."""
        self.later.add_task(work, *arguments)

    @property
    def person(self) -> Caller:
        """The caller of a route that only signed-in people reach."""
        if self.caller is None:
            raise HTTPException(401)
        return self.caller

    @property
    def is_api(self) -> bool:
        return wants_json(self.request.url.path)

    @cached_property
    def origin(self) -> Origin:
        return origin_of(self.request)

    def identifier(self, name: str) -> UUID:
        value: UUID = self.request.path_params[name]
        return value

    @property
    def acting_for(self) -> UUID | None:
        """The person for whom the vendor's staff acts in this request."""
        person = self.person
        return person.support.account_id if person.support and person.role == SUPPORT else None

    def text(self, name: str, *, longest: int) -> str:
        """A required text field. Raises FieldProblem when it is missing, empty or longer."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or "\x00" in value:
            raise FieldProblem(name, f"must be 1 to {longest:,} characters.")
        return value.strip()

    def refused(self, template: str, status: int, problem: str, reason: str, **values: Any) -> Response:
        """The form again with what is wrong; in the API the same in JSON."""
        if self.is_api:
            return JSONResponse({"error": problem, "reason": reason}, status)
        return self.page(template, status, problem=problem, **values)

    def done(self, page: str) -> Response:
        """Where a form leads; 204 in the API."""
        return Response(status_code=204) if self.is_api else RedirectResponse(page, 303)

    def upload(self, name: str) -> Upload:
        """A required file of a form. Raises 400 when it is missing or empty."""
        value = self.fields.get(name)
        if not isinstance(value, Upload) or not value.content:
            raise HTTPException(400, "Choose a file that is not empty.")
        return value

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page whose forms work afterwards: their token is of the session's next identifier where it gets one."""
        caller = self.caller
        if caller is not None and self.renewal is not None and status < 400:
            caller = replace(caller, token=self.renewal)
        return self.services.page(self.request, caller, template, status, **values)


Handler = Callable[[Call], Awaitable[Response]]


def endpoint(services: Services, route: Route) -> Callable[[Request], Awaitable[Response]]:
    """The route's handler behind the guard: session, role, form token, then the handler."""

    async def answer(request: Request) -> Response:
        record = request.scope[RECORD]
        record["route"] = route.template
        caller = await services.caller(request)
        if caller is not None:
            record["organisation"] = str(caller.organisation_id)
        refusal = route.refusal(caller.standing if caller else None)
        if refusal is not None:
            return refuse(services, request, refusal)
        fields: dict[str, Any] = {}
        if route.changes_state:
            fields = await read_fields(request, route.largest)
            if caller is not None:  # a body takes its time: what was allowed at its first byte may be over
                caller = await services.caller(request)
                refusal = route.refusal(caller.standing if caller else None)
                if refusal is not None:
                    return refuse(services, request, refusal)
            if caller is None or caller.standing.scopes is None:  # a token is in no cookie that a browser would add
                _check_form_token(services, request, None if route.may_call(None) else caller, fields)
        handler: Handler = route.handler
        call = Call(request, services, route, caller, fields)
        if caller is not None and route.rotates:
            call.renewal = sessions.new_token()
        response = await handler(call)
        for cookie in call.cookies:
            response.headers.append("set-cookie", cookie)
        if call.later.tasks:
            response.background = call.later
        if caller is not None and call.renewal is not None and response.status_code < 400:
            await rotation.give_new_identifier(services, caller, call.renewal, response)
        if route.changes_state:
            services.mail_waits.set()
        return response

    return answer


def wants_json(path: str) -> bool:
    return path.startswith(("/api/", "/.well-known/", "/healthz"))


PAGES = {
    Refusal.SIGN_IN: "/sign-in",
    Refusal.SECOND_FACTOR: "/second-factor",
    Refusal.ENROLMENT: "/second-factor/enrol",
    Refusal.STEP_UP: "/step-up",
}
"""Where a person is sent to mend what was refused; each takes `?next=`."""

_REFUSED = {
    Refusal.SIGN_IN: (401, "Sign in first."),
    Refusal.SECOND_FACTOR: (403, "Your second factor is needed first."),
    Refusal.ENROLMENT: (403, "Register a second factor first."),
    Refusal.STAGE: (403, "There is nothing to do here any more."),
    Refusal.ROLE: (403, "Your role does not allow this."),
    Refusal.STEP_UP: (403, "Confirm first that it is you."),
    Refusal.SCOPE: (403, "This token may not do that."),
}


def refuse(services: Services, request: Request, refusal: Refusal) -> Response:
    """The API says why in `reason`; a page leads to where the person can mend it, or says no."""
    status, text = _REFUSED[refusal]
    if wants_json(request.url.path):
        headers = {"www-authenticate": "Bearer"} if status == 401 else None
        return JSONResponse({"error": text, "reason": refusal.value}, status, headers)
    page = PAGES.get(refusal)
    if page is None or (refusal is Refusal.SIGN_IN and request.method != "GET"):
        raise HTTPException(status, text)
    return RedirectResponse(f"{page}?next={quote(_page_of(services, request))}", 303)


def _page_of(services: Services, request: Request) -> str:
    """The page to come back to: the one that was asked for, or the one on which the form stood."""
    if request.method == "GET":
        return request.url.path
    referer = urlsplit(request.headers.get("referer", ""))
    ours = f"{referer.scheme}://{referer.netloc}" in services.settings.origins
    return referer.path if ours else "/"


def _check_form_token(services: Services, request: Request, caller: Caller | None, fields: dict[str, Any]) -> None:
    """Every change needs the token of its session (or of the sign-in form), and no foreign origin."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in services.settings.origins:
        raise HTTPException(403, "The request comes from another site.")
    bound = caller.token if caller else request.cookies.get(sessions.ANONYMOUS_COOKIE, "")
    given = request.headers.get("x-csrf-token") or fields.pop("csrf_token", "")
    if (
        not bound
        or not isinstance(given, str)
        or not sessions.form_token_matches(services.settings.form_key, bound, given)
    ):
        raise HTTPException(403, "This form has expired. Load the page again.")


async def read_fields(request: Request, largest: int = Route.largest) -> dict[str, Any]:
    """A form, with files or without, or a JSON object, of at most `largest` bytes. Raises 400, 413 or 415."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > largest:
            size = f"{largest // 1_000_000} MB" if largest >= 1_000_000 else f"{largest // 1000} kB"
            raise HTTPException(413, f"That is more than {size}.")
    body = bytes(received)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            value = json.loads(body)
            if not isinstance(value, dict):
                raise HTTPException(400, "A JSON object is expected.")
            return value
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
        if kind == "multipart/form-data":
            return parts_of(body, request.headers["content-type"])
    except ValueError as error:
        raise HTTPException(400, "The request's body cannot be read.") from error
    if not body:
        return {}
    raise HTTPException(415, "Send a form or JSON.")
