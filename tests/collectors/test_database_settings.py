"""Settings and host rules of a live server."""

from __future__ import annotations

from pathlib import Path

import pytest
from foreign_platform import ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.database_settings import _of_addresses, _of_rule, _rule, database_settings
from trustcenter.model.population import CouldNotTell


def test_settings_rules_and_the_connection_are_all_there(foreign: ForeignPlatform) -> None:
    seen = collect(database_settings, run_of(foreign.settings(), {"settings": ["max_connections"]}))
    facts = {fact.item: fact for fact in seen.facts}
    assert seen.completeness.holds
    assert facts["password_encryption"].value == "scram-sha-256"
    assert facts["listen_addresses"].exposure == "loopback"
    assert facts["max_connections"].value == "50"
    rules = [fact for fact in seen.facts if fact.kind == "host_rule"]
    assert {rule.value for rule in rules} == {"scram-sha-256"}
    assert {rule.exposure for rule in rules} == {"loopback"}
    assert (facts["this connection"].value, facts["this connection"].exposure) == ("none", "loopback")
    assert not any(fact.open_unencrypted for fact in seen.facts)


@pytest.mark.parametrize(
    ("rule", "item"),
    [
        ("host all all 0.0.0.0/0 scram-sha-256", ("scram-sha-256", "any", True)),
        ("host all all 10.0.0.0 255.0.0.0 md5", ("md5", "private", True)),
        ("host all all 0.0.0.0/0 reject", ("reject", "any", False)),
        ("host all all 127.0.0.1/32 trust", ("trust", "loopback", False)),
        ("host all all .example.com scram-sha-256", ("scram-sha-256", "any", True)),
    ],
)
def test_a_rule_added_to_the_file_is_seen(foreign: ForeignPlatform, rule: str, item: tuple[str, str, bool]) -> None:
    """Method, how far it reaches, and whether it lets somebody in unencrypted from elsewhere."""
    with changed(foreign.server.root / "data" / "pg_hba.conf", f"{rule}\n"):
        seen = collect(database_settings, run_of(foreign.settings()))
    last = [fact for fact in seen.facts if fact.kind == "host_rule"][-1]
    assert (last.value, last.exposure, last.open_unencrypted) == item


def test_a_rule_that_the_server_cannot_read_is_malformed(foreign: ForeignPlatform) -> None:
    with changed(foreign.server.root / "data" / "pg_hba.conf", "host all\n"), pytest.raises(CouldNotTell) as caught:
        collect(database_settings, run_of(foreign.settings()))
    assert caught.value.cause == "malformed"


def test_exceptions_for_roles_and_databases_are_seen(foreign: ForeignPlatform) -> None:
    """A role that is not logged is no less a finding because the server's own setting is right."""
    foreign.execute(f"alter role crm_app in database {foreign.database} set log_statement = 'none'")
    try:
        seen = collect(database_settings, run_of(foreign.settings()))
    finally:
        foreign.execute(f"alter role crm_app in database {foreign.database} reset log_statement")
    (found,) = [fact for fact in seen.facts if fact.kind == "exception"]
    assert (found.name, found.value, found.roles) == ("log_statement", "none", ("crm_app",))


def test_an_exception_is_read_as_the_server_reads_it(foreign: ForeignPlatform) -> None:
    """`NO` is off, and `NONE` is none: however somebody wrote it."""
    scope = f"database {foreign.database}"
    foreign.execute(
        f"alter {scope} set log_lock_waits = 'NO'", f"alter role crm_app in {scope} set log_statement = 'NONE'"
    )
    try:
        seen = collect(database_settings, run_of(foreign.settings(), {"settings": ["log_lock_waits"]}))
    finally:
        foreign.execute(f"alter {scope} reset log_lock_waits", f"alter role crm_app in {scope} reset log_statement")
    facts = {(fact.kind, fact.name): fact for fact in seen.facts}
    assert facts["exception", "log_lock_waits"].value == facts["setting", "log_lock_waits"].value == "off"
    assert facts["exception", "log_lock_waits"].databases == (foreign.database,)
    assert facts["exception", "log_statement"].value == "none"


def test_a_value_of_the_reader_s_own_hides_the_server_s(foreign: ForeignPlatform) -> None:
    foreign.execute("alter role crm_reader set password_encryption = 'scram-sha-256'")
    try:
        with pytest.raises(CouldNotTell) as caught:
            collect(database_settings, run_of(foreign.settings()))
    finally:
        foreign.execute("alter role crm_reader reset password_encryption")
    assert caught.value.cause == "contradicted"


def test_hidden_settings_are_filtered_not_absent(foreign: ForeignPlatform) -> None:
    """Without pg_read_all_settings the server leaves some settings out without a word."""
    mapping = {"settings": ["unix_socket_directories", "log_directory"]}
    with pytest.raises(CouldNotTell) as caught:
        collect(database_settings, run_of(foreign.settings("crm_stranger"), mapping))
    assert caught.value.cause == "filtered"


def test_a_setting_that_does_not_exist_is_unsupported(foreign: ForeignPlatform) -> None:
    with pytest.raises(CouldNotTell) as caught:
        collect(database_settings, run_of(foreign.settings(), {"settings": ["no_such_setting"]}))
    assert caught.value.cause == "unsupported"


@pytest.mark.parametrize(
    ("value", "exposure"),
    [
        ("", "none"), ("localhost", "loopback"), ("127.0.0.1, ::1", "loopback"), ("127.0.0.1,10.1.2.3", "private"),
        ("*", "any"), ("0.0.0.0", "any"), ("localhost,8.8.8.8", "any"), ("db.example", "any"),
    ],
)  # fmt: skip
def test_the_widest_address_counts(value: str, exposure: str) -> None:
    assert _of_addresses(value) == exposure


@pytest.mark.parametrize(
    ("row", "exposure"),
    [
        ({"type": "local", "address": None, "netmask": None}, "loopback"),
        ({"type": "host", "address": "samehost", "netmask": None}, "loopback"),
        ({"type": "host", "address": "samenet", "netmask": None}, "private"),
        ({"type": "host", "address": "all", "netmask": None}, "any"),
        ({"type": "host", "address": "::1", "netmask": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "loopback"),
        ({"type": "host", "address": "127.0.0.0", "netmask": "254.0.0.0"}, "any"),
    ],
)
def test_a_rule_reaches_as_far_as_its_widest_address(row: dict[str, str | None], exposure: str) -> None:
    assert _of_rule(row) == exposure


def test_a_rule_for_tls_alone_lets_nobody_in_unencrypted() -> None:
    """This server is built without TLS and calls such a rule unreadable, so the row is made here."""
    row = {"rule_number": 9, "line_number": 9, "database": ["all"], "user_name": ["all"], "auth_method": "cert"}
    rule = _rule(row | {"type": "hostssl", "address": "0.0.0.0", "netmask": "0.0.0.0"})
    assert (rule.exposure, rule.encrypted, rule.open_unencrypted) == ("any", True, False)


class changed:  # noqa: N801 - reads as a word in the tests above
    """A line more at the end of a file, for a moment."""

    def __init__(self, path: Path, line: str) -> None:
        self.path, self.line, self.before = path, line, path.read_text()

    def __enter__(self) -> None:
        self.path.write_text(self.before + self.line)

    def __exit__(self, *exception: object) -> None:
        self.path.write_text(self.before)
