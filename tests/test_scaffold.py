"""A new instance loads without a problem, whatever was chosen."""

from __future__ import annotations

import itertools
import tomllib
from datetime import date
from pathlib import Path

import pytest

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
