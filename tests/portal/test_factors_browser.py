"""Second factors as a person meets them: an app by its QR code, recovery codes, the pages of both."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pyotp
import pytest
from low_contrast import LOW_CONTRAST
from signing_in import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, portal, request) -> Iterator[object]:
    """A page under the name that passkeys belong to; nothing may fail in it."""
    width, scheme = getattr(request, "param", (1440, "light"))
    context = browser.new_context(
        ignore_https_errors=True, color_scheme=scheme, viewport={"width": width, "height": 900},
        base_url=portal.environment["PORTAL_PASSKEY_ORIGIN"],
    )  # fmt: skip
    opened = context.new_page()
    opened.problems = []
    opened.on("console", lambda said: opened.problems.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()


def _password(page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def _looked_at(page, name: str, width: int, scheme: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.evaluate(LOW_CONTRAST) == [], name
    shots = os.environ.get("TRUSTCENTER_SCREENSHOTS")
    if shots:
        page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("page", [(1440, "light"), (390, "dark")], indirect=True, ids=["desk", "phone-dark"])
def test_an_owner_registers_an_app_with_the_keyboard(page, owner, request):
    """The QR code, the secret as text, six digits, recovery codes once; read at 390 pixels and in the dark too."""
    width, scheme = request.node.callspec.params["page"]
    _password(page, owner)
    page.wait_for_url(re.compile("/second-factor/enrol"))
    _looked_at(page, "enrol", width, scheme)
    page.get_by_role("button", name="Show the QR code").press("Enter")
    page.wait_for_url(re.compile("/second-factor/app"))
    _looked_at(page, "enrol-app", width, scheme)
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill("000000")
    page.get_by_label("Six digits").press("Enter")
    page.get_by_text("That code is not right").wait_for()
    page.get_by_label("Six digits").fill(pyotp.TOTP(secret).now())
    page.get_by_label("Six digits").press("Enter")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    _looked_at(page, "recovery-codes", width, scheme)
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(re.compile(r"^[^?]*/documents$"))
    page.goto("/security")
    _looked_at(page, "security", width, scheme)
    page.context.clear_cookies()
    _password(page, owner)
    page.wait_for_url(re.compile(r"/second-factor\?"))
    _looked_at(page, "second-factor", width, scheme)
    page.get_by_label("Code of your authenticator app").fill(code)
    page.get_by_label("Code of your authenticator app").press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/documents$"))
