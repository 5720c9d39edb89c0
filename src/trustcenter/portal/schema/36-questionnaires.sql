-- Who may do what with questionnaires. The vendor's staff work on those of every customer: these functions answer only
-- in a transaction of the vendor's own organisation, so that no customer's transaction can ask them.
create function portal.questionnaire_holder(questionnaire uuid) returns uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select q.organisation_id from portal.questionnaires q
    where q.id = questionnaire and portal.current_tenant() = portal.vendor_organisation();
  end;

create function portal.customers_questionnaires()
  returns table (id uuid, organisation_id uuid, organisation text, kind text, file_name text, created_at timestamptz,
                 state text, questions integer, to_review bigint, assigned_to uuid, released_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select q.id, q.organisation_id, o.name, q.kind, q.file_name, q.created_at, q.state, q.questions,
           (select count(*) from portal.questionnaire_answers a
             where a.questionnaire_id = q.id and a.outcome = 'needs_review' and a.confirmed_at is null),
           q.assigned_to, q.released_at
    from portal.questionnaires q join portal.organisations o on o.id = q.organisation_id
    where portal.current_tenant() = portal.vendor_organisation() and o.kind <> 'canary'
    order by q.created_at desc limit 500;
  end;

-- The vendor's people by name, for whoever shows who did something: names of staff, and of nobody else.
create function portal.vendor_staff() returns table (id uuid, display_name text, active boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select a.id, a.display_name, a.state = 'active' from portal.accounts a
    where a.organisation_id = portal.vendor_organisation() and a.role = 'staff' order by a.display_name;
  end;

-- One job for a worker: the longest waiting one, or one whose worker is gone. Three workers lost over one file are
-- enough: it ends as failed, and does not come again.
create function portal.claim_questionnaire(seconds integer)
  returns table (id uuid, organisation_id uuid, lease uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
  update portal.questionnaires q
     set state = 'failed', step = 'ended', lease = null, leased_until = null, finished_at = clock_timestamp(),
         error = 'The answering process ended three times while it worked on this file. Nothing was answered.'
   where q.state = 'running' and q.leased_until < clock_timestamp() and q.attempts >= 3;
  return query
    update portal.questionnaires q
       set state = 'running', step = 'reading', attempts = q.attempts + 1, lease = gen_random_uuid(),
           leased_until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 3600)), error = null
     where q.id = (
       select w.id from portal.questionnaires w
        where w.state = 'queued' or (w.state = 'running' and w.leased_until < clock_timestamp())
        order by w.wanted_at for update skip locked limit 1)
    returning q.id, q.organisation_id, q.lease;
end $$;

grant select (id, organisation_id, kind, file_name, created_at, state, questions, assigned_to, released_at, attempts,
  lease, leased_until, wanted_at) on portal.questionnaires to trustcenter_lookup;
grant update (state, step, attempts, lease, leased_until, finished_at, error) on portal.questionnaires to trustcenter_lookup;
grant select (questionnaire_id, outcome, confirmed_at) on portal.questionnaire_answers to trustcenter_lookup;
grant select (display_name) on portal.accounts to trustcenter_lookup;
grant select (name) on portal.organisations to trustcenter_lookup;

alter function portal.questionnaire_holder(uuid) owner to trustcenter_lookup;
alter function portal.customers_questionnaires() owner to trustcenter_lookup;
alter function portal.vendor_staff() owner to trustcenter_lookup;
alter function portal.claim_questionnaire(integer) owner to trustcenter_lookup;
revoke execute on function portal.questionnaire_holder(uuid), portal.customers_questionnaires(), portal.vendor_staff(),
  portal.claim_questionnaire(integer) from public;
grant execute on function portal.questionnaire_holder(uuid), portal.customers_questionnaires(), portal.vendor_staff()
  to trustcenter_app;
grant execute on function portal.vendor_organisation() to trustcenter_lookup;

-- The application takes files and keeps what people say; it writes no answer and no copy.
grant select, delete on portal.questionnaires to trustcenter_app;
grant select on portal.questionnaire_answers to trustcenter_app;
grant insert (organisation_id, kind, file_name, digest, content, uploaded_by, wanted_by) on portal.questionnaires
  to trustcenter_app;
grant update (assigned_to, wanted, wanted_at, wanted_by, state, step, attempts, lease, leased_until, error)
  on portal.questionnaires to trustcenter_app;
grant update (assigned_to, confirmed_claim, confirmed_verdict, edited, confirmed_by, confirmed_at)
  on portal.questionnaire_answers to trustcenter_app;

-- The worker answers: in the organisation of the job it holds, which row-level security keeps it to.
grant usage on schema portal to trustcenter_worker;
grant execute on function portal.claim_questionnaire(integer), portal.vendor_staff() to trustcenter_worker;
grant select (id, name) on portal.organisations to trustcenter_worker;
grant select (id, organisation_id, kind, file_name, content, wanted, wanted_by, questions, lease, leased_until, state)
  on portal.questionnaires to trustcenter_worker;
grant update (state, step, questions, lease, leased_until, finished_at, error, copy, copy_name, copy_digest, notes,
  earlier, released_at) on portal.questionnaires to trustcenter_worker;
grant select (organisation_id, questionnaire_id, number, place, section, question, outcome, verdict, answer, comment,
  state, as_of, band, reason, citations, candidates, confirmed_claim, confirmed_verdict, edited, confirmed_by,
  confirmed_at) on portal.questionnaire_answers to trustcenter_worker;
grant delete on portal.questionnaire_answers to trustcenter_worker;
grant insert (organisation_id, questionnaire_id, number, place, section, question, outcome, verdict, answer, comment,
    state, as_of, band, reason, citations, candidates),
  update (place, section, question, outcome, verdict, answer, comment, state, as_of, band, reason, citations, candidates)
  on portal.questionnaire_answers to trustcenter_worker;
grant insert (organisation_id, actor_id, acting_for, action, entity, entity_id, ip, user_agent, request_id, outcome,
  before_digest, after_digest) on portal.audit_events to trustcenter_worker;

-- Collectors see that there are questionnaires and where they stand: no name, no file, no question, no answer.
grant select (id, organisation_id, kind, ending, size, created_at, state, attempts, leased_until, finished_at,
  released_at, wanted_by)
  on portal.questionnaires to trustcenter_reader;
grant select (organisation_id, questionnaire_id, number, outcome, band, as_of, confirmed_by, confirmed_at)
  on portal.questionnaire_answers to trustcenter_reader;
