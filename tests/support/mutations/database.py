"""Mutants in the database: rows, row security, grants. Each on a copy of the portal's own database."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import ExitStack

import bcrypt

from mutations.mutant import Broken, Change, Scene, mutant
from mutations.world import World

LEFT = "left@fernhill.example"
SOMEBODY = "ruth@quay.example"
UPLOADS = "data.questionnaires"
DORMANT = "created_at = now() - interval '200 days', last_sign_in_at = now() - interval '100 days'"
OPEN_SESSION = f"""insert into portal.sessions
  (id_hash, account_id, organisation_id, created_at, last_seen_at, expires_at, stage, methods, user_agent, ip)
select sha256('kept open'), id, organisation_id, now(), now(), now() + interval '12 hours', 'full', array['password'],
  'a browser', '127.0.0.1'
from portal.accounts where email = '{LEFT}'"""

UNREFERENCED = """do $$ declare key record; begin
  for key in select conrelid::regclass as of_table, conname from pg_constraint
             where contype = 'f' and confrelid = 'portal.accounts'::regclass loop
    execute format('alter table %s drop constraint %I', key.of_table, key.conname);
  end loop; end $$"""


def after(*statements: str) -> Change:
    """A copy of the database after these statements."""
    return lambda world, stack: stack.enter_context(world.database(*statements))


def asked(query: str) -> Broken:
    """Whether a superuser's plain query answers true."""
    return lambda scene: bool(scene.value(query))


UP_FOR_A_WHILE = "select pg_sleep(greatest(0, 75 - extract(epoch from now() - pg_postmaster_start_time())))"
"""Checks can be too few only once the server has been up for several; mostly it has been when a mutant comes."""


def rehashed(cost: int) -> Change:
    """One account's password hashed again at this cost, in the portal's own stored form."""

    def change(world: World, stack: ExitStack) -> Scene:
        scene = stack.enter_context(world.database())
        digest = bcrypt.hashpw(secrets.token_bytes(32), bcrypt.gensalt(cost)).decode()
        with scene.superuser() as connection:
            connection.execute(
                "update portal.accounts set password_hash = %s where email = %s",
                (f"$tc1$bcrypt-hmac-sha384${cost:02d}${digest[7:]}", SOMEBODY),
            )
        return scene

    return change


def costs_at_most(cost: int) -> Broken:
    """Whether a stored hash, read by itself, works with this bcrypt cost or less."""

    def broken(scene: Scene) -> bool:
        with scene.superuser() as connection:
            stored = [row[0] for row in connection.execute("select password_hash from portal.accounts")]
        return any(int(text.split("$")[3]) <= cost for text in stored if text.startswith("$tc1$"))

    return broken


def sees_others(relation: str) -> Broken:
    """Whether the application's role, bound to one organisation, gets rows of another."""

    def broken(scene: Scene) -> bool:
        tenant = scene.value("select id::text from portal.organisations where slug = 'canary-b'")
        with scene.application() as connection:
            known = connection.execute("select to_regclass(%s), to_regproc(%s)", (relation, relation.strip("()")))
            if known.fetchone() == (None, None):
                return False
            connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            found = connection.execute(f"select count(*) from {relation} where organisation_id::text <> %s", (tenant,))
            return found.fetchone()[0] > 0

    return broken


def server(breaking: str, repairing: str) -> Change:
    """The whole server changed, and changed back: roles belong to it."""
    return lambda world, stack: stack.enter_context(world.cluster(breaking, repairing))


ROLES = "access.database-roles"
ISOLATION = "data.tenant-isolation"
PROBE = "data.tenant-isolation-probe/tried"

