-- Row-level security, enabled and forced: the owner is bound by it too. Every table with an organisation has it.
do $$
declare
  t text;
begin
  for t in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'portal'::regnamespace and c.relkind = 'r' and a.attname = 'organisation_id'
    order by 1
  loop
    execute format('alter table portal.%I enable row level security', t);
    execute format('alter table portal.%I force row level security', t);
    execute format(
      'create policy own_organisation on portal.%I using (organisation_id = portal.current_tenant()) '
      'with check (organisation_id = portal.current_tenant())', t);
  end loop;
end $$;

alter table portal.organisations enable row level security;
alter table portal.organisations force row level security;
create policy own_organisation on portal.organisations
  using (id = portal.current_tenant()) with check (id = portal.current_tenant());

-- What people of one organisation see of each other.
create view portal.people with (security_invoker = true) as
  select a.id, a.organisation_id, a.email, a.display_name, a.role, a.state, a.created_at, a.last_sign_in_at, a.disabled_at,
         a.invited_at, a.joined_at,
         coalesce((select min(f.kind) from portal.working_factors f
                   where f.organisation_id = a.organisation_id and f.account_id = a.id), 'none') as second_factor
  from portal.accounts a;

create view portal.activity with (security_invoker = true) as
  select e.id, e.organisation_id, e.seq, e.at, e.actor_id, e.acting_for, e.action, e.entity, e.entity_id, e.ip,
         e.user_agent, e.request_id, e.outcome, e.before_digest, e.after_digest, coalesce(a.display_name, case when e.acting_for is not null then
           (select i.staff_name from portal.impersonations i where i.organisation_id = e.organisation_id
              and i.staff_id = e.actor_id order by i.started_at desc limit 1) end) as actor_name,
         f.display_name as acting_for_name, d.title as document_title
  from portal.audit_events e
  left join portal.accounts a on a.organisation_id = e.organisation_id and a.id = e.actor_id
  left join portal.accounts f on f.organisation_id = e.organisation_id and f.id = e.acting_for
  left join portal.documents d on e.entity = 'document' and d.organisation_id = e.organisation_id and d.id::text = e.entity_id;
