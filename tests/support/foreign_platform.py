"""A small platform that is not ours, with names of its own: proves that collectors reach it by mapping alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from embedded_postgresql import Server

SCHEMA = """
create schema crm authorization crm_owner;
set role crm_owner;
create table crm.companies (company_id int primary key, label text not null);
create table crm.users (
  login text primary key, company_id int not null references crm.companies, "Rank" text not null,
  enabled boolean not null, factor text, pass text, made timestamptz not null default '2026-01-01Z',
  seen timestamp, gone timestamptz,
  algo text generated always as (case when pass ~ '^\\$2b\\$' then 'bcrypt' else 'other' end) stored,
  rounds int generated always as (substring(pass from '^\\$2b\\$([0-9]{2})')::int) stored);
create table crm.notes (note_id int primary key, company_id int not null references crm.companies, words text);
create table crm.trail (
  seq bigint generated always as identity primary key, company_id int not null, happened timestamptz not null,
  who text, deed text not null, thing text, address inet, agent text);
create table crm.probes (seq bigint generated always as identity primary key, moment timestamptz not null,
  what text not null, good boolean not null);
create table crm.calls (whom text, door int, way text, slot timestamptz, times int);
create table crm.listeners (run int primary key, started timestamptz not null, heard timestamptz not null);
create view crm.colleagues with (security_invoker = true) as select login, company_id, "Rank" from crm.users;
create function crm.tenant() returns int language sql stable
  return nullif(current_setting('crm.company', true), '')::int;
alter table crm.companies enable row level security;  alter table crm.companies force row level security;
alter table crm.users enable row level security;      alter table crm.users force row level security;
alter table crm.notes enable row level security;      alter table crm.notes force row level security;
alter table crm.trail enable row level security;      alter table crm.trail force row level security;
create policy own on crm.companies using (company_id = crm.tenant());
create policy own on crm.users using (company_id = crm.tenant()) with check (company_id = crm.tenant());
create policy own on crm.notes using (company_id = crm.tenant()) with check (company_id = crm.tenant());
create policy own on crm.trail using (company_id = crm.tenant()) with check (company_id = crm.tenant());
reset role;
insert into crm.companies values (1, 'one'), (2, 'two');
insert into crm.users (login, company_id, "Rank", enabled, factor, pass, seen, gone) values
  ('ada', 1, 'BOSS', true, 'app', '$2b$12$' || repeat('x', 53), '2026-11-01', null),
  ('bob', 1, 'clerk', true, null, '$2b$10$' || repeat('x', 53), null, null),
  ('cyd', 2, 'BOSS', false, 'key', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA', '2026-10-01', '2026-10-02Z'),
  ('dan', 2, 'clerk', true, null, null, null, null),
  ('eve', 2, 'clerk', true, 'app', 'pbkdf2_sha256$870000$salt$hash', null, null),
  ('fay', 2, 'clerk', true, 'app', 'md5:5f4dcc3b', null, null);
insert into crm.notes values (1, 1, 'a'), (2, 2, 'b');
insert into crm.calls values ('10.0.0.5', 25, 'tcp', date_trunc('hour', now()), 7),
  ('API.tally.example', 443, 'tcp', date_trunc('hour', now()), 2),
  ('API.tally.example', 443, 'tcp', date_trunc('hour', now()) - interval '1 hour', 3),
  ('old.example', 443, 'tcp', date_trunc('hour', now()) - interval '40 days', 1);
insert into crm.listeners values (1, now() - interval '50 days', now() + interval '1 day');
grant usage on schema crm to crm_app, crm_reader, crm_filtered;
grant select on all tables in schema crm to crm_app;
grant insert, update on crm.users, crm.notes to crm_app;
grant insert on crm.trail to crm_app;
grant select (login, company_id, "Rank", enabled, factor, made, seen, gone, algo, rounds) on crm.users to crm_reader;
grant select on crm.companies, crm.notes, crm.trail, crm.probes, crm.calls, crm.listeners to crm_reader;
grant select on all tables in schema crm to crm_filtered;
grant select on pg_catalog.pg_hba_file_rules to crm_reader;
grant execute on function pg_catalog.pg_hba_file_rules() to crm_reader;
"""

ROLES = {
    "crm_owner": "nologin",
    "crm_app": "login nosuperuser nobypassrls",
    "crm_reader": "login bypassrls in role pg_read_all_settings",
    "crm_filtered": "login nobypassrls",
    "crm_stranger": "login bypassrls",
}

ACCOUNTS: dict[str, Any] = {
    "table": "crm.users",
    "account": "login",
    "organisation": "company_id",
    "role": "Rank",
    "state": "enabled",
    "active": ["true"],
    "second_factor": "factor",
    "created_at": "made",
    "last_sign_in": "seen",
    "disabled_at": "gone",
    "values": {"role": {"BOSS": "owner", "clerk": "member"}, "second_factor": {"app": "totp"}},
}
PASSWORDS = {"table": "crm.users", "account": "login", "scheme": "algo", "cost": "rounds"}
AVAILABILITY: dict[str, Any] = {
    "table": "crm.probes", "at": "moment", "target": "what", "ok": "good", "interval": 60,
}  # fmt: skip
ISOLATION: dict[str, Any] = {
    "application_role": "crm_app",
    "tenant_key": "company_id",
    "shared_tables": ["crm.probes", "crm.calls", "crm.listeners"],
}
CONTACTS: dict[str, Any] = {
    "table": "crm.calls", "host": "whom", "port": "door", "protocol": "way", "hour": "slot", "connections": "times",
    "recorders": {"table": "crm.listeners", "began": "started", "until": "heard", "silence": 60}, "days": 30,
    "own": {"10.0.0.5": "our mail relay"},
}  # fmt: skip


@dataclass(frozen=True)
class ForeignPlatform:
    """One database of it; `password` is every role's."""

    server: Server
    database: str
    password: str = field(repr=False)

    def dsn(self, role: str = "crm_reader", **more: object) -> str:
        return self.server.dsn(self.database, role, self.password, **more)

    def settings(self, role: str = "crm_reader", **more: object) -> dict[str, Any]:
        """A source's settings that reach it, through another port where `port` says so."""
        return {"dsn": self.dsn(role, **more), "connect_seconds": 2, "statement_seconds": 2, "lock_seconds": 0.3}

    def execute(self, *statements: str) -> None:
        self.server.execute(*statements, database=self.database)


def build(server: Server, database: str = "crm") -> ForeignPlatform:
    """Make roles and database on an empty server."""
    password = secrets.token_urlsafe(16)
    server.execute(*(f"create role {name} {attributes} password '{password}'" for name, attributes in ROLES.items()))
    server.execute(f"create database {database}")
    server.execute(f"grant create on database {database} to crm_owner")
    server.execute(SCHEMA, database=database)
    return ForeignPlatform(server, database, password)
