"""Whether passkeys open what they should, and nothing that only looks like one does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors._authenticator import Passkey, to_base64url
from trustcenter.collectors._sign_in import Credentials, Form, json_of
from trustcenter.collectors._visit import Outcome, Visit
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

NAME = "Key of a check"
ELSEWHERE = "https://elsewhere.example"

Lies = Mapping[str, Any]
LIES: tuple[tuple[str, Lies], ...] = (
    ("another site's origin", {"origin": ELSEWHERE}),
    ("a key made for another site", {"domain": "elsewhere.example"}),
    ("a challenge that was never given", {"challenge": to_base64url(b"nobody ever gave this challenge!")}),
    ("a user who was not verified", {"verified": False}),
    ("inside another site's page", {"crossOrigin": True}),
    ("inside another site's page, which is named", {"crossOrigin": True, "topOrigin": ELSEWHERE}),
    ("the answer of the other ceremony", {"type": "webauthn.unknown"}),
)
"""What no browser of our people would ever say; each is tried while registering and while signing in."""


@dataclass(frozen=True, slots=True)
class PasskeyAttempt:
    """One registration or sign-in with a passkey. `legitimate` ones are those that must work."""

    ceremony: Annotated[Literal["registration", "sign_in"], Key]
    attempt: Annotated[str, Key]
    legitimate: bool
    outcome: Outcome
    """Of a sign-in: whether the page behind it opened. Of a registration: whether the key is in the list."""
    status: int | None


@collector(method="probe", kinds=("platform",), safety="canary")
def passkey_probe(http: Http, run: Run) -> Population[PasskeyAttempt]:
    """A canary registers a passkey made in software and signs in without a name; forged and used answers are refused.

    Mapping: `canary_a_*` with a passkey of its own, `passkeys` (page, items, field, name) that lists the canary's keys,
    and `register` and `register_options`; `revoke` with `{passkey_id}`.
    """
    form, who = Form.of(run), Credentials.of(run, "canary_a")
    keys = _Keys(run)
    visit = Visit.new(http, form)
    visit.enter(who, run.now())
    try:
        visit.step_up(who)
        keys.revoke_all(visit)  # what a check that was interrupted left behind
        key, facts = Passkey.made(), []
        try:
            facts += list(_registrations(visit, keys, key))
            facts += list(_sign_ins(http, form, key))
        finally:
            visit.step_up(who)
            keys.revoke_all(visit)
        facts.append(_signed_in(http, form, key, "a revoked key", legitimate=False))
    finally:
        visit.leave()
    expected = 2 * len(LIES) + len(OTHERS)
    return Population(
        facts=tuple(facts),
        completeness=Completeness("attempts that this probe declares", expected, len(facts)),
        query="registrations and sign-ins of a canary with a passkey made in software",
        parameters={"lies": [words for words, _ in LIES]},
        observed_at=run.now(),
        notes=(
            f"{len(facts)} registrations and sign-ins were tried with a passkey made in software",
            "The key was revoked afterwards.",
        ),
    )


OTHERS = (
    "a registration that holds", "the same registration again", "a key without a user name", "the same answer again",
    "a challenge given to another browser", "a counter that grows", "a counter that goes back", "a revoked key",
)  # fmt: skip


class _Keys:
    """The canary's own list of passkeys, and the addresses that change it."""

    def __init__(self, run: Run) -> None:
        self.listing: Mapping[str, str] = run.setting("passkeys")
        self.options, self.register = str(run.setting("register_options")), str(run.setting("register"))
        self.revoke = str(run.setting("revoke"))

    def rows(self, visit: Visit) -> list[Mapping[str, Any]]:
        found = json_of(visit.http.request("GET", self.listing["page"]))
        try:
            rows: list[Mapping[str, Any]] = found[self.listing["items"]]
            return [row for row in rows if row[self.listing["name"]] == NAME]
        except (KeyError, TypeError) as error:
            raise CouldNotTell(
                "malformed", f"`{self.listing['page']}` is not the list that the mapping describes"
            ) from error

    def revoke_all(self, visit: Visit) -> None:
        for row in self.rows(visit):
            path = self.revoke.format(passkey_id=row[self.listing["field"]])
            visit.done("revoking the check's passkey", "DELETE", path)


def _registrations(visit: Visit, keys: _Keys, key: Passkey) -> Iterator[PasskeyAttempt]:
    origin = visit.asked["origin"]

    def sent(credential: Mapping[str, Any]) -> Response:
        return visit.send("POST", keys.register, {"credential": dict(credential), "name": NAME})

    def options() -> Any:
        return json_of(visit.done("asking for a registration", "POST", keys.options))

    for words, lies in LIES:
        liar, said = Passkey.made(), dict(lies)
        answer = sent(liar.register(options(), said.pop("origin", origin), **said))
        yield _registered(keys, visit, words, answer, legitimate=False)
        keys.revoke_all(visit)
    credential = key.register(options(), origin)
    yield _registered(keys, visit, OTHERS[0], sent(credential), legitimate=True)
    before = len(keys.rows(visit))
    answer = sent(credential)
    grown = len(keys.rows(visit)) > before
    outcome: Outcome = "accepted" if grown or answer.status < 400 else "error" if answer.status >= 500 else "refused"
    yield PasskeyAttempt("registration", OTHERS[1], False, outcome, answer.status)


def _registered(keys: _Keys, visit: Visit, words: str, answer: Response, *, legitimate: bool) -> PasskeyAttempt:
    outcome: Outcome = "accepted" if keys.rows(visit) else "error" if answer.status >= 500 else "refused"
    return PasskeyAttempt("registration", words, legitimate, outcome, answer.status)


def _sign_ins(http: Http, form: Form, key: Passkey) -> Iterator[PasskeyAttempt]:
    """Without a counter first: there the challenge alone tells an answer that was used already."""
    visit = Visit.new(http, form)
    credential, answer = visit.passkey(key)
    yield _judged(visit, OTHERS[2], answer, True)
    yield _again(http, form, credential, OTHERS[3])
    elsewhere = Visit.new(http, form)
    elsewhere.take_token(form.path)
    options = json_of(elsewhere.done("asking for a sign-in", "POST", elsewhere.asked["options"]))
    yield _again(http, form, key.sign(options, elsewhere.asked["origin"]), OTHERS[4])
    for words, lies in LIES:
        yield _signed_in(http, form, key, words, legitimate=False, **lies)
    key.count = 5
    yield _signed_in(http, form, key, OTHERS[5], legitimate=True)
    key.count = 4
    yield _signed_in(http, form, key, OTHERS[6], legitimate=False)
    key.count = 6


def _signed_in(http: Http, form: Form, key: Passkey, words: str, *, legitimate: bool, **lies: Any) -> PasskeyAttempt:
    visit = Visit.new(http, form)
    _, answer = visit.passkey(key, **lies)
    return _judged(visit, words, answer, legitimate)


def _again(http: Http, form: Form, credential: Mapping[str, Any], words: str) -> PasskeyAttempt:
    """An answer that belongs to something else, sent by a browser of its own."""
    visit = Visit.new(http, form)
    visit.take_token(form.path)
    answer = visit.send("POST", visit.asked["answer"], {"credential": dict(credential)})
    return _judged(visit, words, answer, False)


def _judged(visit: Visit, words: str, answer: Response, legitimate: bool) -> PasskeyAttempt:
    outcome = visit.judged(answer)
    if outcome == "accepted":
        visit.take_token(visit.form.token_page or visit.form.signed_in_page)
        visit.leave()
    return PasskeyAttempt("sign_in", words, legitimate, outcome, answer.status)
