"""The same questions about the same AWS account, by Prowler 5.46 and by us: verdict by verdict, wall and processor.

    python benchmarks/aws_vs_prowler.py [--more 2000] [--seconds 900] [--json]

One seeded account in moto, one run of each. Prowler runs from an environment of its own (`requirements/prowler.txt`)
with `--checks` for exactly the shared subset; we run `trustcenter check`, evidence, signatures and judging included, on
an instance that holds one control for each of these checks. `--more N` seeds N further resources and measures again.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

import aws_account  # noqa: E402
import aws_seed_services  # noqa: E402
from aws_checks import EXPLAINED, SHARED, Same  # noqa: E402

PROWLER = ROOT / ".tools" / "prowler" / "bin" / "prowler"
MOTO = ROOT / ".tools" / "moto" / "bin" / "moto_server"
TOML = """\
[organisation]
name = "Example"
url = "https://trust.example.test"
covers = "An AWS account that a benchmark made"
frameworks = ["soc2"]

[sources.aws]
kind = "aws"
environment = "staging"
regions = ["eu-west-1"]
"""
Verdicts = dict[str, dict[str, bool]]
"""Check to resource to whether it holds."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--more", type=int, default=0, help="seed this many resources more and measure again")
    parser.add_argument("--seconds", type=int, default=900, help="how long Prowler may take")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    for program, file in ((PROWLER, "prowler"), (MOTO, "moto")):
        if not program.is_file():
            print(f"{program.name} is not installed: see benchmarks/README.md ({file})", file=sys.stderr)
            return 2
    report: dict[str, Any] = {"checks": len(SHARED), "runs": []}
    with tempfile.TemporaryDirectory() as folder, aws_account.moto(MOTO) as port:
        aws_account.seed(port)
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": folder,
        }
        for more in (0, arguments.more) if arguments.more else (0,):
            if more:
                seed_more(port, more)
            run = side_by_side(Path(folder) / str(more), environment, arguments.seconds)
            report["runs"].append({"more_resources": more, **run})
    print(json.dumps(report, indent=2) if arguments.json else words(report))
    return 1 if any(run["unexplained"] for run in report["runs"]) else 0


def side_by_side(folder: Path, environment: dict[str, str], seconds: int) -> dict[str, Any]:
    """Both on the same account, ours first; the account does not change between them."""
    folder.mkdir()
    instance = write_instance(folder / "instance")
    tool = [sys.executable, "-m", "trustcenter", "--instance", str(instance)]
    subprocess.run([*tool[:3], "keys", "init", *tool[3:]], check=True, env=environment, stdout=subprocess.DEVNULL)
    ours = measured([*tool[:3], "check", "-q", *tool[3:]], environment, (0, 1, 3), seconds)
    theirs = measured(
        [
            str(PROWLER), "aws", "--region", "eu-west-1", "--checks", *(same.check for same in SHARED),
            "--output-formats", "csv", "--output-directory", str(folder), "--output-filename", "prowler",
            "--scan-unused-services", "--no-banner", "--ignore-exit-code-3",
        ],
        environment, (0,), seconds,
    )  # fmt: skip
    compared = compare(our_verdicts(instance, environment), their_verdicts(folder / "prowler.csv"))
    return {
        "wall": {"ours": ours[0], "prowler": theirs[0], "ratio": ours[0] / theirs[0], "target": 0.1},
        "processor": {"ours": ours[1], "prowler": theirs[1], "ratio": ours[1] / theirs[1], "target": 0.1},
        **compared,
    }


