"""What a plain browser sees when signing in is broken: the proofs of `identity.py`'s mutants."""

from __future__ import annotations

import base64
import email as mails
import json
import re
import secrets
import time
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

from mutations.browser import SESSION, Browser
from mutations.factors import enter_with_passkey
from mutations.mutant import Scene


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


def identifier_outlives_role_change(scene: Scene) -> bool:
    """Whether the identifier from before an owner changed somebody's role still opens a page."""
    owner, thief = scene.browser(), scene.browser()
    enter_with_passkey(scene, owner, "c_owner")
    session = owner.ask("GET", "/api/me").json["session_id"]
    with scene.superuser() as connection:
        connection.execute("update portal.sessions set stepped_up_at = now() where id = %s", (session,))
        (account,) = connection.execute(
            "select id from portal.accounts where email = %s", (scene.credentials("c")[0],)
        ).fetchone()
    thief.cookies[SESSION] = owner.cookies[SESSION]
    for role in ("member", "admin"):
        assert owner.send("POST", f"/api/people/{account}/role", {"role": role}).status == 204
    return thief.inside()


def identifier_outlives_support(scene: Scene) -> bool:
    """Whether the identifier from before the staff began support access still opens a page."""
    staff, thief = scene.browser(), scene.browser()
    enter_with_passkey(scene, staff, "staff")
    session = staff.ask("GET", "/api/me").json["session_id"]
    with scene.superuser() as connection:
        connection.execute("update portal.sessions set stepped_up_at = now() where id = %s", (session,))
    thief.cookies[SESSION] = staff.cookies[SESSION]
    asked = {"email": scene.credentials("c")[0], "reason": "A mutant looks", "ticket": "MUTANT-2"}
    assert staff.send("POST", "/api/support", asked).status == 201
    try:
        return thief.inside()
    finally:
        assert staff.send("POST", "/api/support/stop").status == 204


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


def link_outlives_its_time(scene: Scene) -> bool:
    """Whether a reset link that was asked for an hour ago still sets a password."""
    token = links_issued(scene)[-1]
    with scene.superuser() as connection:
        moved = "update portal.mailed_links set requested_at = requested_at {} interval '1 hour' where {} returning id"
        links = [row[0] for row in connection.execute(moved.format("-", "used_at is null")).fetchall()]
        try:
            return follow(scene, token) == 303
        finally:  # the good platform is asked too, and later mutants look at what it holds
            connection.execute(moved.format("+", "id = any (%s)"), (links,))


def session_outlives_reset(scene: Scene) -> bool:
    """Whether a session is still open after a reset."""
    browser = scene.canary("c")
    assert follow(scene, links_issued(scene)[-1]) == 303
    return browser.inside()
