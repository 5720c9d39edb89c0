"""Mutants of the activity record: events changed, taken out, moved, cut off, written anew; heads that grow old."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import psycopg

from mutations.application import serving, trigger, unguarded
from mutations.database import after, asked
from mutations.mutant import Scene, mutant
from mutations.proxy import Answer, Changes, proxy
from mutations.world import World

CHAIN = "platform.audit-chain"
CHANGES = "platform.recorded-changes"
OF_A = "organisation_id = (select id from portal.organisations where slug = 'canary-a')"
CUT = (
    f"delete from portal.audit_events where {OF_A} and seq > 2",
    f"update portal.audit_heads set seq = 2, hash = (select hash from portal.audit_events where {OF_A} and seq = 2)"
    f" where {OF_A}",
)
SWAPPED = tuple(
    f"update portal.audit_events set seq = {into} where {OF_A} and seq = {number}"
    for number, into in ((3, -1), (4, 3), (-1, 4))
)


def hours_old(world: World, stack: ExitStack) -> Scene:
    """Heads as they were signed three hours ago: by the service's own key, and never renewed since."""
    from trustcenter.portal.activity.heads import latest
    from trustcenter.proof.note import VerifierKey
    from trustcenter.runtime.audit_chain import KEY_NAME, Heads, sign

    state = world.portal.state
    found = latest(state.audit_heads, VerifierKey(KEY_NAME, state.audit_key().public))
    assert found is not None
    old = sign(Heads(datetime.now(UTC) - timedelta(hours=3), found[1].heads), state.audit_key())

    def answered(answer: Answer) -> None:
        if answer.request.path == "/.well-known/audit-heads":
            answer.body = old

    return world.with_environment(
        PORTAL_URL=stack.enter_context(proxy(world.portal.url, state.tls, Changes(answered=answered)))
    )


def signed_long_ago(scene: Scene) -> bool:
    """Whether the published note bears a time more than two hours back."""
    at = scene.browser().ask("GET", "/.well-known/audit-heads").body.decode().splitlines()[1]
    return datetime.now(UTC) - datetime.fromisoformat(at) > timedelta(hours=2)


def signs_in_without_trace(scene: Scene) -> bool:
    """Whether somebody is inside and no event says that they came."""
    signed_in = "select count(*) from portal.audit_events where action = 'session.sign_in' and outcome = 'done'"
    before = scene.value(signed_in)
    assert scene.canary("a").inside()
    return bool(scene.value(signed_in) == before)


OF_SIGN_IN = (
    ("accounts", "update"),
    ("known_devices", "insert"),
    ("known_devices", "update"),
    ("sessions", "insert"),
    ("sessions", "update"),
)
LEADS = (
    "create table portal.leads (id uuid primary key, organisation_id uuid not null, email text)",
    "alter table portal.leads enable row level security",
    "alter table portal.leads force row level security",
    "create policy own_organisation on portal.leads using (organisation_id = portal.current_tenant())"
    " with check (organisation_id = portal.current_tenant())",
    "grant insert on portal.leads to trustcenter_app",
    "grant select on portal.leads to trustcenter_backup",
)


def of_a(condition: str) -> str:
    return f"select exists (select from portal.audit_events where {OF_A} and {condition})"


def takes_a_change_without_event(scene: Scene) -> bool:
    """Whether the application's own role may change an account with no event in its transaction."""
    account = scene.value("select id::text from portal.accounts where email = %s", scene.credentials("a")[0])
    tenant = scene.value("select organisation_id::text from portal.accounts where id = %s::uuid", account)
    try:
        with scene.application() as connection:
            connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            connection.execute(
                "update portal.accounts set last_sign_in_at = last_sign_in_at where id = %s::uuid", (account,)
            )
    except psycopg.DatabaseError:
        return False
    return True


