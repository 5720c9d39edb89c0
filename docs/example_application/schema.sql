-- Tables of the example. The application's role owns nothing, and each row belongs to an organisation.
create schema letters authorization letters_owner;
set role letters_owner;
create function letters.tenant() returns uuid language sql stable
  return nullif(current_setting('app.tenant', true), '')::uuid;
create table letters.organisations (organisation_id uuid primary key, idle_seconds int, reset_seconds int);
create table letters.accounts (
  id uuid primary key default gen_random_uuid(), organisation_id uuid not null references letters.organisations, email text not null unique,
  role text not null check (role in ('owner', 'admin', 'member', 'staff')), password text not null, totp_secret text, totp_last_step bigint,
  totp_pending text,
  second_factor text generated always as (case when totp_secret is not null then 'totp' end) stored,
  disabled_at timestamptz, joined_at timestamptz default now(), created_at timestamptz not null default now(),
  hash_scheme text generated always as (substring(password from '^\$tc1\$([a-z0-9-]+)\$')) stored,
  hash_cost int generated always as (substring(password from '^\$tc1\$[a-z0-9-]+\$(\d\d)\$')::int) stored);
create table letters.sessions (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts,
  token_hash bytea not null unique, created_at timestamptz not null, last_seen_at timestamptz not null,
  expires_at timestamptz not null, ended_at timestamptz, stage text not null,
  ip text not null, user_agent text not null, stepped_up_at timestamptz, country text, latitude float, longitude float);
create table letters.known_devices (
  id uuid, organisation_id uuid not null, account_id uuid not null references letters.accounts on delete cascade,
  primary key (account_id, id));
create table letters.passkeys (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts on delete cascade,
  credential_id bytea not null unique, public_key bytea not null, sign_count bigint not null, name text not null,
  last_used_at timestamptz, revoked_at timestamptz);
create table letters.support (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts,
  staff_id uuid not null references letters.accounts, session_id uuid not null,
  reason text not null, ticket text not null, started_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz);
create table letters.recovery_codes (
  hash bytea primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts on delete cascade,
  used_at timestamptz);
create table letters.api_tokens (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts on delete cascade,
  prefix text not null unique, token_hash bytea not null unique, name text not null, scopes text not null,
  expires_at timestamptz not null, last_used_at timestamptz, revoked_at timestamptz);
create table letters.links (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts on delete cascade,
  purpose text not null, requested_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz,
  superseded_at timestamptz);
create table letters.letters (id uuid primary key, organisation_id uuid not null, title text not null);
create table letters.events (
  organisation_id uuid not null, seq bigint not null, at timestamptz not null, actor_id uuid not null, acting_for uuid,
  action text not null, entity text not null, entity_id text not null, ip text not null, user_agent text not null,
  request_id uuid not null, outcome text not null, before_digest text, after_digest text,
  previous_hash bytea not null, hash bytea not null, primary key (organisation_id, seq));
do $$ declare name text; begin
  foreach name in array array['organisations', 'accounts', 'sessions', 'links', 'api_tokens', 'recovery_codes', 'letters', 'events', 'known_devices',
    'passkeys', 'support'] loop
    execute format('alter table letters.%I enable row level security', name);
    execute format('alter table letters.%I force row level security', name);
    execute format('create policy own on letters.%I using (organisation_id = letters.tenant())', name);
  end loop;
end $$;
reset role;
-- Before somebody is signed in there is no tenant: reviewed functions find an account, a session, the ends of chains.
grant usage on schema letters to letters_app, letters_reader, letters_lookup;
grant select on letters.accounts, letters.sessions, letters.links, letters.api_tokens, letters.events, letters.known_devices,
  letters.passkeys, letters.support to letters_lookup;
create function letters.account_for_sign_in(text) returns setof letters.accounts
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.accounts where email = $1; end;
create function letters.session_by_hash(bytea) returns setof letters.sessions
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.sessions where token_hash = $1; end;
create function letters.token_by_hash(bytea) returns setof letters.api_tokens
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.api_tokens where token_hash = $1; end;
create function letters.link_by_id(uuid) returns setof letters.links
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.links where id = $1; end;
create function letters.passkey_by_credential(bytea) returns setof letters.passkeys
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.passkeys where credential_id = $1; end;
create function letters.device_is_known(text, uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select exists (
    select 1 from letters.known_devices d join letters.accounts a on a.id = d.account_id where a.email = $1 and d.id = $2); end;
create function letters.support_of_session(uuid) returns setof letters.support
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic select * from letters.support where session_id = $1 and ended_at is null order by expires_at desc limit 1; end;
create function letters.heads() returns table (organisation_id uuid, seq bigint, hash bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select distinct on (e.organisation_id) e.organisation_id, e.seq, e.hash from letters.events e
    order by e.organisation_id, e.seq desc;
  end;
alter function letters.account_for_sign_in(text) owner to letters_lookup;
alter function letters.session_by_hash(bytea) owner to letters_lookup;
alter function letters.token_by_hash(bytea) owner to letters_lookup;
alter function letters.link_by_id(uuid) owner to letters_lookup;
alter function letters.heads() owner to letters_lookup;
alter function letters.passkey_by_credential(bytea) owner to letters_lookup;
alter function letters.device_is_known(text, uuid) owner to letters_lookup;
alter function letters.support_of_session(uuid) owner to letters_lookup;
grant select, update (idle_seconds, reset_seconds) on letters.organisations to letters_app;
grant select, insert, delete, update (totp_secret, totp_pending, totp_last_step, password, disabled_at, joined_at) on letters.accounts to letters_app;
grant select, insert, update, delete on letters.recovery_codes to letters_app;
grant select, insert on letters.known_devices to letters_app;
grant select, insert, update (sign_count, last_used_at, revoked_at) on letters.passkeys to letters_app;
grant select, insert, update (ended_at) on letters.support to letters_app;
grant select, insert, update on letters.sessions, letters.links, letters.api_tokens to letters_app;
grant select, insert, delete on letters.letters to letters_app;
grant select, insert on letters.events to letters_app;
grant select (id, organisation_id, email, role, disabled_at, created_at, second_factor, hash_scheme, hash_cost)
  on letters.accounts to letters_reader;
grant select on letters.events, letters.api_tokens to letters_reader;
grant select (account_id, organisation_id, revoked_at) on letters.passkeys to letters_reader;
create view letters.account_factors with (security_invoker) as
  select a.id, a.organisation_id, a.email, a.role, a.disabled_at, a.created_at, coalesce(a.second_factor, case when exists (
    select from letters.passkeys p where p.account_id = a.id and p.revoked_at is null) then 'passkey' end) as second_factor
  from letters.accounts a;
grant select on letters.account_factors to letters_reader;
