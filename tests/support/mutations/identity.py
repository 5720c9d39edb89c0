"""Mutants of signing in: an application whose code was patched from outside, or whose rows a trigger meddles with."""

from __future__ import annotations

import base64
import contextlib
import email as mails
import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import policy
from pathlib import Path
from typing import Any

import pytest

from mutations.application import serving, trigger
from mutations.browser import SESSION, Browser
from mutations.mutant import Change, Scene, mutant
from mutations.world import World


@contextlib.contextmanager
def imported_first(code: str) -> Iterator[None]:
    """Processes that start meanwhile run this code before anything of their own, as `sitecustomize`."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        Path(folder, "sitecustomize.py").write_text(f"import sys\nif 'application' in sys.argv:\n    {code}\n")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH")))))
        yield


def patched(*lines: str) -> Change:
    """The application on a copy of the database, its modules changed by these lines."""

    def change(world: World, stack: ExitStack) -> Scene:
        with imported_first("\n    ".join(lines)):
            return stack.enter_context(world.application())

    return change


def holder(scene: Scene) -> Browser:
    """A browser in which canary C is signed in and has proved again who it is."""
    browser = scene.canary("c")
    assert browser.send("POST", "/api/step-up", {"password": scene.credentials("c")[1]}).status == 204
    return browser


def takes(make: Callable[[], str], *, wanted: bool = True) -> Callable[[Scene], bool]:
    """Whether canary C may set such a password (`wanted` False: may not); its own is put back."""

    def broken(scene: Scene) -> bool:
        browser = holder(scene)
        taken = browser.send("POST", "/api/password", {"password": make()}).status == 204
        if taken:
            assert browser.send("POST", "/api/password", {"password": scene.credentials("c")[1]}).status == 204
        return taken is wanted

    return broken


def in_log(scene: Scene) -> bool:
    """Whether a password that was set is in the application's log."""
    browser, word = holder(scene), secrets.token_urlsafe(24)
    assert browser.send("POST", "/api/password", {"password": word}).status == 204
    assert browser.send("POST", "/api/password", {"password": scene.credentials("c")[1]}).status == 204
    folder = Path(scene.environment["PORTAL_ACCESS_LOG"]).parent
    return any(word in path.read_text(errors="replace") for path in folder.iterdir())


def revoked_goes_on(scene: Scene) -> bool:
    """Whether a session that was ended from another one still opens a page."""
    here, there = scene.canary("c"), scene.canary("c")
    target = there.ask("GET", "/api/me").json["session_id"]
    assert here.send("DELETE", f"/api/sessions/{target}").status == 204
    return there.inside()


def other_outlives_password(scene: Scene) -> bool:
    """Whether another session is still open after the password was changed."""
    other, here = scene.canary("c"), holder(scene)
    assert here.send("POST", "/api/password", {"password": secrets.token_urlsafe(24)}).status == 204
    assert here.send("POST", "/api/password", {"password": scene.credentials("c")[1]}).status == 204
    return other.inside()


def old_identifier_lives(scene: Scene) -> bool:
    """Whether the identifier from before a step-up still opens a page."""
    browser, thief = scene.canary("c"), scene.browser()
    thief.cookies[SESSION] = browser.cookies[SESSION]
    assert browser.send("POST", "/api/step-up", {"password": scene.credentials("c")[1]}).status == 204
    return thief.inside()


def strict_limit_ignored(scene: Scene) -> bool:
    """Whether a session outlives the stricter limit of its organisation."""
    browser = scene.canary("c")
    session = browser.ask("GET", "/api/me").json["session_id"]
    with scene.superuser() as connection:
        connection.execute("update portal.organisations set idle_seconds = 60 where slug = 'canary-c'")
        connection.execute(
            "update portal.sessions set last_seen_at = last_seen_at - interval '61 seconds' where id = %s", (session,)
        )
        try:
            return browser.inside()
        finally:
            connection.execute("update portal.organisations set idle_seconds = null where slug = 'canary-c'")


