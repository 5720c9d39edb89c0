"""Mutants of second factors and passkeys: rows that vanish, triggers, and patches of a running application."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pyotp
from cryptography.hazmat.primitives import serialization
from soft_authenticator import SoftAuthenticator, unb64url

from mutations.application import serving, trigger
from mutations.browser import SESSION, Browser
from mutations.factor_patches import ANSWERED_AGAIN, EQUIPPED, FRAMED, REPLAYED, UNENFORCED, UNROTATED
from mutations.mutant import Broken, Change, Scene, mutant

MAREN = "maren@fernhill.example"
CODE = "0a1b2c-3d4e5f-6a7b2c-3d4e5f"
ENFORCED, REFUSED = "access.second-factor/enforced", "access.second-factor/refused_codes"
WITHSTANDS = "access.passkeys/withstands"


def patched(code: str) -> Change:
    """The application with this code run in its process first."""
    return serving(patch=code)


def equipped(changes: str) -> Change:
    """The application with other equipment for second factors."""
    return patched(EQUIPPED.replace("{changes}", changes))


def new_owner_gets_in(scene: Scene) -> bool:
    """Whether an owner without any second factor reads documents after the password."""
    email, password = (scene.environment[f"PORTAL_CANARY_A_NEW_{part}"] for part in ("EMAIL", "PASSWORD"))
    change = "update portal.accounts set state = %s, disabled_at = %s where email = %s returning 1"
    scene.value(change, "active", None, email)
    browser = scene.browser()
    try:
        _password(browser, email, password)
        return browser.ask("GET", "/documents").status == 200
    finally:
        scene.value("update portal.sessions set ended_at = now() where ended_at is null returning 1")
        scene.value(change, "disabled", scene.value("select now()"), email)


def code_opens(*offsets: int) -> Broken:
    """Whether the demo's owner gets in with codes of an app, one after the other, so many steps from the present."""

    def broken(scene: Scene) -> bool:
        scene.value("update portal.totp_factors set last_step = null returning 1")
        login = dict(line.split(None, 1) for line in (scene.world.state / "demo-login.txt").read_text().splitlines())
        app, now = pyotp.TOTP(login["app"]), scene.value("select now()")
        return all(_with_code(scene, login["password"], app.at(now, counter_offset=offset)) for offset in offsets)

    return broken


def code_a_step_ahead_fails(scene: Scene) -> bool:
    """Tried again where a step ended meanwhile: the code ahead was the present one when it arrived."""
    fails = False
    for _ in range(5):
        if not code_opens(0)(scene):
            return False
        begun = _step(scene)
        fails = not code_opens(1)(scene)
        if _step(scene) == begun:
            break
    return fails


def _step(scene: Scene) -> int:
    return int(scene.value("select floor(extract(epoch from now()) / 30)::bigint"))


def recovery_code_opens_twice(scene: Scene) -> bool:
    """A code put there by hand, as the portal would have stored it, tried twice."""
    account = scene.value("select id::text from portal.accounts where email = %s", MAREN)
    key = hmac.digest(scene.world.secrets["factor_key"].encode(), b"recovery codes", "sha256")
    stored = hmac.digest(key, f"recovery:{account}:{CODE.replace('-', '')}".encode(), "sha256")
    scene.value(
        "insert into portal.recovery_codes select %s, id, organisation_id, now(), null from portal.accounts"
        " where email = %s on conflict (code_hash) do update set used_at = null returning 1",
        stored, MAREN,
    )  # fmt: skip
    password = json.loads((scene.world.state / "seed.json").read_text())["passwords"][MAREN]
    return _with_code(scene, password, CODE) and _with_code(scene, password, CODE)


def passkey_opens(**lies: Any) -> Broken:
    """Whether an answer of canary A's owner gets in although it says what none of our browsers would."""
    return lambda scene: _with_passkey(scene, scene.browser(), **lies)


