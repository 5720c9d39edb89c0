"""The public page that an assessment leads to, rendered without mkdocs: what stands on it, claim by claim."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from trustcenter.model.assessment import Assessment
from trustcenter.model.assessment_codec import parse_public, public_predicate
from trustcenter.pipeline.answering import answerables
from trustcenter.pipeline.line import Line
from trustcenter.publish.inputs import EvidenceEntry, LedgerRecord
from trustcenter.publish.pages import pages
from trustcenter.publish.planned import STANDING
from trustcenter.publish.questionnaire import Answerable
from trustcenter.publish.twins import trust_json
from trustcenter.publish.view import build_view


@dataclass(frozen=True)
class Printed:
    """A page's claims as they are printed: by id, the headline on its Markdown page; and everything that is public."""

    headlines: dict[str, str]
    standing: dict[str, str]
    """Those that the page prints as true, with the sentence."""
    everything: str
    quotable: dict[str, Answerable]
    """What a customer's questionnaire may quote, by claim."""

    @property
    def shapes(self) -> dict[str, str]:
        """What stands, without its numbers: another collection counts anew."""
        return {claim: re.sub(r"\d[\d,.]*", "#", sentence) for claim, sentence in self.standing.items()}


def printed(line: Line, assessment: Assessment) -> Printed:
    """Render every generated page of this assessment for the public, and read the headlines back from the Markdown."""
    entries = {
        digest: EvidenceEntry(digest, index, one.observed_at, "collector", one.source, one.size)
        for index, one in enumerate(assessment.conclusions)
        for digest in one.evidence
        if one.observed_at is not None
    }
    record = LedgerRecord(
        origin="mutants.example/evidence", size=len(entries), root="", note="note", key="key", assessment="sha256:0",
        assessment_index=0, entries=entries,
    )  # fmt: skip
    schemas = {one.id: one.schema for one in line.collectors.values() if one.schema is not None}
    public = parse_public(public_predicate(assessment))
    view = build_view(line.catalogue, public, record, now=assessment.as_of, schemas=schemas)
    files = pages(view)
    headlines = {}
    for claim in view.claims:
        found = re.search(rf"^##+ (.*?) \{{ #{re.escape(claim.anchor)} ", files[f"{claim.domain}.md"], re.MULTILINE)
        assert found, f"{claim.id} has no headline on its page"
        headlines[claim.id] = found[1]
    standing = {claim.id: claim.sentence for claim in view.claims if claim.shown in STANDING}
    everything = "\n".join(files.values()) + json.dumps(trust_json(view), ensure_ascii=False)
    return Printed(headlines, standing, everything, {one.claim: one for one in answerables(line, view)})
