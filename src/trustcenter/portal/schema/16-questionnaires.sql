-- Customers' questionnaires, the work on each, and its answers. A row of `questionnaires` is the job too: it waits, is
-- worked on under a lease, and ends done or failed.
create table portal.questionnaires (
  id              uuid not null primary key default gen_random_uuid(),
  organisation_id uuid not null references portal.organisations (id),
  kind            text not null default 'file' check (kind in ('file', 'pasted')),
  file_name       text not null check (length(file_name) between 1 and 200),
  -- measured here, whatever the application took: collectors read both, and neither the name nor the file
  ending          text not null generated always as
                    (coalesce(lower(substring(file_name from '[.]([A-Za-z0-9]{1,8})$')), '')) stored,
  size            integer not null generated always as (octet_length(content)) stored
                    check (size between 1 and 26214400),
  digest          text not null check (digest ~ '^sha256:[0-9a-f]{64}$'),
  content         bytea not null,
  uploaded_by     uuid not null,
  created_at      timestamptz not null default clock_timestamp(),
  assigned_to     uuid references portal.accounts (id),
  -- the job
  wanted          text not null default 'answer' check (wanted in ('answer', 'release')),
  wanted_at       timestamptz not null default clock_timestamp(),
  wanted_by       uuid not null,
  state           text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  step            text not null default 'waiting' check (step in ('waiting', 'reading', 'answering', 'writing', 'ended')),
  questions       integer,
  attempts        integer not null default 0,
  lease           uuid,
  leased_until    timestamptz,
  finished_at     timestamptz,
  error           text,
  -- the result
  copy            bytea,
  copy_name       text,
  copy_digest     text,
  notes           jsonb not null default '[]',
  earlier         jsonb not null default '{}', -- how it differs from what was told before; names no other customer
  released_at     timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, uploaded_by) references portal.accounts (organisation_id, id),
  check ((state = 'running') = (lease is not null and leased_until is not null)),
  check ((state = 'failed') = (error is not null)),
  check (state <> 'done' or copy is not null),
  check (released_at is null or copy is not null)
);
create index questionnaires_waiting on portal.questionnaires (wanted_at) where state in ('queued', 'running');
create index questionnaires_organisation on portal.questionnaires (organisation_id, created_at desc);

create table portal.questionnaire_answers (
  organisation_id  uuid not null,
  questionnaire_id uuid not null,
  number           integer not null check (number > 0),
  place            text not null,
  section          text not null,
  question         text not null,
  outcome          text not null check (outcome in ('answered', 'needs_review', 'abstained', 'refused')),
  verdict          text not null,
  answer           text not null,
  comment          text not null,
  state            text not null,
  as_of            timestamptz,
  band             text not null check (band in ('low', 'medium', 'high')),
  reason           text not null,
  citations        jsonb not null,
  candidates       jsonb not null,
  -- what the vendor's people say of it; the worker may read this and not write it
  assigned_to      uuid references portal.accounts (id),
  confirmed_claim  text,
  confirmed_verdict text check (confirmed_verdict in ('yes', 'no', 'partial', 'text', 'not_applicable')),
  edited           text check (length(edited) between 1 and 4000),
  confirmed_by     uuid references portal.accounts (id),
  confirmed_at     timestamptz,
  primary key (questionnaire_id, number),
  foreign key (organisation_id, questionnaire_id) references portal.questionnaires (organisation_id, id) on delete cascade,
  check ((confirmed_at is null) = (confirmed_by is null)),
  check ((confirmed_at is null) = (confirmed_claim is null or confirmed_verdict is null))
);
