"""YAML to values with places: no tags, anchors, merge keys or duplicate keys, bounded in size and depth.

Reads the parser's events one by one, so that depth is bounded before anything recurses.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from trustcenter.errors import ConfigurationError
from trustcenter.model.place import Place
from trustcenter.strict.document import Document, Spot
from trustcenter.strict.scalars import Ambiguous, plain

MAX_BYTES = 1_000_000
"""A hundred times the largest control file that a person would write."""
MAX_DEPTH = 32
MAX_VALUES = 20_000

_REPEAT = "repeat the value: a control is read as it stands"

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that change the direction of what follows."""

_Loader: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(data: bytes, file: str) -> tuple[Document | None, list[ConfigurationError]]:
    """The file's values, and everything that is wrong with how they are written.

    No document where the text cannot be read to its end. Never raises for what `data` holds.
    """
    if len(data) > MAX_BYTES:
        where = str(Place(file))
        what = f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} that are read"
        return None, [ConfigurationError(what, where=where, hint="split it, or keep data outside the controls")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        return None, [
            ConfigurationError(
                f"byte 0x{data[error.start]:02x} is not UTF-8",
                where=str(Place(file, line, column)),
                hint="save the file as UTF-8",
            )
        ]
    reader = _Reader(text, file)
    reader.check_hidden(text)
    try:
        return reader.document(), reader.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        what = f"this is not YAML: {error.problem or error.context or 'unreadable'}"
        hint = "indent with spaces" if "\\t" in what else None
        return None, [*reader.problems, ConfigurationError(what, where=str(place), hint=hint)]
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        place = Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        what = f"this is not YAML: {error.reason}"
        return None, [*reader.problems, ConfigurationError(what, where=str(place))]
    except _Stop as stop:
        return None, [*reader.problems, stop.error]
    finally:
        reader.close()


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, error: ConfigurationError) -> None:
        super().__init__(error.what)
        self.error = error


def _mark(event: Any) -> Any:
    return event.start_mark


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.problems: list[ConfigurationError] = []
        self._count = 0
        self._loader = _Loader(text)

    def close(self) -> None:
        self._loader.dispose()

    def check_hidden(self, text: str) -> None:
        """Report characters that show something else than what is read."""
        found = _HIDDEN.search(text)
        if found is not None:
            line = text.count("\n", 0, found.start()) + 1
            self._hidden(line, found.start() - text.rfind("\n", 0, found.start()), found[0])

    def _hidden(self, line: int, column: int, character: str) -> None:
        what = f"U+{ord(character):04X} is a hidden character"
        self._problem(line, column, what, "leave it out: what a reviewer sees is what counts")

    def document(self) -> Document:
        loader = self._loader
        loader.get_event()  # the stream's start
        event = loader.get_event()
        if isinstance(event, yaml.StreamEndEvent):
            raise self._stop(event, "the file is empty")
        event = loader.get_event()
        value, spot = self._value(event, 0)
        loader.get_event()  # the document's end
        event = loader.get_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._stop(event, "a second document begins: one file is one document")
        return Document(self.file, value, spot)

    def _value(self, event: Any, depth: int) -> tuple[Any, Spot]:
        self._count += 1
        if self._count > MAX_VALUES:
            raise self._stop(event, f"the file has more than {MAX_VALUES:,} values")
        if depth > MAX_DEPTH:
            raise self._stop(event, f"values are nested deeper than {MAX_DEPTH}")
        if type(event) is yaml.ScalarEvent:
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            raise self._stop(event, f"`*{event.anchor}` is an alias", _REPEAT)
        self._plain_node(event)
        spot = Spot(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(spot, depth), spot
        items: list[Any] = []
        while not isinstance(event := self._loader.get_event(), yaml.SequenceEndEvent):
            item, child = self._value(event, depth + 1)
            spot.children[len(items)] = child
            items.append(item)
        return items, spot

    def _mapping(self, spot: Spot, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := self._loader.get_event(), yaml.MappingEndEvent):
            if type(event) is not yaml.ScalarEvent:
                raise self._stop(event, "a key is text", "quote it")
            if event.tag is not None or event.anchor is not None:
                self._plain_node(event)
            key, mark = event.value, _mark(event)
            line, column = mark.line + 1, mark.column + 1
            value, child = self._value(self._loader.get_event(), depth + 1)
            if key in values:
                first = spot.keys[key]
                self._problem(line, column, f"`{key}` stands here a second time", f"first in line {first[0]}")
            elif key == "<<":
                self._problem(line, column, "`<<` is a merge key", "write the keys out")
            else:
                values[key] = value
                spot.keys[key] = (line, column)
                spot.children[key] = child
        return values

    def _scalar(self, event: Any) -> tuple[Any, Spot]:
        mark = event.start_mark
        text = event.value
        spot = Spot(mark.line + 1, mark.column + 1, text)
        if event.tag is not None or event.anchor is not None:
            self._plain_node(event)
        if event.style:  # quoted or a block: text, in every YAML
            hidden = _HIDDEN.search(text) if event.style == '"' else None
            if hidden is not None:
                self._hidden(spot.line, spot.column, hidden[0])
            return text, spot
        try:
            return plain(text), spot
        except Ambiguous as error:
            self._problem(spot.line, spot.column, str(error))
            return text, spot

    def _plain_node(self, event: Any) -> None:
        if event.tag is not None:
            self._problem_at(event, f"`{event.tag}` is a tag", "leave it out: types follow from the key")
        if event.anchor is not None:
            self._problem_at(event, f"`&{event.anchor}` is an anchor", _REPEAT)

    def _problem_at(self, event: Any, what: str, hint: str) -> None:
        self._problem(event.start_mark.line + 1, event.start_mark.column + 1, what, hint)

    def _problem(self, line: int, column: int, what: str, hint: str | None = None) -> None:
        self.problems.append(ConfigurationError(what, where=str(Place(self.file, line, column)), hint=hint))

    def _stop(self, event: Any, what: str, hint: str | None = None) -> _Stop:
        mark = event.start_mark
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
        return _Stop(ConfigurationError(what, where=str(place), hint=hint))
