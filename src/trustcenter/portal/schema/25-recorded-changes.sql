-- Which events belong to which change: one row for every table of the schema and every change that the service can make
-- to it. The database refuses a change of the service without its event; what needs none says why. Run as
-- trustcenter_owner.
create table portal.recorded_changes (
  "table"    text not null,
  operation  text not null check (operation in ('insert', 'update', 'delete')),
  kinds      text[] not null default '{}',   -- one of these events is written in the transaction of the change
  unrecorded text[] not null default '{}',   -- columns whose change needs no event
  reason     text,                           -- why not: of the columns, or of the whole change
  primary key ("table", operation),
  check (unrecorded = '{}' or operation = 'update'),
  check ((kinds <> '{}' and unrecorded = '{}') = (reason is null))
);

insert into portal.recorded_changes ("table", operation, kinds) values
  ('organisations', 'update', '{organisation.session_limits}'),
  ('accounts', 'insert', '{account.invite}'),
  ('accounts', 'update', '{session.sign_in,session.password,password.change,password.reset,account.join,account.disable,account.enable,account.address,account.role}'),
  ('accounts', 'delete', '{account.withdraw}'),
  ('documents', 'insert', '{document.create}'),
  ('documents', 'update', '{document.update}'),
  ('documents', 'delete', '{document.delete}'),
  ('document_views', 'insert', '{document.read}'),
  ('document_views', 'delete', '{document.delete}'),
  ('known_devices', 'insert', '{session.sign_in}'),
  ('known_devices', 'update', '{session.sign_in}'),
  ('known_devices', 'delete', '{account.withdraw}'),
  ('mailed_links', 'insert', '{account.invite,password.reset_request,account.address_request}'),
  ('mailed_links', 'update', '{account.invite,password.reset_request,account.address_request,password.change,password.reset,account.join,account.address}'),
  ('mailed_links', 'delete', '{account.withdraw}'),
  ('sessions', 'insert', '{session.sign_in,session.password}'),
  ('totp_factors', 'insert', '{totp.begin}'),
  ('totp_factors', 'update', '{totp.enrol,session.sign_in,session.step_up}'),
  ('totp_factors', 'delete', '{totp.begin,totp.enrol,totp.remove,account.reset_factors}'),
  ('recovery_codes', 'insert', '{totp.enrol,recovery_codes.renew}'),
  ('recovery_codes', 'update', '{session.sign_in,session.step_up}'),
  ('recovery_codes', 'delete', '{totp.enrol,recovery_codes.renew,account.reset_factors}'),
  ('passkeys', 'insert', '{passkey.add}'),
  ('api_tokens', 'insert', '{token.create}'),
  ('impersonations', 'insert', '{support.begin}'),
  ('impersonations', 'update', '{support.end}'),
  ('incidents', 'insert', '{incident.post}'),
  ('incidents', 'update', '{incident.update}'),
  ('incidents', 'delete', '{incident.take_back}'),
  ('incident_news', 'insert', '{incident.post,incident.update}'),
  ('incident_news', 'delete', '{incident.take_back}'),
  ('questionnaires', 'insert', '{questionnaire.upload}'),
  ('questionnaires', 'delete', '{questionnaire.remove}'),
  ('questionnaire_answers', 'insert', '{questionnaire.finish}'),
  ('questionnaire_answers', 'update', '{questionnaire.finish,questionnaire.confirm,questionnaire.assign}'),
  ('questionnaire_answers', 'delete', '{questionnaire.finish,questionnaire.remove}');

insert into portal.recorded_changes ("table", operation, kinds, unrecorded, reason) values
  ('sessions', 'update', '{session.sign_in,session.sign_out,session.revoke,session.revoke_others,session.step_up,session.expire,password.change,password.reset,account.join,account.address,account.disable,account.role,account.reset_factors,totp.enrol,totp.remove,passkey.add,passkey.revoke}',
   '{last_seen_at,id_hash,rotations}', 'When a session was last used, and its new identifier after an action that is an event itself.'),
  ('passkeys', 'update', '{passkey.rename,passkey.revoke,account.reset_factors}',
   '{sign_count,backed_up,last_used_at}', 'What the authenticator says of itself at each use; what it was used for is an event itself.'),
  ('api_tokens', 'update', '{token.revoke}', '{last_used_at}', 'When a token was last used.'),
  ('questionnaires', 'update', '{questionnaire.assign,questionnaire.answer,questionnaire.release,questionnaire.finish}',
   '{state,step,questions,attempts,lease,leased_until,finished_at,error}', 'How far the work on it is; that it was asked for and what came of it are events.');

insert into portal.recorded_changes ("table", operation, reason)
  select x."table", o.operation, x.reason from (values
    ('audit_events', '{insert}', 'The record itself.'),
    ('audit_heads', '{insert,update}', 'Where the chain of the record stands: written with each event.'),
    ('availability_checks', '{insert}', 'Measurements of the service; nothing of anybody is in them.'),
    ('egress', '{insert,update}', 'Counts of outgoing connections; nothing of anybody is in them.'),
    ('egress_recorders', '{insert,update}', 'Since when somebody listens; nothing of anybody is in them.'),
    ('recovery_markers', '{insert}', 'Written by the backup; nothing of anybody is in them.'),
    ('outbox', '{insert,update,delete}', 'Mail on its way, sealed: what it tells of is an event of the same transaction.'),
    ('sign_in_failures', '{insert,update,delete}', 'Counts of attempts under keyed hashes; a refused attempt is an event itself.'),
    ('passkey_challenges', '{insert,update,delete}', 'Random numbers that are answered once; they open nothing and name nobody.'),
    ('recorded_changes', '{insert}', 'This list: made with the schema, and nobody of the service may write it.')
  ) x ("table", operations, reason), unnest(x.operations::text[]) o (operation);

-- At the end of a transaction: whether one of the events was written in it. The recorder notes each where the service
-- cannot write (`write_chain`), and this asks with the recorder's rights.
-- Whoever could take this away again is not held by it: the administrator, whose statements the server logs.
create function portal.must_be_recorded() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
       select from portal.audit_heads h where h.recorded_in = pg_current_xact_id() and h.recorded && tg_argv
     )
     and not pg_has_role(session_user, 'trustcenter_owner', 'member') then
    raise exception using errcode = 'TC001',
      message = format('%s of %I.%I without its event', lower(tg_op), tg_table_schema, tg_table_name);
  end if;
  return null;
end $$;

do $$
declare
  d portal.recorded_changes;
  changed text;
begin
  for d in select * from portal.recorded_changes where kinds <> '{}' order by 1, 2 loop
    changed := d.operation;
    if d.unrecorded <> '{}' then
      select 'update of ' || string_agg(quote_ident(a.attname), ', ') into changed from pg_attribute a
       where a.attrelid = format('portal.%I', d."table")::regclass and a.attnum > 0 and not a.attisdropped
         and a.attgenerated = '' and a.attname <> all (d.unrecorded);
    end if;
    execute format(
      'create constraint trigger recorded_%s after %s on portal.%I deferrable initially deferred '
      'for each row execute function portal.must_be_recorded(%s)',
      d.operation, changed, d."table", (select string_agg(quote_literal(kind), ', ') from unnest(d.kinds) kind));
  end loop;
end $$;
