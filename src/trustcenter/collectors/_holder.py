"""A canary in the role of an account's holder: it signs in, proves again who it is, changes its password, reads mail.

What it changes it changes back. A canary whose password an earlier run left changed is recovered through its own mail.
"""

from __future__ import annotations

import email
import email.policy
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trustcenter.collectors._sign_in import Form, json_of, session_token, token_in
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.files import Folder
from trustcenter.sources.interface import Http, Response

MAIL_SECONDS = 20.0
"""How long a message may take; the collectors ask again ten times a second."""


def new_password(length: int = 24) -> str:
    """A random password that any sensible policy takes; not a word in it, and no sequence of three."""
    letters = "bcdfghjkmnpqrtvwxzBCDFGHJKMNPQRTVWXZ2468"
    while True:
        made = "".join(secrets.choice(letters) for _ in range(length))
        if all(len({made[i], made[i + 1], made[i + 2]}) == 3 for i in range(length - 2)):
            return made


class Mailbox:
    """The folder in which the platform's outgoing mail is filed, by the source's `mail_sink`.

    What lies there already has been read, unless `from_now` is false.
    """

    def __init__(self, run: Run, *, from_now: bool = True) -> None:
        self._run = run
        self._folder = Folder(str(run.setting("mail_sink")), name=run.source.name)
        self._seen = set(self._folder.names("*.eml")) if from_now else set()

    def wait(self, to: str, pattern: str) -> str | None:
        """The first group of `pattern` in the newest unread message to this address; None where none comes in time."""
        until = min(self._run.timer() + MAIL_SECONDS, self._run.deadline - 5)
        while True:
            found = self._find(to, pattern)
            if found is not None or self._run.timer() >= until:
                return found
            time.sleep(0.1)

    def has(self, to: str, pattern: str) -> bool:
        """Whether such a message is there now."""
        return self._find(to, pattern) is not None

    def _find(self, to: str, pattern: str) -> str | None:
        for name in reversed(self._folder.names("*.eml")):
            if name in self._seen:
                continue
            message = email.message_from_bytes(self._folder.read(name), policy=email.policy.default)
            if str(message["to"]).strip() != to:
                continue
            found = re.search(pattern, f"{message['subject']}\n{message.get_content()}")
            if found:
                self._seen.add(name)
                return str(found[1] if found.groups() else found[0])
        return None


@dataclass
class Holder:
    """One browser in which the canary's owner is signed in."""

    http: Http
    form: Form
    paths: Mapping[str, Any]
    email: str
    password: str
    """The one that counts now; the configured one is put back at the end."""
    token: str | None = None
    cookie: str | None = None

    @classmethod
    def enter(cls, http: Http, run: Run, *, agent: str | None = None, password: str | None = None) -> Holder:
        """Signs canary C in, in a new browser. Raises CouldNotTell("denied")."""
        paths = run.setting("own_account")
        if not isinstance(paths, Mapping):
            raise CouldNotTell("unsupported", f"source {run.source.name}: `own_account` is no table of paths")
        word = password or str(run.setting("canary_c_password"))
        made = cls(http.session(), Form.of(run), paths, str(run.setting("canary_c_email")), word)
        if made.sign_in(agent=agent) is None:
            if password is not None:
                raise CouldNotTell("denied", "the canary could not sign in with the password that it had just set")
            recover(http, run)
            if made.sign_in(agent=agent) is None:
                raise CouldNotTell("denied", "canary C could not sign in", hint="check its credentials")
        return made

    def sign_in(self, *, agent: str | None = None, password: str | None = None) -> Response | None:
        """Sends the sign-in form; the answer where it let us in, None where it did not."""
        sent = self.attempt(password or self.password, agent=agent)
        if self.status() != 200:
            return None
        self.token = session_token(self.http, self.form)
        return sent

    def attempt(self, password: str, *, agent: str | None = None, address: str | None = None) -> Response:
        """One try with a password; whatever the status is, it is the answer."""
        page = self.http.request("GET", self.form.path, headers={"user-agent": agent} if agent else None)
        fields = {self.form.email_field: address or self.email, self.form.password_field: password}
        if self.form.token_field is not None:
            fields[self.form.token_field] = token_in(page, self.form.token_field) or ""
        headers = {"user-agent": agent} if agent else None
        sent = self.http.request("POST", self.form.path, form=fields, headers=headers, retry=False)
        self._keep(sent)
        return sent

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """One change through the API, once; a new identifier and a new form token are taken from the answer."""
        headers = {self.form.token_header: self.token} if self.form.token_header and self.token else {}
        sent = self.http.request(method, path, headers=headers, json=dict(body or {}), retry=False)
        self._keep(sent)
        return sent

    def step_up(self) -> None:
        """Proves again who it is. Raises CouldNotTell("denied")."""
        answer = self.send("POST", self.paths["step_up"], {self.form.password_field: self.password})
        if answer.status >= 400:
            raise CouldNotTell("denied", f"the canary's step-up was answered {answer.status}")

    def change_password(self, password: str) -> Response:
        """Tries to change it; remembers the new one where that worked."""
        answer = self.send("POST", self.paths["change_password"], {self.form.password_field: password})
        if answer.status < 400:
            self.password = password
        return answer

    def set_limit(self, name: str, seconds: int | None) -> None:
        """One limit of the canary's organisation, by its name in `own_account`. Raises CouldNotTell("denied")."""
        if self.status() != 200:
            self.sign_in()
            self.step_up()
        answer = self.send("PUT", self.paths["limits"], {self.paths[name]: seconds})
        if answer.status >= 400:
            raise CouldNotTell("denied", f"setting the limit of the canary's organisation was answered {answer.status}")

    def status(self) -> int:
        """How the page behind sign-in answers this browser."""
        return self.http.request("GET", self.form.signed_in_page).status

    def opens(self, http: Http, cookie: str) -> bool:
        """Whether an identifier alone opens the page, in a browser that has nothing else."""
        headers = {"cookie": f"{self.form.session_cookie}={cookie}"}
        return http.session().request("GET", self.form.signed_in_page, headers=headers).status == 200

    def sign_out(self) -> Response:
        fields = {self.form.token_field: self.token or ""} if self.form.token_field else {}
        return self.http.request("POST", self.form.sign_out_path, form=fields)

    def _keep(self, answer: Response) -> None:
        for header in answer.headers_named("set-cookie"):
            name, _, rest = header.partition("=")
            value = rest.split(";", 1)[0].strip()
            if name.strip() == self.form.session_cookie and value:
                self.cookie = value
        renewed = answer.header(self.form.token_header) if self.form.token_header else None
        self.token = renewed or self.token


