-- What is asked about tokens and support access before a tenant is known, and who may do what with their tables.
create function portal.token_by_hash(hash bytea)
  returns table (id uuid, account_id uuid, organisation_id uuid, prefix text, scopes text[], expires_at timestamptz,
                 last_used_at timestamptz, revoked_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select t.id, t.account_id, t.organisation_id, t.prefix, t.scopes, t.expires_at, t.last_used_at, t.revoked_at
    from portal.api_tokens t where t.token_hash = hash;
  end;

-- The support access that one session of the staff has now, if any.
create function portal.support_of_session(acting uuid)
  returns table (id uuid, organisation_id uuid, account_id uuid, ticket text, started_at timestamptz,
                 expires_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select i.id, i.organisation_id, i.account_id, i.ticket, i.started_at, i.expires_at
    from portal.impersonations i
    where i.session_id = acting and i.ended_at is null and i.expires_at > clock_timestamp()
    order by i.started_at desc limit 1;
  end;

-- A role is changed by this function alone, within the tenant of the transaction, and never to or from the vendor's staff.
create function portal.change_role(account uuid, wanted text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if wanted not in ('owner', 'admin', 'member') then
    raise insufficient_privilege using message = 'this role is not given here';
  end if;
  update portal.accounts a set role = wanted
   where a.id = account and a.organisation_id = portal.current_tenant() and a.role <> 'staff';
  return found;
end $$;

-- Numbers of the posture document.
create function portal.access_counts() returns table (tokens jsonb, support jsonb)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select
      (select jsonb_build_object(
         'live', count(*) filter (where t.revoked_at is null and t.expires_at > clock_timestamp()),
         'oldest_live_created_at', min(t.created_at) filter (where t.revoked_at is null and t.expires_at > clock_timestamp()),
         'revoked', count(*) filter (where t.revoked_at is not null)) from portal.api_tokens t),
      (select jsonb_build_object(
         'live', count(*) filter (where i.ended_at is null and i.expires_at > clock_timestamp()),
         'begun_in_90_days', count(*) filter (where i.started_at > clock_timestamp() - interval '90 days'))
       from portal.impersonations i);
  end;

grant select (id, account_id, organisation_id, prefix, token_hash, scopes, created_at, expires_at, last_used_at,
  revoked_at) on portal.api_tokens to trustcenter_lookup;
grant select (id, organisation_id, account_id, session_id, ticket, started_at, expires_at, ended_at)
  on portal.impersonations to trustcenter_lookup;
grant update (role) on portal.accounts to trustcenter_lookup;
alter function portal.change_role(uuid, text) owner to trustcenter_lookup;
alter function portal.token_by_hash(bytea) owner to trustcenter_lookup;
alter function portal.support_of_session(uuid) owner to trustcenter_lookup;
alter function portal.access_counts() owner to trustcenter_lookup;
revoke execute on function portal.token_by_hash(bytea), portal.support_of_session(uuid), portal.access_counts(),
  portal.change_role(uuid, text) from public;
grant execute on function portal.token_by_hash(bytea), portal.support_of_session(uuid), portal.access_counts(),
  portal.change_role(uuid, text) to trustcenter_app;

grant select (id, organisation_id, account_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at)
  on portal.api_tokens to trustcenter_app;
grant insert, update (last_used_at, revoked_at) on portal.api_tokens to trustcenter_app;
grant select, insert, update (ended_at, ended_by) on portal.impersonations to trustcenter_app;

-- The reader sees the stored form of a token: SHA-256 of 256 random bits opens nothing and cannot be turned back.
grant select on portal.api_tokens, portal.impersonations to trustcenter_reader;