MUTANTS = (
    mutant(
        "event-changed", "somebody changed who an event says it was from", f"{CHAIN}/whole", "audit_chain",
        after(f"update portal.audit_events set ip = '203.0.113.9' where {OF_A} and seq = 3"),
        asked(of_a("seq = 3 and ip = '203.0.113.9'")),
    ),
    mutant(
        "event-changed-with-its-hash", "an event was changed and its hash written to fit", f"{CHAIN}/whole",
        "audit_chain",
        after(f"update portal.audit_events set outcome = 'refused' where {OF_A} and seq = 3",
              f"update portal.audit_events e set hash = sha256(previous_hash || portal.audit_content(e))"
              f" where {OF_A} and seq = 3"),
        asked(of_a("seq = 3 and outcome = 'refused'")),
    ),
    mutant(
        "event-taken-out", "an event was taken out of the middle", f"{CHAIN}/whole", "audit_chain",
        after(f"delete from portal.audit_events where {OF_A} and seq = 3"),
        asked(f"select not exists (select from portal.audit_events where {OF_A} and seq = 3)"),
    ),
    mutant(
        "events-swapped", "two events have changed places", f"{CHAIN}/whole", "audit_chain",
        after(*SWAPPED),
        asked(f"select (select at from portal.audit_events where {OF_A} and seq = 3)"
              f" > (select at from portal.audit_events where {OF_A} and seq = 4)"),
    ),
    mutant(
        "record-cut-off", "the end of a record was cut off, and the database's own head set back", f"{CHAIN}/whole",
        "audit_chain", after(*CUT),
        asked(f"select max(seq) = 2 from portal.audit_events where {OF_A}"),
    ),
    mutant(
        "end-written-anew", "the end of a record was cut off and other events written in its place", f"{CHAIN}/whole",
        "audit_chain",
        after(*CUT, "insert into portal.audit_events (organisation_id, actor_id, action, entity, entity_id, ip,"
              " user_agent, request_id, outcome) select id, id, 'document.read', 'document', id::text, '127.0.0.1',"
              " 'a browser', gen_random_uuid(), 'done' from portal.organisations, generate_series(1, 40)"
              " where slug = 'canary-a'"),
        asked(of_a("entity = 'document' and entity_id = organisation_id::text")),
    ),
    mutant(
        "kind-unlisted", "the record holds a kind of event that is not in the published list",
        "platform.audit-log/complete", "audit_events",
        after("insert into portal.audit_events (organisation_id, actor_id, action, entity, entity_id, ip, user_agent,"
              " request_id, outcome) select id, id, 'document.copy', 'document', id::text, '127.0.0.1', 'a browser',"
              " gen_random_uuid(), 'done' from portal.organisations where slug = 'canary-a'"),
        asked(of_a("action = 'document.copy'")),
    ),
    mutant(
        "table-undeclared", "a table of which nobody said which events belong to its changes", f"{CHANGES}/every",
        "recorded_changes", serving(*LEADS),
        asked("select exists (select from pg_class c where c.relnamespace = 'portal'::regnamespace and c.relkind = 'r'"
              " and c.relname not in (select r.table from portal.recorded_changes r))"),
    ),
    mutant(
        "sign-in-unrecorded", "a sign-in changes an account, and no event says so", f"{CHANGES}/every {CHANGES}/seen",
        "recorded_changes",
        serving(trigger("audit_events", "insert", "new.action = 'session.sign_in'", "return null;"),
                *(unguarded(table, operation) for table, operation in OF_SIGN_IN)),
        signs_in_without_trace, elsewhere="platform.audit-log/complete",
    ),
    mutant(
        "guard-without-teeth", "the triggers fire, and their function refuses nothing any more", f"{CHANGES}/every",
        "recorded_changes",
        serving("create or replace function portal.must_be_recorded() returns trigger language plpgsql as"
                " 'begin return null; end'"),
        takes_a_change_without_event,
    ),
    mutant(
        "heads-hours-old", "heads were published for the last time three hours ago", f"{CHAIN}/published",
        "audit_chain", hours_old, signed_long_ago,
    ),
)  # fmt: skip
