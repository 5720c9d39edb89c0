"""What the rest of the line needs to know about a collector, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.source import Environment

Method = Literal["representation", "observation", "inspection", "probe"]
METHODS: tuple[Method, ...] = ("representation", "observation", "inspection", "probe")
"""Least evidence first."""

Holds = Literal["declared", "documented", "tested"]
"""What a passing test of this collector lets a claim say."""

Safety = Literal["passive", "canary", "staging"]
"""passive: safe anywhere. canary: touches canary tenants only, and cleans up. staging: never in production."""


def allowed(safety: Safety, environment: Environment) -> bool:
    """Whether a collector of this class may run there: only `staging` ones are barred, and only from production."""
    return safety != "staging" or environment != "production"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that a test may give to a collector."""

    field: Field
    default: Any = None
    required: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class CollectorDescription:
    """A collector's contract: the kinds of source it reads, its facts' schema, how it looks, how safe it is.

    `schema` is None for generic collectors whose columns are typed in the control (`query`).
    """

    id: str
    version: str
    kinds: tuple[str, ...]
    method: Method
    holds: Holds
    safety: Safety
    schema: FactSchema | None
    summary: str
    digest: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    """The calls that it makes to a cloud's interface, `service:Operation`; `trustcenter aws policy` is made of them."""
