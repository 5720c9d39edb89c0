"""Whether an owner gets anywhere without a second factor, and what is accepted as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

import pyotp

from trustcenter.collectors._isolation_routes import Route, live_routes
from trustcenter.collectors._sign_in import Credentials, Form, json_of, send_code
from trustcenter.collectors._visit import REFUSALS, Outcome, Visit
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

STEP = 30
MARGIN = 1
"""Seconds before and after the turn of a step in which the platform's clock may be on its other side."""
CLEAR = 1.2
"""Seconds after the turn of a step from which on its codes are begun with, more than `MARGIN`."""
SOON = 6
"""Seconds before the turn of a step in which none is begun with any more: a busy platform takes as long."""
ROUNDS = 3
NOBODIES = ("00000000-0000-0000-0000-000000000000", "0")
"""Identifiers of nothing, of the kinds that routes take."""

About = Literal["enforcement", "code", "recovery_code", "rotation"]


@dataclass(frozen=True, slots=True)
class FactorAttempt:
    """One attempt of a new owner, or of one with a factor. `legitimate` ones are those that must work."""

    about: Annotated[About, Key]
    attempt: Annotated[str, Key]
    legitimate: bool
    outcome: Outcome
    """`accepted` where the page behind the sign-in opened, or the route answered; `error` is neither; `not_tried`: a
    change, after reading was not refused."""
    status: int | None


@collector(method="probe", kinds=("platform",), safety="canary")
def second_factor_probe(http: Http, run: Run) -> Population[FactorAttempt]:
    """A new owner without a factor tries every route; registers an app; signs in with right, used and distant codes.

    Mapping: `canary_a_*` an owner of the canary tenant, `canary_new_email` and `canary_new_password` an owner who is
    disabled while no probe runs; `people` (page, items, field, email), and `enable`, `disable`, `reset` with
    `{account_id}`; `begin` and `confirm` of an app; `enrolment_page`; `while_enrolling`, the routes that may answer.
    """
    form, owner, new = Form.of(run), Credentials.of(run, "canary_a"), Credentials.of(run, "canary_new")
    routes = live_routes(http, run)
    unguarded = _open(http, run, routes)
    closed = [route for route in routes if route not in unguarded]
    with _new_owner(http, run, form, owner) as reset:
        blocked = [*_alone(http, form, owner, new), *_every_route(http, run, form, new, closed)]
        codes = list(_codes(http, run, form, new, reset))
    facts = (*blocked, *codes)
    tried = sum(fact.about == "enforcement" and " " in fact.attempt for fact in blocked) - 2
    return Population(
        facts=facts,
        completeness=Completeness(
            "routes of the live router that neither answer a visitor nor are named as open while somebody enrols",
            len(closed),
            tried,
        ),
        query="a new owner of canary A: every route without a factor, then codes and recovery codes at the sign-in",
        parameters={"routes": len(routes)},
        exclusions=tuple(f"{route}: answers anybody, or serves enrolment" for route in unguarded),
        observed_at=run.now(),
        notes=(
            f"{tried} routes were tried without a factor, {len(codes)} codes and recovery codes",
            "The new owner was enabled for the probe; their factor was removed and they were disabled again.",
        ),
    )


@contextmanager
def _new_owner(http: Http, run: Run, form: Form, owner: Credentials) -> Iterator[Callable[[], None]]:
    """The new owner, enabled by an owner with a factor; without a factor and disabled again, whatever went wrong."""
    visit = Visit.new(http, form)
    visit.enter(owner, run.now())
    people: Mapping[str, str] = run.setting("people")
    try:
        visit.step_up(owner)
        listed = json_of(visit.http.request("GET", people["page"]))
        wanted = str(run.setting("canary_new_email"))
        found = [row[people["field"]] for row in listed[people["items"]] if row[people["email"]] == wanted]
        if not found:
            raise CouldNotTell("incomplete", f"{wanted} is not among the people of the canary's tenant")

        def change(what: str) -> None:
            visit.done(
                f"the canary's {what} of a colleague", "POST", str(run.setting(what)).format(account_id=found[0])
            )

        change("reset")
        try:
            change("enable")
            yield lambda: change("reset")
        finally:
            change("reset")
            change("disable")
    finally:
        visit.leave()