def forget(scene: Scene) -> None:
    """Takes away what was counted: the next sign-in is nobody's victim."""
    with scene.superuser() as connection:
        connection.execute("delete from portal.sign_in_failures")


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    until = time.monotonic() + 10
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def queued(scene: Scene, kind: str) -> int:
    return int(scene.value("select count(*) from portal.outbox where kind = %s", kind))


def new_device_unsaid(scene: Scene) -> bool:
    """Whether a sign-in with a new browser queues no message."""
    before = queued(scene, "unusual_sign_in")
    scene.canary("c")
    return queued(scene, "unusual_sign_in") == before


def known_device_said(scene: Scene) -> bool:
    """Whether a sign-in with a known browser queues a message."""
    browser = scene.canary("c")
    browser.sign_out()
    before = queued(scene, "unusual_sign_in")
    browser.sign_in(*scene.credentials("c"))
    return queued(scene, "unusual_sign_in") > before


def guesses(scene: Scene, browser: Browser, address: str, most: int = 15) -> list[int]:
    """Statuses of wrong passwords up to the first 429."""
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < most:
        try:
            statuses.append(browser.sign_in(address, "not the right password").status)
        except AssertionError as error:
            statuses.append(int(str(error).split("answered ")[1].split()[0]))
    return statuses


def guessing_is_free(scene: Scene) -> bool:
    """Whether fifteen wrong passwords for one address are all looked at."""
    statuses = guesses(scene, scene.browser(), f"{secrets.token_hex(8)}@nowhere.example")
    forget(scene)
    return 429 not in statuses


def holder_locked_out(scene: Scene) -> bool:
    """Whether the holder's known browser must wait while a stranger guesses; what was counted is taken away again."""
    email, password = scene.credentials("c")
    mine = scene.canary("c")
    mine.sign_out()
    guesses(scene, scene.browser(), email)
    try:
        mine.sign_in(email, password)
    except AssertionError:
        return True
    finally:
        forget(scene)
    return False


def guessing_unsaid(scene: Scene) -> bool:
    """Whether nobody is told of guesses."""
    before = queued(scene, "guessing")
    guesses(scene, scene.browser(), scene.credentials("c")[0])
    forget(scene)
    return not eventually(lambda: queued(scene, "guessing") > before)


def posture(scene: Scene) -> Any:
    page = scene.browser().ask("GET", "/.well-known/trust-posture?nonce=a-nonce-of-24-characters")
    return json.loads(base64.b64decode(page.json["payload"]))["observed"]


def links_issued(scene: Scene) -> list[str]:
    """Asks for a reset of canary C and reads the tokens that came by mail since."""
    folder = Path(scene.environment["PORTAL_MAIL_SINK"])
    before = set(folder.glob("*.eml"))
    browser, address = scene.browser(), scene.credentials("c")[0]
    token = re.search(rb'name="csrf_token" value="([0-9a-f]+)"', browser.ask("GET", "/reset").body)
    assert token is not None
    assert browser.form("/reset", {"csrf_token": token[1].decode(), "email": address}).status == 200
    found: list[str] = []

    def came() -> bool:
        for path in set(folder.glob("*.eml")) - before:
            message = mails.message_from_bytes(path.read_bytes(), policy=policy.default)
            if message["to"] == address:
                found.extend(re.findall(r"/reset/new\?token=([A-Za-z0-9_-]{64})", message.get_content()))
        return bool(found)

    assert eventually(came), "no mail with a link came"
    return found


def follow(scene: Scene, token: str) -> int:
    """The status of setting canary C's own password with a link."""
    browser = scene.browser()
    form = re.search(rb'name="csrf_token" value="([0-9a-f]+)"', browser.ask("GET", "/reset").body)
    assert form is not None
    fields = {"csrf_token": form[1].decode(), "token": token, "password": scene.credentials("c")[1]}
    return browser.form("/reset/new", fields).status


