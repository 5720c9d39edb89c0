-- Sessions, known devices and mail that waits. Run as trustcenter_owner.

-- Limits that an organisation's owner made stricter than the service's; never wider ones.
alter table portal.organisations
  add column idle_seconds integer check (idle_seconds > 0),
  add column absolute_seconds integer check (absolute_seconds > 0),
  add column reset_seconds integer check (reset_seconds > 0);

-- Somebody who was invited has a password that nobody knows until they set one of their own.
alter table portal.accounts
  add column invited_at timestamptz,
  add column joined_at  timestamptz;

create table portal.known_devices (
  id              uuid not null,    -- in the device's signed cookie; one browser may belong to several accounts
  account_id      uuid not null,
  organisation_id uuid not null,
  first_seen_at   timestamptz not null default clock_timestamp(),
  last_seen_at    timestamptz not null default clock_timestamp(),
  primary key (account_id, id),
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id) on delete cascade
);

-- Links that were mailed; the token itself is not kept.
create table portal.mailed_links (
  id              uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id      uuid not null,
  purpose         text not null check (purpose in ('reset', 'invitation', 'email_change')),
  new_email       text check ((new_email is not null) = (purpose = 'email_change')),
  requested_at    timestamptz not null,
  expires_at      timestamptz not null,
  used_at         timestamptz,
  superseded_at   timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id) on delete cascade
);
create index mailed_links_account on portal.mailed_links (organisation_id, account_id);

create table portal.sessions (
  id              uuid not null unique default gen_random_uuid(), -- names a session in lists; opens nothing
  id_hash         bytea primary key check (length(id_hash) = 32),
  account_id      uuid not null,
  organisation_id uuid not null,
  created_at      timestamptz not null,
  last_seen_at    timestamptz not null,
  expires_at      timestamptz not null,
  ended_at        timestamptz,
  stage           text not null check (stage in ('second_factor', 'enrolment', 'full')),
  methods         text[] not null check (methods <@ array['password', 'totp', 'recovery_code', 'passkey']),
  stepped_up_at   timestamptz,
  rotations       integer not null default 0,
  device_id       uuid,
  country         text check (country ~ '^[A-Z]{2}$'),
  latitude        double precision,
  longitude       double precision,
  user_agent      text not null,
  ip              inet not null,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id)
);
create index sessions_account on portal.sessions (organisation_id, account_id);

-- Written in the transaction of what it tells of; the text is sealed, and gone once it was delivered or given up.
create table portal.outbox (
  id              uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id      uuid not null,
  kind            text not null check (kind ~ '^[a-z_]+$'),
  sealed          bytea,
  created_at      timestamptz not null default clock_timestamp(),
  due_at          timestamptz not null default clock_timestamp(),
  attempts        integer not null default 0,
  delivered_at    timestamptz,
  given_up_at     timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id) on delete cascade,
  check ((sealed is null) = (delivered_at is not null or given_up_at is not null))
);
create index outbox_due on portal.outbox (due_at) where sealed is not null;

-- Guesses, by key. Without a tenant: before a sign-in nobody knows whose it would be.
create table portal.sign_in_failures (
  key_hash       bytea primary key check (length(key_hash) = 32), -- HMAC of an address, a device or a network
  failures       integer not null,
  last_failed_at timestamptz,
  blocked_until  timestamptz,
  day_began_at   timestamptz,
  of_day         integer not null default 0
);
