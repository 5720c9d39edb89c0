-- Tables of the example. The application's role owns nothing, and each row belongs to an organisation.
create schema letters authorization letters_owner;
set role letters_owner;
create function letters.tenant() returns uuid language sql stable
  return nullif(current_setting('app.tenant', true), '')::uuid;
create table letters.organisations (organisation_id uuid primary key, idle_seconds int, reset_seconds int);
create table letters.accounts (
  id uuid primary key default gen_random_uuid(), organisation_id uuid not null references letters.organisations, email text not null unique,
  role text not null check (role in ('owner', 'admin', 'member')), password text not null, totp_secret text, totp_last_step bigint,
  totp_pending text,
  second_factor text generated always as (case when totp_secret is not null then 'totp' end) stored,
  disabled_at timestamptz, joined_at timestamptz default now(), created_at timestamptz not null default now(),
  hash_scheme text generated always as (substring(password from '^\$tc1\$([a-z0-9-]+)\$')) stored,
  hash_cost int generated always as (substring(password from '^\$tc1\$[a-z0-9-]+\$(\d\d)\$')::int) stored);
create table letters.sessions (
  id uuid primary key, organisation_id uuid not null, account_id uuid not null references letters.accounts,
  token_hash bytea not null unique, created_at timestamptz not null, last_seen_at timestamptz not null,
  expires_at timestamptz not null, ended_at timestamptz, stage text not null,
  ip text not null, user_agent text not null, stepped_up_at timestamptz);
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
  foreach name in array array['organisations', 'accounts', 'sessions', 'links', 'api_tokens', 'recovery_codes', 'letters', 'events'] loop
    execute format('alter table letters.%I enable row level security', name);
    execute format('alter table letters.%I force row level security', name);
    execute format('create policy own on letters.%I using (organisation_id = letters.tenant())', name);
  end loop;
end $$;
reset role;
-- Before somebody is signed in there is no tenant: reviewed functions find an account, a session, the ends of chains.
grant usage on schema letters to letters_app, letters_reader, letters_lookup;
grant select on letters.accounts, letters.sessions, letters.links, letters.api_tokens, letters.events to letters_lookup;
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
grant select, update (idle_seconds, reset_seconds) on letters.organisations to letters_app;
grant select, insert, delete, update (totp_secret, totp_pending, totp_last_step, password, disabled_at, joined_at) on letters.accounts to letters_app;
grant select, insert, update, delete on letters.recovery_codes to letters_app;
grant select, insert, update on letters.sessions, letters.links, letters.api_tokens to letters_app;
grant select, insert, delete on letters.letters to letters_app;
grant select, insert on letters.events to letters_app;
grant select (id, organisation_id, email, role, disabled_at, created_at, second_factor, hash_scheme, hash_cost)
  on letters.accounts to letters_reader;
grant select on letters.events, letters.api_tokens to letters_reader;
