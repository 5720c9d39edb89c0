"""What OWASP ASVS 5.0 asks of pages, accounts and logs and no other test looks at: docs/asvs.md names it all."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

AIKO, JONAS = "aiko@fernhill.example", "jonas@fernhill.example"


def test_password_fields_are_masked_and_take_password_managers(portal):
    page = portal.client().get("/sign-in").text
    (field,) = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert 'autocomplete="username"' in page
    assert not re.search(r"readonly|onpaste|onkeydown", page)


def test_a_password_has_no_age(portal, passwords, administrator):
    """An account of five years signs in with the password that it always had."""
    older = "update portal.accounts set created_at = created_at %s interval '5 years' where email = %%s"
    administrator.execute(older % "-", (JONAS,))
    try:
        assert portal.client().sign_in(JONAS, passwords[JONAS]).status == 303
    finally:
        administrator.execute(older % "+", (JONAS,))


def test_a_portal_without_a_seed_has_no_account(portal):
    """The schema makes none, and only the seed of the demo adds any."""
    folder = resources.files("trustcenter.portal").joinpath("schema")
    texts = [file.read_text() for file in folder.iterdir() if file.name.endswith(".sql")]

    assert len(texts) > 5
    assert not [text for text in texts if re.search(r"insert\s+into\s+portal\.(accounts|organisations)", text, re.I)]
    assert (portal.state.root / "seed.json").exists()


def test_an_account_has_no_hint_and_no_question(administrator):
    columns = administrator.execute(
        "select column_name from information_schema.columns where table_schema = 'portal' and table_name = 'accounts'"
    ).fetchall()

    assert ("password_hash",) in columns
    assert not [name for (name,) in columns if re.search("hint|question|answer", name)]


def test_every_page_of_a_session_has_its_way_out(portal, as_person):
    from trustcenter.portal.manifest import MANIFEST

    client, seen = as_person(JONAS), 0
    for route in MANIFEST:
        if route.changes_state or route.parameters or "admin" not in route.callers or "anonymous" in route.callers:
            continue
        answer = client.get(route.path)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            seen += 1
            assert 'action="/sign-out"' in answer.text, route.path
    assert seen >= 5


def test_times_of_logs_are_in_utc(portal, access_lines, administrator):
    portal.client().get("/healthz")

    assert datetime.fromisoformat(str(access_lines()[-1]["time"])).utcoffset() == timedelta(0)
    (zone,) = administrator.execute("select extract(timezone from max(at)) from portal.audit_events").fetchone()
    assert zone == 0


def test_a_refused_request_is_in_the_access_log(as_person, access_lines):
    client = as_person(AIKO)
    organisation = client.get("/api/me").json()["organisation_id"]

    assert client.get("/api/operations").status == 403

    line = next(line for line in reversed(access_lines()) if line["route"] == "/api/operations")
    assert (line["status"], line["organisation"]) == (403, organisation)


def test_a_request_cannot_write_a_line_of_its_own_into_the_log(portal):
    path = Path(portal.environment["PORTAL_ACCESS_LOG"])
    forged = json.dumps({"status": 200, "route": "/forged"})

    portal.client(agent=f"evil\t{forged}").get("/x%0d%0a" + forged.replace(" ", "").replace('"', "%22"))

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert not [line for line in lines if line.get("route") == "/forged"]
    assert all({"time", "method", "path", "status"} <= set(line) for line in lines)
