"""What people of the organisation stated, by role, with a date and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from trustcenter.collectors._records import digest_of, records_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.model.records import Declaration
from trustcenter.sources.interface import Files


@dataclass(frozen=True, slots=True)
class DeclarationMade:
    """One declaration of the register; `document` says whether the file behind it is there and unchanged."""

    id: Annotated[str, Key]
    statement: str
    role: str
    declared: date
    expires: date
    expired: bool
    document: Literal["none", "present", "matches", "differs", "absent"]
    """`present`: there, and the declaration gives no digest to compare with. `absent`: not there, or empty."""
    document_digest: str | None
    """Digest of the file as found, `sha256:...`."""

    @property
    def document_sound(self) -> bool:
        """Nothing that the declaration points to is absent or has changed since."""
        return self.document in ("none", "present", "matches")


@collector(method="representation", kinds=("records",), holds="declared")
def declarations(files: Files, run: Run) -> Population[DeclarationMade]:
    """Declarations of the register, each with its role, dates and the document behind it."""
    records = records_of(run, "declarations", Declaration)
    today = run.now().date()
    facts = tuple(_fact(files, record, today) for record in records)
    return Population(
        facts=facts,
        completeness=Completeness("every declaration of the register, which is itself signed as part of the catalogue",
                                  len(records), len(facts), independent=True),
        query="the register of declarations; SHA-256 of each file that one of them names",
        parameters={"register": [record.id for record in records]},
        observed_at=run.now(),
    )  # fmt: skip


def _fact(files: Files, record: Declaration, today: date) -> DeclarationMade:
    found = None if record.document is None else digest_of(files, record.document)
    state: Literal["none", "present", "matches", "differs", "absent"]
    if record.document is None:
        state = "none"
    elif found is None or files.size(record.document) == 0:
        state = "absent"
    elif record.document_digest is None:
        state = "present"
    else:
        state = "matches" if record.document_digest == found else "differs"
    return DeclarationMade(
        id=record.id,
        statement=record.statement,
        role=record.role,
        declared=record.declared,
        expires=record.expires,
        expired=record.expires <= today,
        document=state,
        document_digest=found,
    )