MUTANTS = (
    mutant(
        "another-superuser", "a role that nobody listed administers the server",
        f"{ROLES}/known", "database_roles",
        server("create role helper superuser", "drop role helper"),
        asked("select exists (select from pg_roles where rolname = 'helper' and rolsuper)"),
    ),
    mutant(
        "worker-makes-roles", "the worker that answers questionnaires may make roles, through another role",
        f"{ROLES}/known {ROLES}/application", "database_roles",
        server("create role makers createrole;grant makers to trustcenter_worker",
               "revoke makers from trustcenter_worker;drop role makers"),
        asked("select exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid"
              " where r.rolcreaterole and m.member = 'trustcenter_worker'::regrole)"),
    ),
    mutant(
        "password-cost-10", "one account's password is hashed at cost 10",
        "access.password-storage/stored", "password_hashes", rehashed(10), costs_at_most(10),
    ),
    mutant(
        "password-plain-digest", "one account's password is a bare SHA-256",
        "access.password-storage/stored", "password_hashes",
        after(f"update portal.accounts set password_hash = '{hashlib.sha256(b'a word').hexdigest()}'"
              f" where email = '{SOMEBODY}'"),
        asked("select exists (select from portal.accounts where password_hash ~ '^[0-9a-f]{64}$')"),
    ),
    mutant(
        "upload-without-bound", "a file larger than anybody may upload is kept",
        f"{UPLOADS}/bounded", "query",
        after("alter table portal.questionnaires drop constraint questionnaires_size_check",
              "update portal.questionnaires set content = convert_to(repeat('x', 26214401), 'UTF8')"),
        asked("select bool_or(octet_length(content) > 26214400) from portal.questionnaires"),
    ),
    mutant(
        "program-as-upload", "a program is kept as a questionnaire",
        f"{UPLOADS}/kinds", "query", after("update portal.questionnaires set file_name = 'questions.xlsx.exe'"),
        asked("select bool_or(file_name like '%.exe') from portal.questionnaires"),
    ),
    mutant(
        "released-by-nobody-of-ours", "answers went to the customer because the customer asked, reviewed by nobody",
        f"{UPLOADS}/released", "query",
        after("update portal.questionnaires set copy = 'x', released_at = now(), wanted_by = uploaded_by"),
        asked("select bool_or(q.released_at is not null and a.role <> 'staff') from portal.questionnaires q"
              " join portal.accounts a on a.id = q.wanted_by"),
    ),
    mutant(
        "disabled-account-open-session", "a disabled account still has an open session",
        "access.disabled-accounts/sessions", "query", after(OPEN_SESSION),
        asked("select exists (select from portal.accounts a join portal.sessions s on s.account_id = a.id"
              " where a.state = 'disabled' and s.ended_at is null)"),
    ),
    mutant(
        "dormant-account", "an active account has not been used for a hundred days",
        "access.dormant-accounts/used", "user_accounts",
        after(f"update portal.accounts set {DORMANT} where email = '{SOMEBODY}'"),
        asked("select exists (select from portal.accounts where state = 'active'"
              " and last_sign_in_at < now() - interval '95 days')"),
    ),
    mutant(
        "leaver-active", "somebody who left can sign in again",
        "access.leavers/disabled", "user_accounts",
        after(f"update portal.accounts set state = 'active', disabled_at = null where email = '{LEFT}'"),
        asked(f"select state = 'active' from portal.accounts where email = '{LEFT}'"),
    ),
    mutant(
        "fifth-role", "an account has a role that nobody defined",
        "access.named-accounts/accounts", "user_accounts",
        after("alter table portal.accounts drop constraint accounts_role_check",
              f"update portal.accounts set role = 'shared' where email = '{SOMEBODY}'"),
        asked("select exists (select from portal.accounts where role not in ('owner', 'admin', 'member', 'staff'))"),
    ),
    mutant(
        "account-without-organisation", "an account belongs to no organisation",
        "access.named-accounts/accounts", "user_accounts",
        after("alter table portal.accounts alter organisation_id drop not null",
              UNREFERENCED,
              f"update portal.accounts set organisation_id = null where email = '{SOMEBODY}'"),
        asked("select exists (select from portal.accounts where organisation_id is null)"),
    ),
    mutant(
        "row-security-off", "row-level security is off on one table",
        f"{ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_catalog",
        after("alter table portal.documents disable row level security"), sees_others("portal.documents"),
        elsewhere=PROBE,
    ),
    mutant(
        "row-security-not-forced", "the owner of one table is not bound by its row-level security",
        f"{ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_catalog",
        after("alter table portal.sessions no force row level security"),
        asked("select not relforcerowsecurity from pg_class where oid = 'portal.sessions'::regclass"),
    ),
    mutant(
        "open-policy", "a second policy lets every row of one table through",
        f"{ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_catalog",
        after("create policy everybody on portal.document_views for select using (true)"),
        sees_others("portal.document_views"),
    ),
    mutant(
        "policy-of-everybody", "a policy compares the tenant's key with itself",
        f"{ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_catalog",
        after("create policy sly on portal.documents for select using (organisation_id = organisation_id)"),
        sees_others("portal.documents"), elsewhere=PROBE,
    ),
    mutant(
        "truncate-granted", "the application may empty a table of every tenant at once",
        f"{ISOLATION}/tables {ISOLATION}/everything", "tenant_isolation_catalog",
        after("grant truncate on portal.document_views to trustcenter_app"),
        asked("select has_table_privilege('trustcenter_app', 'portal.document_views', 'truncate')"),
    ),
    mutant(
        "view-of-a-superuser", "a view shows the application every organisation's accounts",
        f"{ISOLATION}/views {ISOLATION}/everything", "tenant_isolation_catalog",
        after("create view portal.everybody as select id, organisation_id, email from portal.accounts",
              "grant select on portal.everybody to trustcenter_app"),
        sees_others("portal.everybody"),
    ),
    mutant(
        "application-owns-a-table", "the application's role owns a table",
        f"{ISOLATION}/role {ISOLATION}/everything", "tenant_isolation_catalog",
        after("alter table portal.sign_in_failures owner to trustcenter_app"),
        asked("select pg_get_userbyid(relowner) = 'trustcenter_app' from pg_class"
              " where oid = 'portal.sign_in_failures'::regclass"),
    ),
    mutant(
        "function-of-a-superuser", "a function that nobody reviewed hands out every organisation's documents",
        f"{ISOLATION}/everything", "tenant_isolation_catalog",
        after("create function portal.all_documents() returns setof portal.documents language sql"
              " security definer set search_path = pg_catalog as 'select * from portal.documents'"),
        sees_others("portal.all_documents()"),
    ),
    mutant(
        "undeclared-table", "a table that nobody declared shared holds rows without a tenant",
        f"{ISOLATION}/everything", "tenant_isolation_catalog",
        after("create table portal.exports (id bigint primary key, email text)",
              "insert into portal.exports select 1, email from portal.accounts limit 1",
              "grant select on portal.exports to trustcenter_app"),
        asked("select to_regclass('portal.exports') is not null"),
    ),
    mutant(
        "outages", "the service was down in one of a hundred checks, the newest among them",
        "platform.availability/measured", "availability",
        after("update portal.availability_checks set ok = false"
            " where id in (select id from portal.availability_checks order by id desc"
            " limit 1 + (select count(*) from portal.availability_checks) / 100)"),
        asked("select count(*) filter (where not ok) > count(*) * 0.005 from portal.availability_checks"),
    ),
    mutant(
        "nobody-measured", "the checks ended hours ago, and nobody noticed",
        "platform.availability/measured", "availability",
        after("update portal.availability_checks set at = at - interval '3 hours'",
              "update portal.availability_checks set at = now() - interval '11 minutes'"
              " where id = (select max(id) from portal.availability_checks)"),
        asked("select max(at) < now() - interval '10 minutes' from portal.availability_checks"),
    ),
    mutant(
        "seldom-measured", "a check is made now and then, each time before anybody asks",
        "platform.availability/measured", "availability",
        after(UP_FOR_A_WHILE,
              "delete from portal.availability_checks where id > (select min(id) from portal.availability_checks)",
              "update portal.availability_checks set at = pg_postmaster_start_time()",
              "insert into portal.availability_checks (at, target, ok, latency_ms)"
              " select now(), target, true, 5 from portal.availability_checks"),
        asked("select count(*) * interval '20 seconds' < max(at) - min(at) from portal.availability_checks"),
    ),
)  # fmt: skip
