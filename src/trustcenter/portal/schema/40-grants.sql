-- The application: exactly what its routes need. It owns nothing and may not delete or rewrite history.
grant usage on schema portal to trustcenter_app, trustcenter_reader, trustcenter_backup;

grant select on portal.organisations, portal.people, portal.activity, portal.documents, portal.document_views,
  portal.audit_events, portal.availability_checks, portal.recovery_markers to trustcenter_app;
grant select (id, organisation_id, email, display_name, role, state, created_at, last_sign_in_at, disabled_at)
  on portal.accounts to trustcenter_app;
grant update (last_sign_in_at, password_hash, state, disabled_at) on portal.accounts to trustcenter_app;
grant insert, update (title, kind, body, updated_at), delete on portal.documents to trustcenter_app;
grant insert (organisation_id, document_id, account_id) on portal.document_views to trustcenter_app;
grant insert (organisation_id, actor_id, acting_for, action, entity, entity_id, ip, user_agent, request_id, outcome,
  before_digest, after_digest) on portal.audit_events to trustcenter_app;
grant insert (at, target, ok, latency_ms) on portal.availability_checks to trustcenter_app;

-- The reader of collectors: columns, never a secret, never a document's text.
grant select on portal.organisations, portal.document_views, portal.audit_events, portal.availability_checks,
  portal.recovery_markers, portal.recorded_changes to trustcenter_reader;
grant select (id, organisation_id, email, role, state, hash_scheme, hash_cost, created_at,
  last_sign_in_at, disabled_at) on portal.accounts to trustcenter_reader;
grant select (id, organisation_id, title, kind, created_by, created_at, updated_at) on portal.documents to trustcenter_reader;

-- Which transaction wrote a row last, of every table: whether it recorded an event too.
do $$
declare
  t text;
begin
  for t in select c.relname from pg_class c where c.relnamespace = 'portal'::regnamespace and c.relkind = 'r' order by 1
  loop
    execute format('grant select (xmin) on portal.%I to trustcenter_reader', t);
  end loop;
end $$;

-- The backup role: physical backups contain everything, so it may read everything; it writes markers only.
grant select on all tables in schema portal to trustcenter_backup;
grant insert on portal.recovery_markers to trustcenter_backup;
