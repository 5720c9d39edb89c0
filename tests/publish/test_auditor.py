"""The auditor's folder: whole populations, dates, withheld persons, no formula, readable alone."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from larkspur_controls import digest

from trustcenter.errors import ConfigurationError
from trustcenter.model.assessment import Deviation
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.statement import EvidenceStatement
from trustcenter.publish.auditor.deviation_history import deviation_spans
from trustcenter.publish.auditor.folder import auditor_files, write_auditor_folder
from trustcenter.publish.auditor.inputs import AuditedEvidence, AuditedRun, AuditInputs

SCHEMA = FactSchema(
    "Account",
    (
        Field("email", "text", personal=True, subject=True, key=True),
        Field("role", "choice", choices=("owner", "member")),
        Field("idle", "duration"),
        Field("token", "text", secret=True),
    ),
)
ROWS = tuple(
    {"email": f"canary{i}@example.org", "role": "=HYPERLINK(1)", "idle": 60, "token": "[redacted]"} for i in range(11)
)

QUERY = "SELECT email FROM accounts\n  WHERE  name = 'a  b'"


def evidence_of(conclusion):
    stated = EvidenceStatement(
        nonce="n", fetch="f", collector="user_accounts", collector_version="1", collector_digest="sha256:c",
        source="portal", environment="demo", started=conclusion.observed_at, observed=conclusion.observed_at,
        size=len(ROWS), root="r", schema="s",
    )  # fmt: skip
    document = {
        "schema": SCHEMA.as_json(), "query": QUERY, "parameters": {"limit": 3},
        "query_parameters": {}, "actor": "trustcenter_reader", "permissions": "sha256:p", "account": "acc",
        "endpoint": "db.internal", "finished": "2026-11-20T06:02:01.000000Z", "clock_offset": 0.1, "period": None,
        "completeness": {"method": "pg_class count", "expected": 11, "got": 11, "independent": True},
        "exclusions": [], "notes": ["version 16"], "error": None, "redactions": ["token"],
    }  # fmt: skip
    return AuditedEvidence(conclusion.evidence[0], 7, stated, document, ROWS)


@pytest.fixture
def inputs(given):
    conclusions = tuple(
        replace(c, deviations=(Deviation("canary3@example.org", ("reviewed is yes",), ROWS[3]),))
        if c.control == "access.review"
        else c
        for c in given.assessment.conclusions
    )
    run = AuditedRun(digest("assessment"), 9, replace(given.assessment, conclusions=conclusions))
    evidence = {c.evidence[0]: evidence_of(c) for c in conclusions}
    catalogue = replace(given.catalogue, files={"controls/sample.yaml": b"id: x\n"})
    return AuditInputs(catalogue, (run,), evidence, given.record)


@pytest.fixture
def files(inputs, given):
    return auditor_files(inputs, given.now)


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_whole_population_is_there_and_persons_are_withheld(files):
    rows = read(files["controls/access.review/population-test-portal.csv"])
    assert len(rows) == 11
    assert {row["email"] for row in rows} == {"withheld (personal)"}
    assert {row["token"] for row in rows} == {"[redacted]"}
    assert rows[0]["idle (s)"] == "60"


def test_no_file_names_a_person_unless_revealed(files, inputs, given):
    assert b"canary3@example.org" not in b"".join(files.values())
    shown = auditor_files(replace(inputs, revealed=True), given.now)
    assert b"canary3@example.org" in shown["controls/access.review/population-test-portal.csv"]
    assert b"canary3@example.org" in shown["deviations.csv"]


def test_each_withheld_field_is_declared(files, inputs, given):
    declared = {(row["field"], row["why"]) for row in read(files["redactions.csv"])}
    assert declared == {("email", "personal"), ("token", "secret")}
    shown = auditor_files(replace(inputs, revealed=True), given.now)
    assert {row["field"] for row in read(shown["redactions.csv"])} == {"token"}


def test_no_cell_is_a_formula(files):
    for path, content in files.items():
        if path.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
                assert not [cell for cell in row if cell[:1] in "=+@" and cell], path


def test_a_run_says_who_looked_when_and_how_the_count_was_checked(files):
    (run,) = read(files["controls/access.review/tests.csv"])
    assert run["read as"] == "trustcenter_reader"
    assert (run["count expected"], run["count listed"], run["counts agree"]) == ("11", "11", "yes")
    assert run["observed"] == "2026-11-20T06:02:00.000000Z"
    assert run["log entry"] == "7"


def test_the_procedure_holds_the_very_query(files):
    text = files["controls/access.review/procedure-test.txt"].decode()
    assert "  SELECT email FROM accounts\n    WHERE  name = 'a  b'\n" in text
    assert "every 24 hours" in text


def test_a_deviation_leads_to_its_row(files):
    (row,) = read(files["controls/access.review/deviations.csv"])
    assert (row["row in population file"], row["item"], row["closed"]) == ("4", "withheld (personal)", "open")


def test_the_control_stands_there_as_it_was_written(files):
    assert files["controls/access.review/control.yaml"] == b"id: x\n"


def test_waivers_name_owner_and_approver(files):
    (waiver,) = read(files["waivers.csv"])
    assert (waiver["owner"], waiver["approver"]) == ("platform", "security")


def test_every_control_is_in_the_index(files, inputs):
    assert {row["control"] for row in read(files["index.csv"])} == {c.id for c in inputs.catalogue.controls}
    outcomes = {row["control"]: row["outcome"] for row in read(files["index.csv"])}
    assert outcomes["access.review"] == "deviations"
    assert outcomes["access.dormant"] == "inconclusive"
    assert outcomes["access.scim"] == "in progress"


def test_the_manifest_holds_the_digest_of_each_file(files):
    listed = {row["file"]: row["sha256"] for row in read(files["manifest.csv"])}
    assert listed == {p: hashlib.sha256(c).hexdigest() for p, c in files.items() if p != "manifest.csv"}


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]


def test_every_link_leads_to_a_file_of_the_folder(files, tmp_path):
    write_auditor_folder(files, tmp_path / "audit")
    pages = list((tmp_path / "audit").rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        links = _Links()
        links.feed(page.read_text(encoding="utf-8"))
        assert links.found
        for link in links.found:
            assert (page.parent / link).resolve().is_file(), (page, link)


def test_the_folder_is_for_its_owner_alone(files, tmp_path):
    write_auditor_folder(files, tmp_path / "audit")
    write_auditor_folder(files, tmp_path / "audit")
    assert (tmp_path / "audit").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["audit"]


def test_missing_evidence_is_an_error(inputs, given):
    with pytest.raises(ConfigurationError, match="is not at hand"):
        auditor_files(replace(inputs, evidence={}), given.now)


def test_a_deviation_opens_once_closes_when_seen_gone_and_opens_again(given):
    base = next(c for c in given.assessment.conclusions if c.control == "access.review")
    bad = replace(base, deviations=(Deviation("k", ("x",), {}),))
    good = replace(base, conclusion="no_deviations", deviations=())
    blind = replace(base, conclusion="inconclusive", deviations=())
    start = given.now
    runs = [
        AuditedRun("d", i, replace(given.assessment, as_of=start + timedelta(days=i), conclusions=(c,)))
        for i, c in enumerate([bad, bad, blind, good, bad])
    ]
    spans = deviation_spans(runs)
    assert [((s.opened - start).days, s.closed and (s.closed - start).days) for s in spans] == [(0, 3), (4, None)]


def test_a_run_without_its_private_part_closes_nothing(given):
    base = next(c for c in given.assessment.conclusions if c.control == "access.review")
    bad = replace(base, deviations=(Deviation("k", ("x",), {}),))
    runs = [
        AuditedRun("d", 0, replace(given.assessment, conclusions=(bad,))),
        AuditedRun("e", 1, replace(given.assessment, conclusions=(replace(bad, deviations=()),)), full=False),
    ]
    assert [span.closed for span in deviation_spans(runs)] == [None]
