"""The sample's machine surface, and its built site (built once)."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from larkspur import sample


@pytest.fixture(scope="session")
def larkspur_view():
    """The sample's public view; a claim of it is in each state."""
    from trustcenter.publish.view import build_view

    given = vars(sample())
    return build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), **given)


@pytest.fixture(scope="session")
def surface(larkspur_view):
    """Every file that follows from the view alone."""
    from trustcenter.publish.machine.surface import machine_files

    return machine_files(larkspur_view)


@pytest.fixture(scope="session")
def built_site(larkspur_view, tmp_path_factory):
    """The sample's site as it is published."""
    from trustcenter.publish.site import build_site

    folder = tmp_path_factory.mktemp("larkspur")
    built = build_site(
        larkspur_view,
        lambda name: {"statement": name, "inclusion": [], "checkpoint": "note"},
        instance=folder,
        docs=folder / "site",
        destination=folder / "out",
        evidence=None,
    )
    return built.folder


@pytest.fixture(scope="session")
def parsed(surface):
    """The JSON files among them, as values."""
    return SimpleNamespace(
        **{
            path.removesuffix(".json").replace("/", "_").replace("-", "_"): json.loads(content)
            for path, content in surface.items()
            if path.endswith(".json")
        }
    )
