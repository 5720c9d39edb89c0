"""Signing in as a canary through the form that people use, by the source's `sign_in` table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

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

    @classmethod
    def of(cls, run: Run) -> Form:
        """The form that the source maps. Raises CouldNotTell naming what is missing."""
        table = run.setting("sign_in")
        known = set(cls.__dataclass_fields__)
        needed = known - {"token_field", "token_header", "token_page"}
        if not isinstance(table, Mapping) or set(table) - known or needed - set(table):
            raise CouldNotTell(
                "unsupported",
                f"source {run.source.name}: `sign_in` needs exactly {', '.join(sorted(needed))}",
                where=str(run.source.place) if run.source.place else None,
                hint="and may have token_field, token_header, token_page",
            )
        return cls(**{name: str(value) for name, value in table.items()})


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


def sign_in(http: Http, form: Form, email: str, password: str) -> list[Response]:
    """Fetch the form, send it, and look whether we are in: the three answers. Raises CouldNotTell("denied")."""
    page = http.request("GET", form.path)
    if page.status != 200:
        raise CouldNotTell("denied", f"the sign-in form answered {page.status}")
    sent = send_form(http, form, email, password, page)
    inside = http.request("GET", form.signed_in_page)
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
