"""Settings of a source as written, with variables filled in when they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trustcenter.model.place import Place
from trustcenter.model.population import CouldNotTell

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Settings(Mapping[str, Any]):
    """Settings of a source; `${NAME}` is filled in when a setting is read.

    Reading one whose variable is not set raises CouldNotTell(unsupported) naming variable and place. Never shown by
    `repr`: settings hold credentials.
    """

    __slots__ = ("_environment", "_place", "_source", "_written")

    def __init__(self, written: Mapping[str, Any], environment: Mapping[str, str], source: str, place: Place) -> None:
        self._written = dict(written)
        self._environment = environment
        self._source = source
        self._place = place

    def __getitem__(self, key: str) -> Any:
        return self._filled(self._written[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    def __eq__(self, other: object) -> bool:
        """As written, so that comparing sources never needs a variable."""
        return isinstance(other, Settings) and self._written == other._written

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Settings({', '.join(self._written)})"

    def unset(self) -> tuple[str, ...]:
        """The variables that are named and not set."""
        named = {name for text in _texts(self._written) for name in _VARIABLE.findall(text)}
        return tuple(sorted(name for name in named if name not in self._environment))

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _VARIABLE.sub(self._variable, value)
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        return value

    def _variable(self, found: re.Match[str]) -> str:
        value = self._environment.get(found[1])
        if value is None:
            raise CouldNotTell(
                "unsupported",
                f"source {self._source} needs the variable {found[1]}, which is not set",
                where=str(self._place),
                hint=f"set {found[1]} in the environment, or start the service that writes `env_file`",
            )
        return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
