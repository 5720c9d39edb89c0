-- Tokens of the programming interface, and support access. Run as trustcenter_owner.
create table portal.api_tokens (
  id              uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id      uuid not null,           -- who made it; a token may never do more than that person
  name            text not null check (length(name) between 1 and 100),
  prefix          text not null check (prefix ~ '^[a-z]{2,8}_[0-9a-z]{8}$'), -- names it in lists and in leaks; opens nothing
  token_hash      bytea not null unique check (length(token_hash) = 32),     -- SHA-256 of 256 random bits
  scopes          text[] not null check (cardinality(scopes) > 0),
  created_at      timestamptz not null default clock_timestamp(),
  expires_at      timestamptz not null,
  last_used_at    timestamptz,
  revoked_at      timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id),
  check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index api_tokens_organisation on portal.api_tokens (organisation_id, created_at desc);

create table portal.impersonations (
  id              uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,           -- the customer's: its owner sees the row
  account_id      uuid not null,           -- for whom
  staff_id        uuid not null,
  staff_name      text not null,
  session_id      uuid not null,           -- the one session of the staff that acts
  reason          text not null check (length(reason) between 10 and 500),
  ticket          text not null check (ticket ~ '^[A-Za-z0-9][A-Za-z0-9#_-]{1,39}$'),
  started_at      timestamptz not null default clock_timestamp(),
  expires_at      timestamptz not null,
  ended_at        timestamptz,
  ended_by        text check (ended_by in ('staff', 'owner')),
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id),
  check (expires_at > started_at and expires_at <= started_at + interval '1 hour'),
  check ((ended_at is null) = (ended_by is null))
);
create index impersonations_session on portal.impersonations (session_id);
create index impersonations_organisation on portal.impersonations (organisation_id, started_at desc);
