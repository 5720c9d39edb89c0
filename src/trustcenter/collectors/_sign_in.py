"""Signing in as a canary through the form that people use, by the source's `sign_in` table.

A canary that needs a second factor has either a secret of an authenticator app or a passkey. Codes of an app work once
in half a minute, so that one canary signs in twice in that time at most; a passkey signs in as often as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pyotp

from trustcenter.collectors._authenticator import Passkey
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Http, Response


@dataclass(frozen=True, slots=True)
class Form:
    """The platform's sign-in form in our words.

    `signed_in_page` answers 200 to somebody signed in and anything else to others. `token_field` names the hidden field
    against forged requests, None where forms have none; `token_header` the header that carries it in other requests.
    """

    path: str
    email_field: str
    password_field: str
    session_cookie: str
    signed_in_page: str
    sign_out_path: str
    token_field: str | None = None
    token_header: str | None = None
    token_page: str | None = None
    """A page with the form token of a session; `signed_in_page` where None."""
    second_factor: Mapping[str, str] | None = None
    """`path` and `field` of the form that asks for an app's code after the password."""
    passkey: Mapping[str, str] | None = None
    """`options` and `answer`, the two addresses of a sign-in with a passkey, and the `origin` that browsers see."""
    step_up: Mapping[str, str] | None = None
    """Of proving again who one is: `options` and `answer` with a passkey, or `path` and `field` with the password."""

    @classmethod
    def of(cls, run: Run) -> Form:
        """The form that the source maps. Raises CouldNotTell naming what is missing."""
        table = run.setting("sign_in")
        known = set(cls.__dataclass_fields__)
        tables = {
            "second_factor": {"path", "field"},
            "passkey": {"options", "answer", "origin"},
            "step_up": {"path", "field"} if "path" in _table_of(table, "step_up") else {"options", "answer"},
        }
        needed = known - {"token_field", "token_header", "token_page", *tables}
        if (
            not isinstance(table, Mapping)
            or set(table) - known
            or needed - set(table)
            or any(name in table and set(table[name]) != keys for name, keys in tables.items())
        ):
            raise CouldNotTell(
                "unsupported",
                f"source {run.source.name}: `sign_in` needs exactly {', '.join(sorted(needed))}",
                where=str(run.source.place) if run.source.place else None,
                hint="and may have token_field, token_header, token_page; second_factor with path and field; "
                "passkey with options, answer and origin; step_up with options and answer, or path and field",
            )
        words: dict[str, Any] = {name: dict(value) if name in tables else str(value) for name, value in table.items()}
        return cls(**words)


