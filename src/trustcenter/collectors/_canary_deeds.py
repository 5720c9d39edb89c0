"""What a canary does in the web application so that it can be looked for in the audit log, and its clean-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trustcenter.collectors._sign_in import Credentials, Form, enter, json_of, send_form, session_token, sign_out
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Http, Response


@dataclass(frozen=True, slots=True)
class Done:
    """A deed that the platform answered: the action that its event must name, and the id of its request."""

    action: str
    request: str
    refused: bool = False
    """The platform was to refuse it; its event must be there all the same."""

    @property
    def name(self) -> str:
        return f"a refused {self.action}" if self.refused else self.action


_KEYS = frozenset({"method", "path", "json", "action", "keep", "cleanup"})


def do(http: Http, run: Run, look: Callable[[], None] = lambda: None) -> tuple[Done, ...]:
    """Sign in, do every deed of the mapping in order, sign out. Deeds marked `cleanup` are done whatever went wrong.

    `look` is called before the first of those, while everything that was made is there.

    Raises CouldNotTell: `denied` where the platform refuses a deed, `malformed` where an answer carries no request id.
    """
    form = Form.of(run)
    header = str(run.setting("request_header"))
    deeds = _deeds(run)
    who = Credentials.of(run, "canary_a")
    done = _refused(http, form, who, header, run)
    client = http.session()
    answers = enter(client, form, who, run.now())
    done.append(Done(str(run.setting("sign_in_action")), _request(answers[1], header, "signing in")))
    try:
        done += _all(client, form, deeds, header, {"nonce": run.nonce, "password": who.password}, look)
    finally:
        last = sign_out(client, form)
    return (*done, Done(str(run.setting("sign_out_action")), _request(last, header, "signing out")))


def _refused(http: Http, form: Form, who: Credentials, header: str, run: Run) -> list[Done]:
    """A sign-in with a wrong password, where the mapping says how its event is called."""
    action = run.mapping.get("failed_sign_in_action")
    if action is None:
        return []
    visitor = http.session()
    page = visitor.request("GET", form.path)
    answer = send_form(visitor, form, who.email, f"wrong {run.nonce}", page)
    if visitor.request("GET", form.signed_in_page).status == 200:
        raise CouldNotTell("contradicted", "a wrong password opened a session")
    return [Done(str(action), _request(answer, header, "a refused sign-in"), refused=True)]


def _all(
    http: Http, form: Form, deeds: list[Mapping[str, Any]], header: str, known: dict[str, str], look: Callable[[], None]
) -> list[Done]:
    token = session_token(http, form)
    headers = {form.token_header: token} if form.token_header and token else {}
    done: list[Done] = []
    failure: CouldNotTell | None = None
    last = next((at for at, deed in enumerate(deeds) if deed.get("cleanup")), len(deeds))
    for at, deed in enumerate([*deeds, None]):
        if at == last and failure is None:
            try:
                look()
            except CouldNotTell as error:
                failure = error
        if deed is None:
            break
        if failure is not None and not deed.get("cleanup"):
            continue
        try:
            answer = _one(http, deed, headers, known)
            renewed = answer.header(form.token_header) if form.token_header else None
            if form.token_header and renewed:
                headers[form.token_header] = renewed
            done.append(Done(str(deed["action"]), _request(answer, header, str(deed["action"]))))
        except CouldNotTell as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return done


def _one(http: Http, deed: Mapping[str, Any], headers: Mapping[str, str], known: dict[str, str]) -> Response:
    path = _filled(str(deed["path"]), known)
    answer = http.request(str(deed["method"]), path, headers=headers, json=_filled(deed.get("json"), known))
    if answer.status >= 400:
        raise CouldNotTell("denied", f"the canary's {deed['action']} was answered {answer.status}")
    keep = deed.get("keep")
    if keep is not None:
        value = json_of(answer)
        if not isinstance(value, Mapping) or not isinstance(value.get(keep), (str, int)):
            raise CouldNotTell("malformed", f"the answer to {deed['action']} has no `{keep}`")
        known[str(keep)] = str(value[keep])
    return answer


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """Texts with `{name}` replaced; a name that is not known yet stays, and the platform will refuse it."""
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, Mapping):
        return {key: _filled(item, known) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(item, known) for item in value]
    return value


def _deeds(run: Run) -> list[Mapping[str, Any]]:
    deeds = run.setting("deeds")
    needed = {"method", "path", "action"}
    if not isinstance(deeds, (list, tuple)) or not all(
        isinstance(deed, Mapping) and needed <= set(deed) <= _KEYS for deed in deeds
    ):
        raise CouldNotTell(
            "unsupported",
            f"source {run.source.name}: `deeds` is a list of tables with method, path, action",
            hint=f"keys: {', '.join(sorted(_KEYS))}",
        )
    return list(deeds)


def _request(answer: Response, header: str, what: str) -> str:
    value = answer.header(header)
    if not value:
        raise CouldNotTell("malformed", f"the answer to {what} has no header {header}", hint="map `request_header`")
    return value
