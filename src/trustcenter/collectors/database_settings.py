"""How a PostgreSQL server is set up: exposure, who may sign in from where, encryption, logging."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Sql

Exposure = Literal["none", "loopback", "private", "any"]

SETTINGS = (
    "archive_mode", "data_checksums", "fsync", "full_page_writes", "listen_addresses", "log_connections",
    "log_disconnections", "log_line_prefix", "log_statement", "logging_collector", "password_encryption",
    "server_version", "ssl", "ssl_ciphers", "ssl_min_protocol_version", "wal_level",
)  # fmt: skip
"""Read always; `settings` of the mapping adds more."""


@dataclass(frozen=True, slots=True)
class DatabaseSetting:
    """One setting in force, one exception from it, one rule of pg_hba.conf, or how the reader itself was connected."""

    item: Annotated[str, Key]
    """`listen_addresses`, `log_statement for ROLE in DATABASE`, `rule 3`, `this connection`."""
    kind: Literal["setting", "exception", "host_rule", "connection"]
    name: str
    """A setting's name, also for its exceptions; else the same as `item`. A control that means all sessions asks by it:
    by `item` it would ask for the server's own value alone.
    """
    value: str | None
    """A setting's value in force in this database; an exception's value (choices in small letters, `on` or `off`);
    a rule's authentication method; the TLS version of the connection or `none`.
    """
    unit: str | None
    pending_restart: bool
    exposure: Exposure | None
    """From where: `loopback` this machine only, `private` an address range that is not public, `any` wider."""
    encrypted: bool | None
    """Rules: only TLS or GSSAPI encryption matches. The connection: it uses TLS."""
    databases: tuple[str, ...]
    roles: tuple[str, ...]
    line: Annotated[int | None, unit("line")]

    @property
    def open_unencrypted(self) -> bool | None:
        """A rule that lets somebody in from another machine without encryption, or a connection like that."""
        if self.kind in ("setting", "exception"):
            return None
        return self.exposure in ("private", "any") and not self.encrypted and self.value != "reject"


_SETTINGS = """
select name, setting, unit, pending_restart, source from pg_settings where name = any (%(names)s) order by name
"""
_EXCEPTIONS = """
select e.name, e.role, e.database, case p.vartype
    when 'bool' then case when e.written::boolean then 'on' else 'off' end
    when 'enum' then lower(e.written) else e.written end as value
from (select split_part(line, '=', 1) as name, substring(line from '=(.*)$') as written,
        coalesce(r.rolname, 'every role') as role, coalesce(d.datname, 'every database') as database
      from pg_db_role_setting s cross join unnest(s.setconfig) as line
      left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase) e
