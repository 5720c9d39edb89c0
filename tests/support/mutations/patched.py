"""An application changed from outside: nothing in src/ helps."""

from __future__ import annotations

from mutations.mutant import Change


def patched(*lines: str) -> Change:
    """The application on a copy of the database; its process runs these lines before anything of its own."""
    return lambda world, stack: stack.enter_context(world.application(patch="\n".join(lines)))
