"""The machine surface: each claim as JSON with its proof, an index, and `trust.json` for the whole page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from trustcenter.publish.inert import json_value
from trustcenter.publish.pages import iso
from trustcenter.publish.removed_claim import RemovedClaim
from trustcenter.publish.values import ClaimView, View
from trustcenter.publish.words import FRAMEWORK_NAMES

Proofs = Callable[[str], Mapping[str, Any]]
"""A statement's digest to its bundle: statement, inclusion proof, checkpoint (`ledger.proofs.bundle`)."""

ASSESSMENT_PROOF = "claims/assessment.json"


def twins(view: View, proofs: Proofs) -> dict[str, bytes]:
    """All JSON files, by their path in the site's folder."""
    files: dict[str, bytes] = {ASSESSMENT_PROOF: _bytes(dict(proofs(view.assessment)), clean=False)}
    said = [claim_json(claim, view) for claim in view.claims]
    for claim, value in zip(view.claims, said, strict=True):
        twin = {**value, "proofs": {entry.digest: proofs(entry.digest) for entry in claim.evidence}}
        files[claim.twin] = _bytes(twin, clean=False)
    gone = [one for domain in view.domains for one in domain.removed]
    files |= {one.twin: _bytes({**removed_json(one), "checkpoint": view.checkpoint}) for one in gone}
    files["claims/index.json"] = _bytes(
        {**_head(view), "counts": dict(view.tally), "claims": [claim.twin for claim in view.claims]}
        | {"removed": [one.twin for one in gone]}
    )
    files["trust.json"] = _bytes(trust_json(view, said))
    return files


def claim_json(claim: ClaimView, view: View) -> dict[str, Any]:
    """A claim as a value: what the page says of it, no more. A withdrawn sentence is null."""
    value = {
        "id": claim.id,
        "url": claim.address,
        "topic": claim.short,
        "sentence": claim.sentence or None,
        "state": claim.shown,
        "stateWords": claim.state_words,
        "methods": list(claim.methods),
        "scope": None
        if claim.examined is None
        else {"passed": claim.passed, "examined": claim.examined, "unit": claim.noun},
        "environments": list(claim.environments),
        "asOf": _when(claim.as_of),
        "expires": _when(claim.expires),
        "since": _when(claim.since),
        "until": _when(claim.until),
        "note": claim.note or None,
        "owner": claim.owner,
        "control": claim.control,
        "criteria": {_key(name): list(ids) for name, ids in claim.criteria},
        "tests": [
            {
                "test": test.test,
                "source": test.source,
                "environment": test.environment,
                "method": test.method,
                "passed": test.passed,
                "examined": test.examined,
                "observed": _when(test.observed),
                "expires": _when(test.expires),
                "evidence": [{"digest": entry.digest, "entry": entry.index} for entry in test.evidence],
            }
            for test in claim.tests
        ],
        "assessment": {"digest": view.assessment, "entry": view.assessment_index, "proof": ASSESSMENT_PROOF},
        "checkpoint": view.checkpoint,
        "quotation": claim.quotation,
    }
    cleaned: dict[str, Any] = json_value(value)
    return cleaned


def removed_json(gone: RemovedClaim) -> dict[str, Any]:
    """What stands at the address of a claim that is not made any more: that it was, until when, and no sentence."""
    value = {
        "id": gone.id,
        "url": gone.address,
        "topic": gone.words,
        "sentence": None,
        "state": "removed",
        "since": _when(gone.on),
        "reason": gone.reason,
    }
    cleaned: dict[str, Any] = json_value(value)
    return cleaned


def trust_json(view: View, said: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The whole page as one value. `said` are its claims' values where they are made already."""
    return {
        **_head(view),
        "organisation": {"name": view.name, "covers": view.covers, "sample": view.sample},
        "counts": dict(view.tally),
        "claims": [claim_json(claim, view) for claim in view.claims] if said is None else list(said),
        "removed": [removed_json(one) for domain in view.domains for one in domain.removed],
        "frameworks": [
            {
                "id": framework.id,
                "scope": framework.scope,
                "summary": framework.summary,
                "stages": [{"name": r.name, "words": r.words, "stage": r.stage} for r in framework.rungs],
                "counts": dict(framework.counts),
                "obligations": [
                    {
                        "criterion": o.status.criterion,
                        "state": o.shown,
                        "controls": [control for control, _ in o.pages],
                        "words": o.words or None,
                    }
                    for o in framework.obligations
                ],
                "userEntityControls": list(framework.user_entity_controls),
            }
            for framework in view.frameworks
        ],
        "subprocessors": [
            {
                "name": row.name,
                "purpose": row.purpose,
                "data": row.data,
                "region": row.region,
                "transferBasis": row.transfer_basis,
                "securityPage": row.security_page,
                "announced": _when(row.announced),
                "effective": _when(row.effective),
                "noticeDays": row.notice_days,
                "ended": _when(row.ended),
            }
            for row in view.subprocessors
        ],
        "documents": [
            {
                "title": row.title,
                "kind": row.kind,
                "access": row.access,
                "dated": _when(row.dated),
                "reviewBy": _when(row.review_by),
            }
            for row in view.documents
        ],
        "incidents": None
        if view.incidents is None
        else [
            {
                "id": one.id,
                "title": one.title,
                "kind": one.kind,
                "affected": one.affected,
                "began": _when(one.began),
                "detected": _when(one.detected),
                "resolved": _when(one.resolved),
                "updates": [{"at": _when(at), "words": words} for at, words in one.updates],
            }
            for one in view.incidents
        ],
        "notDone": [one.say for one in view.not_done],
        "contacts": dict(view.contacts),
        "changes": [
            {"on": _when(change.on), "words": change.words, "weakens": change.weakens} for change in view.changes
        ],
    }


def _head(view: View) -> dict[str, Any]:
    return {
        "url": f"{view.base}/",
        "asOf": iso(view.as_of),
        "log": {
            "origin": view.origin,
            "size": view.checkpoint,
            "root": view.root,
            "checkpoint": "evidence/log/checkpoint",
        },
        "assessment": {"digest": view.assessment, "entry": view.assessment_index, "judge": view.judge},
        "catalogue": view.catalogue,
    }


def _key(framework: str) -> str:
    return next((identifier for identifier, name in FRAMEWORK_NAMES.items() if name == framework), framework)


def _when(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if value else None


def _bytes(value: Mapping[str, Any], clean: bool = True) -> bytes:
    """Indented UTF-8. Proofs are not cleaned: their bytes are what was signed, and JSON escapes what they hold."""
    shown = json_value(value) if clean else value
    return (json.dumps(shown, indent=1, ensure_ascii=not clean) + "\n").encode()