join pg_settings p using (name)
where e.name = any (%(names)s) order by 1, 2, 3
"""
_RULES = """
select rule_number, line_number, type, database, user_name, address, netmask, auth_method, error
from pg_hba_file_rules order by rule_number nulls first, line_number
"""
_CONNECTION = """
select s.ssl, s.version, host(inet_server_addr()) as address
from pg_stat_ssl s where s.pid = pg_backend_pid()
"""
_RULE_COUNT = "select count(*) as n from pg_hba_file_rules where error is null"


@collector(method="inspection", kinds=("platform", "postgresql"))
def database_settings(db: Sql, run: Run) -> Population[DatabaseSetting]:
    """The settings in force that matter for security, every rule of pg_hba.conf, and the reader's own connection.

    Mapping: optional `settings`, a list of further settings. The reader needs `pg_read_all_settings`, and select on
    pg_hba_file_rules with execute on the function of the same name. Rules are those of the file as it is now; one
    that the server cannot read is a failure, not a rule less.
    """
    names = sorted({*SETTINGS, *postgresql.texts(run, "settings")})
    settings = db.rows(_SETTINGS, {"names": names})
    _all_there(db, names, {row["name"] for row in settings})
    exceptions = db.rows(_EXCEPTIONS, {"names": names})
    rules = db.rows(_RULES)
    if not rules or any(row["error"] is not None for row in rules):
        raise CouldNotTell(
            "malformed", "pg_hba.conf has no rule or one that the server cannot read", hint="see pg_hba_file_rules"
        )
    connection = db.rows(_CONNECTION)
    facts = (
        *(_setting(row) for row in settings),
        *(_exception(row) for row in exceptions),
        *(_rule(row) for row in rules),
        *(_connection(row) for row in connection),
    )
    return Population(
        facts=facts,
        completeness=Completeness(
            "settings asked for by name, their exceptions, rules counted again in pg_hba_file_rules, one connection",
            len(names) + len(exceptions) + int(db.rows(_RULE_COUNT)[0]["n"]) + 1,
            len(facts),
        ),
        query="\n;\n".join(text.strip() for text in (_SETTINGS, _EXCEPTIONS, _RULES, _RULE_COUNT, _CONNECTION)),
        parameters={"names": names},
        observed_at=run.now(),
        notes=("Rules are read from the file; the server uses them from its last reload on.",),
        source_clock=postgresql.server_clock(db),
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


def _all_there(db: Sql, names: Iterable[str], found: set[str]) -> None:
    missing = sorted(set(names) - found)
    if not missing:
        return
    may = db.rows("select pg_has_role(current_user, 'pg_read_all_settings', 'usage') as may")[0]["may"]
    if may:
        raise CouldNotTell("unsupported", f"this server has no setting {', '.join(missing)}")
    raise CouldNotTell(
        "filtered", f"the server hides {', '.join(missing)}", hint="grant pg_read_all_settings to the reader role"
    )


def _setting(row: Mapping[str, Any]) -> DatabaseSetting:
    # set for the whole database it is in force for everybody here, and `exception` says so
    if row["source"] in ("session", "user", "database user", "client", "interactive"):
        raise CouldNotTell(
            "contradicted",
            f"{row['name']} is set for the reader itself, so the server's own value cannot be seen",
            hint="alter role ... reset it for the reader role",
        )
    value = row["setting"]
    exposure = _of_addresses(value) if row["name"] == "listen_addresses" else None
    return DatabaseSetting(
        row["name"], "setting", row["name"], value, row["unit"], row["pending_restart"], exposure, None, (), (), None
    )


def _exception(row: Mapping[str, Any]) -> DatabaseSetting:
    """A value that `alter role` or `alter database` set for some sessions only."""
    name, role, database = row["name"], row["role"], row["database"]
    exception = f"{name} for {role} in {database}"
    return DatabaseSetting(
        exception, "exception", name, row["value"], None, False, None, None, (database,), (role,), None
    )


def _rule(row: Mapping[str, Any]) -> DatabaseSetting:
    return DatabaseSetting(
        item=f"rule {row['rule_number']}",
        kind="host_rule",
        name=f"rule {row['rule_number']}",
        value=row["auth_method"],
        unit=None,
        pending_restart=False,
        exposure=_of_rule(row),
        encrypted=row["type"] in ("hostssl", "hostgssenc"),
        databases=tuple(row["database"] or ()),
        roles=tuple(row["user_name"] or ()),
        line=row["line_number"],
    )


def _connection(row: Mapping[str, Any]) -> DatabaseSetting:
    exposure: Exposure = "loopback" if row["address"] is None else _of_network(row["address"])
    version = row["version"] if row["ssl"] else "none"
    return DatabaseSetting(
        "this connection",
        "connection",
        "this connection",
        version,
        None,
        False,
        exposure,
        bool(row["ssl"]),
        (),
        (),
        None,
    )


def _of_rule(row: Mapping[str, Any]) -> Exposure:
    """The widest place that a rule lets in; names that we cannot resolve count as `any`."""
    address, netmask = row["address"], row["netmask"]
    if row["type"] == "local":
        return "loopback"
    if address in ("samehost", "localhost"):
        return "loopback"
    if address == "samenet":
        return "private"
    return _of_network(str(address), netmask)


def _of_network(address: str, netmask: str | None = None) -> Exposure:
    try:
        bits = "" if netmask is None else f"/{int(ipaddress.ip_address(netmask)).bit_count()}"
        network = ipaddress.ip_network(address + bits, strict=False)
    except ValueError:
        return "any"
    if network.is_loopback:
        return "loopback"
    return "private" if network.is_private and network.prefixlen > 0 else "any"


def _of_addresses(value: str) -> Exposure:
    """The widest address that the server listens on (`listen_addresses`); empty means none at all."""
    order: tuple[Exposure, ...] = ("none", "loopback", "private", "any")
    widest: Exposure = "none"
    for address in (part.strip() for part in value.split(",") if part.strip()):
        if address == "localhost":
            found: Exposure = "loopback"
        elif address in ("*", "0.0.0.0", "::"):  # noqa: S104 - read, not bound
            found = "any"
        else:
            found = _of_network(address)
        widest = max(widest, found, key=order.index)
    return widest
