"""Every collector of ours against the kit that third parties use: `trustcenter.testing`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from session_lock import locked

from trustcenter.collectors.registry import find, identifiers
from trustcenter.model.fact import FactSchema, Field
from trustcenter.pipeline.line import Line, open_line
from trustcenter.testing import Database, Folder, Port, Program, Stage, Web, conform
from trustcenter.testing.ways import FAULTS

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("contract")]

WEB = ("url", "wrong_type")
HEADERS_ONLY = "it reads the headers of whatever page is there, and a page of another kind has headers too"
ACCOUNTS = {
    "sql": "select role, count(*) as n from accounts group by role",
    "columns": FactSchema("Row", (Field("role", "text", key=True), Field("n", "integer"))).as_json(),
}

DAMAGE = "damage is what it looks for: the population has it, as a finding"
OTHER_BYTES = "a file with other bytes has another digest, and that is the fact"
NOTHING_OPENED = "it reads the register, which is part of the signed catalogue, and opens nothing"

MAILED = [Web("url"), Folder("mail_sink", "*.eml")]

PORTAL: Mapping[str, Mapping[str, Any]] = {
    "role_matrix_probe": {},
    "impersonation_probe": {"ways": [Web("url"), Database()]},
    "api_token_probe": {"ways": [Web("url"), Database()], "volatile": ["route"]},
    "audit_chain": {"ways": [Web("url"), Database()], "volatile": ["events", "head_age", "cut", "rewritten"]},
    "audit_events": {"ways": [Web("url"), Database()], "volatile": ["events", "proof"]},
    "availability": {"volatile": ["checks", "expected", "observed", "available", "last_check", "failed"]},
    "backups": {
        "ways": [Folder("backups", "base/*/backup_manifest")],
        "tolerates": {("backups", "malformed"): DAMAGE, ("backups", "truncated"): DAMAGE},
        "volatile": ["files", "size", "taken_at"],  # of the log, which the server goes on writing
    },
    "contacted_hosts": {"volatile": ["connections", "last_hour"]},
    "database_ports": {},
    "database_roles": {},
    "database_settings": {},
    "http_headers": {
        "ways": [Web("url"), Web("http_url")],
        "tolerates": {WEB: HEADERS_ONLY, ("http_url", "wrong_type"): HEADERS_ONLY},
    },
    "passkey_probe": {"ways": [Web("url")]},
    "password_hashes": {},
    "password_policy_probe": {"ways": MAILED},
    "password_reset_probe": {"ways": MAILED},
    "plaintext_search": {"ways": [*MAILED, Database()]},
    "query": {"ways": [Database()], "parameters": ACCOUNTS},
    "recorded_changes": {"ways": [Web("url"), Database()], "volatile": ["written"]},
    "restore_drill": {
        "ways": [Folder("backups", "base/*/backup_manifest"), Program("pg_bin", "pg_waldump")],
        "volatile": ["took", "loss", "recovered_to"],
    },
    "security_txt": {"tolerates": {WEB: "a page of another kind is no security.txt, and that is the fact"}},
    "second_factor_probe": {"ways": [Web("url")]},
    "session_cookies": {},
    "session_lifecycle_probe": {},
    "sign_in_alert_probe": {"ways": [Web("url")]},
    "sign_in_throttle_probe": {"ways": [Web("url")], "volatile": ["guesses", "first_wait"]},
    "status_page": {"ways": [Web("url"), Database()], "volatile": ["delay"]},
    "tenant_isolation_catalog": {},
    "tenant_isolation_probe": {"volatile": ["identifier"]},
    "tls_endpoint": {"ways": [Port("url")]},
    "trust_posture": {},
    "user_accounts": {},
}
"""What looks at the running portal, and what differs from the stage that all of them share."""

SLOW = (
    "api_token_probe",
    "audit_events",
    "backups",
    "impersonation_probe",
    "passkey_probe",
    "password_policy_probe",
    "password_reset_probe",
    "plaintext_search",
    "recorded_changes",
    "restore_drill",
    "role_matrix_probe",
    "second_factor_probe",
    "session_cookies",
    "session_lifecycle_probe",
    "sign_in_alert_probe",
    "sign_in_throttle_probe",
    "status_page",
    "tenant_isolation_probe",
)
"""Looked through once; the deep run looks twice and makes every fault here.

