"""The data files beside the code: rules by family, topics, quantities, places."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def data(name: str) -> dict[str, Any]:
    """One data file as written."""
    text = (files("trustcenter.publish.lint") / "rules" / f"{name}.yaml").read_text(encoding="utf-8")
    value = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, chosen above
    assert isinstance(value, dict)
    return value
