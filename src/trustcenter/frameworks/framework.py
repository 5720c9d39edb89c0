"""Frameworks and their criteria, as values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Criterion:
    """One numbered requirement. `category` is the SOC 2 category, else the chapter or article that holds it.

    `obligation`: it puts a duty on somebody; `on` are the roles that bear it (empty: every organisation).
    `conditional`: the duty exists only where a situation applies, which `note` names.
    """

    id: str
    title: str
    note: str
    category: str
    obligation: bool
    conditional: bool
    on: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Framework:
    """A catalogue of criteria in one version. `roles` are those a law knows, `categories` those a report may hold."""

    id: str
    title: str
    version: str
    publisher: str
    criteria: tuple[Criterion, ...]
    roles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    _by_id: dict[str, Criterion] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id.update((criterion.id, criterion) for criterion in self.criteria)

    def get(self, identifier: str) -> Criterion | None:
        return self._by_id.get(identifier)


@dataclass(frozen=True, slots=True)
class Reference:
    """A criterion as cited: `32(1)(b)` cites `Art. 32`. `pinpoint` is the citation in its short form."""

    criterion: str
    pinpoint: str
