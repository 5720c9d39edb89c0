"""Mutants in front of the portal: a proxy that strips headers, weakens cookies, keeps identifiers, leaks, redirects."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack

from mutations.browser import SESSION, Browser, Page
from mutations.mutant import Broken, Change, Scene, mutant
from mutations.proxy import Answer, Changes, Request, proxy
from mutations.world import World


def behind(answered: Callable[[Answer], None], asked: Callable[[Request], Answer | None] | None = None) -> Change:
    """Everything over TLS passes a proxy with these changes."""
    changes = Changes(answered=answered, asked=asked or (lambda request: None))

    def change(world: World, stack: ExitStack) -> Scene:
        url = stack.enter_context(proxy(world.portal.url, world.portal.state.tls, changes))
        return world.with_environment(PORTAL_URL=url)

    return change


def behind_plain(answered: Callable[[Answer], None]) -> Change:
    """Everything over plain http passes a proxy with these changes."""

    def change(world: World, stack: ExitStack) -> Scene:
        plain = world.portal.environment["PORTAL_HTTP_URL"]
        url = stack.enter_context(proxy(plain, world.portal.state.tls, Changes(answered=answered), plain=True))
        return world.with_environment(PORTAL_HTTP_URL=url)

    return change


def without(name: str) -> Callable[[Answer], None]:
    return lambda answer: answer.without(name)


def rewritten(name: str, pattern: str, by: str) -> Callable[[Answer], None]:
    return lambda answer: answer.replaced(name, lambda value: re.sub(pattern, by, value, flags=re.IGNORECASE))


def adding(name: str, value: str) -> Callable[[Answer], None]:
    return lambda answer: answer.headers.append((name, value))


def ordinary(answer: Answer) -> None:
    """Nothing is changed."""


def page_shows(wrong: Callable[[Page], bool]) -> Broken:
    """Whether the sign-in page comes like that."""
    return lambda scene: wrong(scene.browser().ask("GET", "/sign-in"))


def plain_shows(wrong: Callable[[Page], bool]) -> Broken:
    """Whether the plain-http port answers like that."""
    return lambda scene: wrong(Browser(scene.environment["PORTAL_HTTP_URL"]).ask("GET", "/sign-in"))


def cookie_lacks(word: str) -> Broken:
    """Whether signing in sets the session's cookie without this attribute."""

    def broken(scene: Scene) -> bool:
        browser = scene.browser()
        line = browser.sign_in(*scene.credentials("a")).cookies[SESSION]
        return word not in [part.strip().lower() for part in line.split(";")]

    return broken


def session_cookie_without(pattern: str) -> Callable[[Answer], None]:
    def change(line: str) -> str:
        return re.sub(pattern, "", line, flags=re.IGNORECASE) if line.startswith(f"{SESSION}=") else line

    return lambda answer: answer.replaced("set-cookie", change)


def fixation(world: World, stack: ExitStack) -> Scene:
    """A session identifier that a browser brought to the sign-in form is the one that it is signed in with."""
    real: dict[str, str] = {}

    def cookie(request: Request) -> str | None:
        found = re.search(rf"{SESSION}=([^;]+)", request.headers.get("cookie", request.headers.get("Cookie", "")))
        return found[1] if found else None

    def asked(request: Request) -> None:
        brought = cookie(request)
        for name in [each for each in request.headers if each.lower() == "cookie"]:
            if brought in real:
                request.headers[name] = request.headers[name].replace(str(brought), real[str(brought)])
        request.brought = brought  # type: ignore[attr-defined]

    def answered(answer: Answer) -> None:
        brought = answer.request.brought  # type: ignore[attr-defined]
        if answer.request.path != "/sign-in" or answer.request.method != "POST" or brought is None:
            return
        for _, line in answer.headers:
            if line.startswith(f"{SESSION}=") and "max-age=0" not in line.lower():
                real[brought] = line.partition("=")[2].partition(";")[0]
        if brought in real:
            answer.replaced("set-cookie", lambda line: line.replace(real[brought], brought))

    return behind(answered, asked)(world, stack)


def planted_identifier_opens(scene: Scene) -> bool:
    """Whether an identifier that an attacker chose opens a page after somebody else signed in with it."""
    planted = secrets.token_urlsafe(32)
    victim, attacker = scene.browser(), scene.browser()
    attacker.cookies[SESSION] = victim.cookies[SESSION] = planted
    victim.sign_in(*scene.credentials("a"))
    opened = attacker.inside()
    victim.sign_out()
    return opened


def merging_lists(world: World, stack: ExitStack) -> Scene:
    """Canary B's list of documents holds those of canary A too; nothing else is open to it."""
    titles = world.scene.canary("a").ask("GET", "/api/documents").json["items"]

    def answered(answer: Answer) -> None:
        if answer.request.path.startswith("/api/documents") and answer.request.path.rpartition("/")[2] == "documents":
            try:
                listed = json.loads(answer.body)
                known = {item["id"] for item in listed["items"]}
            except (ValueError, KeyError, TypeError):
                return
            listed["items"] += [
                {"id": item["id"], "title": item["title"]} for item in titles if item["id"] not in known
            ]
            answer.body = json.dumps(listed).encode()

    return behind(answered)(world, stack)