The ordinary run makes their faults in the matrix of the whole line (test_fault_matrix.py).
"""

RECORDS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "declarations": {("root", "malformed"): OTHER_BYTES, ("root", "truncated"): OTHER_BYTES},
    "documents": {("root", "malformed"): OTHER_BYTES, ("root", "truncated"): OTHER_BYTES},
    "subprocessors": {("root", fault): NOTHING_OPENED for fault in FAULTS},
}
"""Registers are part of the catalogue: what can be broken is the documents that they name."""


@pytest.fixture(scope="module")
def line(portal: Any, repository: Path) -> Line:
    return open_line(repository, dict(portal.environment))


def on_the_portal(portal: Any, line: Line, collector: str) -> Stage:
    source = line.source("portal")
    canary = find(collector).description.safety == "canary"

    def alone() -> AbstractContextManager[Any]:
        return locked(portal.state / "canaries.lock") if canary else nullcontext()

    stage = Stage(dict(source.settings), source.mapping.get(collector, {}), "platform", seconds=600, alone=alone)
    return replace(stage, **PORTAL[collector])


@pytest.mark.parametrize("collector", sorted(PORTAL))
def test_what_looks_at_the_portal_conforms(portal: Any, line: Line, collector: str) -> None:
    quick = collector not in SLOW
    found = conform(find(collector), on_the_portal(portal, line, collector), faults=quick, twice=quick)
    assert [str(one) for one in found] == []


def test_two_looks_at_a_base_backup_are_the_same(portal: Any) -> None:
    """What is volatile in the log of backups is not in a backup that is finished."""
    looks = [{one.name: one for one in portal.collect("backups").facts if one.kind == "base"} for _ in range(2)]
    both = looks[0].keys() & looks[1].keys()
    assert both
    shown = [{name: (look[name].taken_at, look[name].size, look[name].files) for name in both} for look in looks]
    assert shown[0] == shown[1]


@pytest.mark.deep
@pytest.mark.parametrize("collector", SLOW)
def test_what_takes_long_conforms_under_faults_too(portal: Any, line: Line, collector: str) -> None:
    found = conform(find(collector), on_the_portal(portal, line, collector))
    assert [str(one) for one in found] == []


@pytest.mark.deep
def test_the_scanner_of_code_conforms(repository: Path, tmp_path: Path) -> None:
    checkov = repository / ".tools" / "checkov" / "bin" / "checkov"
    if not checkov.is_file():
        pytest.skip("checkov is not installed: `make tools` puts it into an environment of its own")
    tmp_path.chmod(0o755)
    shutil.copytree(repository / "infrastructure", tmp_path / "infrastructure")
    settings = {"path": str(tmp_path / "infrastructure"), "checkov": str(checkov)}
    stage = Stage(settings, kind="terraform", ways=[Folder("path", "*.tf"), Program("checkov")])
    assert [str(one) for one in conform(find("infrastructure_code"), stage)] == []


def test_what_reads_lock_files_conforms(repository: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    shutil.copy2(repository / "requirements" / "dev.txt", tmp_path / "dev.txt")
    settings = {"path": str(tmp_path), "files": ["dev.txt"]}
    stage = Stage(settings, kind="requirements", ways=[Folder("path", "*.txt")])
    assert [str(one) for one in conform(find("dependency_telemetry"), stage)] == []


@pytest.mark.parametrize("collector", RECORDS)
def test_what_reads_registers_conforms(line: Line, tmp_path: Path, collector: str) -> None:
    tmp_path.chmod(0o755)
    for name in ("policies", "controls"):
        shutil.copytree(line.instance.root / name, tmp_path / name)
    settings = {**line.source("records").settings, "root": str(tmp_path)}
    stage = Stage(settings, kind="records", ways=[Folder("root", "policies/*.md")], tolerates=RECORDS[collector])
    assert [str(one) for one in conform(find(collector), stage)] == []


def test_every_collector_is_tried(repository: Path) -> None:
    """A collector that reads neither the portal nor the registers is tried where its source is set up."""
    tried = {*PORTAL, *RECORDS, "infrastructure_code", "dependency_telemetry"}
    texts = [path.read_text() for path in (repository / "tests" / "collectors").rglob("test_*.py")]
    own = "\n".join(text for text in texts if "conform(" in text)
    lacking = {
        name
        for name in set(identifiers()) - tried
        if f'"{name}"' not in own and not (name.startswith("aws_") and "COLLECTORS)" in own)
    }
    assert not lacking, "give it a stage, and let `trustcenter.testing` try it"
