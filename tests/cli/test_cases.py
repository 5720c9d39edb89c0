"""`trustcenter test`: exit codes, places, a path inside an instance and a folder of controls without one."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_instance
from small_instance import document, run

CASES = """\
cases:
  - {test: costs, name: slow enough, rows: [{cost: 12}], conclusion: no_deviations}
  - {test: costs, name: too fast, rows: [{cost: 12}, {cost: 8}], conclusion: deviations}
  - {test: costs, name: the reader is refused, cause: denied, conclusion: inconclusive}
"""
LIBRARY = """\
id: web.old-tls
title: Old TLS is refused
owner: platform
nature: automated
frequency: continuous
criteria:
  soc2: {CC6.7: Data in transmission is protected}
tests:
  old: {collector: tls_endpoint, where: {version: TLSv1}, expect: {accepted: false}, every: 24h}
claims:
  - {id: old-tls, say: "Old TLS is refused."}
cases:
  - {test: old, name: refused, rows: [{version: TLSv1, accepted: false}], conclusion: no_deviations}
  - {test: old, name: accepted, rows: [{version: TLSv1, accepted: true}], conclusion: deviations}
  - {test: old, name: no right to look, cause: denied, conclusion: inconclusive}
"""


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    root = small_instance.write(tmp_path, key=False)
    path = root / "controls" / "access" / "costs.yaml"
    path.write_text(path.read_text() + CASES)
    return root


def test_cases_that_hold_are_0_and_write_nothing(instance: Path) -> None:
    done = run(instance, "test")
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "3 of 3 cases of 2 controls conclude what they must; 3 are missing",
    )
    assert not (instance / "evidence").exists()


def test_a_loosened_threshold_is_1_with_file_and_line(instance: Path) -> None:
    path = instance / "controls" / "access" / "costs.yaml"
    path.write_text(path.read_text().replace("{at_least: 12}", "{at_least: 8}"))
    done = run(instance, "test", "controls/access")
    assert done.returncode == 1
    line = next(at for at, text in enumerate(path.read_text().splitlines(), 1) if "too fast" in text)
    assert f"controls/access/costs.yaml:{line}:5: access.costs/costs: too fast" in done.stdout
    assert "must be deviations, and is no deviations" in done.stdout


def test_strict_names_what_no_case_shows(instance: Path) -> None:
    done = run(instance, "test", "--strict")
    assert done.returncode == 1
    assert "change.tickets/approved has no case `denied`" in done.stdout
    assert run(instance, "test", "--strict", "controls/access/costs.yaml").returncode == 0


def test_json_holds_every_case(instance: Path) -> None:
    found = document(run(instance, "test", "--json"))
    assert [case["conclusion"] for case in found["cases"]] == ["no_deviations", "deviations", "inconclusive"]
    assert all(case["holds"] and case["place"].startswith("controls/access/costs.yaml:") for case in found["cases"])
    assert (found["failed"], len(found["missing"])) == (0, 3)


def test_a_mistake_in_a_case_is_2_at_its_place(instance: Path) -> None:
    path = instance / "controls" / "access" / "costs.yaml"
    path.write_text(path.read_text().replace("[{cost: 12}]", "[{cots: 12}]"))
    done = run(instance, "test")
    assert done.returncode == 2
    assert "no field `cots`" in done.stderr


def test_a_folder_of_controls_needs_no_instance(tmp_path: Path) -> None:
    path = tmp_path / "library" / "web" / "old-tls.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(LIBRARY)
    done = run(tmp_path, "test", "library", "--strict")
    assert (done.returncode, done.stdout.strip()) == (0, "3 of 3 cases of 1 control conclude what they must")
    path.write_text(LIBRARY.replace("expect: {accepted: false}", "expect: {accepted: true}"))
    assert run(tmp_path, "test", "library").returncode == 1


def test_a_folder_without_controls_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run(tmp_path, "test", "empty")
    assert (done.returncode, "there is no control here" in done.stderr) == (2, True)
