"""JSON Schemas (2020-12) of `trust.json`, each claim's JSON and what stands where a claim was.

Closed: a field not here is not published.
"""

from __future__ import annotations

import json
from typing import Any

from trustcenter.model.collector import METHODS
from trustcenter.publish.framework_status import OBLIGATION_WORDS
from trustcenter.publish.values import View
from trustcenter.publish.words import SHOWN

TRUST = "schemas/trust.json"
CLAIM = "schemas/claim.json"
REMOVED = "schemas/removed-claim.json"

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_DIGEST: Schema = {"type": "string", "pattern": "^[a-z0-9]+:"}
_METHODS: Schema = {"type": "array", "items": {"enum": list(METHODS)}, "uniqueItems": True}


def schemas(view: View) -> dict[str, bytes]:
    """The schemas by path, with the page's address in their `$id`."""
    return {
        TRUST: _bytes({**_headed(view, TRUST, "The whole trust page as one value."), **trust_schema()}),
        CLAIM: _bytes({**_headed(view, CLAIM, "One claim with the proofs of its evidence."), **claim_schema(True)}),
        REMOVED: _bytes({**_headed(view, REMOVED, "A claim that is not made any more."), **removed_schema(True)}),
    }


def claim_schema(proofs: bool) -> Schema:
    """A claim; its own file carries `proofs`, one a digest of its evidence, and in `trust.json` it does not."""
    known = _object(
        {
            "id": _said("Control and claim: `access.second-factor/owner-2fa`."),
            "url": {"type": "string", "format": "uri", "description": "The permanent address of the sentence."},
            "topic": _said("What it is about; asserts nothing."),
            "sentence": _absent(_TEXT, "The sentence; null while it is withdrawn. True only as `state` says."),
            "state": {"enum": list(SHOWN)},
            "stateWords": _said("The state as the page prints it, with its date."),
            "methods": _METHODS,
            "scope": _absent(
                _object({"passed": _COUNT, "examined": _COUNT, "unit": _TEXT}), "How many items held, of how many."
            ),
            "environments": {"type": "array", "items": _TEXT},
            "asOf": _absent(_MOMENT, "When the oldest evidence behind it was observed."),
            "expires": _absent(_MOMENT, "From then on it is not known."),
            "since": _absent(_MOMENT, "Since when it does not hold."),
            "until": _absent({"anyOf": [_MOMENT, _DAY]}, "Target date, or end of an accepted deviation."),
            "note": _absent(_TEXT, "What a reader must know beside it."),
            "owner": _said("The responsible role."),
            "control": _TEXT,
            "criteria": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
            "tests": {"type": "array", "items": _test()},
            "assessment": _object({"digest": _DIGEST, "entry": _COUNT, "proof": _TEXT}),
            "checkpoint": _COUNT,
            "quotation": _said("The sentence with state, method, count and address, to quote as a whole."),
        }
    )
    if proofs:
        known["properties"]["proofs"] = {
            "type": "object",
            "description": "Digest to signed statement, proof of inclusion and checkpoint, for `trustcenter verify`.",
            "additionalProperties": {"type": "object"},
        }
        known["required"].append("proofs")
    return known


def removed_schema(alone: bool) -> Schema:
    """A claim that was removed; its own file carries the checkpoint too, and in `trust.json` the head does."""
    known = {
        "id": _said("Control and claim, as they were."),
        "url": {"type": "string", "format": "uri", "description": "The permanent address, which says the same."},
        "topic": _said("What it was about; asserts nothing."),
        "sentence": {"type": "null", "description": "Nothing is claimed here."},
        "state": {"const": "removed"},
        "since": {**_DAY, "description": "The day of the first signed assessment without it."},
        "reason": _said("What the signed catalogues tell of it."),
    }
    return _object({**known, "checkpoint": _COUNT} if alone else known)


