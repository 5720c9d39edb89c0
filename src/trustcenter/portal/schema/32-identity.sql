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

alter function portal.session_by_hash(bytea) owner to trustcenter_lookup;
alter function portal.own_password_hash(uuid) owner to trustcenter_lookup;
alter function portal.claim_mail(integer) owner to trustcenter_lookup;
alter function portal.mail_ended(uuid, boolean) owner to trustcenter_lookup;
revoke execute on function portal.session_by_hash(bytea), portal.own_password_hash(uuid), portal.claim_mail(integer),
  portal.mail_ended(uuid, boolean) from public;
grant execute on function portal.session_by_hash(bytea), portal.own_password_hash(uuid), portal.claim_mail(integer),
  portal.mail_ended(uuid, boolean) to trustcenter_app;

grant select on portal.sessions, portal.known_devices to trustcenter_app;
grant insert, update (id_hash, last_seen_at, ended_at, stage, methods, stepped_up_at, rotations) on portal.sessions
  to trustcenter_app;
grant insert, update (last_seen_at) on portal.known_devices to trustcenter_app;
grant insert (organisation_id, account_id, kind, sealed) on portal.outbox to trustcenter_app;
grant update (idle_seconds, absolute_seconds) on portal.organisations to trustcenter_app;

grant select (id, account_id, organisation_id, created_at, last_seen_at, expires_at, ended_at, stage, methods,
  stepped_up_at, rotations) on portal.sessions to trustcenter_reader;
grant select on portal.known_devices to trustcenter_reader;
grant select (id, organisation_id, account_id, kind, created_at, due_at, attempts, delivered_at, given_up_at)
  on portal.outbox to trustcenter_reader;
