"""Ready answers: common forms whose licence permits it, answered from a view as any other questionnaire would be."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from trustcenter.publish.inert import csv_cell
from trustcenter.publish.questionnaire.bands import reaches
from trustcenter.publish.questionnaire.deciding import decide
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import Answerable, Decision
from trustcenter.publish.questionnaire.wording import state_words
from trustcenter.publish.values import ClaimView, View

COLUMNS = ("form", "item", "question", "answer", "text", "basis", "address")
_NOT_SHOWN = {
    "needs_review": "Not currently confirmed; ask us.",
    "abstained": "No published claim answers this; ask us.",
}


@dataclass(frozen=True)
class ReadyForm:
    """A form: the ids are its own, the questions are asked in our words."""

    id: str
    title: str
    version: str
    licence: str
    source: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReadyRow:
    """One item's answer, ready to be copied. `answer` is empty where none may be given today, and `text` says so."""

    item: str
    question: str
    answer: str
    text: str
    basis: str
    address: str


Ready = tuple[tuple[ReadyForm, tuple[ReadyRow, ...]], ...]
"""Every form with its rows."""


@lru_cache(maxsize=1)
def forms() -> tuple[ReadyForm, ...]:
    """The forms that ship with the package."""
    text = files("trustcenter.publish.questionnaire").joinpath("ready_forms.yaml").read_text(encoding="utf-8")
    return tuple(
        ReadyForm(
            id=form["id"],
            title=form["title"],
            version=form["version"],
            licence=form["licence"],
            source=form["source"],
            items=tuple((str(item), question) for item, question in form["items"]),
        )
        for form in yaml.safe_load(text)["forms"]
    )


def ready_answers(view: View) -> Ready:
    """Each form with its rows, answered from the claims of this view and from nothing else."""
    matcher = Matcher([quotable(claim) for claim in view.claims], ())
    return tuple(
        (form, tuple(_row(item, question, decide(question, matcher, view.as_of)) for item, question in form.items))
        for form in forms()
    )


def quotable(claim: ClaimView) -> Answerable:
    """A published claim as it may be quoted; one that fell keeps its topic, so that it still stands in the way."""
    return Answerable(
        claim=claim.id,
        sentence=claim.sentence or f"{claim.short}: not currently confirmed",
        state="unconfirmed" if claim.shown == "withdrawn" else claim.shown,
        methods=claim.methods,
        as_of=claim.as_of,
        criteria=(),
        aliases=claim.aliases,
        title=claim.short,
        link=claim.address,
        missing=claim.note or None,
        opposites=claim.opposites,
    )


def ready_csv(answered: Ready) -> bytes:
    """All rows as RFC 4180 with a byte order mark; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for form, rows in answered:
        for row in rows:
            cells = (form.id, row.item, row.question, row.answer, row.text, row.basis, row.address)
            writer.writerow([csv_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _row(item: str, question: str, decision: Decision) -> ReadyRow:
    if decision.outcome != "answered" or not reaches(decision.band, "medium"):
        outcome = "needs_review" if decision.outcome == "answered" else decision.outcome
        return ReadyRow(item, question, "", _NOT_SHOWN[outcome], "", "")
    first = decision.claims[0]
    return ReadyRow(
        item=item,
        question=question,
        answer=decision.verdict.replace("_", " ").capitalize() if decision.verdict != "text" else "",
        text=decision.text,
        basis="; ".join(dict.fromkeys(state_words(claim) for claim in decision.claims)),
        address=first.link,
    )
