"""The portal's database: roles, schema, connection strings, clones.

Seven roles: trustcenter_owner owns the tables and cannot sign in; trustcenter_app serves requests, bound by row-level
security; trustcenter_lookup runs the functions that find a tenant and cannot sign in; trustcenter_recorder runs
the one function that writes the chain of the audit log and cannot sign in; trustcenter_reader is the collectors';
trustcenter_worker answers questionnaires, bound by row-level security to the organisation of its job;
trustcenter_backup takes backups and writes recovery markers.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from trustcenter.errors import ConfigurationError
from trustcenter.portal.state import Secrets

FIRST_AS_ADMINISTRATOR = 30
"""Schema files below this number run as the owner of the tables, the others as the administrator."""

OWNER = "trustcenter_owner"

_ROLES: tuple[tuple[str, str], ...] = (
    ("trustcenter_owner", "nologin nosuperuser nocreatedb nocreaterole nobypassrls"),
    ("trustcenter_lookup", "nologin nosuperuser nocreatedb nocreaterole bypassrls"),
    ("trustcenter_app", "login nosuperuser nocreatedb nocreaterole nobypassrls noinherit"),
    ("trustcenter_recorder", "nologin nosuperuser nocreatedb nocreaterole bypassrls"),
    ("trustcenter_worker", "login nosuperuser nocreatedb nocreaterole nobypassrls noinherit"),
    ("trustcenter_reader", "login nosuperuser nocreatedb nocreaterole bypassrls noinherit"),
    ("trustcenter_backup", "login nosuperuser nocreatedb nocreaterole bypassrls replication"),
)

_UNLOGGED = """
do $$ begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    set local log_statement = 'none';
    set local log_min_error_statement = 'panic';
    set local log_min_duration_statement = -1;
  end if;
end $$
"""


def dsn(base: str, user: str, password: str, database: str | None = None) -> str:
    """The connection string of another role (and database) on the same server."""
    values: dict[str, Any] = {**conninfo_to_dict(base), "user": user, "password": password}
    if database is not None:
        values["dbname"] = database
    return make_conninfo("", **values)


def without_credentials(url: str) -> tuple[str, str]:
    """Where a server is, without who signs in, and the name of the database."""
    values = conninfo_to_dict(url)
    kept = {name: value for name, value in values.items() if name not in ("user", "password")}
    return make_conninfo("", **kept), str(values.get("dbname") or values.get("user") or "postgres")


def make_roles(administrator: str, secrets: Secrets) -> None:
    """Makes or repairs the roles.

    Passwords are sent as SCRAM verifiers, and these are kept out of the server's log where the administrator may say
    so (a superuser may): whoever read a verifier there could try guesses.

    Raises ConfigurationError when the administrator may not make roles that bypass row-level security.
    """
    passwords = {
        "trustcenter_app": secrets.app_password,
        "trustcenter_worker": secrets.worker_password,
        "trustcenter_reader": secrets.reader_password,
        "trustcenter_backup": secrets.backup_password,
    }
    with psycopg.connect(administrator, autocommit=True) as connection:
        try:
            for name, attributes in _ROLES:
                known = connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone()
                verb = "alter" if known else "create"
                connection.execute(sql.SQL(f"{verb} role {{}} {attributes}").format(sql.Identifier(name)))
                if name in passwords:
                    verifier = connection.pgconn.encrypt_password(
                        passwords[name].encode(), name.encode(), b"scram-sha-256"
                    ).decode()
                    with connection.transaction():
                        connection.execute(_UNLOGGED)
                        connection.execute(
                            sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(verifier))
                        )
            for statement in (
                "alter role trustcenter_reader set default_transaction_read_only = on",
                "alter role trustcenter_reader set row_security = off",
                "alter role trustcenter_reader set statement_timeout = '60s'",
                "alter role trustcenter_app set statement_timeout = '15s'",
                "alter role trustcenter_worker set statement_timeout = '60s'",
                "alter role trustcenter_worker set idle_in_transaction_session_timeout = '60s'",
                "alter role trustcenter_app set idle_in_transaction_session_timeout = '30s'",
            ):
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ConfigurationError(
                "The database user may not make the portal's roles.",
                where="DATABASE_URL",
                hint="It needs to be a superuser once, or a role with CREATEROLE, BYPASSRLS and REPLICATION.",
            ) from error


def make_database(administrator: str, name: str) -> None:
    """Makes the database if it is not there."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            return
        identifier = sql.Identifier(name)
        connection.execute(sql.SQL("create database {} template template0").format(identifier))


