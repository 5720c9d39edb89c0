"""The sample organisation, and views of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from larkspur import sample


@pytest.fixture
def given() -> SimpleNamespace:
    return sample()


@pytest.fixture
def build(given):
    """Build a view of the sample; keywords replace what it is built from."""
    from trustcenter.publish.view import build_view

    def make(**changed):
        tier = changed.pop("tier", "public")
        values = {**vars(given), **changed}
        return build_view(values.pop("catalogue"), values.pop("assessment"), values.pop("record"), tier=tier, **values)

    return make


@pytest.fixture
def proofs():
    """Stands for the ledger's bundles: the shape alone."""
    return lambda name: {"statement": name, "inclusion": [], "checkpoint": "note"}
