-- Questions that come before a tenant is known. Each function runs as trustcenter_lookup, a role that nobody
-- can sign in as, and answers for one exact key.
create function portal.account_for_sign_in(address text)
  returns table (id uuid, organisation_id uuid, role text, state text, password_hash text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select a.id, a.organisation_id, a.role, a.state, a.password_hash from portal.accounts a where a.email = address;
  end;

create function portal.vendor_organisation() returns uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select o.id from portal.organisations o where o.kind = 'vendor' order by o.created_at limit 1;
  end;

-- What the posture document counts over all organisations: numbers only.
create function portal.posture_counts()
  returns table (hashes jsonb, accounts jsonb, sessions jsonb)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select
      (select coalesce(jsonb_agg(jsonb_build_object('scheme', h.hash_scheme, 'cost', h.hash_cost, 'accounts', h.n)
                                 order by h.hash_scheme, h.hash_cost), '[]'::jsonb)
         from (select a.hash_scheme, a.hash_cost, count(*) as n from portal.accounts a group by 1, 2) h),
      (select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'state', r.state, 'second_factor', r.second_factor,
                                                    'accounts', r.n) order by r.role, r.state, r.second_factor), '[]'::jsonb)
         from (select a.role, a.state, a.second_factor, count(*) as n from portal.account_factors a group by 1, 2, 3) r),
      (select jsonb_build_object('open', count(*), 'oldest_created_at', min(s.created_at),
                                 'longest_unseen_at', min(s.last_seen_at))
         from portal.sessions s where s.ended_at is null and s.expires_at > clock_timestamp());
  end;

grant usage on schema portal to trustcenter_lookup;
grant select (id, organisation_id, email, role, state, password_hash, hash_scheme, hash_cost)
  on portal.accounts to trustcenter_lookup;
grant select (id, id_hash, account_id, organisation_id, created_at, last_seen_at, expires_at, ended_at)
  on portal.sessions to trustcenter_lookup;
grant select (id, kind, created_at) on portal.organisations to trustcenter_lookup;

alter function portal.account_for_sign_in(text) owner to trustcenter_lookup;
alter function portal.vendor_organisation() owner to trustcenter_lookup;
alter function portal.posture_counts() owner to trustcenter_lookup;

revoke execute on function portal.account_for_sign_in(text), portal.vendor_organisation(),
  portal.posture_counts() from public;
grant execute on function portal.account_for_sign_in(text), portal.vendor_organisation(),
  portal.posture_counts() to trustcenter_app;
