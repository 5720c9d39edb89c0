"""Which new passwords the platform takes, tried wherever one can be set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._holder import (
    Holder,
    Mailbox,
    ask_for_link,
    field_of,
    new_password,
    put_back,
    use_link,
)
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

Endpoint = Literal["change", "reset", "invitation"]
Kind = Literal["eleven", "twelve", "common", "context"]

COMMON = (
    "password1234", "Password2026!", "P@ssw0rd1234", "passwordpassword", "qwertyuiop12", "1q2w3e4r5t6y", "1qaz2wsx3edc",
    "abcdefghijkl", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "iloveyou1234", "letmein123456", "welcome12345",
    "admin1234567", "football2026", "Summer2026!!!", "dragon123456", "monkey123456", "changeme2026", "asdfghjkl123",
    "sunshine2026",
)  # fmt: skip
"""What is tried first, brought to twelve characters as people do."""


@dataclass(frozen=True, slots=True)
class PasswordAttempt:
    """One new password that a canary tried to set."""

    attempt: Annotated[str, Key]
    endpoint: Endpoint
    kind: Kind
    """Eleven random characters, twelve, a common password, or one made of the canary's own words."""
    accepted: bool


@collector(method="probe", kinds=("platform",), safety="canary")
def password_policy_probe(http: Http, run: Run) -> Population[PasswordAttempt]:
    """New passwords that a canary tries to set at change, reset and invitation; its own is put back."""
    mailbox = Mailbox(run)
    holder = Holder.enter(http, run)
    try:
        holder.step_up()
        found = [*_tried("change", holder.change_password, _refusable(holder.email))]
        found += _invited(http, run, holder, mailbox)
        token = ask_for_link(http, run, mailbox, holder.email)

        def reset(password: str) -> Response:
            answer = use_link(http, run, token, password)
            if answer.status < 400:
                holder.password = password
            return answer

        found += _tried("reset", reset, _refusable(holder.email))
        if not any(each.accepted for each in found if each.endpoint == "reset"):
            found += _tried("reset", reset, [("twelve", new_password(12))])
        if holder.status() != 200:  # a reset that was taken, right or wrong, ended its sessions
            holder = Holder.enter(http, run, password=holder.password)
            holder.step_up()
        found += _tried("change", holder.change_password, [("twelve", new_password(12))])
    finally:
        put_back(http, run, holder)
    holder.sign_out()
    return Population(
        facts=tuple(found),
        completeness=Completeness("attempts made, each answered", len(found), len(found)),
        query="POST of new passwords to the three places where one is set",
        parameters={"canary": "c", "common": str(len(COMMON))},
        observed_at=run.now(),
        notes=("The canary's password was put back, its invitation withdrawn.",),
    )


def _refusable(address: str) -> list[tuple[Kind, str]]:
    """What a policy should refuse; a person's own words are those of their address."""
    own = address.partition("@")[2].partition(".")[0].replace("-", "")
    return [
        ("eleven", new_password(11)),
        *(("common", word) for word in COMMON),
        ("context", f"{own.capitalize()}{own}-2026"),
        ("context", address),
    ]


def _tried(
    endpoint: Endpoint, send: Callable[[str], Response], words: list[tuple[Kind, str]]
) -> Iterator[PasswordAttempt]:
    for number, (kind, word) in enumerate(words, start=1):
        status = send(word).status
        if status in (401, 403, 404, 410, 429) or status >= 500:
            raise CouldNotTell("denied", f"{endpoint}: a new password was answered {status}, which says nothing of it")
        yield PasswordAttempt(f"{endpoint}: {kind} {number}", endpoint, kind, status < 400)
        if status < 400 and endpoint != "change":
            return  # the link is used up


def _invited(http: Http, run: Run, holder: Holder, mailbox: Mailbox) -> list[PasswordAttempt]:
    """Somebody is invited into the canary's own organisation, tries, and is withdrawn again."""
    address = f"probe-{run.nonce[:12].lower().replace('_', '-')}@{holder.email.partition('@')[2]}"
    body = {holder.form.email_field: address, "display_name": "A probe", "role": "member"}
    answer = holder.send("POST", holder.paths["invite"], body)
    if answer.status >= 400:
        raise CouldNotTell("denied", f"the canary's invitation was answered {answer.status}")
    identifier = field_of(answer, "id")
    try:
        token = mailbox.wait(address, rf"\?{holder.paths['token']}=([^\s&]+)")
        if token is None:
            raise CouldNotTell("timed_out", "no mail with an invitation came")
        return [*_tried("invitation", lambda word: use_link(http, run, token, word, "join"), _refusable(address))]
    finally:
        gone = holder.send("DELETE", holder.paths["withdraw"].format(id=identifier))
        if gone.status >= 400:  # a password was taken, so somebody joined
            gone = holder.send("POST", holder.paths["disable"].format(id=identifier))
        if gone.status >= 400:
            raise CouldNotTell("contradicted", f"removing whom the canary invited was answered {gone.status}")
