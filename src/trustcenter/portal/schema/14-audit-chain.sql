-- The audit log of an organisation is a chain: each event has the next number and a hash over the one before and its own
-- content. The database writes both, one event of an organisation at a time; nobody who inserts may choose them.
create table portal.audit_heads (
  organisation_id uuid primary key references portal.organisations (id),
  label           text not null generated always as (left(encode(sha256(uuid_send(organisation_id)), 'hex'), 32)) stored,
  seq             bigint not null,
  hash            bytea not null check (length(hash) = 32),
  recorded_in     xid8,                        -- the transaction of the newest event
  recorded        text[] not null default '{}' -- the actions of that transaction's events, for 25-recorded-changes.sql
);

-- One field: its length in bytes of UTF-8, a colon, its text; a hyphen for null. So no two contents have one form.
create function portal.audit_field(value text) returns bytea
  language sql immutable parallel safe
  return coalesce(convert_to(octet_length(convert_to(value, 'UTF8'))::text || ':' || value, 'UTF8'), '\x2d'::bytea);

create function portal.audit_content(e portal.audit_events) returns bytea
  language sql immutable parallel safe
  return portal.audit_field(e.organisation_id::text) || portal.audit_field(e.seq::text)
    || portal.audit_field(to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || portal.audit_field(e.actor_id::text) || portal.audit_field(e.acting_for::text)
    || portal.audit_field(e.action) || portal.audit_field(e.entity) || portal.audit_field(e.entity_id)
    || portal.audit_field(host(e.ip)) || portal.audit_field(e.user_agent) || portal.audit_field(e.request_id::text)
    || portal.audit_field(e.outcome) || portal.audit_field(e.before_digest) || portal.audit_field(e.after_digest);

create function portal.write_chain() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  head record;
begin
  insert into portal.audit_heads (organisation_id, seq, hash)
    values (new.organisation_id, 0, decode(repeat('00', 32), 'hex')) on conflict (organisation_id) do nothing;
  select h.seq, h.hash into head from portal.audit_heads h where h.organisation_id = new.organisation_id for update;
  new.seq := head.seq + 1;
  new.at := clock_timestamp();
  new.previous_hash := head.hash;
  new.hash := sha256(head.hash || portal.audit_content(new));
  update portal.audit_heads h
     set seq = new.seq, hash = new.hash, recorded_in = pg_current_xact_id(),
         recorded = case when h.recorded_in = pg_current_xact_id() then h.recorded || new.action else array[new.action] end
   where h.organisation_id = new.organisation_id;
  return new;
end $$;

create trigger write_chain before insert on portal.audit_events
  for each row execute function portal.write_chain();