def close_database(administrator: str, name: str) -> None:
    """Takes the public's rights on a database and gives the portal's roles theirs (a clone does not inherit them)."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        identifier = sql.Identifier(name)
        connection.execute(sql.SQL("revoke all on database {} from public").format(identifier))
        connection.execute(
            sql.SQL(
                "grant connect on database {} to trustcenter_app, trustcenter_worker, trustcenter_reader, "
                "trustcenter_backup"
            ).format(identifier)
        )


def schema_files() -> list[Traversable]:
    """The files of `schema/` in the order of their numbers."""
    folder = resources.files("trustcenter.portal").joinpath("schema")
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)


def schema_version() -> str:
    """What is written on a database that this schema made: the digest of its files."""
    digest = hashlib.sha256()
    for file in schema_files():
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"schema {digest.hexdigest()}"


def make_schema(administrator: str) -> bool:
    """Applies the schema to an empty database in one transaction; True when it did.

    `administrator` is a connection string that names the database. Raises ConfigurationError where the database was
    made by another version: there are no migrations yet.
    """
    with psycopg.connect(administrator) as connection:
        found = connection.execute(
            "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'portal'"
        ).fetchone()
        if found is not None and found[0] != schema_version():
            raise ConfigurationError(
                "The portal's database was made by another version, and there are no migrations yet.",
                where=f"database {connection.info.dbname}",
                hint="Stop the portal and move its state directory away (of the demo: `make stop`, then delete "
                "build/portal); a new portal is made at the next start.",
            )
        if found is not None:
            return False
        database = connection.info.dbname
        connection.execute(
            sql.SQL("grant create on database {} to {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )
        connection.execute("revoke all on schema public from public")
        for file in schema_files():
            if int(file.name[:2]) < FIRST_AS_ADMINISTRATOR:
                connection.execute("set local role trustcenter_owner")
            connection.execute(file.read_text(encoding="utf-8"))
            connection.execute("reset role")
        connection.execute("set local role trustcenter_owner")
        connection.execute(sql.SQL("comment on schema portal is {}").format(sql.Literal(schema_version())))
        connection.execute("reset role")
        connection.execute(
            sql.SQL("revoke create on database {} from {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )
    return True


def allow_markers(administrator: str) -> None:
    """What only the embedded server's superuser gives.

    To backups: restore points, segment switches and a lock on every table. To the reader: every setting and the rules
    of pg_hba.conf, which PostgreSQL shows to nobody else.
    """
    with psycopg.connect(administrator) as connection:
        connection.execute("grant execute on function pg_create_restore_point(text) to trustcenter_backup")
        connection.execute("grant execute on function pg_switch_wal() to trustcenter_backup")
        connection.execute("grant maintain on all tables in schema portal to trustcenter_backup")
        connection.execute("grant pg_read_all_settings to trustcenter_reader with inherit true")
        connection.execute("grant select on pg_hba_file_rules to trustcenter_reader")
        connection.execute("grant execute on function pg_hba_file_rules() to trustcenter_reader")


def allow_settings(administrator: str) -> bool:
    """Lets the reader see every setting and the rules of pg_hba, which hold no secret; False when we may not.

    Without it PostgreSQL hides some settings: a collector would have to say that it could not see.
    """
    with psycopg.connect(administrator) as connection:
        try:
            connection.execute("grant pg_read_all_settings to trustcenter_reader with inherit true")
            connection.execute("grant select on pg_catalog.pg_hba_file_rules to trustcenter_reader")
            connection.execute("grant execute on function pg_catalog.pg_hba_file_rules() to trustcenter_reader")
        except psycopg.errors.InsufficientPrivilege:
            connection.rollback()
            return False
    return True


def clone_database(administrator: str, source: str, name: str) -> None:
    """A copy of a database under a new name, by file. The source's sessions are ended for the moment it takes.

    `administrator` must not be connected to the source. Raises ConfigurationError when the name is taken.
    """
    with psycopg.connect(administrator, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            raise ConfigurationError("A database of this name exists already.", where=name)
        original = sql.Identifier(source)
        connection.execute(sql.SQL("alter database {} allow_connections false").format(original))
        try:
            connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (source,)
            )
            connection.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(sql.Identifier(name), original)
            )
        finally:
            connection.execute(sql.SQL("alter database {} allow_connections true").format(original))
    close_database(administrator, name)


def drop_database(administrator: str, name: str) -> None:
    """Drops a clone and ends its sessions."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
