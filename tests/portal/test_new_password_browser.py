"""A new password while it is typed: said politely, by the service's own rules, and nothing of it leaves the page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from low_contrast import LOW_CONTRAST
from signing_in import SAMIR, ask_reset, signed_in, step_up, token_of

from trustcenter.portal import templates
from trustcenter.runtime.common_passwords import CommonPasswords
from trustcenter.runtime.password_policy import PasswordPolicy, Refused, context_words

pytestmark = pytest.mark.browser
TYPED = "walnut gravel 58 kestrel"


@pytest.fixture
def page(browser: Any, portal: Any) -> Iterator[Any]:
    """A phone in the dark; what the console says and what is asked for is kept."""
    context = browser.new_context(
        ignore_https_errors=True, color_scheme="dark", viewport={"width": 390, "height": 844}, base_url=portal.url
    )
    opened = context.new_page()
    opened.problems, opened.asked = [], []
    opened.on("console", lambda said: opened.problems.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda sent: opened.asked.append((sent.method, sent.url)))
    yield opened
    context.close()


def _carry(context: Any, client: Any) -> None:
    """The browser goes on in the client's session."""
    cookies = [{"name": name, "value": value, "url": client.url} for name, value in client.cookies.items()]
    context.add_cookies([{**cookie, "secure": True} for cookie in cookies])


@pytest.fixture
def forms(
    portal: Any, person: Any, inbox: Any, as_person: Any, passwords: Any, page: Any
) -> dict[str, Callable[[], str]]:
    """Each page on which somebody chooses a password; calling it gives its address, ready to be opened."""

    def change() -> str:
        address, password = person()
        client = signed_in(portal, address, password)
        assert step_up(client, password) == 204
        _carry(page.context, client)
        return "/account/password"

    def reset() -> str:
        address, _ = person()
        ask_reset(portal.client(), address)
        return f"/reset/new?token={token_of(inbox(address, 'Set a new password'))}"

    def join() -> str:
        address, owner = f"{uuid4().hex[:12]}@quay.example", as_person(SAMIR)
        step_up(owner, passwords[SAMIR])
        owner.send("POST", "/api/invitations", {"email": address, "display_name": "Nia", "role": "member"})
        return f"/join?token={token_of(inbox(address, 'invites you'))}"

    return {"change": change, "reset": reset, "join": join}


@pytest.mark.parametrize("form", ["change", "reset", "join"])
def test_strength_is_said_while_it_is_typed_and_nothing_is_sent(page, forms, form):
    page.goto(forms[form]())
    asked = len(page.asked)
    field, said = page.get_by_label("New password"), page.get_by_role("status")
    heard = page.evaluate_handle(
        "(region) => { const heard = []; new MutationObserver(() => heard.push(region.textContent))"
        ".observe(region, {childList: true}); return heard; }",
        said.element_handle(),
    )
    assert said.inner_text() == ""

    field.press_sequentially("walnut")
    page.get_by_text("Too short: 6 more characters.").wait_for()
    field.fill("qwertyuiop123")
    page.get_by_text("a row of the keyboard").wait_for()
    field.fill(TYPED)
    page.get_by_text("So far strong.").wait_for()

    assert page.locator(".strength").get_attribute("data-level") == "4"
    announced = heard.json_value()
    assert len(announced) == 3, "a pause is announced once, and not each key"
    assert [sent for sent in page.asked[asked:] if "/assets/" not in sent[1]] == []
    assert page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(LOW_CONTRAST) == []
    assert page.problems == []
    if shots := os.environ.get("TRUSTCENTER_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/password-{form}-390-dark.png", full_page=True)
    field.press("Enter")
    page.get_by_text("It is strong.").wait_for()
    assert TYPED not in page.content() + page.url


def test_without_a_script_the_service_says_it_after_sending(browser, portal, forms, page):
    address = forms["reset"]()
    context = browser.new_context(ignore_https_errors=True, java_script_enabled=False, base_url=portal.url)
    plain = context.new_page()
    plain.goto(address)
    assert not plain.locator(".strength").is_visible()
    plain.get_by_label("New password").fill("qwertyuiop123")
    plain.get_by_role("button", name="Set password").click()
    assert "a row of the keyboard" in plain.get_by_role("alert").inner_text() or "leaked" in plain.content()
    plain.get_by_label("New password").fill(TYPED)
    plain.get_by_role("button", name="Set password").click()
    assert plain.get_by_role("status").inner_text().endswith("It is strong.")
    context.close()


def test_the_page_and_the_service_judge_alike(browser):
    """All but leaked passwords, which only the service can look for."""
    policy = PasswordPolicy(CommonPasswords.shipped(), product=("Trust desk",))
    own = context_words("Maren Oakes", "maren@fernhill.example", "Fernhill Insurance")
    parts = (
        "maren", "Fernhill", "P@ssw0rd", "5umm3r!", "qwertz", "aaaa", "12345", "kW7vQm2Z", "walnut ",
        "\N{GRINNING FACE}", "\N{LATIN SMALL LIGATURE FFI}", "Straße", "zyxw", "trustdesk", "1qaz2wsx", "",
    )  # fmt: skip
    typed = [f"{one}{two}{three}" for one in parts for two in parts for three in ("", "!7", "kestrel", "x" * 1100)]
    typed += [part * times for part in parts for times in (2, 3, 9)]
    page = browser.new_page()
    page.add_script_tag(path=str(Path(templates.folder(), "assets", "password.js")))
    seen = page.evaluate("([typed, rules]) => typed.map((one) => judge(one, rules))", [typed, policy.typed_rules(own)])
    page.close()

    differing, compared = [], set()
    for word, said in zip(typed, seen, strict=True):
        judged = policy.judge(word, own)
        if judged.refused is Refused.COMMON:
            continue
        wanted = judged.refused or judged.strength
        compared.add(wanted)
        if (said.get("refused") or said.get("strength")) != wanted:
            differing.append((word[:40], wanted, said))
    assert differing == []
    assert len(compared) == 7, "every answer that a page can give was among them"
