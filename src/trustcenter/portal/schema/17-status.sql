-- What everybody is told of incidents. Nothing of any tenant is in it. Run as trustcenter_owner.
create table portal.incidents (
  id          uuid primary key default gen_random_uuid(),
  title       text not null check (length(title) between 1 and 200),
  kind        text not null check (kind in ('availability', 'security', 'privacy', 'exercise')),
  affected    text not null check (length(affected) between 1 and 2000),
  detected_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz check (resolved_at >= detected_at)
);
create table portal.incident_news (
  id          uuid primary key default gen_random_uuid(),
  incident_id uuid not null references portal.incidents (id) on delete cascade,
  at          timestamptz not null default clock_timestamp(),
  words       text not null check (length(words) between 1 and 4000)
);
create index incident_news_incident on portal.incident_news (incident_id, at);

-- What was told stays; an exercise, which is no incident, may be taken back.
create function portal.keep_what_was_told() returns trigger language plpgsql as $$
begin
  if old.kind <> 'exercise' then
    raise insufficient_privilege using message = 'what was told of an incident stays';
  end if;
  return old;
end $$;
create trigger keep_what_was_told before delete on portal.incidents
  for each row execute function portal.keep_what_was_told();
