-- Whose key this is, asked before a tenant is known; and who may do what with the tables of second factors.
create function portal.passkey_holder(credential bytea)
  returns table (id uuid, account_id uuid, organisation_id uuid, email text, role text, state text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.account_id, k.organisation_id, a.email, a.role, a.state
    from portal.passkeys k join portal.accounts a on a.organisation_id = k.organisation_id and a.id = k.account_id
    where k.credential_id = credential;
  end;

-- What the posture document counts over all organisations: numbers only.
create function portal.factor_counts() returns jsonb
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select jsonb_build_object(
      'apps', (select count(*) from portal.totp_factors t where t.confirmed_at is not null),
      'passkeys', (select count(*) from portal.passkeys k where k.revoked_at is null),
      'passkeys_unverified', (select count(*) from portal.passkeys k where k.revoked_at is null and not k.user_verified),
      'recovery_codes_unused', (select count(*) from portal.recovery_codes c where c.used_at is null),
      'active_without', (select coalesce(jsonb_object_agg(w.role, w.n), '{}'::jsonb) from (
          select f.role, count(*) filter (where f.second_factor = 'none') as n
          from portal.account_factors f where f.state = 'active' group by f.role) w));
  end;

grant select (id, account_id, organisation_id, credential_id, user_verified, revoked_at) on portal.passkeys
  to trustcenter_lookup;
grant select (account_id, organisation_id, confirmed_at) on portal.totp_factors to trustcenter_lookup;
grant select (used_at) on portal.recovery_codes to trustcenter_lookup;
grant select (created_at, last_sign_in_at, disabled_at) on portal.accounts to trustcenter_lookup;
grant select on portal.working_factors, portal.account_factors to trustcenter_lookup;

alter function portal.passkey_holder(bytea) owner to trustcenter_lookup;
alter function portal.factor_counts() owner to trustcenter_lookup;
revoke execute on function portal.passkey_holder(bytea), portal.factor_counts() from public;
grant execute on function portal.passkey_holder(bytea), portal.factor_counts() to trustcenter_app;

grant select on portal.working_factors, portal.account_factors to trustcenter_app;
grant select, insert, delete, update (last_step, confirmed_at) on portal.totp_factors to trustcenter_app;
grant select, insert, delete, update (used_at) on portal.recovery_codes to trustcenter_app;
grant select, insert, update (sign_count, backed_up, name, last_used_at, revoked_at) on portal.passkeys to trustcenter_app;
grant select, insert, delete, update (used_at) on portal.passkey_challenges to trustcenter_app;

grant select on portal.working_factors, portal.account_factors to trustcenter_reader;
grant select (id, account_id, organisation_id, last_step, created_at, confirmed_at) on portal.totp_factors
  to trustcenter_reader;
grant select (account_id, organisation_id, created_at, used_at) on portal.recovery_codes to trustcenter_reader;
grant select (id, account_id, organisation_id, sign_count, user_verified, backed_up, created_at, last_used_at, revoked_at)
  on portal.passkeys to trustcenter_reader;
grant select (purpose, expires_at, used_at) on portal.passkey_challenges to trustcenter_reader;
