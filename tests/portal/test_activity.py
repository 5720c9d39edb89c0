"""Settings, Activity: who reads it, what an owner takes away, and a proof that holds without us."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from trustcenter.errors import TamperedError
from trustcenter.portal import launch
from trustcenter.portal.activity import heads
from trustcenter.portal.client import Client
from trustcenter.proof.keys import PublicKey
from trustcenter.proof.note import VerifierKey
from trustcenter.runtime import audit_proof
from trustcenter.runtime.audit_chain import KEY_NAME, Kind, label_of

OWNER, MEMBER, ADMIN = "maren@fernhill.example", "aiko@fernhill.example", "jonas@fernhill.example"
PAGE = "/settings/activity"


@pytest.fixture
def key(portal: launch.Running) -> VerifierKey:
    """The key as somebody pinned it."""
    return VerifierKey(KEY_NAME, PublicKey.from_pem(Path(portal.environment["PORTAL_AUDIT_KEY"]).read_text()))


def test_owners_read_and_export_admins_read_members_are_refused(as_person: Callable[[str], Client]) -> None:
    owner, admin, member = as_person(OWNER), as_person(ADMIN), as_person(MEMBER)
    for path, answers in (
        (PAGE, (200, 200, 403)), ("/api/activity", (200, 200, 403)),
        (f"{PAGE}/export", (200, 403, 403)), (f"{PAGE}/proof", (200, 403, 403)),
    ):  # fmt: skip
        assert tuple(each.get(path).status for each in (owner, admin, member)) == answers, path


def test_a_filter_shows_what_matches_and_nothing_else(as_person: Callable[[str], Client]) -> None:
    owner = as_person(OWNER)
    me = owner.get("/api/me").json()["account_id"]
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    mine = owner.get(f"/api/activity?actor={me}&action=session.sign_in&from={today}&to={today}").json()["items"]

    assert mine
    assert {(row["actor_id"], row["action"]) for row in mine} == {(me, "session.sign_in")}
    assert owner.get("/api/activity?to=2020-01-01").json()["items"] == []
    assert owner.get("/api/activity?from=yesterday").status == 400
    assert owner.get("/api/activity?actor=1").status == 400


def test_csv_and_json_hold_the_same_events_and_no_formula(
    as_person: Callable[[str], Client], portal: launch.Running
) -> None:
    """A browser's name comes from outside: in a spreadsheet it must stay text."""
    stranger = portal.client(agent="=HYPERLINK(1)")
    stranger.sign_in(OWNER, "not the password")
    owner = as_person(OWNER)

    taken = owner.get(f"{PAGE}/export?format=json&action=session.sign_in&outcome=refused").json()["items"]
    text = owner.get(f"{PAGE}/export?format=csv&action=session.sign_in&outcome=refused").body.decode()
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["seq"] for row in rows] == [str(row["seq"]) for row in taken]
    assert "'=HYPERLINK(1)" in {row["user_agent"] for row in rows}
    assert owner.get(f"{PAGE}/export?format=xml").status == 400
    newest = owner.get("/api/activity").json()["items"][0]
    assert newest["action"] == "activity.export"


def test_the_database_and_the_verifier_compute_one_chain(as_person: Callable[[str], Client], key: VerifierKey) -> None:
    owner = as_person(OWNER)
    assert owner.send("POST", f"{PAGE}/heads").status == 303

    checked = audit_proof.check(owner.get(f"{PAGE}/proof").body, key)

    assert checked.findings == ()
    assert checked.newest is not None
    assert checked.events >= 10


def test_a_proof_that_was_cut_or_changed_says_so(as_person: Callable[[str], Client], key: VerifierKey) -> None:
    owner = as_person(OWNER)
    owner.send("POST", f"{PAGE}/heads")
    proof = json.loads(owner.get(f"{PAGE}/proof").body)

    def kinds(events: list[dict[str, object]]) -> set[Kind]:
        changed = json.dumps({**proof, "events": events}).encode()
        return {finding.kind for finding in audit_proof.check(changed, key).findings}

    events = proof["events"]
    assert kinds(events[:-3]) == {Kind.TRUNCATION}
    assert kinds(events[:3] + events[4:]) == {Kind.GAP}
    assert kinds([*events[:3], {**events[3], "ip": "203.0.113.1"}, *events[4:]]) == {Kind.EDIT}


def test_heads_that_a_chain_contradicts_are_not_followed(
    portal: launch.Running, cloned: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is published stays as it was when a record is cut, and the publisher names the chain."""
    state = portal.state
    dsn = {"user": "trustcenter_app", "password": state.secrets().app_password, "dbname": cloned}
    app = psycopg.conninfo.make_conninfo(portal.environment["PORTAL_READER_DSN"], **dsn)
    folder = tmp_path_factory.mktemp("heads")
    published = heads.publish(app, folder, state.audit_key(), datetime.now(UTC))
    before = (folder / heads.LATEST).read_bytes()
    with psycopg.connect(launch.administrator_dsn(state.root), dbname=cloned, autocommit=True) as administrator:
        tenant = administrator.execute("select id from portal.organisations where slug = 'quay'").fetchone()[0]
        administrator.execute("delete from portal.audit_events where organisation_id = %s and seq > 3", (tenant,))

    with pytest.raises(TamperedError, match="no longer holds event") as caught:
        heads.publish(app, folder, state.audit_key(), datetime.now(UTC))

    assert label_of(tenant) in str(caught.value.where)
    assert published.of(label_of(tenant)) is not None
    assert (folder / heads.LATEST).read_bytes() == before


def test_events_written_side_by_side_make_one_chain(portal: launch.Running, cloned: str) -> None:
    """Six connections at once, some of them rolled back: no number is left out, none is taken twice."""
    from concurrent.futures import ThreadPoolExecutor

    state = portal.state
    with psycopg.connect(launch.administrator_dsn(state.root), dbname=cloned) as administrator:
        tenant = administrator.execute("select id from portal.organisations where slug = 'quay'").fetchone()[0]
        before = administrator.execute("select seq from portal.audit_heads where organisation_id = %s", (tenant,))
        first = before.fetchone()[0]
    insert = (
        "insert into portal.audit_events (organisation_id, actor_id, action, entity, entity_id, ip, user_agent, "
        "request_id, outcome) values (%s, %s, 'a.b', 'x', 'x', '127.0.0.1', 'ü', gen_random_uuid(), 'done')"
    )

    def write(number: int) -> None:
        changes = {"user": "trustcenter_app", "password": state.secrets().app_password, "dbname": cloned}
        with psycopg.connect(portal.environment["PORTAL_READER_DSN"], **changes) as connection:
            for turn in range(10):
                connection.execute("select set_config('app.tenant', %s, true)", (str(tenant),))
                connection.execute(insert, (tenant, tenant))
                connection.rollback() if (number + turn) % 3 == 0 else connection.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with psycopg.connect(launch.administrator_dsn(state.root), dbname=cloned) as administrator:
        query = "select seq, previous_hash, hash from portal.audit_events where organisation_id = %s order by seq"
        rows = administrator.execute(query, (tenant,)).fetchall()

    assert [row[0] for row in rows] == list(range(1, first + 41))
    assert all(row[1] == before[2] for before, row in pairwise(rows))