def measured(
    command: list[str], environment: dict[str, str], allowed: tuple[int, ...], seconds: int
) -> tuple[float, float]:
    """Seconds by the wall clock and of processor, of a process and its children that it waited for."""
    start = time.perf_counter()
    process = subprocess.Popen(["timeout", str(seconds), *command], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return wall, used.ru_utime + used.ru_stime


def write_instance(root: Path) -> Path:
    """One control for each shared check."""
    (root / "controls" / "aws").mkdir(parents=True)
    (root / "trustcenter.toml").write_text(TOML)
    for same in SHARED:
        test = {"collector": same.collector, "where": same.where, "expect": same.expect, "every": "24h"}
        control = {
            "id": f"aws.{_name(same)}", "title": same.check, "owner": "security", "nature": "automated",
            "frequency": "continuous", "criteria": {"soc2": {"CC6.1": "The same question as that of the other tool"}},
            "tests": {"same": test},
        }  # fmt: skip
        (root / "controls" / "aws" / f"{_name(same)}.yaml").write_text(json.dumps(control, indent=1))
    return root


def _name(same: Same) -> str:
    return same.check.replace("_", "-")


def our_verdicts(instance: Path, environment: dict[str, str]) -> Verdicts:
    """What the judge concluded of each item that was examined, read back from the ledger."""
    from trustcenter.assess.columns import Columns
    from trustcenter.assess.expectations import selected
    from trustcenter.assess.plan import plan
    from trustcenter.pipeline.judging import assess
    from trustcenter.pipeline.line import open_line
    from trustcenter.pipeline.recalling import recall

    line = open_line(instance, environment)
    now = line.now()
    assessment = assess(line, as_of=now).assessment
    made = plan(line.catalogue, line.collectors)
    populations = recall(line, made, now, reason="benchmark").populations
    found: Verdicts = {}
    for same in SHARED:
        examination = next(one for one in made.examinations if one.control.id == f"aws.{_name(same)}")
        conclusion = next(one for one in assessment.conclusions if one.control == f"aws.{_name(same)}")
        population = populations[examination.parts[0].key.digest]
        assert population.schema is not None
        failed = [deviation.row for deviation in conclusion.deviations]
        verdicts = found.setdefault(same.check, {})
        if conclusion.conclusion == "inconclusive" and population.cause is not None:
            verdicts["could not tell"] = False
        rows = population.rows
        for item in selected(Columns(rows, population.schema), examination.test.where, now):
            resource = str(rows[item][same.name]) if same.name else "account"
            verdicts[resource] = verdicts.get(resource, True) and rows[item] not in failed
    return found


def their_verdicts(file: Path) -> Verdicts:
    """Prowler's findings: a resource holds where none of its findings of a check failed."""
    found: Verdicts = {same.check: {} for same in SHARED}
    single = {same.check for same in SHARED if not same.name}
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            check = row["CHECK_ID"]
            if check in found:
                resource = "account" if check in single else row["RESOURCE_UID"]
                found[check][resource] = found[check].get(resource, True) and row["STATUS"] != "FAIL"
    return found


def compare(ours: Verdicts, theirs: Verdicts) -> dict[str, Any]:
    """Resource by resource; names of ours are the end of Prowler's ARNs."""
    agreed, differences = 0, []
    for check in ours:
        left = dict(theirs[check])
        for resource, holds in sorted(ours[check].items()):
            match = next((uid for uid in left if _same(uid, resource)), None)
            other = left.pop(match) if match is not None else None
            if other == holds:
                agreed += 1
            else:
                differences.append((check, resource, holds, other))
        differences += [(check, uid, None, holds) for uid, holds in sorted(left.items())]
    word = {True: "holds", False: "fails", None: "not examined"}
    listed = [
        {"check": check, "resource": resource, "ours": word[ours_], "prowler": word[other], "why": EXPLAINED.get(check)}
        for check, resource, ours_, other in differences
    ]
    return {
        "agreed": agreed,
        "differences": listed,
        "unexplained": sum(one["why"] is None for one in listed),
    }


def _same(uid: str, name: str) -> bool:
    if uid == name or uid.endswith((f":{name}", f"/{name}")):
        return True
    return any(part == name or part.startswith(f"{name}-") for part in uid.split(":")[-1:]) or f"/{name}/" in uid


def seed_more(port: int, number: int) -> None:
    """Resources of the kinds that an account has many of: a quarter each of buckets, users, groups, log groups."""
    client = aws_account.clients(port)
    s3, iam, ec2, logs = client("s3"), client("iam"), client("ec2"), client("logs")
    where = {"LocationConstraint": aws_seed_services.REGION}
    for at in range(number // 4):
        s3.create_bucket(Bucket=f"more-{at:05}", CreateBucketConfiguration=where)
        iam.create_user(UserName=f"more-{at:05}")
        ec2.create_volume(AvailabilityZone=aws_seed_services.REGION + "a", Size=8, Encrypted=bool(at % 2))
        logs.create_log_group(logGroupName=f"/more/{at:05}")


def words(report: dict[str, Any]) -> str:
    lines = []
    for run in report["runs"]:
        lines.append(f"{report['checks']} checks, {run['more_resources']} resources more than the good and bad ones")
        for name in ("wall", "processor"):
            said = run[name]
            lines.append(
                f"  {name}: ours {said['ours']:.1f} s, Prowler {said['prowler']:.1f} s, "
                f"ratio {said['ratio']:.3f} (target {said['target']})"
            )
        lines.append(f"  verdicts: {run['agreed']} agree, {len(run['differences'])} differ")
        for one in run["differences"]:
            why = one["why"] or "NOT EXPLAINED"
            lines.append(f"    {one['check']} {one['resource']}: ours {one['ours']}, Prowler {one['prowler']}; {why}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
