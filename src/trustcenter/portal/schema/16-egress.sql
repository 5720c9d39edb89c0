-- Whom the application contacts, by the hour, and since when somebody listened. Nothing of any tenant is in them.
-- Run as trustcenter_owner.
create table portal.egress (
  host        text not null check (length(host) between 1 and 253), -- a name, or an address that no name led to
  port        integer not null check (port between 0 and 65535),
  protocol    text not null check (protocol in ('tcp', 'udp')),
  hour        timestamptz not null check (date_trunc('hour', hour, 'UTC') = hour),
  connections bigint not null check (connections > 0),
  primary key (host, port, protocol, hour)
);
create table portal.egress_recorders (
  process        uuid primary key,      -- one run of the application
  began_at       timestamptz not null,
  listened_until timestamptz not null,
  check (listened_until >= began_at)
);
