-- The application adds and counts up; it reads only what counting up reads, and takes nothing away.
grant select, insert, update (connections) on portal.egress to trustcenter_app;
grant select (process, listened_until), insert, update (listened_until) on portal.egress_recorders to trustcenter_app;
grant select on portal.egress, portal.egress_recorders to trustcenter_reader;
