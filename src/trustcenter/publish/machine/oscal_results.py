"""OSCAL assessment results: what our own tests observed, and what follows for the claims that rest on them.

Only tests that we ran give a finding, and only a claim that holds by them is `satisfied`. What is declared or
documented is no result of a test: it stands in the component definition, with its state.
"""

from __future__ import annotations

from trustcenter.publish.machine.names import token, uuid_of
from trustcenter.publish.machine.oscal import (
    ASSESSMENT_RESULTS,
    COMPONENT_DEFINITION,
    OWN_CATALOG,
    Value,
    claim_props,
    document,
    head,
    objective_id,
    prop,
    resource,
)
from trustcenter.publish.machine.said import plain, sentence
from trustcenter.publish.pages import iso
from trustcenter.publish.twins import ASSESSMENT_PROOF
from trustcenter.publish.values import ClaimView, TestLine, View
from trustcenter.publish.words import METHOD_WORDS, number

_METHODS = {"probe": "TEST", "inspection": "EXAMINE", "observation": "EXAMINE", "representation": "INTERVIEW"}
_STATUS = {
    "tested": ("satisfied", "pass"),
    "accepted_deviation": ("not-satisfied", "other"),
    "failing": ("not-satisfied", "fail"),
    "unconfirmed": ("not-satisfied", "other"),
    "stale": ("not-satisfied", "other"),
    "withdrawn": ("not-satisfied", "other"),
}
"""Claims that rest on tests; what could not be told is never satisfied."""


def assessment_results(view: View) -> dict[str, bytes]:
    """The document, by path. Nothing where no claim rests on a test, since OSCAL knows no empty selection."""
    tested = [claim for claim in view.claims if claim.shown in _STATUS]
    if not tested:
        return {}
    lines = {_key(test): test for claim in view.claims for test in claim.tests}
    components = sorted({(test.source, test.environment) for test in lines.values()})
    controls = list(dict.fromkeys(claim.control for claim in (*tested, *(c for c in view.claims if c.tests))))
    result: Value = {
        "uuid": uuid_of(view.base, "result", view.assessment),
        "title": plain(f"Assessment as of {iso(view.as_of)}"),
        "description": "Our own tests of our own service, signed and logged. Not an examiner's opinion.",
        "start": iso(min((test.observed for test in lines.values() if test.observed is not None), default=view.as_of)),
        "end": iso(view.as_of),
        "props": [prop(view, "judge", view.judge), prop(view, "catalogue", view.catalogue)],
        "reviewed-controls": {
            "control-selections": [
                {
                    "description": "Controls of our own catalogue whose tests had a result.",
                    "include-controls": [{"control-id": token(control)} for control in controls],
                }
            ]
        },
    }
    if components:
        result["local-definitions"] = {"components": [_component(view, *named) for named in components]}
        result["observations"] = [_observation(test, view) for test in lines.values()]
    result["findings"] = [_finding(claim, view) for claim in tested]
    body = {
        **head(view, "assessment-results", "assessment results"),
        "import-ap": {
            "href": f"#{uuid_of(view.base, 'resource', COMPONENT_DEFINITION)}",
            "remarks": "No plan stands apart from the controls: each names its tests and how often they run.",
        },
        "results": [result],
        "back-matter": {
            "resources": [
                resource(view, COMPONENT_DEFINITION, "What is assessed"),
                resource(view, OWN_CATALOG, "Our controls, their claims as objectives"),
                resource(view, ASSESSMENT_PROOF, "The signed assessment with its proof of inclusion"),
                resource(view, "evidence/log/checkpoint", "The log's signed checkpoint"),
            ]
        },
    }
    return {ASSESSMENT_RESULTS: document("assessment-results", body)}


def _key(test: TestLine) -> tuple[str, str, str]:
    return test.control, test.test, test.source


def _observation_uuid(test: TestLine, view: View) -> str:
    return uuid_of(view.base, "observation", view.assessment, *_key(test))


def _component_uuid(view: View, source: str, environment: str) -> str:
    return uuid_of(view.base, "source", source, environment)


def _component(view: View, source: str, environment: str) -> Value:
    return {
        "uuid": _component_uuid(view, source, environment),
        "type": "system",
        "title": plain(source),
        "description": plain(f"The source `{source}`, {environment or 'unnamed'} environment."),
        "props": [prop(view, "environment", environment)],
        "status": {"state": "other"},
    }


def _observation(test: TestLine, view: View) -> Value:
    counts = f"{number(test.passed)} of {number(test.examined)} passed"
    made: Value = {
        "uuid": _observation_uuid(test, view),
        "title": plain(f"{test.control}: {test.test}"),
        "description": plain(f"{METHOD_WORDS[test.method][0]} on {test.source}: {counts}."),
        "props": [
            prop(view, "control", test.control),
            prop(view, "test", test.test),
            prop(view, "method", METHOD_WORDS[test.method][0].lower()),
            prop(view, "passed", str(test.passed)),
            prop(view, "examined", str(test.examined)),
        ],
        "methods": [_METHODS[test.method]],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": _component_uuid(view, test.source, test.environment), "type": "component"}],
        "collected": iso(test.observed or view.as_of),
    }
    if test.expires is not None:
        made["expires"] = iso(test.expires)
    if test.evidence:
        made["relevant-evidence"] = [
            {
                "href": f"../evidence/statements/sha256/{digest[:2]}/{digest}.dsse.json",
                "description": f"The signed evidence statement, entry {number(entry.index)} of the log.",
                "props": [prop(view, "digest", entry.digest), prop(view, "log-entry", str(entry.index))],
            }
            for entry in test.evidence
            for digest in [entry.digest.removeprefix("sha256:")]
        ]
    return made


def _finding(claim: ClaimView, view: View) -> Value:
    state, reason = _STATUS[claim.shown]
    made: Value = {
        "uuid": uuid_of(view.base, "finding", view.assessment, claim.id),
        "title": plain(claim.short),
        "description": sentence(claim),
        "props": claim_props(claim, view),
        "links": [{"href": claim.address, "rel": "reference"}],
        "target": {
            "type": "objective-id",
            "target-id": objective_id(claim),
            "status": {"state": state, "reason": reason, "remarks": plain(claim.state_words)},
        },
    }
    if claim.tests:
        made["related-observations"] = [{"observation-uuid": _observation_uuid(test, view)} for test in claim.tests]
    return made
