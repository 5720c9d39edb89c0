"""`mkdocs` in a process of its own, without work that it would repeat for every block of code on a page.

The pages are the same, byte for byte: nothing is left out but looking for cycles of memory, which a process that ends
within seconds need not do, and making one and the same table of a style's classes again.
"""

from __future__ import annotations

import gc
from typing import Any


def styles_once() -> None:
    """Makes Pygments derive the classes of a style once, not for each block: they follow from style and prefix."""
    from pygments.formatters import HtmlFormatter

    derive = HtmlFormatter._create_stylesheet
    known: dict[tuple[Any, str], tuple[dict[Any, str], dict[str, Any]]] = {}

    def once(self: Any) -> None:
        key = (self.style, self.classprefix)
        if key not in known:
            derive(self)
            known[key] = (self.ttype2class, self.class2style)
        self.ttype2class, self.class2style = known[key]

    HtmlFormatter._create_stylesheet = once


def main() -> None:
    """Run mkdocs with the arguments of this process."""
    gc.disable()
    styles_once()
    from mkdocs.__main__ import cli

    cli(prog_name="mkdocs")


if __name__ == "__main__":
    main()
