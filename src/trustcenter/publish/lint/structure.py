"""Blocks to passages: which line is a heading, which pair a badge, which cell a label, what is the summary on top."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trustcenter.model.place import Place
from trustcenter.publish.lint.courses import schemes
from trustcenter.publish.lint.lexicon import STANDING, names_columns, topics_in
from trustcenter.publish.lint.page import Block, Page, Passage, PassageKind
from trustcenter.publish.lint.sentences import spans
from trustcenter.publish.lint.summary import summary
from trustcenter.publish.lint.variants import variants

_LABEL = re.compile(r"^([A-Z0-9][^:.!?;|]{0,48}?)\s*(?::(?!\d{4}\b)|\s[—–-]\s)\s*(?=\S)")
_RUN_IN = re.compile(r"^((?!Yes\b|No\b|Never\b|Always\b|None\b)[A-Z][a-z][\w/& -]{1,34})\.\s+(?=[A-Z])")
"""`Backups. They are made nightly`: a heading in the line of its paragraph."""
_COLUMN = re.compile(
    r"provider|vendor|purpose|region|location|name|service|status|standard|framework|sub-?processor|docs|company"
    r"|activity|topic|area|control|severity|target|entity|country|item|feature|metric|partner|recipient|stage"
    r"|^(?:what|where|who|why|how|when)\b",
    re.IGNORECASE,
)
_NUMBERED_PART = re.compile(
    r"(?:part|section|chapter|annex|schedule|appendix) (?:\d+|[A-Z]|[IVX]+)\s*[—–:-]", re.IGNORECASE
)
_CORNER = re.compile(r"(?:roles?|who|what|data|row|no\.?|#|task)?", re.IGNORECASE)
"""The first cell of a head, which says what the rows are."""
_VERB = re.compile(
    r"\b(is|are|was|were|we|can|cannot|do|does|did|shall|see|sees|will|has|have|uses?|must|may|never|runs?|keeps?)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"^[^.!?]*\?\W*$")
_OPENS_WITH_QUESTION = re.compile(r"(?:Q(?:uestion)?\s?\d*[.:)] )?[^.!?]{8,140}\?(?= \S)")
_ASKED = re.compile(r"(?:(?P<q>Q|Question)\s?\d*|[A-Z]?\d+(?:\.\d+)*)\s?[:.)]\s+(?=\S)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:A|Answer)\s?\d*\s?[:.)]\s+(?=\S)", re.IGNORECASE)
_DIVIDER = re.compile(r"\s*[·•∙|]\s*")
_ASSERTS_NOTHING = re.compile(
    r"(?:also (?:asked|known|searched) as|keywords|tags|search terms)\s*:"
    r"|(?:not yet|not done|planned|still open|missing|out of scope)\s*:"
    r"|(?:ask|try|check|run|test|see|look|open|connect|compare|read|verify|download)\b[^!?]*:$",
    re.IGNORECASE,
)
"""Other words for a question, and a step that the reader is told to take."""
_BEFORE = 2_000
"""Characters of a block that a sentence in it still refers to."""
_ENDED = re.compile(r"[.!?;:,]\)?$")


def page(name: str, source: str, blocks: Sequence[Block], *, asserted: bool = True) -> Page:
    """A page from its blocks. `source` is the text that their offsets point into."""
    reader = _Structure(name, source, asserted)
    passages = tuple(reader.read(blocks))
    header = {passage.start for passage in summary(passages)}
    # A badge on top is said, not a heading of what follows.
    passages = tuple(
        replace(one, kind="badge") if one.start in header and one.kind == "title" else one for one in passages
    )
    told, scheme = variants(passages), schemes(passages)
    passages = tuple(replace(one, variants=told, scheme=scheme) for one in passages)
    return Page(name, passages, tuple(one for one in passages if one.start in header))


def is_short(block: Block) -> bool:
    """A line that is no sentence: a title, a label, a value."""
    return (
        block.kind == "paragraph"
        and len(block.text) <= 70
        and block.text.count(" ") < 9
        and not _ENDED.search(block.text)
    )


def _label(text: str) -> tuple[str, int]:
    """What stands before a colon or dash, where it is a name and no sentence, and where the rest begins."""
    found = _LABEL.match(text) or _RUN_IN.match(text)
    named = found is not None and found[1].count(" ") < 6 and not _VERB.search(found[1])
    return (found[1].strip(), found.end()) if found and named else ("", len(text))


def _part(text: str) -> str:
    """The part that a sentence names before a colon, longer than a label: `Devices since 2021 (P4 and P5): TLS 1.3`."""
    found = _LABEL.match(text)
    return found[1].strip() if found and ":" in found[0] and not _VERB.search(found[1]) else ""


def _without(block: Block, count: int) -> Block:
    """The block without its first characters."""
    return replace(block, text=block.text[count:], offsets=block.offsets[count:])


def _asked(block: Block) -> Block | None:
    """The question that a block is, without its number; `Q7. Describe your backups.` is one without a mark."""
    numbered = _ASKED.match(block.text)
    asked = _without(block, numbered.end()) if numbered else block
    told = (
        numbered is not None
        and numbered["q"] is not None
        and len(numbered[0].strip()) > 2
        and asked.text.count(".") < 2
    )
    is_one = (bool(_QUESTION.search(asked.text)) or told) and asked.text.count(" ") < 24
    return asked if is_one and asked.text else None


def _labels(block: Block, following: Block) -> bool:
    """Whether a short line names what the next one says: `Uptime`, then `99.9 %`; not two badges side by side."""
    named = topics_in(block.text)
    if not named or block.text.count(" ") >= 4 or not is_short(following):
        return False
    # `Support`, then `24/7`: round the clock is said of anything.
    other = topics_in(following.text) - {"monitoring"}
    return not other or bool(named & other)


def _side_by_side(text: str) -> list[tuple[int, int]]:
    """The parts of `SOC 2 Type II · EU hosting · 99.9% uptime`: three or more, each a few words."""
    parts, at = [], 0
    for mark in [*_DIVIDER.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if end > at:
            parts.append((at, end))
        at = mark.end() if mark else end
    short = all(
        text[start:end].count(" ") < 8 and end - start <= 48 and not _ENDED.search(text[start:end])
        for start, end in parts
    )
    return parts if len(parts) >= 3 and short else []


@dataclass
class _Structure:
    name: str
    source: str
    asserted: bool
    heading: str = ""
    standing: str = ""
    columns: tuple[str, ...] = ()
    table: int = -1
    block: int = 0
    lines: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = [0, *(match.end() for match in re.finditer("\n", self.source))]

    def read(self, blocks: Sequence[Block]) -> Iterator[Passage]:
        at = 0
        while at < len(blocks):
            block, following = blocks[at], blocks[at + 1] if at + 1 < len(blocks) else None
            self.block += 1
            at += 1
            answer = _ANSWER.match(block.text)
            if block.kind == "row":
                yield from self._row(block)
            elif answer and _QUESTION.search(self.heading):
                yield from self._prose(_without(block, answer.end()), "sentence")
            elif block.kind != "heading" and (asked := _asked(block)) is not None:
                # A question asserts nothing: it is what the next sentences answer.
                self.standing, self.heading = "", asked.text
                yield self._passage(asked, 0, len(asked.text), "title", heading="")
            elif block.kind == "item":
                yield from self._prose(block, "item")
            elif block.kind == "heading":
                self.standing, self.heading = "", block.text
                yield self._passage(block, 0, len(block.text), "title", heading="")
            elif not is_short(block) or (_LABEL.match(block.text) and not _NUMBERED_PART.match(block.text)):
                yield from self._prose(block, "sentence")
            elif STANDING.match(block.text) and not (following and STANDING.match(following.text)):
                if following is not None and (is_short(following) or following.kind == "heading"):
                    # A status above its title: `In progress`, then `SOC 2 Type I`.
                    at += 1
                    self.block += 1
                    self.heading, self.standing = following.text, block.text
                    yield self._passage(following, 0, len(following.text), "title", heading="")
                else:
                    self.standing = block.text
                    yield self._passage(block, 0, len(block.text), "badge", label=self.heading)
            elif following is not None and _labels(block, following):
                at += 1
                self.standing = following.text if STANDING.match(following.text) else ""
                self.heading = block.text
                yield self._passage(following, 0, len(following.text), "badge", label=block.text, heading="")
            else:
                self.standing, self.heading = "", block.text
                yield self._passage(block, 0, len(block.text), "title", heading="")

    def _prose(self, block: Block, kind: PassageKind) -> Iterator[Passage]:
        beside = _side_by_side(block.text)
        for start, end in beside:
            self.block += 1
            yield self._passage(block, start, end, "item")
        if beside:
            return
        name, after = _label(block.text)
        rest = block.text[after:]
        if name and len(rest) <= 60 and not re.search(r"[.!?]\s|[.!?]$", rest) and rest.count(" ") < 8:
            start = len(block.text) - len(rest)
            yield self._passage(block, start, len(block.text), "badge", label=name)
            return
        first = _OPENS_WITH_QUESTION.match(block.text) if kind == "sentence" else None
        asked = _asked(replace(block, text=first[0], offsets=block.offsets[: first.end()])) if first else None
        said = list(spans(block.text))
        if first and asked is not None:
            # Question and answer in one paragraph.
            self.standing, self.heading = "", asked.text
            yield self._passage(asked, 0, len(asked.text), "title", heading="")
            said = [(start, end) for start, end in said if start >= first.end()]
        part = name
        for start, end in said:
            # `Critical: within an hour. Other reports: within a day.`
            own = _label(block.text[start:end])[0]
            part = own or _part(block.text[start:end]) or part
            own = own or name
            yield self._passage(
                block,
                start,
                end,
                kind,
                label=own,
                part=part,
                before=block.text[max(0, start - _BEFORE) : start].strip(),
            )

    def _row(self, block: Block) -> Iterator[Passage]:
        first = block.group != self.table
        if first:
            self.table, self.columns = block.group, ()
            known = sum(1 for cell in block.cells if _COLUMN.search(cell)) * 2 > len(block.cells)
            corner = len(block.cells) > 2 and _CORNER.fullmatch(block.cells[0]) is not None
            if known or (block.level == 1 and (corner or names_columns(block.cells))):
                self.columns = block.cells
                return
        cells = block.cells
        standing = next((cell for cell in cells[1:] if STANDING.match(cell)), "")
        if len(cells) == 2 and len(cells[1]) <= 70:
            start = block.text.rfind(cells[1])
            passage = self._passage(block, start, start + len(cells[1]), "badge", label=cells[0], cells=cells)
        elif len(cells) == 2:
            at = block.text.rfind(cells[1])
            for start, end in spans(cells[1]):
                before = cells[1][:start].strip()
                yield self._passage(block, at + start, at + end, "item", label=cells[0], before=before, cells=cells)
            return
        else:
            label = cells[0] if len(cells) > 1 else ""
            asked = next((number for number, cell in enumerate(cells[:-1]) if cell.endswith("?")), -1)
            # A question in a cell asserts nothing; the cells after it answer it.
            start = block.text.index(cells[asked]) + len(cells[asked]) + len(" | ") if asked >= 0 else 0
            heading = cells[asked] if asked >= 0 else None
            passage = self._passage(block, start, len(block.text), "row", label=label, heading=heading, cells=cells)
        yield passage if not standing else replace(passage, standing=standing)

    def _passage(
        self,
        block: Block,
        start: int,
        end: int,
        kind: PassageKind,
        *,
        label: str = "",
        part: str = "",
        heading: str | None = None,
        before: str = "",
        cells: tuple[str, ...] = (),
    ) -> Passage:
        begin, last = block.offsets[start], block.offsets[end - 1]
        said = block.text[start:end]
        about = self.heading if heading is None else heading
        stated = not any(_ASSERTS_NOTHING.match(text) for text in (said, f"{label}: {said}"))
        # `No: owners can export everything` answers a question, or marks what is not done.
        stated = stated and (not said.startswith("No: ") or about.endswith("?"))
        return Passage(
            kind=kind,
            text=said,
            place=self._place(begin),
            start=begin,
            end=last + 1,
            label=label,
            part=part or label,
            heading=about,
            standing=self.standing,
            before=before,
            block=self.block,
            group=block.group,
            cells=cells,
            columns=self.columns if block.kind == "row" else (),
            link=block.link,
            asserted=self.asserted and stated,
        )

    def _place(self, offset: int) -> Place:
        from bisect import bisect_right

        line = bisect_right(self.lines, offset)
        return Place(self.name, line, offset - self.lines[line - 1] + 1)
