-- Tables of the portal. Run as trustcenter_owner, which owns them and serves no request.
create schema portal;

create function portal.current_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.tenant', true), '')::uuid;

create table portal.organisations (
  id         uuid primary key default gen_random_uuid(),
  slug       text not null unique check (slug ~ '^[a-z0-9-]{2,60}$'),
  name       text not null check (length(name) between 1 and 200),
  kind       text not null default 'prospect' check (kind in ('vendor', 'prospect', 'canary')),
  created_at timestamptz not null default clock_timestamp()
);

create table portal.accounts (
  id              uuid not null primary key default gen_random_uuid(),
  organisation_id uuid not null references portal.organisations (id),
  email           text not null check (email = lower(email) and email like '%_@_%'),
  display_name    text not null check (length(display_name) between 1 and 200),
  role            text not null check (role in ('owner', 'admin', 'member', 'staff')),
  state           text not null default 'active' check (state in ('active', 'disabled')),
  password_hash   text not null,
  -- read by collectors instead of the hash; a form that is not recognised is named, not hidden
  hash_scheme     text not null generated always as (
    case
      when password_hash ~ '^\$tc1\$[a-z0-9-]+\$[0-9]{2}\$' then substring(password_hash from '^\$tc1\$([a-z0-9-]+)\$')
      when password_hash ~ '^\$2[aby]\$[0-9]{2}\$'          then 'bcrypt'
      when password_hash ~ '^\$[a-z0-9-]+\$'                then substring(password_hash from '^\$([a-z0-9-]+)\$')
      else 'unrecognised'
    end) stored,
  hash_cost       integer generated always as (
    case
      when password_hash ~ '^\$tc1\$[a-z0-9-]+\$[0-9]{2}\$' then substring(password_hash from '^\$tc1\$[a-z0-9-]+\$([0-9]{2})\$')::integer
      when password_hash ~ '^\$2[aby]\$[0-9]{2}\$'          then substring(password_hash from '^\$2[aby]\$([0-9]{2})\$')::integer
    end) stored,
  created_at      timestamptz not null default clock_timestamp(),
  last_sign_in_at timestamptz,
  disabled_at     timestamptz,
  unique (organisation_id, id),
  check ((state = 'disabled') = (disabled_at is not null))
);
create unique index accounts_email on portal.accounts (email);

create table portal.documents (
  id              uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references portal.organisations (id),
  title           text not null check (length(title) between 1 and 200),
  kind            text not null check (kind in ('policy', 'report', 'agreement', 'answer', 'note')),
  body            text not null check (length(body) <= 200000),
  created_by      uuid not null,
  created_at      timestamptz not null default clock_timestamp(),
  updated_at      timestamptz not null default clock_timestamp(),
  foreign key (organisation_id, created_by) references portal.accounts (organisation_id, id),
  unique (organisation_id, id)
);

create table portal.document_views (
  id              bigint generated always as identity primary key,
  organisation_id uuid not null,
  document_id     uuid not null,
  account_id      uuid not null,
  viewed_at       timestamptz not null default clock_timestamp(),
  foreign key (organisation_id, document_id) references portal.documents (organisation_id, id) on delete cascade,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id)
);

create table portal.audit_events (
  id              bigint generated always as identity primary key,
  organisation_id uuid not null references portal.organisations (id),
  at              timestamptz not null default clock_timestamp(),
  actor_id        uuid not null,
  acting_for      uuid,
  action          text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  entity          text not null,
  entity_id       text not null,
  ip              inet not null,
  user_agent      text not null,
  request_id      uuid not null,
  outcome         text not null check (outcome in ('done', 'refused')),
  before_digest   text,
  after_digest    text,
  -- the chain of the organisation: written by a trigger, see 14-audit-chain.sql
  seq             bigint not null,
  previous_hash   bytea not null check (length(previous_hash) = 32),
  hash            bytea not null check (length(hash) = 32),
  unique (organisation_id, seq)
);
create index audit_events_organisation on portal.audit_events (organisation_id, id desc);

-- Tables without a tenant: nothing in them belongs to an organisation.
create table portal.availability_checks (
  id         bigint generated always as identity primary key,
  at         timestamptz not null,
  target     text not null,
  ok         boolean not null,
  latency_ms double precision
);
create index availability_checks_at on portal.availability_checks (at);

create table portal.recovery_markers (
  id     text primary key,           -- the name of the restore point
  at     timestamptz not null default clock_timestamp(),
  lsn    pg_lsn not null,            -- where the log stood just before the restore point
  tables jsonb not null              -- {table: {"rows": n, "digest": "sha256:..."}} at that moment
);

-- The state of every table of the schema but the markers and what is measured all the time, independent of row order:
-- SHA-256 over the sorted SHA-256 of each row's text form, times in UTC.
create function portal.table_digests() returns table ("table" text, rows bigint, digest text)
  language plpgsql volatile
  set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex' set extra_float_digits = 1
as $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'portal' and c.relkind = 'r'
      and c.relname not in ('recovery_markers', 'availability_checks', 'egress', 'egress_recorders')
    order by 1
  loop
    return query execute format(
      'select %L::text, count(*), ''sha256:'' || encode(sha256(coalesce(string_agg(h, ''''::bytea order by h), ''''::bytea)), ''hex'')
       from (select sha256(convert_to(t::text, ''UTF8'')) as h from portal.%I t) s', 'portal.' || name, name);
  end loop;
end $$;
