"""A new instance loads without a problem, whatever was chosen."""

from __future__ import annotations

import itertools
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from trustcenter.assess.cases import in_force, lacking, run_cases
from trustcenter.catalog import load, read
from trustcenter.catalog.crosswalk import coverage
from trustcenter.collectors import registry
from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN, framework
from trustcenter.instance import parse
from trustcenter.model.catalogue import Catalogue
from trustcenter.scaffold import plan

TODAY = date(2026, 11, 20)


def loaded(files: dict[str, bytes]) -> Catalogue:
    instance = parse(files["trustcenter.toml"], {}, root=Path("/new"))
    inside = {path: data for path, data in files.items() if path.startswith("controls/") or path == "trustcenter.toml"}
    return load(inside, instance, registry.descriptions())


def subsets(items: tuple[str, ...], least: int) -> list[tuple[str, ...]]:
    return [chosen for size in range(least, len(items) + 1) for chosen in itertools.combinations(items, size)]


CHOICES = [
    (frameworks, dict(zip([name for name in frameworks if framework(name).roles], roles, strict=True)))
    for frameworks in subsets(KNOWN, 1)
    for roles in itertools.product(*(subsets(framework(name).roles, 1) for name in frameworks if framework(name).roles))
]


@pytest.mark.parametrize(
    ("frameworks", "roles"),
    [pytest.param(*choice, id="-".join(choice[0])) for choice in CHOICES[:: 1 + len(CHOICES) // 24]],
)
def test_some_choices_load_without_a_problem(frameworks, roles):
    """Frameworks and roles: controls load, cite only what was chosen, and support something in each framework."""
    catalogue = loaded(plan("Example", frameworks, roles, today=TODAY))
    assert len(catalogue.controls) >= 8
    assert {one.framework for control in catalogue.controls for one in control.criteria} == set(frameworks)
    found = coverage(catalogue)
    assert found.objections == ()
    assert {line.framework for line in found.lines} == set(frameworks)


def test_every_test_of_a_new_instance_is_shown_to_pass_to_fail_and_to_be_refused():
    catalogue = loaded(plan("Example", KNOWN, {"gdpr": ("controller",), "ccpa": ("business",)}, today=TODAY))
    automated = [control for control in catalogue.controls if in_force(control)]
    assert len(automated) >= 7
    assert [(control.id, *found) for control in automated for found in lacking(control)] == []
    results = [one for control in automated for one in run_cases(catalogue, registry.descriptions(), control)]
    assert [(one.case.place, one.words) for one in results if not one.holds] == []


@pytest.mark.deep
def test_every_choice_loads_without_a_problem():
    """Every subset of frameworks with every subset of roles under each."""
    for frameworks, roles in CHOICES:
        assert len(loaded(plan("Example", frameworks, roles, today=TODAY)).controls) >= 8


ALL = {"gdpr": ("controller", "processor"), "ccpa": ("business",)}


@pytest.mark.parametrize(
    "name", ['Quote " and \\ back', "Müller & Söhne <GmbH>", "{{ 7 * 7 }} ${HOME}", "# [x](y) *z*", "no"]
)
def test_any_name_survives(name):
    """A name is data in TOML, YAML and Markdown."""
    files = plan(name, KNOWN, ALL, today=TODAY)
    assert loaded(files).organisation.name == name
    assert tomllib.loads(files["trustcenter.toml"].decode())["organisation"]["name"] == name


def test_the_plan_is_read_back_from_a_folder(tmp_path):
    """What is written is what is read: nothing in it is a stray file."""
    for path, data in plan("Example", KNOWN, ALL, today=TODAY).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    instance = parse((tmp_path / "trustcenter.toml").read_bytes(), {}, root=tmp_path)
    catalogue = load(read(instance), instance, registry.descriptions())
    for document in catalogue.documents:
        assert (tmp_path / document.path).is_file()
    for control in catalogue.controls:
        first = (tmp_path / control.place.file).read_text().splitlines()[0]
        schema = (tmp_path / control.place.file).parent / first.partition("$schema=")[2]
        assert schema.is_file(), control.place


def test_the_same_choice_gives_the_same_bytes():
    """A pure plan."""
    assert plan("Example", KNOWN, ALL, today=TODAY) == plan("Example", KNOWN, ALL, today=TODAY)


def test_the_workflow_is_yaml_and_its_scripts_are_shell(tmp_path):
    """Pull requests are checked without a key; each step's script parses; no forge, no workflow."""
    files = plan("Example", KNOWN, ALL, today=TODAY)
    jobs = yaml.safe_load(files[".github/workflows/trustcenter.yml"])["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert "trustcenter check --pr" in scripts
    assert "trustcenter check" in scripts
    for script in scripts:
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    assert not any(".github" in path for path in plan("Example", KNOWN, ALL, today=TODAY, forge="none"))


def test_the_ledger_is_pushed_to_its_own_branch_and_a_fork_is_refused(tmp_path):
    """The workflow's own scripts, run against a real repository: first run, nothing new, more, and a lost race."""
    jobs = yaml.safe_load(plan("E", KNOWN, ALL, today=TODAY)[".github/workflows/trustcenter.yml"])["jobs"]
    steps = {step.get("name"): step for step in jobs["scheduled"]["steps"]}
    git = lambda *words, where: subprocess.run(["git", *words], cwd=where, check=True, capture_output=True)  # noqa: E731
    origin = tmp_path / "origin.git"
    git("init", "--quiet", "--bare", str(origin), where=tmp_path)

    def checkout(name: str) -> tuple[Path, dict[str, str]]:
        where, temporary = tmp_path / name, tmp_path / f"{name}-temp"
        git("clone", "--quiet", str(origin), name, where=tmp_path)
        temporary.mkdir()
        said = steps["Push the ledger"]["env"]
        return where, {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "RUNNER_TEMP": str(temporary), **said}

    def step(name: str, where: Path, environment: dict[str, str]) -> int:
        script = ["bash", "-e", "-o", "pipefail", "-c", steps[name]["run"]]
        return subprocess.run(script, cwd=where, env=environment, capture_output=True).returncode

    one, first = checkout("one")
    assert step("Fetch the ledger from its own branch", one, first) == 0
    (one / "evidence/log").mkdir()
    (one / "evidence/log/checkpoint").write_text("1")
    assert step("Push the ledger", one, first) == 0
    two, second = checkout("two")
    three, third = checkout("three")
    for where, environment in ((two, second), (three, third)):
        assert step("Fetch the ledger from its own branch", where, environment) == 0
        assert (where / "evidence/log/checkpoint").read_text() == "1"
    assert step("Push the ledger", two, second) == 0, "nothing new is no failure"
    (two / "evidence/log/checkpoint").write_text("2")
    assert step("Push the ledger", two, second) == 0
    (three / "evidence/log/checkpoint").write_text("3")
    assert step("Push the ledger", three, third) != 0, "a second writer is refused"
    four, fourth = checkout("four")
    assert step("Fetch the ledger from its own branch", four, fourth) == 0
    assert (four / "evidence/log/checkpoint").read_text() == "2"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"frameworks": []}, "no framework"),
        ({"frameworks": ["soc3"]}, "no framework `soc3`"),
        ({"roles": {"gdpr": ["controler"], "ccpa": ["business"]}}, "`controler` is no role"),
        ({"roles": {}}, "none is declared"),
        ({"frameworks": ["soc2"]}, "not chosen"),
        ({"name": "two\nlines"}, "one line"),
        ({"name": " "}, "one line"),
        ({"url": "javascript:alert(1)"}, "no address"),
        ({"forge": "gitlap"}, "no workflow"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(change, what):
    """With what is known."""
    said = {"name": "Example", "frameworks": KNOWN, "roles": ALL} | change
    with pytest.raises(ConfigurationError, match=what):
        plan(**said, today=TODAY)