def _alone(http: Http, form: Form, owner: Credentials, new: Credentials) -> Iterator[FactorAttempt]:
    """A password and nothing else: of the owner who has a factor, and of the new one."""
    for who, words in (
        (owner, "the password alone of an owner with a factor"),
        (new, "the password alone of a new owner"),
    ):
        visit = Visit.new(http, form)
        answer = visit.password(who)
        opens = visit.inside
        yield FactorAttempt("enforcement", words, False, "accepted" if opens else "refused", answer.status)
        visit.leave()


def _every_route(http: Http, run: Run, form: Form, new: Credentials, closed: list[Route]) -> Iterator[FactorAttempt]:
    visit = Visit.new(http, form)
    visit.password(new)
    page = str(run.setting("enrolment_page"))
    visit.take_token(page)
    leaked = False
    for route in sorted(closed, key=lambda route: route.changes):
        if route.changes and leaked:  # reading it was not refused, so nothing is changed
            yield FactorAttempt("enforcement", str(route), False, "not_tried", None)
            continue
        for nobody in NOBODIES:  # the next kind of identifier where the router knows no such path
            path = route.filled(dict.fromkeys(route.parameters, nobody))
            answer = visit.send(route.method, path) if route.changes else visit.http.request("GET", path, retry=False)
            if answer.status != 404:
                break
        away = answer.status in (302, 303, 307) and (answer.header("location") or "").startswith(page)
        outcome: Outcome = "refused" if away or answer.status in (401, 403) else "accepted"
        leaked |= outcome == "accepted"
        yield FactorAttempt(
            "enforcement", str(route), False, "error" if answer.status >= 500 else outcome, answer.status
        )
    if visit.http.request("GET", page).status != 200:
        raise CouldNotTell("contradicted", "the new owner's session ended during the probe: refusals prove nothing")
    visit.leave()


def _open(http: Http, run: Run, routes: tuple[Route, ...]) -> list[Route]:
    """What the mapping names as open while somebody enrols, and the pages that answer a visitor without any session."""
    named = set(run.setting("while_enrolling"))
    visitor = http.session()
    return [
        route
        for route in routes
        if str(route) in named
        or (
            not route.changes and not route.parameters and visitor.request("GET", route.path, retry=False).status == 200
        )
    ]


def _codes(http: Http, run: Run, form: Form, new: Credentials, reset: Callable[[], None]) -> Iterator[FactorAttempt]:
    """One life of an app: registered, used, used again, out of its window; recovery codes; a new identifier."""
    shown: list[FactorAttempt] = []
    for _ in range(ROUNDS):
        found: list[FactorAttempt] = []
        app, made = _register(http, run, form, new, found)
        code = _sign_in(http, run, form, new, app, found)
        if code is not None:
            yield from found
            yield from _used_again(http, form, new, code, made)
            return
        # A step of the clock turned while a code of two steps ahead was looked at: that one meant another thing.
        shown = [one for one in found[:-1] if one.outcome == "accepted" and not one.legitimate] or shown
        reset()
    if not shown:
        raise CouldNotTell("timed_out", "the platform was too slow for codes of half a minute")
    yield from shown


