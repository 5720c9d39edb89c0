"""An instance as pages: claims, what is not done, subprocessors, examinations, statements; each where it is written."""

from __future__ import annotations

from collections.abc import Iterable

from trustcenter.model.catalogue import Catalogue
from trustcenter.model.place import Place
from trustcenter.publish.lint.page import Page, Passage
from trustcenter.publish.lint.sentences import spans


def pages(catalogue: Catalogue, instance_file: str, instance_text: str) -> list[Page]:
    """One page for each file of the instance that publishes words."""
    files = {name: text.decode("utf-8", "replace") for name, text in catalogue.files.items()}
    files[instance_file] = instance_text
    found: list[tuple[str, list[Passage]]] = []
    for control in catalogue.controls:
        # What is not done is shown as such: its words are read, its sentence is not held against others.
        held = control.progress is None and control.not_applicable is None
        said = [
            (claim.place, text, claim.group) for claim in control.claims for text in (claim.say, claim.note) if text
        ]
        file = control.place.file
        found.append((file, _sentences(files, said, asserted=held)))
    for declaration in catalogue.declarations:
        found.append((declaration.place.file, _sentences(files, [(declaration.place, declaration.statement, "")])))
    top = Place(instance_file)
    not_done = [(one.place, one.say, "What we do not do") for one in catalogue.organisation.not_done]
    found.append((instance_file, _sentences(files, [(top, catalogue.organisation.covers, ""), *not_done])))
    found += _subprocessors(catalogue, files)
    found += _engagements(catalogue, files)
    return [Page(name, tuple(passages)) for name, passages in _joined(found)]


def _joined(found: Iterable[tuple[str, list[Passage]]]) -> list[tuple[str, list[Passage]]]:
    pages: dict[str, list[Passage]] = {}
    for name, passages in found:
        pages.setdefault(name, []).extend(passages)
    return [(name, passages) for name, passages in pages.items() if passages]


def _sentences(
    files: dict[str, str], said: Iterable[tuple[Place, str, str]], *, asserted: bool = True
) -> list[Passage]:
    passages = []
    for number, (place, text, heading) in enumerate(said):
        for start, end in spans(text):
            passages.append(_passage(files, place, text[start:end], heading, text[:start], number, asserted=asserted))
    return passages


def _passage(
    files: dict[str, str],
    place: Place,
    text: str,
    heading: str,
    before: str = "",
    block: int = 0,
    *,
    asserted: bool = True,
    label: str = "",
    cells: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
) -> Passage:
    """A passage at the place of its words in the file; at the declared place where they are folded over lines."""
    source = files.get(place.file, "")
    lines = source.split("\n")
    after = sum(len(line) + 1 for line in lines[: place.line - 1])
    at = source.find(text, after)
    start = at if at >= 0 else after + place.column - 1
    line = source.count("\n", 0, start) + 1
    column = start - (source.rfind("\n", 0, start) + 1) + 1
    return Passage(
        kind="row" if cells else ("badge" if label else "sentence"),
        text=text,
        place=Place(place.file, line, column),
        start=start,
        end=start + len(text),
        label=label,
        heading=heading,
        before=before,
        block=block,
        cells=cells,
        columns=columns,
        asserted=asserted,
    )


def _subprocessors(catalogue: Catalogue, files: dict[str, str]) -> list[tuple[str, list[Passage]]]:
    columns = ("name", "purpose", "data", "region", "transfer basis")
    found = []
    for number, one in enumerate(catalogue.subprocessors):
        if one.ended is not None:
            continue
        cells = (one.name, one.purpose, ", ".join(one.data), one.region, one.transfer_basis)
        passage = _passage(files, one.place, one.region, "Subprocessors", block=number, cells=cells, columns=columns)
        found.append((one.place.file, [_whole(passage, cells)]))
    return found


def _whole(passage: Passage, cells: tuple[str, ...]) -> Passage:
    """The row as its cells together: what a reader of the page sees."""
    from dataclasses import replace

    return replace(passage, text=" | ".join(cells))


_STAGES = {
    "not_started": "not started",
    "readiness": "readiness",
    "observing": "observation period in progress",
    "in_examination": "in examination",
    "report_issued": "report issued",
}


def _engagements(catalogue: Catalogue, files: dict[str, str]) -> list[tuple[str, list[Passage]]]:
    found = []
    for one in catalogue.engagements:
        label = f"SOC 2 Type {one.type}" if one.framework == "soc2" and one.type else one.framework.upper()
        written = _passage(files, one.place, f"stage: {one.stage}", "", label=label)
        from dataclasses import replace

        found.append((one.place.file, [replace(written, text=_STAGES[one.stage])]))
    return found
