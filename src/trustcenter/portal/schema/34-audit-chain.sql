-- The chain is written as trustcenter_recorder, which nobody can sign in as and which may touch the heads and no event.
grant usage on schema portal to trustcenter_recorder;
grant select, insert (organisation_id, seq, hash), update (seq, hash, recorded_in, recorded) on portal.audit_heads to trustcenter_recorder;
alter function portal.write_chain() owner to trustcenter_recorder;
alter function portal.must_be_recorded() owner to trustcenter_recorder;
revoke execute on function portal.write_chain(), portal.must_be_recorded() from public;

-- Where each chain stands, under labels that name no organisation: what is signed and published.
create function portal.audit_chain_heads() returns table (label text, seq bigint, hash bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select h.label, h.seq, h.hash from portal.audit_heads h where h.seq > 0 order by h.label;
  end;

-- The hash of one event of one chain: whether what was published before is still in it.
create function portal.audit_chain_hash(chain text, number bigint) returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select e.hash from portal.audit_events e join portal.audit_heads h on h.organisation_id = e.organisation_id
    where h.label = chain and e.seq = number;
  end;

grant select on portal.audit_heads to trustcenter_lookup;
grant select (organisation_id, seq, hash) on portal.audit_events to trustcenter_lookup;
alter function portal.audit_chain_heads() owner to trustcenter_lookup;
alter function portal.audit_chain_hash(text, bigint) owner to trustcenter_lookup;
revoke execute on function portal.audit_chain_heads(), portal.audit_chain_hash(text, bigint) from public;
grant execute on function portal.audit_chain_heads(), portal.audit_chain_hash(text, bigint) to trustcenter_app;

grant select on portal.audit_heads to trustcenter_app, trustcenter_reader;