def trust_schema() -> Schema:
    """`trust.json`."""
    return _object(
        {
            "url": {"type": "string", "format": "uri"},
            "asOf": _MOMENT,
            "log": _object({"origin": _TEXT, "size": _COUNT, "root": _TEXT, "checkpoint": _TEXT}),
            "assessment": _object({"digest": _DIGEST, "entry": _COUNT, "judge": _TEXT}),
            "catalogue": _DIGEST,
            "organisation": _object({"name": _TEXT, "covers": _TEXT, "sample": {"type": "boolean"}}),
            "counts": {"type": "object", "propertyNames": {"enum": list(SHOWN)}, "additionalProperties": _COUNT},
            "claims": {"type": "array", "items": claim_schema(False)},
            "removed": {"type": "array", "items": removed_schema(False)},
            "frameworks": {"type": "array", "items": _framework()},
            "subprocessors": {"type": "array", "items": _subprocessor()},
            "documents": {
                "type": "array",
                "items": _object({"title": _TEXT, "kind": _TEXT, "access": _TEXT, "dated": _DAY, "reviewBy": _DAY}),
            },
            "incidents": _absent(
                {"type": "array", "items": _incident()}, "Those that were disclosed; null where no register is kept."
            ),
            "notDone": {"type": "array", "items": _TEXT},
            "contacts": {"type": "object", "additionalProperties": _TEXT},
            "changes": {
                "type": "array",
                "items": _object({"on": _DAY, "words": _TEXT, "weakens": {"type": "boolean"}}),
            },
        }
    )


def _test() -> Schema:
    return _object(
        {
            "test": _TEXT,
            "source": _TEXT,
            "environment": _TEXT,
            "method": {"enum": list(METHODS)},
            "passed": _COUNT,
            "examined": _COUNT,
            "observed": _absent(_MOMENT, ""),
            "expires": _absent(_MOMENT, ""),
            "evidence": {"type": "array", "items": _object({"digest": _DIGEST, "entry": _COUNT})},
        }
    )


def _framework() -> Schema:
    obligation = _object(
        {
            "criterion": _TEXT,
            "state": {"enum": list(OBLIGATION_WORDS)},
            "controls": {"type": "array", "items": _TEXT},
            "words": _absent(_TEXT, "Disclosure, organisation it is carved out to, or the gap's reason."),
        }
    )
    return _object(
        {
            "id": _TEXT,
            "scope": _TEXT,
            "summary": _TEXT,
            "stages": {
                "type": "array",
                "items": _object({"name": _TEXT, "words": _TEXT, "stage": {"enum": ["done", "now", "next"]}}),
            },
            "counts": {"type": "object", "propertyNames": {"enum": list(OBLIGATION_WORDS)}},
            "obligations": {"type": "array", "items": obligation},
            "userEntityControls": {"type": "array", "items": _TEXT},
        }
    )


def _subprocessor() -> Schema:
    texts = ("name", "purpose", "data", "region", "transferBasis", "securityPage")
    return _object(
        {
            **dict.fromkeys(texts, _TEXT),
            "announced": _DAY,
            "effective": _DAY,
            "noticeDays": {"type": "integer"},
            "ended": _absent(_DAY, "From then on it receives nothing."),
        }
    )


def _incident() -> Schema:
    return _object(
        {
            **dict.fromkeys(("id", "title", "kind", "affected"), _TEXT),
            "began": _MOMENT,
            "detected": _MOMENT,
            "resolved": _absent(_MOMENT, "Null while it lasts."),
            "updates": {"type": "array", "items": _object({"at": _MOMENT, "words": _TEXT}), "minItems": 1},
        }
    )


def _object(properties: Schema) -> Schema:
    """An object with exactly these fields, all of them present."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _absent(value: Schema, description: str) -> Schema:
    found: Schema = {"anyOf": [value, {"type": "null"}]}
    return {**found, "description": description} if description else found


def _said(description: str) -> Schema:
    return {"type": "string", "description": description}


def _headed(view: View, path: str, description: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{view.base}/{path}",
        "title": path.removeprefix("schemas/"),
        "description": description,
    }


def _bytes(value: Schema) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
