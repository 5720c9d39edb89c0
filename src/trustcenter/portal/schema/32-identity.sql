-- Questions about sessions and mail that come before a tenant is known, and who may do what with their tables.
create function portal.session_by_hash(hash bytea)
  returns table (id uuid, account_id uuid, organisation_id uuid, created_at timestamptz, last_seen_at timestamptz,
                 expires_at timestamptz, ended_at timestamptz, stage text, methods text[], stepped_up_at timestamptz,
                 idle_seconds integer, absolute_seconds integer)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select s.id, s.account_id, s.organisation_id, s.created_at, s.last_seen_at, s.expires_at, s.ended_at, s.stage,
           s.methods, s.stepped_up_at, o.idle_seconds, o.absolute_seconds
    from portal.sessions s join portal.organisations o on o.id = s.organisation_id where s.id_hash = hash;
  end;

-- The hash of one account of the tenant that the transaction carries.
create function portal.own_password_hash(account uuid) returns text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select a.password_hash from portal.accounts a where a.id = account and a.organisation_id = portal.current_tenant();
  end;

-- Whether a browser, named by its signed cookie, has signed in to this account before.
create function portal.device_is_known(address text, device uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select exists (select 1 from portal.known_devices d join portal.accounts a on a.id = d.account_id
                   where a.email = address and d.id = device);
  end;

-- A mailed link and the account that it is for.
create function portal.link_by_id(link uuid)
  returns table (organisation_id uuid, account_id uuid, purpose text, new_email text, requested_at timestamptz,
                 expires_at timestamptz, used_at timestamptz, superseded_at timestamptz, email text, display_name text,
                 state text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select l.organisation_id, l.account_id, l.purpose, l.new_email, l.requested_at, l.expires_at, l.used_at,
           l.superseded_at, a.email, a.display_name, a.state
    from portal.mailed_links l join portal.accounts a on a.id = l.account_id where l.id = link;
  end;

-- Removes somebody of the tenant who was invited and never came; nobody else can be removed.
create function portal.withdraw_invitation(account uuid) returns boolean
  language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    with gone as (
      delete from portal.accounts a
      where a.id = account and a.organisation_id = portal.current_tenant()
        and a.invited_at is not null and a.joined_at is null and a.last_sign_in_at is null
      returning 1)
    select exists (select 1 from gone);
  end;

-- What the posture document counts about sessions, links, mail and guesses: numbers and times only.
create function portal.identity_posture() returns jsonb
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select jsonb_build_object(
      'stages', (select coalesce(jsonb_object_agg(stage, n), '{}'::jsonb) from (
                   select s.stage, count(*) as n from portal.sessions s
                   where s.ended_at is null and s.expires_at > clock_timestamp() group by 1) x),
      'longest_hours', (select max(extract(epoch from s.expires_at - s.created_at) / 3600.0)::double precision
                        from portal.sessions s),
      'stricter_organisations', (select count(*) from portal.organisations o
                                 where o.idle_seconds is not null or o.absolute_seconds is not null),
      'links_open', (select coalesce(jsonb_object_agg(purpose, n), '{}'::jsonb) from (
                       select l.purpose, count(*) as n from portal.mailed_links l
                       where l.used_at is null and l.superseded_at is null and l.expires_at > clock_timestamp()
                       group by 1) y),
      'oldest_open_reset_seconds', (select extract(epoch from clock_timestamp() - min(l.requested_at))::integer
                                    from portal.mailed_links l
                                    where l.purpose = 'reset' and l.used_at is null and l.superseded_at is null
                                      and l.expires_at > clock_timestamp()),
      'longest_reset_seconds', (select max(extract(epoch from l.expires_at - l.requested_at))::integer
                                from portal.mailed_links l where l.purpose = 'reset'),
      'mail_waiting', (select count(*) from portal.outbox o where o.sealed is not null),
      'mail_given_up', (select count(*) from portal.outbox o where o.given_up_at is not null),
      'oldest_mail_waiting_seconds', (select extract(epoch from clock_timestamp() - min(o.created_at))::integer
                                      from portal.outbox o where o.sealed is not null),
      'keys_slowed_down', (select count(*) from portal.sign_in_failures f where f.blocked_until > clock_timestamp()));
  end;

-- Takes mail that is due and puts it off, so that two deliverers never send the same at once: 30 s, 1 min ... 1 h.
create function portal.claim_mail(most integer)
  returns table (id uuid, kind text, sealed bytea, attempts integer, created_at timestamptz)
  language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update portal.outbox o
       set attempts = o.attempts + 1,
           due_at = clock_timestamp() + least(interval '30 seconds' * power(2, o.attempts), interval '1 hour')
     where o.id in (select w.id from portal.outbox w where w.sealed is not null and w.due_at <= clock_timestamp()
                    order by w.due_at limit most for update skip locked)
    returning o.id, o.kind, o.sealed, o.attempts, o.created_at;
  end;

create function portal.mail_ended(mail uuid, delivered boolean) returns void
  language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update portal.outbox o
       set sealed = null,
           delivered_at = case when delivered then clock_timestamp() end,
           given_up_at = case when not delivered then clock_timestamp() end
     where o.id = mail and o.sealed is not null;
  end;

grant select (id, id_hash, account_id, organisation_id, created_at, last_seen_at, expires_at, ended_at, stage, methods,
  stepped_up_at) on portal.sessions to trustcenter_lookup;
grant select (id, idle_seconds, absolute_seconds) on portal.organisations to trustcenter_lookup;
grant select, update on portal.outbox to trustcenter_lookup;
grant select on portal.known_devices, portal.mailed_links, portal.sign_in_failures to trustcenter_lookup;
grant select (id, organisation_id, display_name, invited_at, joined_at, last_sign_in_at), delete on portal.accounts
  to trustcenter_lookup;

alter function portal.session_by_hash(bytea) owner to trustcenter_lookup;
alter function portal.own_password_hash(uuid) owner to trustcenter_lookup;
alter function portal.device_is_known(text, uuid) owner to trustcenter_lookup;
alter function portal.link_by_id(uuid) owner to trustcenter_lookup;
alter function portal.withdraw_invitation(uuid) owner to trustcenter_lookup;
alter function portal.identity_posture() owner to trustcenter_lookup;
alter function portal.claim_mail(integer) owner to trustcenter_lookup;
alter function portal.mail_ended(uuid, boolean) owner to trustcenter_lookup;
revoke execute on function portal.session_by_hash(bytea), portal.own_password_hash(uuid), portal.claim_mail(integer),
  portal.mail_ended(uuid, boolean), portal.device_is_known(text, uuid), portal.link_by_id(uuid),
  portal.withdraw_invitation(uuid), portal.identity_posture() from public;
grant execute on function portal.session_by_hash(bytea), portal.own_password_hash(uuid), portal.claim_mail(integer),
  portal.mail_ended(uuid, boolean), portal.device_is_known(text, uuid), portal.link_by_id(uuid),
  portal.withdraw_invitation(uuid), portal.identity_posture() to trustcenter_app;

grant select on portal.sessions, portal.known_devices, portal.mailed_links to trustcenter_app;
grant insert, update (id_hash, last_seen_at, ended_at, stage, methods, stepped_up_at, rotations, device_id, country,
  latitude, longitude) on portal.sessions
  to trustcenter_app;
grant insert, update (last_seen_at) on portal.known_devices to trustcenter_app;
grant insert (organisation_id, account_id, kind, sealed) on portal.outbox to trustcenter_app;
grant insert (organisation_id, account_id, purpose, new_email, requested_at, expires_at),
  update (used_at, superseded_at) on portal.mailed_links to trustcenter_app;
grant insert (organisation_id, email, display_name, role, password_hash, invited_at), update (email, joined_at)
  on portal.accounts to trustcenter_app;
grant select (invited_at, joined_at) on portal.accounts to trustcenter_app;
grant select, insert, update, delete on portal.sign_in_failures to trustcenter_app;
grant update (idle_seconds, absolute_seconds, reset_seconds) on portal.organisations to trustcenter_app;

grant select (id, account_id, organisation_id, created_at, last_seen_at, expires_at, ended_at, stage, methods,
  stepped_up_at, rotations) on portal.sessions to trustcenter_reader;
grant select on portal.known_devices, portal.mailed_links to trustcenter_reader;
grant select (invited_at, joined_at) on portal.accounts to trustcenter_reader;
grant select (id, organisation_id, account_id, kind, created_at, due_at, attempts, delivered_at, given_up_at)
  on portal.outbox to trustcenter_reader;