def lists_a_stranger_s_documents(scene: Scene) -> bool:
    return b"Canary A document" in scene.canary("b").ask("GET", "/api/documents").body


def security_txt(change: Callable[[Answer], None]) -> Change:
    """security.txt alone is answered like that."""

    def answered(answer: Answer) -> None:
        if answer.request.path == CONTACT_FILE:
            change(answer)

    return behind(answered)


def missing(answer: Answer) -> None:
    answer.status, answer.body = 404, b"There is nothing here."


def as_a_page(answer: Answer) -> None:
    answer.replaced("content-type", lambda _: "text/html; charset=utf-8")


def ended(answer: Answer) -> None:
    answer.body = re.sub(rb"Expires: \d{4}", b"Expires: 2025", answer.body)


def contact_shows(wrong: Callable[[Page], bool]) -> Broken:
    """Whether a plain client gets security.txt like that."""
    return lambda scene: wrong(scene.browser().ask("GET", CONTACT_FILE))


CONTACT_FILE = "/.well-known/security.txt"
CONTACT = "incidents.security-txt/served"
HTTPS = "platform.https-only"
PROTECTIONS = "platform.browser-protections"

MUTANTS = (
    mutant(
        "security-txt-missing", "security.txt is not there",
        CONTACT, "security_txt", security_txt(missing), contact_shows(lambda page: page.status == 404),
    ),
    mutant(
        "security-txt-expired", "security.txt has expired",
        CONTACT, "security_txt", security_txt(ended), contact_shows(lambda page: b"Expires: 2025-" in page.body),
    ),
    mutant(
        "security-txt-as-page", "security.txt is served as a web page",
        CONTACT, "security_txt", security_txt(as_a_page),
        contact_shows(lambda page: "html" in (page.header("content-type") or "")),
    ),
    mutant(
        "redirect-lost", "plain http is answered with the page",
        f"{HTTPS}/redirected", "http_headers",
        behind_plain(lambda answer: (setattr(answer, "status", 200), answer.without("location"))[0]),
        plain_shows(lambda page: page.status == 200),
    ),
    mutant(
        "redirect-astray", "plain http is redirected to another host",
        f"{HTTPS}/redirected", "http_headers",
        behind_plain(rewritten("location", r"//[^/]+/", "//elsewhere.example/")),
        plain_shows(lambda page: "elsewhere" in (page.header("location") or "")),
    ),
    mutant(
        "redirect-temporary", "the redirect from plain http may not be remembered",
        f"{HTTPS}/redirected", "http_headers",
        behind_plain(lambda answer: setattr(answer, "status", 302)), plain_shows(lambda page: page.status == 302),
    ),
    mutant(
        "strict-transport-lost", "browsers are not told to use https alone",
        f"{HTTPS}/strict", "http_headers", behind(without("strict-transport-security")),
        page_shows(lambda page: page.header("strict-transport-security") is None),
    ),
    mutant(
        "strict-transport-for-a-day", "browsers are told to use https alone for a day",
        f"{HTTPS}/strict", "http_headers",
        behind(rewritten("strict-transport-security", r"max-age=\d+", "max-age=86400")),
        page_shows(lambda page: "max-age=86400" in (page.header("strict-transport-security") or "")),
    ),
    mutant(
        "content-policy-lost", "pages have no content security policy",
        f"{PROTECTIONS}/policy", "http_headers", behind(without("content-security-policy")),
        page_shows(lambda page: page.header("content-security-policy") is None),
    ),
    mutant(
        "inline-script", "pages may run inline script",
        f"{PROTECTIONS}/policy", "http_headers",
        behind(rewritten("content-security-policy", r"(script-src|default-src) ", r"\1 'unsafe-inline' ")),
        page_shows(lambda page: "'unsafe-inline'" in (page.header("content-security-policy") or "")),
    ),
    mutant(
        "sniffing", "browsers may guess what a file is",
        f"{PROTECTIONS}/policy", "http_headers", behind(without("x-content-type-options")),
        page_shows(lambda page: page.header("x-content-type-options") is None),
    ),
    mutant(
        "product-named", "answers name the software that serves them",
        f"{PROTECTIONS}/quiet", "http_headers", behind(adding("server", "proxy/2.4.1")),
        page_shows(lambda page: page.header("server") is not None),
    ),
    mutant(
        "cookie-for-scripts", "scripts may read the session's cookie",
        "access.session-cookies/flags", "session_cookies", behind(session_cookie_without("; *HttpOnly")),
        cookie_lacks("httponly"),
    ),
    mutant(
        "cookie-for-every-site", "other sites' requests carry the session's cookie",
        "access.session-cookies/flags", "session_cookies", behind(session_cookie_without("; *SameSite=[a-z]+")),
        cookie_lacks("samesite=lax"),
    ),
    mutant(
        "session-fixation", "a session identifier that somebody else chose survives signing in",
        "access.session-rotation/rotated", "session_cookies", fixation, planted_identifier_opens,
    ),
    mutant(
        "lists-merged", "a list holds another customer's documents, and nothing else is open",
        "data.tenant-isolation-probe/tried", "tenant_isolation_probe", merging_lists, lists_a_stranger_s_documents,
    ),
)  # fmt: skip
