"""Passkeys as a browser makes them: Chromium's own dialogue with its virtual authenticator (WebAuthn Level 3, 11)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from signing_in import PASSWORD

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = Path("/usr/bin/chromium")
DEVICE = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
AT_HOME = re.compile(r"^[^?]*/documents$")


def _fingerprint(portal) -> str:
    """Of the key of the portal's certificate: Chromium makes no passkeys on a page whose certificate is broken."""
    certificate = x509.load_pem_x509_certificate((portal.state.tls / "portal.pem").read_bytes())
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


@pytest.fixture
def page(portal, tmp_path) -> Iterator[object]:
    """A browser of its own that takes this portal's certificate for good, with a device that holds passkeys."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=str(CHROMIUM), headless=True,
            args=["--no-sandbox", f"--ignore-certificate-errors-spki-list={_fingerprint(portal)}"],
            base_url=portal.environment["PORTAL_PASSKEY_ORIGIN"],
        )  # fmt: skip
        opened = context.new_page()
        opened.devices = context.new_cdp_session(opened)
        opened.devices.send("WebAuthn.enable")
        opened.device = opened.devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        yield opened
        context.close()


def _registered(page, email: str) -> None:
    """Signs in with the password and makes a passkey, as an owner must before anything else."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/second-factor/enrol"))
    page.get_by_label("Name of this passkey").fill("My desk")
    page.locator("[data-passkey=create]").press("Enter")
    page.wait_for_url(AT_HOME)


def _sign_in_with_passkey(page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Use a passkey").press("Enter")


def test_a_passkey_made_in_the_browser_signs_in_without_a_name(page, owner):
    """Made with the keyboard alone; then no address and no password is typed, and the counter has grown."""
    _registered(page, owner)
    (made,) = page.devices.send("WebAuthn.getCredentials", {"authenticatorId": page.device})["credentials"]
    assert made["isResidentCredential"]

    _sign_in_with_passkey(page)
    page.wait_for_url(AT_HOME)
    (used,) = page.devices.send("WebAuthn.getCredentials", {"authenticatorId": page.device})["credentials"]
    assert used["signCount"] > made["signCount"]
    page.goto("/security")
    page.get_by_text("My desk").wait_for()


def test_a_device_that_does_not_verify_its_holder_signs_no_owner_in(page, owner):
    _registered(page, owner)
    page.devices.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})
    _sign_in_with_passkey(page)
    page.locator("#passkey-problem").wait_for(state="visible")

    assert "/sign-in" in page.url
    page.goto("/documents")
    assert "/sign-in" in page.url


def test_a_revoked_passkey_signs_nobody_in(page, owner):
    """The device still holds it and offers it; the portal takes it no more."""
    _registered(page, owner)
    second = {**DEVICE, "transport": "usb"}
    page.devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": page.device})
    page.device = page.devices.send("WebAuthn.addVirtualAuthenticator", {"options": second})["authenticatorId"]
    page.goto("/second-factor/enrol?next=/security")
    page.get_by_label("Name of this passkey").fill("Lost one")
    page.locator("[data-passkey=create]").press("Enter")
    page.wait_for_url(re.compile("/security"))
    page.get_by_role("button", name="Revoke Lost one").click()
    page.get_by_role("button", name="Revoke Lost one").wait_for(state="detached")
    page.get_by_text("My desk").wait_for()

    _sign_in_with_passkey(page)
    page.locator("#passkey-problem").wait_for(state="visible")
    page.goto("/documents")
    assert "/sign-in" in page.url