def ask_for_link(http: Http, run: Run, mailbox: Mailbox, address: str) -> str:
    """Asks for a reset and reads the mail: the token. Raises CouldNotTell("timed_out") where no mail comes."""
    paths, form = run.setting("own_account"), Form.of(run)
    visitor = http.session()
    page = visitor.request("GET", paths["ask_reset"])
    fields = {form.email_field: address}
    if form.token_field:
        fields[form.token_field] = token_in(page, form.token_field) or ""
    answer = visitor.request("POST", paths["ask_reset"], form=fields)
    if answer.status >= 400:
        raise CouldNotTell("denied", f"asking for a reset was answered {answer.status}")
    found = mailbox.wait(address, re.escape(paths["reset_form"]) + r"\?" + paths["token"] + r"=([^\s&]+)")
    if found is None:
        raise CouldNotTell("timed_out", f"no mail with a link came within {MAIL_SECONDS:.0f} seconds")
    return found


def use_link(http: Http, run: Run, token: str, password: str, path: str = "reset") -> Response:
    """Sends a new password with a link's token; whatever the status is, it is the answer."""
    paths, form = run.setting("own_account"), Form.of(run)
    visitor = http.session()
    page = visitor.request("GET", paths["ask_reset"])
    given = token_in(page, form.token_field) if form.token_field else None
    headers = {form.token_header: given} if form.token_header and given else {}
    body = {paths["token"]: token, form.password_field: password}
    return visitor.request("POST", paths[path], headers=headers, json=body, retry=False)


def put_back(http: Http, run: Run, holder: Holder) -> None:
    """The configured password again, whichever one counts now. Raises CouldNotTell("contradicted")."""
    wanted = str(run.setting("canary_c_password"))
    if holder.password != wanted:
        if holder.status() != 200 or holder.change_password(wanted).status >= 400:
            fresh = Holder.enter(http, run, password=holder.password)
            fresh.step_up()
            if fresh.change_password(wanted).status >= 400:
                raise CouldNotTell("contradicted", "the canary's password could not be put back")
            fresh.sign_out()
        holder.password = wanted


def recover(http: Http, run: Run) -> None:
    """Sets the configured password through a reset by mail: an earlier run was cut off before it had put it back."""
    token = ask_for_link(http, run, Mailbox(run), str(run.setting("canary_c_email")))
    answer = use_link(http, run, token, str(run.setting("canary_c_password")))
    if answer.status >= 400:
        raise CouldNotTell("denied", f"canary C could not be recovered: its reset was answered {answer.status}")


def field_of(answer: Response, name: str) -> str:
    """A text of a JSON answer. Raises CouldNotTell("malformed")."""
    value = json_of(answer)
    if not isinstance(value, Mapping) or not isinstance(value.get(name), str):
        raise CouldNotTell("malformed", f"the answer has no `{name}`")
    return str(value[name])
