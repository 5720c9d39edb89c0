"""One browser on the platform during a probe: its session, and the form token that belongs to it at the moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from trustcenter.collectors._authenticator import Passkey
from trustcenter.collectors._sign_in import Credentials, Form, enter, json_of, passkey_options, send_form, token_in
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Http, Response

Outcome = Literal["accepted", "refused", "error", "not_tried"]
REFUSALS = frozenset({400, 401, 403, 404, 409})


@dataclass(slots=True)
class Visit:
    """A browser of its own. `token` follows the session, whose identifier changes with what it may do."""

    http: Http
    form: Form
    token: str | None = None
    identifier: str | None = None
    """The session's, as the last answer that gave one said; None before there was one."""

    @classmethod
    def new(cls, http: Http, form: Form) -> Visit:
        return cls(http.session(), form)

    def enter(self, who: Credentials, now: datetime) -> None:
        """Sign in with whatever the canary has. Raises CouldNotTell("denied")."""
        for answer in enter(self.http, self.form, who, now):
            self._note(answer)
        self.take_token(self.form.token_page or self.form.signed_in_page)

    def password(self, who: Credentials) -> Response:
        """Send the password alone, and look at nothing else."""
        page = self.http.request("GET", self.form.path)
        if page.status != 200:
            raise CouldNotTell("denied", f"the sign-in form answered {page.status}")
        return send_form(self.http, self.form, who.email, who.password, page)

    def take_token(self, path: str) -> None:
        """The form token of this page. Raises CouldNotTell("malformed") where it has none."""
        if self.form.token_field is None:
            return
        self.token = token_in(self.http.request("GET", path), self.form.token_field)
        if self.token is None:
            raise CouldNotTell("malformed", f"no field `{self.form.token_field}` on {path}")

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """One change, once: whatever the status is, it is the answer."""
        header = self.form.token_header
        headers = {header: self.token} if header is not None and self.token is not None else {}
        answer = self.http.request(method, path, headers=headers, json=dict(body or {}), retry=False)
        renewed = answer.header(header) if header is not None else None
        self.token = renewed or self.token
        self._note(answer)
        return answer

    def _note(self, answer: Response) -> None:
        for cookie in answer.headers_named("set-cookie"):
            name, _, rest = cookie.partition("=")
            if name.strip() == self.form.session_cookie:
                self.identifier = rest.split(";", 1)[0].strip() or None

    def done(self, what: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """A change that the platform must allow here. Raises CouldNotTell("denied")."""
        answer = self.send(method, path, body)
        if not 200 <= answer.status < 400:
            raise CouldNotTell("denied", f"{what} was answered {answer.status}")
        return answer

    def step_up(self, who: Credentials) -> None:
        """Prove again who this is, with the passkey or the password, by the mapping. Raises CouldNotTell."""
        asked = self.form.step_up
        if asked is not None and "path" in asked:
            self.done("a step-up", "POST", asked["path"], {asked["field"]: who.password})
            return
        if asked is None or self.form.passkey is None or who.passkey is None:
            raise CouldNotTell(
                "unsupported", "`sign_in` has no `step_up`, or the canary no passkey",
                hint="add options and answer and the canary's `_passkey`, or path and field of a password",
            )  # fmt: skip
        options = json_of(self.done("asking for a step-up", "POST", asked["options"]))
        credential = Passkey.of(who.passkey).sign(options, self.form.passkey["origin"])
        self.done("a step-up", "POST", asked["answer"], {"credential": credential})

    def proves(self, who: Credentials) -> bool:
        """Whether the mapping and what this canary has allow a step-up."""
        asked = self.form.step_up
        return asked is not None and ("path" in asked or who.passkey is not None)

    @property
    def inside(self) -> bool:
        return self.http.request("GET", self.form.signed_in_page, retry=False).status == 200

    def judged(self, answer: Response) -> Outcome:
        """What became of an attempt to get in: whether the page behind it opens decides, not what was said."""
        if self.inside:
            return "accepted"
        return "refused" if answer.status in REFUSALS else "error"

    def leave(self) -> None:
        """Sign out from wherever this visit got to; nothing happens where it never got in."""
        if self.token is None and self.form.second_factor is not None and self.form.token_field is not None:
            self.token = token_in(self.http.request("GET", self.form.second_factor["path"]), self.form.token_field)
        fields = {self.form.token_field: self.token} if self.form.token_field and self.token else {}
        self.http.request("POST", self.form.sign_out_path, form=fields, retry=False)

    def passkey(self, key: Passkey, **lies: Any) -> tuple[dict[str, Any], Response]:
        """Try to sign in with a passkey alone: what was sent and what came back."""
        asked = self.asked
        page = self.http.request("GET", self.form.path)
        if self.form.token_field is not None:
            self.token = token_in(page, self.form.token_field)
        options = {**passkey_options(self.http, self.form, page, asked["options"]), **lies.pop("options", {})}
        credential = key.sign(options, lies.pop("origin", asked["origin"]), **lies)
        return credential, self.send("POST", asked["answer"], {"credential": credential})

    @property
    def asked(self) -> Mapping[str, str]:
        """The addresses of passkeys. Raises CouldNotTell("unsupported")."""
        if self.form.passkey is None:
            raise CouldNotTell("unsupported", "`sign_in` has no `passkey`", hint="add options, answer and origin")
        return self.form.passkey
