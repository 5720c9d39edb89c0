-- News is added and never changed; the trigger lets nothing but exercises be taken back.
grant select, insert (title, kind, affected, detected_at), update (resolved_at), delete on portal.incidents to trustcenter_app;
grant select, insert (incident_id, words) on portal.incident_news to trustcenter_app;
grant select on portal.incidents, portal.incident_news to trustcenter_reader;
