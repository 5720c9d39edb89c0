"""What must hold of the collector `infrastructure_code`, with the real checkov and with programs that misbehave."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from runs import collect, run_of

from trustcenter.collectors.infrastructure_code import _declared, infrastructure_code
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.files import Folder

BAD_BUCKET = 'resource "aws_s3_bucket" "exports" {\n  bucket = "exports"\n}\n'


@pytest.fixture
def checkov(repository: Path) -> Path:
    program = repository / ".tools" / "checkov" / "bin" / "checkov"
    if not program.is_file():
        pytest.skip("checkov is not installed: `make tools` puts it into an environment of its own")
    return program


def scanned(folder: Path, program: Path, seconds: float = 200) -> Population:
    settings = {"path": str(folder), "checkov": str(program)}
    return collect(infrastructure_code, run_of(settings, kind="terraform", seconds=seconds))


def cause_of(folder: Path, program: Path, seconds: float = 10) -> str:
    with pytest.raises(CouldNotTell) as caught:
        scanned(folder, program, seconds)
    return caught.value.cause


def pretending(folder: Path, script: str) -> Path:
    """A program in checkov's place."""
    program = folder / "checkov"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_this_repositorys_infrastructure_passes_every_check(repository: Path, checkov: Path) -> None:
    found = scanned(repository / "infrastructure", checkov)

    assert {fact.result for fact in found.facts} == {"passed"}
    assert found.completeness.holds
    assert found.completeness.independent
    assert found.completeness.got == 23
    assert "checkov 3." in found.notes[0]


def test_a_bad_resource_and_a_silenced_check_are_seen(tmp_path: Path, checkov: Path) -> None:
    """A comment in the code that tells the scanner to look away gives `skipped`, never `passed`."""
    silenced = BAD_BUCKET.replace("exports", "silent").replace(
        "{\n", "{\n  # checkov:skip=CKV_AWS_18:nobody reads it\n", 1
    )
    (tmp_path / "main.tf").write_text(BAD_BUCKET + silenced)
    results = {(fact.check, fact.resource): fact for fact in scanned(tmp_path, checkov).facts}

    failed = results["CKV_AWS_18", "aws_s3_bucket.exports"]
    assert (failed.result, failed.file, failed.line) == ("failed", "main.tf", 1)
    skipped = results["CKV_AWS_18", "aws_s3_bucket.silent"]
    assert (skipped.result, skipped.skip_reason) == ("skipped", "nobody reads it")


NAMES = """
resource "aws_s3_bucket" "plain" {
  # bucket = "a-comment"
  bucket = "books"
}
resource "aws_s3_bucket" "computed" {
  bucket = "books-${var.stage}"
}
resource "aws_db_instance" "data" {
  tags = {
    identifier = "a-tag"
  }
  identifier = "orders"
  name       = "another"
}
resource "aws_s3_bucket" "nameless" {
}
variable "stage" {}
"""


def test_the_name_of_the_live_resource_is_read_where_it_is_written_out(tmp_path: Path, checkov: Path) -> None:
    (tmp_path / "main.tf").write_text(NAMES)
    names = {fact.resource: fact.declared_name for fact in scanned(tmp_path, checkov).facts}

    assert names == {
        "aws_s3_bucket.plain": "books", "aws_s3_bucket.computed": None, "aws_db_instance.data": "orders",
        "aws_s3_bucket.nameless": None,
    }  # fmt: skip


def test_a_file_that_cannot_be_parsed_is_malformed(tmp_path: Path, checkov: Path) -> None:
    (tmp_path / "main.tf").write_text(BAD_BUCKET)
    (tmp_path / "torn.tf").write_text(BAD_BUCKET.replace("exports", "torn")[:-3])
    assert cause_of(tmp_path, checkov, 100) == "malformed"


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("exit 2", "malformed"),
        ("echo '{\"passed\": 0}'", "malformed"),
        ('echo \'{"results": {"passed\'', "malformed"),
        ("kill -9 $$", "incomplete"),
        ("sleep 30", "timed_out"),
    ],
)
def test_a_program_that_misbehaves_gives_a_cause(tmp_path: Path, script: str, cause: str) -> None:
    (tmp_path / "main.tf").write_text(BAD_BUCKET)
    assert cause_of(tmp_path, pretending(tmp_path, script), 0.5 if cause == "timed_out" else 10) == cause


def test_a_report_with_fewer_checks_than_its_own_count_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BAD_BUCKET)
    report = {
        "results": {"passed_checks": [], "failed_checks": [], "skipped_checks": []},
        "summary": {"passed": 1, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 1},
    }
    assert cause_of(tmp_path, pretending(tmp_path, f"echo '{json.dumps(report)}'")) == "incomplete"


def test_a_report_about_fewer_resources_than_the_code_declares_leaves_the_population_incomplete(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BAD_BUCKET + BAD_BUCKET.replace("exports", "more"))
    check = {
        "check_id": "CKV_1", "check_name": "one", "resource": "aws_s3_bucket.exports", "file_path": "/main.tf",
        "file_line_range": [1, 3], "severity": None,
    }  # fmt: skip
    report = {
        "results": {"passed_checks": [check], "failed_checks": [], "skipped_checks": []},
        "summary": {"passed": 1, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 1},
    }
    found = scanned(tmp_path, pretending(tmp_path, f"echo '{json.dumps([report])}'"))

    assert (found.completeness.expected, found.completeness.got) == (2, 1)


def test_a_missing_program_is_unsupported_and_a_forbidden_one_denied(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BAD_BUCKET)
    assert cause_of(tmp_path, tmp_path / "absent") == "unsupported"
    program = pretending(tmp_path, "exit 0")
    program.chmod(0o600)
    assert cause_of(tmp_path, program) == "denied"


@pytest.mark.parametrize(
    ("text", "cause"), [("", "incomplete"), ('module "m" {\n  source = "./m"\n}\n', "unsupported")]
)
def test_nothing_to_count_is_no_empty_population(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / "main.tf").write_text(text)
    assert cause_of(tmp_path, pretending(tmp_path, "exit 0")) == cause


def test_resources_are_counted_without_being_fooled_by_comments_and_texts(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        '# resource "a" "commented" {\n/*\nresource "a" "also" {\n*/\n'
        'resource "a" "real" {\n  text = "// resource # {"\n  doc = <<EOT\nresource "a" "quoted" {\nEOT\n}\n'
        '  resource "a" "indented" {}\n'
    )
    assert set(_declared(Folder(tmp_path))) == {"a.real", "a.indented"}