def answer_opens_twice(scene: Scene) -> bool:
    """Whether the same answer gets another browser in, which holds the same form."""
    browser, again = scene.browser(), scene.browser()
    token = browser.token()
    again.cookies.update(browser.cookies)
    key = _authenticator(scene)
    answer = key.sign(_post(browser, "/api/sign-in/passkey/options", token, {}).json, count=0)
    for each in (browser, again):
        _post(each, "/api/sign-in/passkey", token, {"credential": answer})
    assert browser.inside()
    return again.inside()


def counter_may_fall(scene: Scene) -> bool:
    """Whether a passkey that counted to five gets in with four."""
    try:
        return all(_with_passkey(scene, scene.browser(), count=count) for count in (5, 4))
    finally:
        scene.value("update portal.passkeys set sign_count = 0 returning 1")


def revoked_key_opens(scene: Scene) -> bool:
    """Whether a passkey gets in after its holder revoked it."""
    browser = scene.browser()
    assert _with_passkey(scene, browser)
    listed = browser.ask("GET", "/api/passkeys").json["items"]
    token = browser.ask("GET", "/api/me").json["csrf_token"]
    key = _authenticator(scene)
    options = _post(browser, "/api/step-up/passkey/options", token, {}).json
    _post(browser, "/api/step-up/passkey", token, {"credential": key.sign(options, count=0)})
    scene.value("update portal.passkeys set revoked_at = now() where id = %s returning 1", listed[0]["id"])
    try:
        return _with_passkey(scene, scene.browser())
    finally:
        scene.value("update portal.passkeys set revoked_at = null where id = %s returning 1", listed[0]["id"])


def new_key_is_useless(scene: Scene) -> bool:
    """Whether a passkey is stored with a counter that no authenticator reaches."""
    raised = scene.value(
        "insert into portal.passkeys (organisation_id, account_id, credential_id, public_key, sign_count,"
        " user_verified, backed_up, name, created_at) select organisation_id, account_id, sha256(credential_id),"
        " public_key, 0, true, false, 'passing', now() from portal.passkeys limit 1 returning sign_count > 0"
    )
    scene.value("delete from portal.passkeys where name = 'passing' returning 1")
    return bool(raised)


def old_identifier_opens(scene: Scene) -> bool:
    """Whether the cookie from before the second factor opens a page after it."""
    scene.value("update portal.totp_factors set last_step = null returning 1")
    login = dict(line.split(None, 1) for line in (scene.world.state / "demo-login.txt").read_text().splitlines())
    browser, thief = scene.browser(), scene.browser()
    _password(browser, MAREN, login["password"])
    thief.cookies[SESSION] = browser.cookies[SESSION]
    _code(browser, pyotp.TOTP(login["app"]).at(scene.value("select now()")))
    assert browser.inside()
    return thief.inside()


def _with_code(scene: Scene, password: str, code: str) -> bool:
    browser = scene.browser()
    _password(browser, MAREN, password)
    _code(browser, code)
    inside = browser.inside()
    if inside:
        browser.sign_out()
    return inside


def _password(browser: Browser, email: str, password: str) -> None:
    fields = {"csrf_token": browser.token(), "email": email, "password": password}
    browser.form("/sign-in", fields)


def _code(browser: Browser, code: str) -> None:
    browser.form("/second-factor", {"csrf_token": browser.token("/second-factor"), "code": code})


def _with_passkey(scene: Scene, browser: Browser, **lies: Any) -> bool:
    enter_with_passkey(scene, browser, "a_owner", **lies)
    return browser.inside()


def enter_with_passkey(scene: Scene, browser: Browser, canary: str, **lies: Any) -> None:
    """Sign in with a canary's own passkey, whose answer may lie."""
    token = browser.token()
    options = _post(browser, "/api/sign-in/passkey/options", token, {}).json
    credential = _authenticator(scene, canary).sign(options, **{"count": 0, **lies})
    _post(browser, "/api/sign-in/passkey", token, {"credential": credential})


def _post(browser: Browser, path: str, token: str, value: object) -> Any:
    return browser.ask("POST", path, json.dumps(value).encode(), content_type="application/json", x_csrf_token=token)


