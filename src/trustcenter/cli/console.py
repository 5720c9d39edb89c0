"""What a person sees: colours that respect NO_COLOR, progress on standard error, results on standard output."""

from __future__ import annotations

import json as _json
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

_STYLES = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "strong": "1", "link": "36"}
_OTHERS = "\\x00-\\x08\\x0b-\\x1a\\x1c-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff"
_CONTROLS = re.compile(f"[\\x1b{_OTHERS}]")
_CONTROLS_BUT_STYLES = re.compile(rf"\x1b(?!\[(?:0|1|2|31|32|33|36)m)|[{_OTHERS}]")


def inert(text: str, stream: TextIO | None = None) -> str:
    """Text that a terminal only shows: what evidence or a file holds can move no cursor and reverse no line."""
    pattern = _CONTROLS_BUT_STYLES if _coloured(stream or sys.stdout) else _CONTROLS
    return pattern.sub("\N{REPLACEMENT CHARACTER}", text)


def _coloured(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Console:
    """Prints results, progress and errors; in JSON mode standard output holds one document and nothing else."""

    def __init__(self, *, quiet: bool = False, json: bool = False) -> None:
        self.quiet = quiet
        self.json = json
        self._live = ""
        self._started = time.monotonic()

    def style(self, text: str, style: str, stream: TextIO | None = None) -> str:
        """The text in a style where the stream shows colours, else as it is."""
        target = stream or sys.stdout
        return f"\033[{_STYLES[style]}m{text}\033[0m" if _coloured(target) else text

    def print(self, text: str = "") -> None:
        """One line of the result; nothing in JSON mode."""
        if not self.json:
            self._clear()
            print(inert(text))

    def document(self, value: Any) -> None:
        """The result for machines."""
        print(_json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def table(self, rows: Sequence[Sequence[str]], *, header: Sequence[str] | None = None) -> None:
        """Columns aligned by width; the last one is never padded."""
        if self.json or not rows:
            return
        lines = [list(map(str, row)) for row in ([header, *rows] if header else rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
        for number, line in enumerate(lines):
            padded = [cell.ljust(width) for cell, width in zip(line[:-1], widths[:-1], strict=True)] + [line[-1]]
            text = "  ".join(padded).rstrip()
            self.print(self.style(text, "dim") if header and number == 0 else text)

    def note(self, text: str) -> None:
        """One line of progress that stays, on standard error."""
        if not self.quiet:
            self._clear()
            print(inert(self.style(text, "dim", sys.stderr), sys.stderr), file=sys.stderr, flush=True)

    def progress(self, done: int, total: int, what: str) -> None:
        """Progress of long work: a line that rewrites itself on a terminal, a line each elsewhere."""
        if self.quiet:
            return
        text = f"[{done}/{total}] {what}"
        if not sys.stderr.isatty():
            self.note(f"{text} ({time.monotonic() - self._started:.1f} s)")
            return
        self._clear()
        self._live = inert(text, sys.stderr)[
            : (os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else 80) - 1
        ]
        print(self._live, end="", file=sys.stderr, flush=True)

    def error(self, text: str) -> None:
        """An error, on standard error."""
        self._clear()
        print(f"{self.style('error', 'bad', sys.stderr)}: {inert(text, sys.stderr)}", file=sys.stderr)

    def warn(self, text: str) -> None:
        """A warning, on standard error."""
        self._clear()
        print(f"{self.style('warning', 'warn', sys.stderr)}: {inert(text, sys.stderr)}", file=sys.stderr)

    def facts(self, values: Mapping[str, str]) -> None:
        """Names and values, one a line."""
        self.table([(self.style(name, "dim"), value) for name, value in values.items()])

    def _clear(self) -> None:
        if self._live:
            print("\r" + " " * len(self._live) + "\r", end="", file=sys.stderr, flush=True)
            self._live = ""
