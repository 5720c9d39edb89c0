"""Ready answers follow from the view alone: what stands is quoted, what fell or is not claimed is asked for."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from trustcenter.publish.questionnaire.ready import COLUMNS, forms, ready_answers, ready_csv


def rows_of(view):
    return [row for _, rows in ready_answers(view) for row in rows]


def test_every_form_names_its_licence_and_asks_each_item_once() -> None:
    for form in forms():
        assert form.licence
        assert form.source.startswith("https://")
        assert len({item for item, _ in form.items}) == len(form.items) >= 15
        assert all(question.endswith("?") for _, question in form.items)


def test_answers_quote_claims_that_stand(build) -> None:
    view = build()
    sentences = {claim.sentence for claim in view.claims if claim.shown in ("tested", "documented", "declared")}

    answered = [row for row in rows_of(view) if row.answer == "Yes"]

    assert answered
    assert all(any(sentence in row.text for sentence in sentences) for row in answered)
    assert all(row.address.startswith("https://") and row.basis for row in answered)


@pytest.mark.parametrize("shown", ["failing", "stale", "unconfirmed", "withdrawn"])
def test_when_the_claims_fall_nothing_is_answered(build, shown) -> None:
    view = build()
    fallen = tuple(
        replace(domain, claims=tuple(replace(claim, shown=shown, sentence="") for claim in domain.claims))
        for domain in view.domains
    )

    assert {row.answer for row in rows_of(replace(view, domains=fallen))} == {""}


def test_the_table_for_machines_holds_every_row_and_no_formula(build) -> None:
    view = build()

    found = list(csv.reader(io.StringIO(ready_csv(ready_answers(view)).decode("utf-8-sig"))))

    assert tuple(found[0]) == COLUMNS
    assert len(found) == 1 + sum(len(form.items) for form in forms())
    assert not any(cell.startswith(("=", "+", "@")) for row in found for cell in row)
