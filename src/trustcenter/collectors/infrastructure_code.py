"""Infrastructure code, scanned by checkov as a program of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Files, Process

PROGRAM = ".tools/checkov/bin/checkov"
SECONDS = 180.0
NAMED_BY: Mapping[str, str] = {
    "aws_s3_bucket": "bucket",
    "aws_db_instance": "identifier",
    "aws_rds_cluster": "cluster_identifier",
    "aws_lambda_function": "function_name",
}
"""The attribute by which a resource is known to AWS, where it is not `name`."""
_BLOCK = re.compile(r'^\s*(resource|module)\s+"([^"]+)"(?:\s+"([^"]+)")?\s*\{', re.MULTILINE)
_TEXTS = re.compile(
    r'"(?:\\.|[^"\\\n])*"|(?P<here><<[-~]?(?P<tag>\w+)[^\n]*\n.*?^\s*(?P=tag)\s*$)|(?P<note>\#[^\n]*|//[^\n]*|/\*.*?\*/)',
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """One check of one resource in one file."""

    check: Annotated[str, Key]
    resource: Annotated[str, Key]
    file: Annotated[str, Key]
    line: Annotated[int, Key]
    name: str
    result: Literal["passed", "failed", "skipped"]
    """Skipped: a comment in the code tells the scanner to look away. Never a pass."""
    severity: str | None
    resource_type: str
    skip_reason: str | None
    declared_name: str | None
    """What the block names the live resource, written out; absent where an expression or the provider makes it."""


@collector(method="inspection", kinds=("terraform",))
def infrastructure_code(files: Files, process: Process, run: Run) -> Population[CodeCheck]:
    """Every check of every resource in a Terraform folder, passed, failed and skipped alike, by checkov."""
    declared = _declared(files)
    program = str(run.mapping.get("program") or run.source.settings.get("checkov") or PROGRAM)
    folder = files.local()
    done = process.run(
        [
            program, "--directory", folder, "--framework", "terraform", "--output", "json",
            "--skip-download", "--download-external-modules", "false", "--skip-results-upload",
        ],
        seconds=SECONDS,
        environment={"LOG_LEVEL": "ERROR", "CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false", "BC_SKIP_MAPPING": "TRUE"},
        folder=folder,
        allowed=(0, 1),
    )  # fmt: skip
    reports = _reports(done.stdout)
    facts = tuple(fact for report in reports for fact in _facts(report))
    versions = {str(report["summary"].get("checkov_version")) for report in reports}
    scanned = sum(int(report["summary"]["resource_count"]) for report in reports)
    missing = declared.keys() - {fact.resource for fact in facts}
    known = declared.keys() & {fact.resource for fact in facts}
    unchecked = sorted(missing)
    if done.code == 0 and any(fact.result == "failed" for fact in facts):
        raise CouldNotTell("contradicted", "checkov ended with code 0 and reported failed checks")
    return Population(
        facts=facts,
        completeness=Completeness(
            "resource blocks counted in the .tf files by ourselves, against the resources that checkov says it read",
            len(declared),
            scanned,
            independent=True,
        ),
        query="checkov --framework terraform --output json --skip-download over the folder",
        parameters={"files": sorted(set(declared.values())), "checkov": sorted(versions)},
        observed_at=run.now(),
        notes=(
            f"checkov {', '.join(sorted(versions))}; {len(known)} of {len(declared)} resources met at least one check",
            *((f"No check of checkov's is about: {', '.join(unchecked)}",) if unchecked else ()),
        ),
    )


def _declared(files: Files) -> Mapping[str, str]:
    """Resource blocks by address, counted without checkov. Raises CouldNotTell where there are none."""
    found: dict[str, str] = {}
    names = files.names("**/*.tf")
    if files.names("**/*.tf.json"):
        raise CouldNotTell("unsupported", "the folder holds .tf.json files, which are not counted independently")
    for name in names:
        try:
            text = files.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CouldNotTell("malformed", f"{name} is not UTF-8") from error
        plain = _TEXTS.sub(lambda match: "" if match["note"] or match["here"] else match[0], text)
        for kind, first, second in _BLOCK.findall(plain):
            if kind == "module":
                raise CouldNotTell(
                    "unsupported", f"{name} calls module `{first}`: resources inside modules are not counted yet"
                )
            if kind == "resource":
                found[f"{first}.{second}"] = name
    if not found:
        raise CouldNotTell("incomplete", "there is no resource in the .tf files of this folder")
    return found


def _reports(output: bytes) -> Sequence[Mapping[str, Any]]:
    """One report for one framework, a list for several. Raises CouldNotTell("malformed")."""
    try:
        value = json.loads(output)
    except ValueError as error:
        raise CouldNotTell("malformed", "checkov's answer is not JSON, or not all of it") from error
    reports = value if isinstance(value, list) else [value]
    for report in reports:
        if not isinstance(report, Mapping) or not {"results", "summary"} <= set(report):
            raise CouldNotTell("malformed", "checkov read no infrastructure code: its answer holds no results")
        if report["summary"].get("parsing_errors"):
            broken = ", ".join(report["results"].get("parsing_errors", []))
            raise CouldNotTell("malformed", f"checkov could not parse {broken or 'a file'}")
    return reports


def _facts(report: Mapping[str, Any]) -> list[CodeCheck]:
    results: tuple[tuple[str, Literal["passed", "failed", "skipped"]], ...] = (
        ("passed_checks", "passed"),
        ("failed_checks", "failed"),
        ("skipped_checks", "skipped"),
    )
    found = []
    try:
        for key, result in results:
            checks = report["results"][key]
            if len(checks) != report["summary"][result]:
                raise CouldNotTell(
                    "incomplete", f"checkov counts {report['summary'][result]} {result}, not {len(checks)}"
                )
            found += [_fact(check, result) for check in checks]
    except (KeyError, TypeError, IndexError) as error:
        raise CouldNotTell("malformed", "checkov's answer lacks what a check must say") from error
    return found


def _declared_name(check: Mapping[str, Any]) -> str | None:
    """The literal in the attribute that names this type of resource, outermost in its block."""
    attribute = NAMED_BY.get(str(check["resource"]).split(".")[0], "name")
    depth = 0
    for _, line in check.get("code_block") or ():
        plain = _TEXTS.sub(lambda match: "" if match["note"] else match[0], line)
        found = re.match(rf'\s*{attribute}\s*=\s*"((?:[^"\\$%]|[$%](?!\{{))*)"\s*$', plain)
        if depth == 1 and found:
            return found[1]
        bare = re.sub(r'"(?:\\.|[^"\\])*"', "", plain)
        depth += bare.count("{") - bare.count("}")
    return None


def _fact(check: Mapping[str, Any], result: Literal["passed", "failed", "skipped"]) -> CodeCheck:
    return CodeCheck(
        check=str(check["check_id"]),
        resource=str(check["resource"]),
        file=str(check["file_path"]).lstrip("/"),
        line=int(check["file_line_range"][0]),
        name=str(check["check_name"]),
        result=result,
        severity=check.get("severity"),
        resource_type=str(check["resource"]).split(".")[0],
        skip_reason=(check.get("check_result") or {}).get("suppress_comment") if result == "skipped" else None,
        declared_name=_declared_name(check),
    )
