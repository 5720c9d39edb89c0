"""The ledger as the view takes it: the head, and the place in the log of everything that an assessment rests on."""

from __future__ import annotations

import base64

from trustcenter.errors import TrustCenterError
from trustcenter.ledger.store import Ledger
from trustcenter.model.statement import ASSESSMENT, EVIDENCE, EvidenceStatement
from trustcenter.publish.inputs import EvidenceEntry, LedgerRecord


def ledger_record(ledger: Ledger, assessment: str, key: str) -> LedgerRecord:
    """The record at the ledger's newest checkpoint for one signed assessment.

    `key` is the verifier key as readers pin it (C2SP). Nothing is verified here: publish only a ledger that
    `ledger.verify` passed. Raises TrustCenterError when the ledger is empty or does not hold the assessment.
    """
    head = ledger.head
    if head is None:
        raise TrustCenterError("the ledger is empty", where=str(ledger.path), hint="run `trustcenter check` first")
    place: int | None = None
    wanted: set[str] = set()
    entries: dict[str, EvidenceEntry] = {}
    for logged in ledger.statements(up_to_size=head.size, newest_first=True):
        kind = logged.statement.predicate_type
        if kind == ASSESSMENT and logged.digest == assessment:
            place = logged.index
            predicate = logged.statement.predicate
            wanted = {digest for one in predicate["conclusions"] for digest in one["evidence"]}
        elif kind == EVIDENCE and logged.digest in wanted:
            stated = EvidenceStatement.parse(logged.statement.predicate)
            entries[logged.digest] = EvidenceEntry(
                logged.digest, logged.index, stated.observed, stated.collector, stated.source, stated.size
            )
            if len(entries) == len(wanted):
                break
    if place is None:
        raise TrustCenterError(
            "the ledger does not hold this assessment", where=assessment, hint="run `trustcenter check` first"
        )
    return LedgerRecord(
        origin=head.checkpoint.origin,
        size=head.size,
        root=base64.b64encode(head.checkpoint.root).decode(),
        note=head.data.decode(),
        key=key,
        assessment=assessment,
        assessment_index=place,
        entries=entries,
    )
