"""A person uses the portal: signs in, reads, sees what was noted; with keyboard, on a phone, in the dark."""

from __future__ import annotations

import itertools
import os
import re

import pytest
from low_contrast import LOW_CONTRAST

pytestmark = pytest.mark.browser
JONAS = "jonas@fernhill.example"


@pytest.fixture
def open_page(browser, portal):
    """A new page in a context of its own; every request must stay on the portal and nothing may fail."""
    contexts = []

    def opened(width: int = 1440, scheme: str = "light"):
        context = browser.new_context(
            ignore_https_errors=True, color_scheme=scheme, viewport={"width": width, "height": 900}, base_url=portal.url
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(portal.url) else page.problems.append(sent.url))
        return page

    yield opened
    for context in contexts:
        context.close()


def _sign_in(page, password: str) -> None:
    page.goto("/")
    page.get_by_label("E-mail address").fill(JONAS)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/documents")


def test_a_person_signs_in_reads_a_document_and_sees_it_noted(open_page, passwords):
    page = open_page()
    _sign_in(page, passwords[JONAS])

    page.get_by_role("link", name="Restore drill").first.click()
    assert "starts from the backup files alone" in page.inner_text("main")
    page.get_by_role("link", name="Activity").click()
    first = page.locator("tbody tr").first.inner_text()
    assert "Jonas Pell" in first
    assert "Read a document" in first
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/documents")
    assert page.url.endswith("/sign-in?next=/documents")
    assert page.problems == []


def test_the_keyboard_is_enough(open_page, passwords):
    """From the address bar to a document without a pointer, and focus can be seen."""
    page = open_page()
    page.goto("/sign-in")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "email"
    page.keyboard.type(JONAS)
    page.keyboard.press("Tab")
    page.keyboard.type(passwords[JONAS])
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_nothing_scrolls_sideways_and_text_can_be_read(open_page, passwords):
    """320 to 1440 pixels, light and dark: no horizontal overflow; contrast of all text at least 4.5 (WCAG 1.4.3).

    Each page is opened once, and the window then made narrower and darker: no script of ours looks at either.
    """
    page = open_page()
    _sign_in(page, passwords[JONAS])
    document = page.locator("main .rows a").first.get_attribute("href")
    shots = os.environ.get("TRUSTCENTER_SCREENSHOTS")
    for path in ("/documents", document, "/documents/new", "/settings/activity", "/people", "/sessions", "/nothing"):
        page.goto(path)
        for scheme, width in itertools.product(("light", "dark"), (1440, 768, 390, 320)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("innerWidth") == width
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width, scheme)
            assert page.evaluate(LOW_CONTRAST) == [], (path, width, scheme)
            if shots:
                name = re.sub(r"\W+", "-", "document" if path == document else path).strip("-")
                page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=width < 800)


def test_the_sign_in_page_says_what_went_wrong(open_page):
    page = open_page(390)
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("somebody@nowhere.example")
    page.get_by_label("Password").fill("not the right password")
    page.get_by_role("button", name="Sign in").click()

    assert page.get_by_role("alert").inner_text() == "The e-mail address or the password is not right."
    assert page.get_by_label("E-mail address").input_value() == "somebody@nowhere.example"
    shots = os.environ.get("TRUSTCENTER_SCREENSHOTS")
    if shots:
        page.screenshot(path=f"{shots}/sign-in-390-light.png", full_page=True)
