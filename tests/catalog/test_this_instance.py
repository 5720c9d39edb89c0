"""This repository is an instance: its controls load, and each criterion that concerns it is answered."""

from __future__ import annotations

import pytest

from trustcenter.assess.cases import can_deviate, in_force, lacking, run_cases
from trustcenter.catalog import load, read
from trustcenter.catalog.crosswalk import coverage
from trustcenter.collectors import registry
from trustcenter.instance import parse
from trustcenter.model.catalogue import Catalogue


@pytest.fixture(scope="module")
def catalogue(repository) -> Catalogue:
    instance = parse((repository / "trustcenter.toml").read_bytes(), {}, root=repository)
    return load(read(instance), instance, registry.descriptions())


def test_it_is_plainly_a_sample(catalogue):
    """Nobody could take it for a real company."""
    assert catalogue.organisation.sample


def test_its_controls_span_the_domains(catalogue):
    """At least 45 controls across nine domains; what is not in place says so."""
    assert len(catalogue.controls) >= 45
    domains = {"access", "change", "continuity", "data", "incidents", "people", "platform", "privacy", "vendors"}
    assert {control.domain for control in catalogue.controls} == domains
    assert all(control.tests or control.progress or control.not_applicable for control in catalogue.controls)


def test_every_criterion_in_scope_is_answered(catalogue):
    """Nothing is missing, and no entry of coverage.yaml is objected to."""
    found = coverage(catalogue)
    assert [line.criterion.id for line in found.missing] == []
    assert found.objections == ()
    assert found.complete


def test_it_loads_without_its_platform(catalogue):
    """No variable of the platform is needed to load; using one names it."""
    assert "PORTAL_URL" in next(one for one in catalogue.sources if one.name == "portal").settings.unset()


def test_a_stored_catalogue_is_read_again_as_it_was(catalogue, repository):
    """Replay: the files that a catalogue keeps give the same catalogue."""
    instance = parse(catalogue.files["trustcenter.toml"], {}, root=repository)
    again = load(catalogue.files, instance, registry.descriptions())
    assert again.digest == catalogue.digest
    assert (again.controls, again.waivers, again.documents) == (
        catalogue.controls,
        catalogue.waivers,
        catalogue.documents,
    )


def test_every_automatic_test_is_shown_to_pass_to_fail_and_to_be_refused(catalogue):
    """`trustcenter test --strict` on this repository: cases for each, and each concludes what it must."""
    assert any(can_deviate(test) for control in catalogue.controls if in_force(control) for test in control.tests)
    assert [(control.id, *found) for control in catalogue.controls for found in lacking(control)] == []
    results = [
        result for control in catalogue.controls for result in run_cases(catalogue, registry.descriptions(), control)
    ]
    assert len(results) > 100
    assert [(result.case.place, result.words) for result in results if not result.holds] == []