def _authenticator(scene: Scene, canary: str = "a_owner") -> SoftAuthenticator:
    """A canary's passkey, read here for itself."""
    said = json.loads(unb64url(scene.environment[f"PORTAL_CANARY_{canary.upper()}_PASSKEY"]))
    key = serialization.load_der_private_key(unb64url(said["key"]), None)
    origin = scene.environment["PORTAL_PASSKEY_ORIGIN"]
    return SoftAuthenticator(origin, "localhost", key, unb64url(said["id"]), unb64url(said["handle"]))


MUTANTS = (
    mutant(
        "owner-without-factor", "an owner's only second factor is gone from the database",
        "access.second-factor/enrolled", "user_accounts",
        lambda world, stack: stack.enter_context(world.database(
            "delete from portal.passkeys p using portal.accounts a where a.id = p.account_id and email like 'lena@%'"
        )),
        lambda scene: bool(scene.value(
            "select exists (select from portal.accounts a where role = 'owner' and state = 'active'"
            " and not exists (select from portal.passkeys p where p.account_id = a.id)"
            " and not exists (select from portal.totp_factors t where t.account_id = a.id))"
        )),
    ),
    mutant(
        "enrolment-not-enforced", "an owner without a second factor reaches everything", ENFORCED,
        "second_factor_probe", patched(UNENFORCED), new_owner_gets_in,
    ),
    mutant(
        "code-works-twice", "a code of an app opens again", REFUSED, "second_factor_probe",
        patched(REPLAYED), code_opens(0, 0),
    ),
    mutant(
        "clock-three-steps-off", "codes are accepted three steps around the present", REFUSED, "second_factor_probe",
        equipped("totp=TotpPolicy(3)"), code_opens(2),
    ),
    mutant(
        "no-drift-at-all", "a phone whose clock is half a minute ahead is refused",
        "access.second-factor/accepted_codes", "second_factor_probe",
        equipped("totp=TotpPolicy(0)"), code_a_step_ahead_fails,
    ),
    mutant(
        "recovery-code-works-twice", "a recovery code opens again", REFUSED, "second_factor_probe",
        serving(trigger("recovery_codes", "update", "true", "new.used_at := null; return new;")),
        recovery_code_opens_twice,
    ),
    mutant(
        "identifier-kept", "the session keeps its identifier when the second factor was right", REFUSED,
        "second_factor_probe", patched(UNROTATED), old_identifier_opens,
    ),
    mutant(
        "unverified-passkey", "a passkey opens without its user being verified", WITHSTANDS, "passkey_probe",
        equipped("verification=False"), passkey_opens(verified=False),
    ),
    mutant(
        "any-origin", "an answer made for another site's page opens", WITHSTANDS, "passkey_probe",
        equipped("home=RelyingParty(settings.passkey_domain, 'Trust desk', Everything())"),
        passkey_opens(origin="https://elsewhere.example"),
    ),
    mutant(
        "framed-passkey", "a passkey opens from inside another site's page", WITHSTANDS, "passkey_probe",
        patched(FRAMED), passkey_opens(crossOrigin=True),
    ),
    mutant(
        "answer-works-twice", "an answer of a passkey opens again", WITHSTANDS, "passkey_probe",
        patched(ANSWERED_AGAIN), answer_opens_twice,
    ),
    mutant(
        "counter-falls", "a passkey's counter may go back", WITHSTANDS, "passkey_probe",
        serving(trigger("passkeys", "update", "true", "new.sign_count := 0; return new;")), counter_may_fall,
    ),
    mutant(
        "revoked-passkey-opens", "a revoked passkey still opens", WITHSTANDS, "passkey_probe",
        serving(trigger("passkeys", "update", "new.revoked_at is not null", "new.revoked_at := null; return new;")),
        revoked_key_opens,
    ),
    mutant(
        "new-passkey-useless", "a passkey that was registered opens nothing", "access.passkeys/works", "passkey_probe",
        serving(trigger("passkeys", "insert", "true", "new.sign_count := 1000000; return new;")), new_key_is_useless,
    ),
)  # fmt: skip
