"""Controls and the cases written in them: those of an instance, or of any folder of controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trustcenter.assess.cases import CaseResult, lacking, run_cases
from trustcenter.catalog.loader import load as load_catalogue
from trustcenter.catalog.reader import read as read_files
from trustcenter.collectors.registry import descriptions
from trustcenter.errors import ConfigurationError
from trustcenter.instance import find, parse
from trustcenter.instance import load as load_instance
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.control import Control, TestOfControl

_ANYWHERE = """[organisation]
name = "Anybody"
url = "https://anybody.example"
covers = "a folder of controls without an instance"
sample = true
categories = ["security", "availability", "confidentiality", "processing_integrity", "privacy"]
[organisation.roles]
gdpr = ["controller", "processor"]
ccpa = ["business", "service_provider"]
"""
"""What a folder of controls that belongs to no instance is read with: one source of every kind."""


@dataclass(frozen=True)
class Tried:
    """The cases of some controls, and the tests that lack some."""

    controls: tuple[Control, ...]
    results: tuple[CaseResult, ...]
    lacking: tuple[tuple[Control, TestOfControl, str], ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if not result.holds)


def try_cases(folder: Path, path: Path | None, environment: Mapping[str, str]) -> Tried:
    """Run the cases of every control at a path, of the whole instance without one.

    A path inside the controls of an instance selects from them; any other folder is read as controls by themselves.
    Raises Problems where controls do not load, ConfigurationError where there are none.
    """
    collectors = descriptions()
    catalogue, chosen = _controls(folder, path, environment, collectors)
    if not chosen:
        raise ConfigurationError(
            "there is no control here", where=str(path or folder), hint="name a folder of controls"
        )
    results = tuple(result for control in chosen for result in run_cases(catalogue, collectors, control))
    missing = tuple((control, test, kind) for control in chosen for test, kind in lacking(control))
    return Tried(chosen, results, missing)


def _controls(
    folder: Path, path: Path | None, environment: Mapping[str, str], collectors: Mapping[str, CollectorDescription]
) -> tuple[Catalogue, tuple[Control, ...]]:
    given = (folder if path is None else path).resolve()
    if path is not None and not given.exists():
        given = (folder / path).resolve()
    if not given.exists():
        raise ConfigurationError("there is no such file or folder", where=str(path))
    try:
        root: Path | None = find(given if given.is_dir() else given.parent)
    except ConfigurationError:
        if path is None:
            raise
        root = None
    if root is not None:
        instance = load_instance(root, environment)
        controls = instance.controls.resolve()
        if path is None or given.is_relative_to(controls) or controls.is_relative_to(given):
            catalogue = load_catalogue(read_files(instance), instance, collectors)
            base = instance.root.resolve()
            return catalogue, tuple(
                one for one in catalogue.controls if path is None or (base / one.place.file).is_relative_to(given)
            )
    if not given.is_dir():
        raise ConfigurationError("this file lies in no instance's controls", where=str(path), hint="name its folder")
    instance = parse(_text(given, collectors).encode(), {}, root=given.parent)
    catalogue = load_catalogue(read_files(instance), instance, collectors)
    return catalogue, catalogue.controls


def _text(controls: Path, collectors: Mapping[str, CollectorDescription]) -> str:
    kinds = sorted({kind for description in collectors.values() for kind in description.kinds})
    sources = "".join(f'[sources.{kind}]\nkind = "{kind}"\nenvironment = "production"\n' for kind in kinds)
    return f'{_ANYWHERE}[paths]\ncontrols = "{controls.name}"\n{sources}'
