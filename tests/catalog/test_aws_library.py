"""The controls for AWS that `init --with aws` lays into an instance."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from aws_fixtures import COLLECTORS

from trustcenter.assess.cases import in_force, lacking, run_cases
from trustcenter.catalog import load
from trustcenter.collectors import registry
from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN
from trustcenter.instance import parse
from trustcenter.model.catalogue import Catalogue
from trustcenter.scaffold import plan

ROLES = {"gdpr": ("controller", "processor"), "ccpa": ("business",)}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    files = plan("Example", KNOWN, ROLES, today=date(2026, 11, 20), libraries=("aws",))
    instance = parse(files["trustcenter.toml"], {}, root=Path("/new"))
    inside = {path: data for path, data in files.items() if path.startswith("controls/") or path == "trustcenter.toml"}
    return load(inside, instance, registry.descriptions())


def test_there_is_a_control_for_every_collector(catalogue: Catalogue) -> None:
    tests = [test for control in catalogue.controls for test in control.tests]
    assert {test.collector for test in tests if test.collector in COLLECTORS} == set(COLLECTORS)


def test_the_documentation_counts_what_is_laid(catalogue: Catalogue, repository: Path) -> None:
    own = [control for control in catalogue.controls if control.id.startswith("aws.")]
    said = (repository / "docs" / "aws.md").read_text(encoding="utf-8")
    assert f"lays {len(own)} controls over {len(COLLECTORS)} populations" in said


def test_each_maps_to_all_three_frameworks(catalogue: Catalogue) -> None:
    """With a rationale of its own for each."""
    for control in catalogue.controls:
        if control.id.startswith("aws."):
            assert {mapping.framework for mapping in control.criteria} == set(KNOWN), control.id
            assert all(len(mapping.rationale) > 10 for mapping in control.criteria), control.id


def test_every_test_is_shown_to_pass_to_fail_and_to_be_refused(catalogue: Catalogue) -> None:
    own = [control for control in catalogue.controls if control.id.startswith("aws.")]
    assert len(own) > 40
    assert all(in_force(control) for control in own)
    assert [(control.id, *found) for control in own for found in lacking(control)] == []
    results = [result for control in own for result in run_cases(catalogue, registry.descriptions(), control)]
    assert [(result.case.place, result.words) for result in results if not result.holds] == []


def test_code_is_held_against_what_runs_where_both_are_chosen() -> None:
    """Every case of the Terraform library ends as it says; without AWS nothing is compared."""
    both = plan("Example", KNOWN, ROLES, today=date(2026, 11, 20), libraries=("aws", "terraform"))
    alone = plan("Example", KNOWN, ROLES, today=date(2026, 11, 20), libraries=("terraform",))
    compared = "controls/terraform/code-against-live.yaml"
    assert compared in both
    assert compared not in alone
    for files, expected in ((both, 2), (alone, 1)):
        instance = parse(files["trustcenter.toml"], {}, root=Path("/new"))
        inside = {path: data for path, data in files.items() if path.startswith("controls/")}
        loaded = load(inside, instance, registry.descriptions())
        own = [control for control in loaded.controls if control.id.startswith("terraform.")]
        assert len(own) == expected
        assert [(control.id, *found) for control in own for found in lacking(control)] == []
        results = [result for control in own for result in run_cases(loaded, registry.descriptions(), control)]
        assert [(result.case.place, result.words) for result in results if not result.holds] == []


def test_one_framework_alone_loads() -> None:
    files = plan("Example", ["soc2"], {}, today=date(2026, 11, 20), libraries=("aws",))
    instance = parse(files["trustcenter.toml"], {}, root=Path("/new"))
    inside = {path: data for path, data in files.items() if path.startswith("controls/") or path == "trustcenter.toml"}
    loaded = load(inside, instance, registry.descriptions())
    assert {one.framework for control in loaded.controls for one in control.criteria} == {"soc2"}


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no controls for `awz`"):
        plan("Example", ["soc2"], {}, today=date(2026, 11, 20), libraries=("awz",))