def _register(
    http: Http, run: Run, form: Form, new: Credentials, found: list[FactorAttempt]
) -> tuple[pyotp.TOTP, list[str]]:
    """A new app, registered with its present code; the app and the recovery codes."""
    visit = Visit.new(http, form)
    visit.password(new)
    visit.take_token(str(run.setting("enrolment_page")))
    begin, confirm = str(run.setting("begin")), str(run.setting("confirm"))
    made: list[str] = []
    for offset, words, legitimate in (
        (-2, "a code of two steps ago registers", False), (0, "the present code registers", True),
    ):  # fmt: skip
        if not found or found[-1].outcome == "accepted":  # what was registered already waits for no code any more
            app = pyotp.TOTP(json_of(visit.done("registering an app", "POST", begin))["secret"])
        answer = visit.send("POST", confirm, {"code": app.at(run.now(), counter_offset=offset)})
        outcome: Outcome = "accepted" if answer.status < 300 else "refused" if answer.status in REFUSALS else "error"
        found.append(FactorAttempt("code", words, legitimate, outcome, answer.status))
        made = [str(code) for code in json_of(answer)["recovery_codes"]] if answer.status == 200 else made
    visit.leave()
    if not made:
        raise CouldNotTell(
            "contradicted", f"an app's present code was answered {answer.status}, without recovery codes"
        )
    return app, made


def _sign_in(
    http: Http, run: Run, form: Form, new: Credentials, app: pyotp.TOTP, found: list[FactorAttempt]
) -> str | None:
    """Sign in with the app; the code that did, empty where none did. None where the clock turned meanwhile."""
    visit = Visit.new(http, form)
    before = _cookie(visit.password(new), form)
    time.sleep(until_a_step_is_young(run.now().timestamp()))
    start = run.now()
    found.append(
        _tried(visit, form, app.at(start, counter_offset=2), "code", "a code of two steps ahead signs in", False)
    )
    late = (run.now().timestamp() + MARGIN) // STEP != (start.timestamp() - MARGIN) // STEP
    if found[-1].outcome == "accepted" and late:
        return None
    if found[-1].outcome == "accepted":
        visit = Visit.new(http, form)
        before = _cookie(visit.password(new), form)
        code = app.at(run.now(), counter_offset=3)
    else:
        code = app.at(run.now(), counter_offset=1)
    found.append(_tried(visit, form, code, "code", "a code of one step ahead signs in", True))
    thief = http.session().request("GET", form.signed_in_page, headers={"cookie": before}, retry=False)
    opens: Outcome = "accepted" if thief.status == 200 else "refused"
    found.append(
        FactorAttempt("rotation", "the session identifier from before the second factor", False, opens, thief.status)
    )
    worked = visit.inside
    _out(visit)
    return code if worked else ""


def until_a_step_is_young(at: float) -> float:
    """Seconds to wait, so that what is begun with lies in one step of the clock. `at` in seconds of POSIX time."""
    into = at % STEP
    if into < CLEAR:
        return CLEAR - into
    return STEP - into + CLEAR if into > STEP - SOON else 0.0


def _used_again(http: Http, form: Form, new: Credentials, code: str, made: list[str]) -> Iterator[FactorAttempt]:
    """What worked once, again; a recovery code in between, which works once. No code where none worked."""
    for about, value, words, legitimate in (
        ("code", code, "a code that signed in, again", False),
        ("recovery_code", made[0], "a recovery code", True),
        ("recovery_code", made[0], "a recovery code, again", False),
    ):
        if not value:
            continue
        visit = Visit.new(http, form)
        visit.password(new)
        yield _tried(visit, form, value, about, words, legitimate)  # type: ignore[arg-type]
        _out(visit)


def _tried(visit: Visit, form: Form, code: str, about: About, words: str, legitimate: bool) -> FactorAttempt:
    answer = send_code(visit.http, form, code)
    return FactorAttempt(about, words, legitimate, visit.judged(answer), answer.status)


def _out(visit: Visit) -> None:
    if visit.inside:
        visit.take_token(visit.form.token_page or visit.form.signed_in_page)
    visit.leave()


def _cookie(answer: Response, form: Form) -> str:
    """The session's cookie that an answer set, as a browser sends it."""
    for header in answer.headers_named("set-cookie"):
        pair = header.partition(";")[0].strip()
        if pair.startswith(f"{form.session_cookie}=") and pair != f"{form.session_cookie}=":
            return pair
    raise CouldNotTell("contradicted", f"the password set no cookie `{form.session_cookie}`")
