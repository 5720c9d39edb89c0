"""The review of a questionnaire as a person of the vendor's meets it: keyboard alone, on a phone, in the dark, axe."""

from __future__ import annotations

import json
import os
import uuid

import pytest
from low_contrast import LOW_CONTRAST

pytestmark = pytest.mark.browser
AXE = ".tools/node/node_modules/axe-core/axe.min.js"
OWNER, STAFF = "maren@fernhill.example", "ines@vendor.example"

CANDIDATES = [
    {
        "claim": "data.at-rest/volumes",
        "sentence": "Customer data at rest is encrypted with AES-256.",
        "state": "tested",
    },
    {"claim": "continuity.backups/daily", "sentence": "Backups are made every 24 hours.", "state": "tested"},
]
CITED = [{"claim": "data.at-rest/volumes", "state": "tested", "methods": ["probe"], "as_of": None, "link": ""}]
ANSWERS = (
    ("Is customer data encrypted at rest?", "answered", "yes", "Yes. Customer data at rest is encrypted.", CITED, ""),
    ("Are backups encrypted?", "needs_review", "", "", [], "the claims that speak of it do not agree"),
    ("Do you have a bug bounty?", "abstained", "", "", [], "no claim speaks of: bug bounty"),
)
EARLIER = {
    "conflicts": [
        {"number": 2, "now": "needs review", "before": "yes", "on": "2026-09-01", "record": "20260901T080000Z-0a1b2c3d",
         "theirs": False},
        {"number": 1, "now": "yes", "before": "no", "on": "2026-10-02", "record": "20261002T080000Z-4e5f6a7b",
         "theirs": True},
    ],
    "conflicting": 2,
    "last": {"record": "20261002T080000Z-4e5f6a7b", "file": "security-review-2025.xlsx", "on": "2026-10-02"},
    "counts": {"changed": 1, "open": 1, "new": 1, "gone": 0},
    "differences": [
        {"kind": "changed", "question": ANSWERS[0][0], "before": "No.", "after": "Yes."},
        {"kind": "open", "question": ANSWERS[1][0], "before": "Yes. Backups are encrypted.", "after": ""},
        {"kind": "new", "question": ANSWERS[2][0], "before": "", "after": "We do not."},
    ],
}  # fmt: skip


@pytest.fixture
def answered(as_person, administrator) -> str:
    """The address of a questionnaire with an answer, a doubt and a gap, two of which were told differently before."""
    added = as_person(OWNER).upload("review.csv", f"Question,Answer\r\n{ANSWERS[0][0]},\r\n".encode()).json()["id"]
    for number, (question, outcome, verdict, answer, citations, reason) in enumerate(ANSWERS, 1):
        administrator.execute(
            "insert into portal.questionnaire_answers (organisation_id, questionnaire_id, number, place, section, "
            "question, outcome, verdict, answer, comment, state, as_of, band, reason, citations, candidates) "
            "select organisation_id, id, %s, %s, 'Data', %s, %s, %s, %s, '', 'tested', now(), 'high', %s, %s, %s "
            "from portal.questionnaires where id = %s",
            (number, f"Sheet1!B{number}", question, outcome, verdict, answer, reason, json.dumps(citations),
             json.dumps(CANDIDATES), added),
        )  # fmt: skip
    administrator.execute(
        "update portal.questionnaires set state = 'done', step = 'ended', questions = 3, copy = 'x', "
        "copy_name = 'review.answered.csv', earlier = %s where id = %s",
        (json.dumps(EARLIER), added),
    )
    return f"/questionnaires/{added}"


def test_the_review_is_read_at_every_width_in_light_and_dark_and_axe_finds_nothing(
    repository, as_person, answered, open_page
):
    """Lists, paste, the review of staff and what the customer sees of it."""
    axe = repository / AXE
    shots = os.environ.get("TRUSTCENTER_SCREENSHOTS")
    for who, client, paths in (
        ("staff", as_person(STAFF), ("/questionnaires", "/questionnaires/paste", answered)),
        ("customer", as_person(OWNER), ("/questionnaires", answered)),
    ):
        page = open_page(client)
        for path in paths:
            page.goto(path)
            for details in page.locator("details").all():
                details.evaluate("node => node.open = true")
            if axe.is_file():
                page.evaluate(axe.read_text(encoding="utf-8"))
            for width, scheme in ((1440, "light"), (390, "light"), (390, "dark"), (1440, "dark")):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                assert page.evaluate(LOW_CONTRAST) == [], path
                if axe.is_file() and (width, scheme) in ((1440, "light"), (390, "dark")):
                    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
                    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == [], path
                if shots:
                    name = "review" if path == answered else path.strip("/").replace("/", "-")
                    page.screenshot(path=f"{shots}/{who}-{name}-{width}-{scheme}.png", full_page=True)
        assert page.problems == []
    if not axe.is_file():
        pytest.skip(f"the rest held; axe needs {AXE} (scripts/setup)")


def test_a_person_reviews_with_the_keyboard_alone(as_person, answered, open_page, administrator):
    """What differs from earlier answers is reached by key, judged, confirmed; nothing else was pressed."""
    page = open_page(as_person(STAFF))
    page.goto(answered)
    assert "2 differ from what was told before" in page.inner_text("main")
    page.get_by_role("link", name="Go to the first").press("Enter")
    focused = "document.activeElement.closest('.answer')?.id"
    page.wait_for_function(f"{focused} === 'q2'")
    for key, place in (("c", "q1"), ("c", "q2"), ("k", "q1"), ("j", "q2")):
        page.keyboard.press(key)
        assert page.evaluate(focused) == place, key
    assert "“Yes” was told to another customer on 2026-09-01; now it needs review" in page.inner_text("#q2")
    assert "“No” was told to this customer on 2026-10-02; now “Yes”" in page.inner_text("#q1")
    page.keyboard.press("2")
    page.keyboard.press("n")
    page.keyboard.press("e")
    page.keyboard.type("Not yet: j k y stay letters here.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**#q3")
    page.locator("#q2").get_by_text("Confirmed", exact=True).wait_for()

    kept = administrator.execute(
        "select confirmed_claim, confirmed_verdict, edited from portal.questionnaire_answers "
        "where questionnaire_id = %s and number = 2",
        (answered.rpartition("/")[2],),
    ).fetchone()
    assert kept == ("continuity.backups/daily", "no", "Not yet: j k y stay letters here.")
    page.get_by_text("Against security-review-2025.xlsx").press("Enter")
    assert "Yes. Backups are encrypted." in page.inner_text(".earlier")
    assert page.problems == []


def test_the_customer_sees_nothing_of_what_others_were_told(as_person, answered):
    """Neither conflicts nor differences: they are for the vendor's people."""
    seen = as_person(OWNER).get(answered).text

    for words in ("told to", "another customer", "20260901T080000Z", "security-review-2025"):
        assert words not in seen
    assert str(uuid.UUID(answered.rpartition("/")[2])) in seen
