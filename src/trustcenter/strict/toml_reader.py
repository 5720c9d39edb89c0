"""TOML to values with places. The parser of the standard library tells no places, so headers and keys are found again
line by line; what stands in an inline table has the place of the table."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.model.place import Place
from trustcenter.strict.document import Document, Spot

MAX_BYTES = 1_000_000
_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?")
_ASSIGNMENT = re.compile(rf"([ \t]*)({_DOTTED})[ \t]*=[ \t]*")
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES = re.compile(r'"""|\'\'\'')


def read(data: bytes, file: str) -> tuple[Document | None, list[ConfigurationError]]:
    """The file's values, or what is wrong with how they are written."""
    if len(data) > MAX_BYTES:
        what = f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} that are read"
        return None, [ConfigurationError(what, where=str(Place(file)))]
    try:
        text = data.decode("utf-8-sig")
        value = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return None, [ConfigurationError(what, where=str(Place(file, line)), hint="save the file as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _POSITION.search(message)
        end = Place(file, text.count("\n") + 1, len(text) - text.rfind("\n"))
        place = Place(file, int(found[1]), int(found[2])) if found and found[1] else end
        what = f"this is not TOML: {_POSITION.sub('', message)}"
        return None, [ConfigurationError(what, where=str(place))]
    except RecursionError:
        return None, [ConfigurationError("values are nested too deep", where=str(Place(file)))]
    return Document(file, value, _spots(text, value)), []


def _spots(text: str, value: dict[str, Any]) -> Spot:
    root = here = Spot(1, 1)
    quote: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if quote is not None:
            if line.count(quote) % 2:
                quote = None
            continue
        header = _HEADER.match(line)
        assignment = None if header else _ASSIGNMENT.match(line)
        if header:
            here = _descend(root, header[1], number, header.start(1) + 1, number, header.start(1) + 1)
        elif assignment:
            _descend(here, assignment[2], number, assignment.start(2) + 1, number, assignment.end() + 1)
            opened = _QUOTES.search(line, assignment.end())
            if opened and line.count(opened[0], assignment.end()) % 2:
                quote = opened[0]
    return root


def _descend(spot: Spot, dotted: str, line: int, column: int, value_line: int, value_column: int) -> Spot:
    keys = [part.strip("\"'") for part in re.findall(_KEY, dotted)]
    for index, key in enumerate(keys):
        last = index == len(keys) - 1
        if key not in spot.children:
            spot.keys[key] = (line, column)
            spot.children[key] = Spot(value_line, value_column) if last else Spot(line, column)
        spot = spot.children[key]
    return spot
