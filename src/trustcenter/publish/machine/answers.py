"""All answers as one table: first what reviewers ask first, then each claim. CSV and workbook are made of it."""

from __future__ import annotations

import csv
import io

from trustcenter.publish.inert import csv_cell
from trustcenter.publish.machine.said import moment, plain, sentence
from trustcenter.publish.machine.workbook import Cell, Sheet, workbook
from trustcenter.publish.values import Answer, ClaimView, View
from trustcenter.publish.words import FRAMEWORK_NAMES, METHOD_WORDS, STATE_WORDS, minute

COLUMNS = (
    "kind", "id", "question", "answer", "state", "state words", "methods", "passed", "examined", "unit",
    "environments", "as of", "expires", "since", "until", "note", "owner", "control",
    *FRAMEWORK_NAMES.values(), "address", "evidence",
)  # fmt: skip
"""`kind` is `first` or `claim`; moments are UTC; `evidence` holds the digests of the signed statements."""

Row = tuple[Cell, ...]


def answer_rows(view: View) -> tuple[Row, ...]:
    """One row an answer, in the order of `COLUMNS`."""
    return (*(_asked(answer, view) for answer in view.answers), *(_claim(claim) for claim in view.claims))


def answers_csv(view: View) -> bytes:
    """RFC 4180 with a byte order mark, so that spreadsheets read it as UTF-8; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([csv_cell(cell) for cell in row] for row in answer_rows(view))
    return text.getvalue().encode("utf-8-sig")


def answers_workbook(view: View) -> bytes:
    """The same rows as a workbook, with the registers on sheets of their own."""
    subprocessors: list[Row] = [
        (
            plain(s.name), plain(s.purpose), plain(s.data), plain(s.region), plain(s.transfer_basis), s.security_page,
            moment(s.announced), moment(s.effective), s.notice_days, moment(s.ended),
        )
        for s in view.subprocessors
    ]  # fmt: skip
    documents: list[Row] = [
        (plain(d.title), d.kind, d.access, moment(d.dated), moment(d.review_by), "yes" if d.overdue else "no")
        for d in view.documents
    ]
    about: list[Row] = [
        ("organisation", plain(view.name) + (" (sample)" if view.sample else "")),
        ("covers", plain(view.covers)),
        ("page", f"{view.base}/"),
        ("as of", plain(minute(view.as_of))),
        ("log checkpoint", view.checkpoint),
        ("signed assessment", view.assessment),
        *((f"claims: {STATE_WORDS[shown].lower()}", amount) for shown, amount in view.tally.items()),
    ]
    return workbook(
        [
            Sheet("Answers", COLUMNS, answer_rows(view)),
            Sheet(
                "Subprocessors",
                (
                    "name", "purpose", "data", "region", "transfer basis", "security page", "announced", "effective",
                    "notice days", "ended",
                ),
                subprocessors,
            ),
            Sheet("Documents", ("title", "kind", "access", "dated", "review by", "overdue"), documents),
            Sheet("Not done", ("what we do not do",), [(plain(one.say),) for one in view.not_done]),
            Sheet("About", ("what", "value"), about),
        ],
        title=f"Answers of {view.name}",
        made=view.as_of,
    )  # fmt: skip


def _asked(answer: Answer, view: View) -> Row:
    """A question of the overview. Its own counts stand at the claims that answer it."""
    path = answer.page.replace("index.md", "").replace(".md", "/")
    values: dict[str, Cell] = {
        "kind": "first",
        "question": plain(answer.question),
        "answer": plain(answer.answer),
        "state": answer.shown,
        "state words": plain(answer.state_words),
        "methods": _methods(answer.methods),
        "expires": moment(answer.expires),
        "address": f"{view.base}/{path}",
    }
    return tuple(values.get(column, "") for column in COLUMNS)


def _claim(claim: ClaimView) -> Row:
    values: dict[str, Cell] = {
        "kind": "claim",
        "id": claim.id,
        "question": plain(claim.asks or claim.short),
        "answer": sentence(claim),
        "state": claim.shown,
        "state words": plain(claim.state_words),
        "methods": _methods(claim.methods),
        "passed": claim.passed if claim.passed is not None else "",
        "examined": claim.examined if claim.examined is not None else "",
        "unit": plain(claim.noun) if claim.examined is not None else "",
        "environments": "; ".join(claim.environments),
        "as of": moment(claim.as_of),
        "expires": moment(claim.expires),
        "since": moment(claim.since),
        "until": moment(claim.until),
        "note": plain(claim.note),
        "owner": plain(claim.owner),
        "control": claim.control,
        "address": claim.address,
        "evidence": "; ".join(entry.digest for entry in claim.evidence),
    }
    values |= {framework: "; ".join(ids) for framework, ids in claim.criteria if framework in COLUMNS}
    return tuple(values.get(column, "") for column in COLUMNS)


def _methods(methods: tuple[str, ...]) -> str:
    return "; ".join(word.lower() for name, (word, _) in METHOD_WORDS.items() if name in methods)
