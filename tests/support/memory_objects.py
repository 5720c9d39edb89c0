"""An object store in memory with conditional writes: two writers can be led through it step by step, or be killed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from trustcenter.ledger.remote.refusals import Conflict


class Killed(BaseException):
    """The process of a writer ended here."""


@dataclass
class Store:
    """What lies in the bucket, shared by all writers."""

    objects: dict[str, bytes] = field(default_factory=dict)


def tag_of(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@dataclass
class MemoryObjects:
    """One writer's view of a store; `before` hears of each operation before it happens, numbered from 0."""

    store: Store
    before: Callable[[int], None] = lambda _: None
    steps: int = 0
    name: str = "memory"
    puts: list[str] = field(default_factory=list)

    def _step(self) -> None:
        number, self.steps = self.steps, self.steps + 1
        self.before(number)

    def tags(self) -> dict[str, str]:
        self._step()
        return {key: tag_of(data) for key, data in self.store.objects.items()}

    def get(self, key: str) -> tuple[bytes, str] | None:
        self._step()
        data = self.store.objects.get(key)
        return None if data is None else (data, tag_of(data))

    def put(self, key: str, data: bytes, *, tag: str | None) -> None:
        self._step()
        found = self.store.objects.get(key)
        if (None if found is None else tag_of(found)) != tag:
            raise Conflict("the condition did not hold", where=key)
        self.store.objects[key] = data
        self.puts.append(key)
