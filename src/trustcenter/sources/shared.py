"""What the collectors of one run share: made once, by whoever asks first, and closed when the run ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class Shared:
    """Things by name, each made once however many threads ask. A context manager: leaving it closes them."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """The thing of that name; `make` runs for the first who asks, and again where it raised."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            made: T = self._made[name]
            return made

    def close(self) -> None:
        """Close everything that can be closed."""
        with self._lock:
            for made in self._made.values():
                if hasattr(made, "close"):
                    made.close()
            self._made.clear()

    def __enter__(self) -> Shared:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
