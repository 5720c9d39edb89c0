"""Tokens, support access, roles and incidents as people meet them: keyboard alone, a phone in the dark, axe."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from low_contrast import LOW_CONTRAST
from told_incidents import forget

pytestmark = pytest.mark.browser
OWNER, STAFF = "owner@canary-b.example", "staff@canary.example"
AXE = ".tools/node/node_modules/axe-core/axe.min.js"
DESK, PHONE = (1440, "light"), (390, "dark")
both = pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(*DESK, marks=pytest.mark.deep), PHONE], ids=["desk", "phone-dark"]
)
"""The telephone in every run, for it has the least room; the desk in the long one."""


@pytest.fixture
def opened(open_page: Callable[..., Any], as_person: Any, passkeys: dict[str, str]) -> Callable[..., Any]:
    """A page in which somebody is signed in and has just proved again who they are."""

    def page_of(email: str, width: int = 1440, scheme: str = "light") -> Any:
        client = as_person(email)
        assert client.step_up(passkeys[email]).status < 300
        return open_page(client, width, scheme)

    return page_of


def _looked_at(page: Any, repository: Any, name: str, width: int, scheme: str) -> None:
    """No overflow, every text readable, and nothing serious by axe."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.evaluate(LOW_CONTRAST) == [], name
    if shots := os.environ.get("TRUSTCENTER_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)
    axe = repository / AXE
    if not axe.is_file():
        pytest.skip(f"{AXE} is not installed: npm is absent on this machine")
    page.evaluate(axe.read_text())
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert len(result["passes"]) > 10, name
    found = [
        f"{name} {each['id']}: {each['nodes'][0]['target']} {each['nodes'][0]['failureSummary'][:200]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert found == [], "\n".join(found)


def _to(page: Any, ask: str, *, most: int = 60) -> None:
    """Tab until the focus is where the JavaScript says; the focus must be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const it = document.activeElement; return {ask}; }})()"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", ask
            return
    raise AssertionError(f"the keyboard does not reach: {ask}")


@both
def test_an_owner_makes_and_revokes_a_token_with_the_keyboard(opened, repository, width, scheme):
    page = opened(OWNER, width, scheme)
    page.goto("/settings/tokens")
    _to(page, "it.name === 'name'")
    page.keyboard.type(f"Nightly report {width}")
    _to(page, "it.name === 'scope:documents:read'")
    page.keyboard.press("Space")
    _to(page, "it.name === 'days'")
    page.keyboard.press("Enter")
    page.get_by_text("It is shown this once").wait_for()
    _looked_at(page, repository, "tokens", width, scheme)
    token = page.locator("code.secret").inner_text()

    _to(page, f"it.getAttribute('aria-label') === 'Revoke Nightly report {width}'")
    page.keyboard.press("Enter")
    page.get_by_text("Revoked").first.wait_for()

    assert token not in page.content()
    assert page.problems == []


@both
def test_support_access_is_begun_seen_and_ended_with_the_keyboard(opened, repository, width, scheme):
    staff, owner = opened(STAFF, width, scheme), opened(OWNER, width, scheme)
    staff.goto("/support")
    _looked_at(staff, repository, "support-begin", width, scheme)
    _to(staff, "it.name === 'email'")
    staff.keyboard.type(OWNER)
    _to(staff, "it.name === 'reason'")
    staff.keyboard.type("The customer asked for help")
    _to(staff, "it.name === 'ticket'")
    staff.keyboard.type("T-77")
    _to(staff, "it.tagName === 'BUTTON' && it.textContent === 'Begin'")
    staff.keyboard.press("Enter")
    staff.get_by_text("You act for").wait_for()
    _looked_at(staff, repository, "support-acting", width, scheme)

    owner.goto("/settings/support")
    owner.get_by_text("ticket T-77").first.wait_for()
    _looked_at(owner, repository, "support-seen", width, scheme)
    _to(owner, "it.textContent === 'End it'")
    owner.keyboard.press("Enter")
    owner.get_by_text("Ended by you").first.wait_for()

    staff.goto("/documents")
    assert "You act for" not in staff.inner_text("body")
    assert staff.problems == owner.problems == []


@both
def test_roles_can_be_read_and_scrolled_with_the_keyboard(opened, repository, width, scheme):
    page = opened(OWNER, width, scheme)
    page.goto("/settings/roles")
    _looked_at(page, repository, "roles", width, scheme)

    _to(page, "it.getAttribute('role') === 'region'")
    assert page.get_by_role("row").count() > 20 or width < 760
    assert page.problems == []


@both
def test_an_exercise_is_told_followed_up_and_taken_back_with_the_keyboard(
    opened, repository, administrator, width, scheme
):
    page = opened(STAFF, width, scheme)
    page.goto("/incidents/new?kind=exercise")
    _to(page, "it.name === 'title'")
    page.keyboard.type("x" * 50)
    _to(page, "it.name === 'kind' && it.value === 'exercise'")
    _to(page, "it.name === 'affected'")
    page.keyboard.type("Nothing")
    _to(page, "it.name === 'words'")
    page.keyboard.type("   ")
    _to(page, "it.name === 'confirmed'")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.name") == "words"
    _looked_at(page, repository, "incident-new-wrong", width, scheme)
    page.keyboard.type("We try the way from us to you.\nNothing happened.")
    _to(page, "it.textContent === 'Tell everybody'")
    page.keyboard.press("Enter")
    page.get_by_text("Everybody can read this").wait_for()
    try:
        _to(page, "it.name === 'words'")
        page.keyboard.type("It arrived.")
        _to(page, "it.name === 'resolved'")
        page.keyboard.press("Enter")
        page.get_by_text("It arrived.").wait_for()
        _looked_at(page, repository, "incident", width, scheme)
        shown = page.url.partition("?")[0]
        page.goto("/incidents")
        _looked_at(page, repository, "incidents", width, scheme)
        page.goto("/status")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(shown)
        _to(page, "it.textContent === 'Take the exercise back'")
        page.keyboard.press("Enter")
        page.get_by_text("The exercise was taken back").wait_for()
    finally:
        forget(administrator)
    # the answer that names what is wrong is a 400, which the browser reports by itself
    assert [said for said in page.problems if "status of 400" not in said] == []


def test_the_other_pages_of_identity_hold_too(opened, repository):
    """One visit each, on the narrowest in the dark: what the tests of their flows do not show to axe."""
    page = opened(OWNER, *PHONE)
    for path in ("/account", "/account/password", "/account/address", "/sessions", "/session-limits", "/security",
                 "/people", "/people/invite", "/settings/activity", "/step-up"):  # fmt: skip
        assert page.goto(path).status == 200, path
        _looked_at(page, repository, path.strip("/").replace("/", "-"), *PHONE)
    assert page.problems == []