def _table_of(settings: Any, name: str) -> Mapping[str, Any]:
    """The table of this name; an empty one where there is none."""
    found = settings.get(name) if isinstance(settings, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a canary signs in with. Its settings begin with its name: `canary_a_email` and so on."""

    email: str
    password: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    passkey: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, run: Run, canary: str) -> Credentials:
        """Address and password, and of the second factor what there is. Raises CouldNotTell naming what is missing."""

        def optional(name: str) -> str | None:
            value = run.mapping.get(name, run.source.settings.get(name))
            return None if value is None else str(value)

        email, password = str(run.setting(f"{canary}_email")), str(run.setting(f"{canary}_password"))
        return cls(email, password, optional(f"{canary}_totp_secret"), optional(f"{canary}_passkey"))


def token_in(response: Response, field: str) -> str | None:
    """The value of the first form field of this name in a page; of the key of this name in a JSON object."""
    if "json" in (response.header("content-type") or ""):
        value = json_of(response)
        found = value.get(field) if isinstance(value, Mapping) else None
        return found if isinstance(found, str) else None
    finder = _Fields(field)
    finder.feed(response.body.decode("utf-8", "replace"))
    return finder.value


def json_of(response: Response) -> Any:
    """A JSON body. Raises CouldNotTell("malformed")."""
    import json

    try:
        return json.loads(response.body)
    except ValueError as error:
        raise CouldNotTell("malformed", "the answer is not JSON") from error


def enter(http: Http, form: Form, who: Credentials, now: datetime) -> list[Response]:
    """Sign in as this canary with whatever it has: form, sent, inside. Raises CouldNotTell("denied")."""
    if who.passkey is not None and form.passkey is not None:
        return _with_passkey(http, form, form.passkey, Passkey.of(who.passkey))
    if who.totp_secret is None or form.second_factor is None:
        return sign_in(http, form, who.email, who.password)
    page = _form_page(http, form)
    sent = send_form(http, form, who.email, who.password, page)
    inside = http.request("GET", form.signed_in_page)
    code = pyotp.TOTP(who.totp_secret)
    for step in (0, 1):  # the present code may have been used a moment ago; a clock may be half a minute ahead
        if inside.status != 200:
            sent = send_code(http, form, code.at(now, counter_offset=step))
            inside = http.request("GET", form.signed_in_page)
    return _inside(page, sent, inside)


def sign_in(http: Http, form: Form, email: str, password: str) -> list[Response]:
    """Fetch the form, send it, and look whether we are in: the three answers. Raises CouldNotTell("denied")."""
    page = _form_page(http, form)
    sent = send_form(http, form, email, password, page)
    return _inside(page, sent, http.request("GET", form.signed_in_page))


def send_code(http: Http, form: Form, code: str) -> Response:
    """Send a code to the form of the second factor. Raises CouldNotTell."""
    asked = form.second_factor
    if asked is None:
        raise CouldNotTell("unsupported", "`sign_in` has no `second_factor`", hint="add its path and field")
    fields = {asked["field"]: code}
    if form.token_field is not None:
        token = token_in(http.request("GET", asked["path"]), form.token_field)
        if token is None:
            raise CouldNotTell("malformed", f"the form of the second factor has no field `{form.token_field}`")
        fields[form.token_field] = token
    return http.request("POST", asked["path"], form=fields, retry=False)


def _with_passkey(http: Http, form: Form, asked: Mapping[str, str], key: Passkey) -> list[Response]:
    page = _form_page(http, form)
    options = passkey_options(http, form, page, asked["options"])
    sent = send_passkey(http, form, page, asked["answer"], key.sign(options, asked["origin"]))
    return _inside(page, sent, http.request("GET", form.signed_in_page))


def passkey_options(http: Http, form: Form, page: Response, path: str) -> Mapping[str, Any]:
    """Options for a passkey, asked for with the form token of `page`. Raises CouldNotTell."""
    answer = http.request("POST", path, json={}, headers=_token_header(form, page))
    options = json_of(answer) if answer.status == 200 else None
    if not isinstance(options, Mapping):
        raise CouldNotTell("denied", f"{path} gave no options for a passkey: it answered {answer.status}")
    return options


def send_passkey(http: Http, form: Form, page: Response, path: str, credential: Mapping[str, Any]) -> Response:
    """Send what the authenticator answered, with the form token of `page`."""
    return http.request("POST", path, json={"credential": dict(credential)}, headers=_token_header(form, page))


def _token_header(form: Form, page: Response) -> dict[str, str]:
    token = token_in(page, form.token_field) if form.token_field is not None else None
    return {form.token_header: token} if form.token_header is not None and token is not None else {}


def _form_page(http: Http, form: Form) -> Response:
    page = http.request("GET", form.path)
    if page.status != 200:
        raise CouldNotTell("denied", f"the sign-in form answered {page.status}")
    return page


def _inside(page: Response, sent: Response, inside: Response) -> list[Response]:
    if inside.status != 200:
        raise CouldNotTell(
            "denied",
            f"the canary could not sign in: the form answered {sent.status}, the page behind it {inside.status}",
            hint="check the canary's credentials and the `sign_in` table of the source",
        )
    return [page, sent, inside]


def send_form(
    http: Http, form: Form, email: str, password: str, page: Response, headers: Mapping[str, str] | None = None
) -> Response:
    """Send the form that `page` showed. Raises CouldNotTell("malformed") where it lacks the mapped token."""
    fields = {form.email_field: email, form.password_field: password}
    if form.token_field is not None:
        token = token_in(page, form.token_field)
        if token is None:
            raise CouldNotTell("malformed", f"the sign-in form has no field `{form.token_field}`")
        fields[form.token_field] = token
    return http.request("POST", form.path, form=fields, headers=headers)


def session_token(http: Http, form: Form) -> str | None:
    """The form token of the signed-in session; None where the platform has none."""
    if form.token_field is None:
        return None
    page = http.request("GET", form.token_page or form.signed_in_page)
    token = token_in(page, form.token_field)
    if token is None:
        raise CouldNotTell("malformed", f"no field `{form.token_field}` on the page that should hold it")
    return token


def sign_out(http: Http, form: Form) -> Response:
    """End the session. Raises CouldNotTell("contradicted") where the platform refuses to."""
    token = session_token(http, form)
    answer = http.request(
        "POST", form.sign_out_path, form={form.token_field: token} if form.token_field and token else {}
    )
    if answer.status >= 400:
        raise CouldNotTell("contradicted", f"signing out answered {answer.status}")
    return answer


class _Fields(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        named = found.get("name") == self.name and tag == "input"
        meta = tag == "meta" and found.get("name") == self.name
        if self.value is None and (named or meta):
            self.value = found.get("value" if named else "content")
