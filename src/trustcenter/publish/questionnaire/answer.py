"""One customer's file answered: read, understood, decided, and written into a copy of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire.confirmed import Confirmed
from trustcenter.publish.questionnaire.draft import Rephrase
from trustcenter.publish.questionnaire.filling import fill_form
from trustcenter.publish.questionnaire.form import LONGEST
from trustcenter.publish.questionnaire.forms.interface import Copy, FormError
from trustcenter.publish.questionnaire.forms.opening import open_form
from trustcenter.publish.questionnaire.layout import Correction
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import BANDS, Answerable, CriterionText, Report

MOST_QUESTIONS = 5_000
"""The longest form that we know of asks about two thousand."""
_NO_QUESTIONS = (
    "No questions were found: the file needs a column headed Question, or texts that end in a question mark."
)


def answer_file(
    path: Path,
    out: Path | None,
    answerables: Sequence[Answerable],
    criteria: Sequence[CriterionText],
    now: datetime,
    threshold: str = "medium",
    corrections: Mapping[str, Correction] | None = None,
    matcher: Matcher | None = None,
    confirmed: Sequence[Confirmed] = (),
    rephrase: Rephrase | None = None,
) -> Report:
    """Answer the questionnaire at `path` into a copy at `out`; without `out` nothing is written (a preview).

    `threshold` is the lowest band that is filled in. Raises `TrustCenterError` when the file cannot be read, or when
    `out` would replace the customer's own file or has another ending.
    """
    if out is not None:
        if out.resolve() == path.resolve():
            raise FormError(
                "the answers would replace the customer's own file", where=path.name, hint="Name another output."
            )
        if out.suffix.lower() != path.suffix.lower():
            raise FormError(f"the copy must end in {path.suffix}, as the original does", where=out.name)
    data = content_of(path)
    copy, report = answer_bytes(
        data,
        answerables,
        criteria,
        now,
        threshold,
        where=path.name,
        preview=out is None,
        corrections=corrections,
        matcher=matcher,
        confirmed=confirmed,
        rephrase=rephrase,
    )
    if out is not None:
        _replace(out, copy)
    return report


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises FormError for an empty, unreadable or far too large one."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size < 200_000_000 else b""
    except OSError as error:
        raise FormError(f"the file cannot be read ({error.strerror})", where=path.name) from error
    if not data:
        raise FormError("the file is empty" if not size else "the file is too large", where=path.name)
    return data


def answer_bytes(
    data: bytes,
    answerables: Sequence[Answerable],
    criteria: Sequence[CriterionText],
    now: datetime,
    threshold: str = "medium",
    *,
    where: str = "questionnaire",
    preview: bool = False,
    corrections: Mapping[str, Correction] | None = None,
    matcher: Matcher | None = None,
    confirmed: Sequence[Confirmed] = (),
    edited: Mapping[int, str] | None = None,
    rephrase: Rephrase | None = None,
) -> tuple[bytes, Report]:
    """The answered copy of a file's bytes, and the report. A pure function: the same input gives the same bytes.

    `where` is the file's name; its ending helps to tell plain texts apart. `corrections` say of sheets and tables what
    a person knows better; `edited` puts a person's words in place of a quotation, by the number of the question;
    `rephrase` may word the others, and add nothing.
    """
    if threshold not in BANDS:
        raise TrustCenterError(f"unknown confidence band {threshold!r}", hint=f"One of: {', '.join(BANDS)}.")
    if now.tzinfo is None:
        raise TrustCenterError("`now` has no time zone")
    form = open_form(data, where, corrections)
    questions = form.questions
    if len(questions) > MOST_QUESTIONS:
        raise FormError(
            f"the file asks {len(questions):,} questions; at most {MOST_QUESTIONS:,} are answered", where=where,
            hint="Answer it in parts, or leave out what is no question with a mapping file (--write-mapping).",
        )  # fmt: skip
    matcher = matcher or Matcher(answerables, criteria)
    matcher.prepare([question.text for question in questions if len(question.text) <= LONGEST])
    decided = list(fill_form(questions, answerables, matcher, now, threshold, confirmed, edited, rephrase))
    fills = [fill for _, fill in decided if fill is not None]
    copy = Copy(data) if preview else form.write(fills)
    notes = [*form.notes(bool(fills)), *copy.notes]
    if not questions:
        notes.insert(0, _NO_QUESTIONS)
    report = Report(
        source_digest=_digest(data),
        result_digest=None if preview else _digest(copy.data),
        made_at=now,
        threshold=threshold,
        written=not preview,
        sheets=form.parts,
        rows=tuple(row for row, _ in decided),
        touched=() if preview else copy.touched,
        notes=tuple(notes),
        kind=form.kind,
        fingerprint=form.fingerprint,
    )
    return copy.data, report


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _replace(out: Path, data: bytes) -> None:
    """Write beside the target, then rename, so that no half a file is ever sent."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(out)
    except OSError as error:
        raise FormError(f"the copy cannot be written ({error.strerror})", where=str(out)) from error
