-- Second factors. Run as trustcenter_owner.

-- An account has at most one app that works and one that waits for its first code.
create table portal.totp_factors (
  id              uuid primary key default gen_random_uuid(),
  account_id      uuid not null,
  organisation_id uuid not null,
  sealed_secret   bytea not null,  -- AES-256-GCM; the key is not in this database
  last_step       bigint,          -- no code of this step or of one before it is accepted again
  created_at      timestamptz not null,
  confirmed_at    timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id)
);
create unique index totp_factors_confirmed on portal.totp_factors (account_id) where confirmed_at is not null;
create unique index totp_factors_waiting on portal.totp_factors (account_id) where confirmed_at is null;

create table portal.recovery_codes (
  code_hash       bytea primary key check (length(code_hash) = 32), -- HMAC of account and code
  account_id      uuid not null,
  organisation_id uuid not null,
  created_at      timestamptz not null,
  used_at         timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id)
);
create index recovery_codes_account on portal.recovery_codes (organisation_id, account_id);

create table portal.passkeys (
  id              uuid primary key default gen_random_uuid(),
  account_id      uuid not null,
  organisation_id uuid not null,
  credential_id   bytea not null unique check (length(credential_id) between 1 and 1023),
  public_key      bytea not null,  -- COSE
  sign_count      bigint not null,
  user_verified   boolean not null,
  backed_up       boolean not null,
  name            text not null check (length(name) between 1 and 60),
  created_at      timestamptz not null,
  last_used_at    timestamptz,
  revoked_at      timestamptz,
  foreign key (organisation_id, account_id) references portal.accounts (organisation_id, id)
);
create index passkeys_account on portal.passkeys (organisation_id, account_id);

-- Without a tenant: a challenge is given before anybody is known. It opens nothing.
create table portal.passkey_challenges (
  challenge_hash bytea primary key check (length(challenge_hash) = 32),
  purpose        text not null check (purpose in ('register', 'sign_in', 'second_factor', 'step_up')),
  bound          bytea not null check (length(bound) = 32), -- SHA-256 of the session's id, or of the sign-in form's cookie
  expires_at     timestamptz not null,
  used_at        timestamptz
);
create index passkey_challenges_expiry on portal.passkey_challenges (expires_at);

-- What works, whatever it is.
create view portal.working_factors with (security_invoker = true) as
  select organisation_id, account_id, 'passkey' as kind from portal.passkeys where revoked_at is null and user_verified
  union all
  select organisation_id, account_id, 'totp' from portal.totp_factors where confirmed_at is not null;

create view portal.account_factors with (security_invoker = true) as
  select a.id, a.organisation_id, a.email, a.role, a.state, a.created_at, a.last_sign_in_at, a.disabled_at,
         coalesce((select min(f.kind) from portal.working_factors f
                   where f.organisation_id = a.organisation_id and f.account_id = a.id), 'none') as second_factor
  from portal.accounts a;
