"""Mutants that show in the running application: a second one on a broken copy of the database, or set up wrongly."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import psycopg

from mutations.browser import SESSION
from mutations.mutant import Change, Scene, mutant
from mutations.world import World

ISOLATION = "data.tenant-isolation"
PROBE = "data.tenant-isolation-probe/tried"


def serving(*statements: str, **options: Any) -> Change:
    """The application on a copy of the database after these statements, started with these options."""
    return lambda world, stack: stack.enter_context(world.application(*statements, **options))


def trigger(table: str, event: str, when: str, body: str) -> str:
    """A trigger that a superuser put on a table."""
    return (
        f"create function portal.meddle() returns trigger language plpgsql as 'begin {body} end';"
        f"create trigger meddle before {event} on portal.{table} for each row when ({when})"
        " execute function portal.meddle()"
    )


def unguarded(table: str, operation: str) -> str:
    """The database takes this change without its event."""
    return f"alter table portal.{table} disable trigger recorded_{operation}"


def unused_session_opens(scene: Scene) -> bool:
    """Whether a session still opens a page after 31 minutes in which nobody used it."""
    browser = scene.canary("a")
    with scene.superuser() as connection:
        connection.execute(
            "update portal.sessions set last_seen_at = now() - interval '31 minutes'"
            " where created_at = (select max(created_at) from portal.sessions)"
        )
    return browser.inside()


def session_lasts_a_day(scene: Scene) -> bool:
    """Whether a session that began 13 hours ago, and was used since, still opens a page."""
    browser = scene.canary("a")
    with scene.superuser() as connection:
        connection.execute(
            "update portal.sessions set created_at = created_at - interval '13 hours',"
            " expires_at = expires_at - interval '13 hours'"
            " where created_at = (select max(created_at) from portal.sessions)"
        )
    return browser.inside()


def copied_cookie_opens(scene: Scene) -> bool:
    """Whether a cookie that was copied before signing out opens a page afterwards."""
    browser, thief = scene.canary("a"), scene.browser()
    thief.cookies[SESSION] = browser.cookies[SESSION]
    browser.sign_out()
    assert not browser.inside()
    return thief.inside()


def removal_leaves_no_trace(scene: Scene) -> bool:
    """Whether a document is removed without an event of it."""
    browser = scene.canary("a")
    made = browser.send("POST", "/api/documents", {"title": "a note", "kind": "note", "body": "a note"}).json["id"]
    assert browser.send("DELETE", f"/api/documents/{made}").status == 204
    found = "select count(*) from portal.audit_events where action = 'document.delete' and entity_id = %s"
    return bool(scene.value(found, made) == 0)


def refusal_leaves_no_trace(scene: Scene) -> bool:
    """Whether a wrong password leaves no event in the record of the account's organisation."""
    refused = (
        "select count(*) from portal.audit_events where action = 'session.sign_in' and outcome = 'refused'"
        " and organisation_id = (select id from portal.organisations where slug = 'canary-a')"
    )
    before = scene.value(refused)
    email, _ = scene.credentials("a")
    browser = scene.browser()
    browser.form("/sign-in", {"csrf_token": browser.token(), "email": email, "password": "no password of anybody"})
    return bool(scene.value(refused) == before)


def unnamed_browser(scene: Scene) -> bool:
    """Whether an event is recorded without the browser that caused it."""
    scene.canary("a")
    return bool(scene.value("select user_agent = '' from portal.audit_events order by id desc limit 1"))


def reads_a_stranger_s_document(scene: Scene) -> bool:
    """Whether canary B gets a document of canary A by its identifier."""
    wanted = scene.value(
        "select d.id::text from portal.documents d join portal.organisations o on o.id = d.organisation_id"
        " where o.slug = 'canary-a' limit 1"
    )
    return scene.canary("b").ask("GET", f"/api/documents/{wanted}").status == 200


def lists_a_stranger_s_documents(scene: Scene) -> bool:
    """Whether canary B finds a document of canary A in its list."""
    return b"Canary A document" in scene.canary("b").ask("GET", "/api/documents").body


def role_sees_everything(scene: Scene) -> bool:
    """Whether the application's role, bound to no organisation, gets documents."""
    with scene.application() as connection:
        return bool(connection.execute("select count(*) from portal.documents").fetchone()[0])


def bypassing(world: World, stack: ExitStack) -> Scene:
    return stack.enter_context(
        world.cluster("alter role trustcenter_app bypassrls", "alter role trustcenter_app nobypassrls")
    )


def may_delete_history(scene: Scene) -> bool:
    """Whether the application's role can remove an event of its own organisation; nothing is kept of the attempt."""
    tenant = scene.value("select organisation_id::text from portal.audit_events limit 1")
    with scene.application() as connection:
        connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
        try:
            gone = connection.execute("delete from portal.audit_events").rowcount
        except psycopg.errors.InsufficientPrivilege:
            return False
        finally:
            connection.rollback()
        return gone > 0


