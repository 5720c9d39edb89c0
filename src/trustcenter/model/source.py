"""Sources: the systems that are named in trustcenter.toml."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from trustcenter.model.place import Place

Environment = Literal["production", "staging", "demo"]


@dataclass(frozen=True, slots=True)
class Source:
    """A named system: its kind decides which collectors can read it, its environment which probes may run.

    `settings` hold endpoints and credentials: they are never published and never logged. `mapping` translates a
    collector's words into the platform's own tables, columns, forms and routes, one table per collector id.
    """

    name: str
    kind: str
    environment: Environment
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mapping: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    account: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FetchKey:
    """One thing to fetch. Tests with the same key share one fetch and one piece of evidence."""

    collector: str
    source: str
    parameters: str = "{}"
    """Canonical JSON of the parameters that the test gives, the query's text among them."""

    @property
    def digest(self) -> str:
        text = json.dumps([self.collector, self.source, self.parameters], separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