def link_opens_twice(scene: Scene) -> bool:
    """Whether a reset link sets a password a second time."""
    token = links_issued(scene)[-1]
    assert follow(scene, token) == 303
    return follow(scene, token) == 303


def session_outlives_reset(scene: Scene) -> bool:
    """Whether a session is still open after a reset."""
    browser = scene.canary("c")
    assert follow(scene, links_issued(scene)[-1]) == 303
    return browser.inside()


POLICY = "import trustcenter.runtime.password_policy as policy"
ANYTHING = (
    "import trustcenter.runtime.common_passwords as common; common.CommonPasswords.__contains__ = lambda *_: False"
)
NO_ENDING = (
    "import trustcenter.portal.signing.new_password as new, trustcenter.portal.store as store",
    "whole = new.stored",
    "async def stored(connection, call, organisation_id, account_id, email, hashed_form, *, kept_session):",
    "    if (kept_session is None) is {reset}:",
    "        return await store.set_password_hash(connection, account_id, hashed_form)",
    "    await whole(connection, call, organisation_id, account_id, email, hashed_form, kept_session=kept_session)",
    "new.stored = stored",
)
PROBE = "password_policy_probe"

MUTANTS = (
    mutant(
        "eight-characters", "eight characters are enough for a new password",
        "access.password-policy/short", PROBE, patched(POLICY, "policy.MINIMUM_LENGTH = 8"),
        takes(lambda: "kW7vQm2ZxRt"),
    ),
    mutant(
        "thirteen-characters", "twelve characters are not enough, whatever the page says",
        "access.password-policy/enough", PROBE, patched(POLICY, "policy.MINIMUM_LENGTH = 13"),
        takes(lambda: "kW7vQm2ZxRtB", wanted=False),
    ),
    mutant(
        "common-passwords-taken", "what anybody tries first is taken",
        "access.password-policy/common access.password-policy/context", PROBE,
        patched(POLICY, ANYTHING, "policy.effective_length = lambda folded, words: len(folded)"),
        takes(lambda: "password1234"),
    ),
    mutant(
        "own-name-taken", "a person's own name and organisation are taken",
        "access.password-policy/context", PROBE,
        patched("import trustcenter.portal.signing.new_password as new", "new.context_words = lambda *_: frozenset()"),
        takes(lambda: "Canaryccanaryc-2026"),
    ),
    mutant(
        "passwords-logged", "the application logs each password that it hashes",
        "access.password-plaintext/searched", "plaintext_search",
        patched(
            "import sys, trustcenter.runtime.passwords as passwords", "real = passwords.hash_password",
            "def hash_password(word, *more):", "    print('hashing', word, file=sys.stderr, flush=True)",
            "    return real(word, *more)", "passwords.hash_password = hash_password",
        ),
        in_log,
    ),
    mutant(
        "revoking-ends-nothing", "ending a session elsewhere leaves it open",
        "access.session-revocation/revoked", "session_lifecycle_probe",
        patched(
            "import trustcenter.portal.signing.own_sessions as own",
            "async def end_session(call): return call.done('/sessions')", "own.end_session = end_session",
        ),
        revoked_goes_on,
    ),
    mutant(
        "password-ends-nothing", "a change of the password leaves other sessions open",
        "access.session-revocation/password", "session_lifecycle_probe",
        patched(*(line.format(reset=False) for line in NO_ENDING)), other_outlives_password,
    ),
    mutant(
        "identifier-kept-after-step-up", "what is dangerous leaves the session's identifier as it was",
        "access.session-rotation/privileged", "session_lifecycle_probe",
        patched(
            "import trustcenter.portal.rotation as rotation", "async def keep(*_): return None",
            "rotation.give_new_identifier = keep",
        ),
        old_identifier_lives,
    ),
    mutant(
        "idle-limit-ignored", "an unused session never ends by the limit of its organisation",
        "access.session-limits/ended", "session_lifecycle_probe",
        patched(
            "import trustcenter.runtime.sessions as sessions",
            "sessions.SessionPolicy.tightened = lambda self, idle, absolute: self",
        ),
        strict_limit_ignored,
    ),
    mutant(
        "unusual-sign-ins-unsaid", "no message about an unusual sign-in leaves",
        "access.sign-in-alerts/told access.sign-in-alerts/quiet", "sign_in_alert_probe",
        serving(trigger("outbox", "insert", "new.kind = 'unusual_sign_in'", "return null;")),
        new_device_unsaid,
    ),
    mutant(
        "every-sign-in-unusual", "each sign-in counts as one with a new device",
        "access.sign-in-alerts/quiet", "sign_in_alert_probe",
        patched("import trustcenter.portal.signing.arrival as arrival", "arrival.device_of = lambda *_: None"),
        known_device_said,
    ),
    mutant(
        "reset-link-again", "a reset link is not used up",
        "access.password-reset/refused", "password_reset_probe",
        serving(trigger("mailed_links", "update", "true",
                        "new.used_at := null; new.superseded_at := null; return new;")),
        link_opens_twice,
    ),
    mutant(
        "reset-ends-nothing", "a reset leaves sessions open",
        "access.password-reset/works", "password_reset_probe",
        patched(*(line.format(reset=True) for line in NO_ENDING)), session_outlives_reset,
    ),
    mutant(
        "reset-links-of-a-day", "reset links were issued for a day",
        "access.password-reset/lifetime", "query",
        lambda world, stack: stack.enter_context(
            world.database("update portal.mailed_links set expires_at = requested_at + interval '1 day'")
        ),
        lambda scene: bool(
            scene.value("select coalesce(max(expires_at - requested_at) > interval '1 hour', false) "
                        "from portal.mailed_links where purpose = 'reset'")
        ),
    ),
    mutant(
        "reset-limit-of-a-day", "new reset links live for a day",
        "access.password-reset/limit", "trust_posture",
        patched(
            "import datetime, trustcenter.runtime.mailed_links as links",
            "links.LIFETIMES[links.Purpose.RESET] = datetime.timedelta(days=1)",
        ),
        lambda scene: posture(scene)["mailed_links"]["reset_seconds"] > 3600,
    ),
    mutant(
        "guessing-free", "nobody is ever told to wait",
        "access.sign-in-throttling/slowed access.sign-in-throttling/told", "sign_in_throttle_probe",
        patched(
            "import trustcenter.runtime.throttle as throttle",
            "allow = (throttle.Decision.ALLOW, throttle.Facts(0))",
            "throttle.ThrottlePolicy.decide = lambda self, state, event, now: (state, *allow)",
        ),
        guessing_is_free,
    ),
    mutant(
        "holder-locked-out", "strangers who guess keep the holder out",
        "access.sign-in-throttling/holder", "sign_in_throttle_probe",
        patched("import trustcenter.portal.signing.guessing as guessing", "guessing.device_of = lambda *_: None"),
        holder_locked_out,
    ),
    mutant(
        "guessing-unsaid", "no message about guesses leaves",
        "access.sign-in-throttling/told", "sign_in_throttle_probe",
        serving(trigger("outbox", "insert", "new.kind = 'guessing'", "return null;")), guessing_unsaid,
    ),
    mutant(
        "guesses-unbounded", "a day allows a million guesses",
        "access.sign-in-throttling/day", "trust_posture",
        patched(
            "import trustcenter.runtime.throttle as throttle", "made = throttle.ThrottlePolicy.__init__",
            "made.__defaults__ = (*made.__defaults__[:-1], 10**6)",
        ),
        lambda scene: posture(scene)["guesses"]["most_in_24_hours"] > 1000,
    ),
)  # fmt: skip