TOLD = (
    "with one as (insert into portal.incidents (title, kind, affected, detected_at)"
    " values ('Mail was late', '{kind}', 'Mail.', now() - interval '1 hour') returning id)"
    " insert into portal.incident_news (incident_id, words) select one.id, words from one,"
    " (values ('Mail is late.'), ('Mail is on time again.')) news (words)"
)
"""An incident and two pieces of news, written into the register."""


def listing(before: str, after: str, *statements: str) -> Change:
    """The application's query of its status page is another, on a copy of the database after these statements."""
    patch = f"import trustcenter.portal.status as s\nassert {before!r} in s._LISTED\n"
    patch += f"s._LISTED = s._LISTED.replace({before!r}, {after!r})"
    return lambda world, stack: stack.enter_context(world.application(*statements, patch=patch))


def hides_an_incident(scene: Scene) -> bool:
    """Whether the register holds news that the status page does not."""
    page = scene.browser().ask("GET", "/status").body.decode()
    with scene.superuser() as connection:
        told = connection.execute("select words from portal.incident_news").fetchall()
    return any(words not in page for (words,) in told)


def hides_what_follows(scene: Scene) -> bool:
    """Whether of two pieces of news of an exercise one is not on the page."""
    with scene.superuser() as connection:
        connection.execute(TOLD.format(kind="exercise"))
        try:
            return hides_an_incident(scene)
        finally:
            connection.execute("delete from portal.incidents where kind = 'exercise' and title = 'Mail was late'")


MUTANTS = (
    mutant(
        "incident-kept-quiet", "the status page leaves out incidents of security",
        "incidents.status-page/recorded", "status_page",
        listing("group by i.id", "where i.kind <> 'security' group by i.id", TOLD.format(kind="security")),
        hides_an_incident,
    ),
    mutant(
        "news-kept-quiet", "the status page shows the first news of an incident and nothing that follows",
        "incidents.status-page/exercise", "status_page",
        listing(
            "join portal.incident_news n on n.incident_id = i.id",
            "join lateral (select * from portal.incident_news x where x.incident_id = i.id order by at limit 1) n"
            " on true",
        ),
        hides_what_follows,
    ),
    mutant(
        "idle-limit-two-hours", "a session lives for two hours without use",
        "access.session-limits/idle", "trust_posture", serving(idle_minutes=120), unused_session_opens,
    ),
    mutant(
        "lifetime-one-day", "a session lives for a day",
        "access.session-limits/lifetime", "query", serving(absolute_hours=24), session_lasts_a_day,
    ),
    mutant(
        "sign-out-ends-nothing", "signing out takes the cookie away and leaves the session",
        "access.sign-out/ended", "session_cookies",
        serving(trigger("sessions", "update", "new.ended_at is not null", "new.ended_at := null; return new;")),
        copied_cookie_opens,
    ),
    mutant(
        "removal-unrecorded", "removing a document is not recorded",
        "platform.audit-log/complete platform.recorded-changes/every", "audit_events recorded_changes",
        serving(trigger("audit_events", "insert", "new.action = 'document.delete'", "return null;"),
                unguarded("documents", "delete"), unguarded("document_views", "delete")),
        removal_leaves_no_trace,
    ),
    mutant(
        "refusal-unrecorded", "a wrong password leaves no event",
        "platform.audit-log/complete", "audit_events",
        serving(trigger("audit_events", "insert", "new.action = 'session.sign_in' and new.outcome = 'refused'",
                        "return null;")),
        refusal_leaves_no_trace,
    ),
    mutant(
        "browser-unrecorded", "events no longer say which browser it was",
        "platform.audit-log/complete", "audit_events",
        serving(trigger("audit_events", "insert", "true", "new.user_agent := ''''; return new;")), unnamed_browser,
    ),
    mutant(
        "history-deletable", "the application may delete what it recorded",
        "platform.audit-log/append_only", "audit_events",
        serving("grant delete on portal.audit_events to trustcenter_app"), may_delete_history,
    ),
    mutant(
        "documents-of-others", "a customer reads another's document by its identifier",
        f"{PROBE} {ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_probe tenant_isolation_catalog",
        serving("alter table portal.documents disable row level security",
                "alter table portal.document_views drop constraint document_views_organisation_id_document_id_fkey"),
        reads_a_stranger_s_document,
    ),
    mutant(
        "documents-of-others-listed", "a policy lets documents of others into every list",
        f"{PROBE} {ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_probe tenant_isolation_catalog",
        serving("create policy readers on portal.documents for select using (true)"), lists_a_stranger_s_documents,
    ),
    mutant(
        "role-bypasses", "the application's role is bound by no row-level security",
        f"platform.posture/role {PROBE} {ISOLATION}/role {ISOLATION}/everything",
        "trust_posture tenant_isolation_probe tenant_isolation_catalog", bypassing, role_sees_everything,
        elsewhere="access.database-roles/known access.database-roles/application",
    ),
)  # fmt: skip
