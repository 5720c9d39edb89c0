"""OSCAL 1.2.1: our controls and the frameworks as catalogues, who implements them, and what the tests observed.

Four kinds of document that refer to each other by file and UUID; each reference resolves within them. UUIDs are
derived from the page's address and what they name (RFC 9562 5.5), so the same view gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trustcenter.publish.inert import json_text
from trustcenter.publish.machine.names import token, uuid_of
from trustcenter.publish.machine.said import moment, plain, sentence
from trustcenter.publish.pages import iso
from trustcenter.publish.values import ClaimView, FrameworkView, View
from trustcenter.publish.words import METHOD_WORDS

VERSION = "1.2.1"
COMPONENT_DEFINITION = "oscal/component-definition.json"
ASSESSMENT_RESULTS = "oscal/assessment-results.json"
OWN_CATALOG = "oscal/catalog.json"

Value = dict[str, Any]


def document(kind: str, body: Value) -> bytes:
    """One document's bytes, compact: a thousand controls make megabytes."""
    return (json_text({kind: body}) + "\n").encode()


def head(view: View, name: str, title: str) -> Value:
    """UUID and metadata. The UUID changes with the signed assessment, as OSCAL wants of a new version."""
    sample = " (sample)" if view.sample else ""
    party = uuid_of(view.base, "party")
    return {
        "uuid": uuid_of(view.base, name, view.assessment),
        "metadata": {
            "title": plain(f"{view.name}{sample}: {title}"),
            "last-modified": iso(view.as_of),
            "version": str(view.checkpoint),
            "oscal-version": VERSION,
            "props": [
                prop(view, "assessment", view.assessment),
                prop(view, "log-checkpoint", str(view.checkpoint)),
                prop(view, "log-root", view.root),
            ],
            "links": [{"href": f"{view.base}/", "rel": "canonical"}],
            "roles": [{"id": "provider", "title": "Provider of the service, who tests it by its own means"}],
            "parties": [{"uuid": party, "type": "organization", "name": plain(view.name)}],
            "responsible-parties": [{"role-id": "provider", "party-uuids": [party]}],
        },
    }


def prop(view: View, name: str, value: str) -> Value:
    """A property in this page's own namespace."""
    return {"name": name, "ns": f"{view.base}/schemas/oscal", "value": plain(value) or "none"}


def claim_props(claim: ClaimView, view: View) -> list[Value]:
    """State, words, methods, count and dates of a claim: what the page prints beside the sentence."""
    facts = [("claim", claim.id), ("state", claim.shown), ("state-words", claim.state_words)]
    facts += [("method", METHOD_WORDS[method][0].lower()) for method in claim.methods]
    if claim.examined is not None:
        facts += [("passed", str(claim.passed)), ("examined", str(claim.examined)), ("unit", claim.noun)]
    facts += [("environment", name) for name in claim.environments]
    moments = (("as-of", claim.as_of), ("expires", claim.expires), ("since", claim.since))
    facts += [(name, iso(value)) for name, value in moments if value is not None]
    facts += [("until", moment(claim.until))] if claim.until is not None else []
    return [prop(view, name, value) for name, value in facts]


def objective_id(claim: ClaimView) -> str:
    """The identifier of a claim as an objective of its control."""
    return token(f"{claim.control}_{claim.anchor}")


def criterion_id(identifier: str) -> str:
    """The identifier of a criterion or obligation in its catalogue: `CC6.1`, `Art.32`."""
    return token(identifier)


def framework_catalog(framework: str) -> str:
    """Where a framework's catalogue lies."""
    return f"oscal/catalog-{token(framework)}.json"


def by_control(claims: Sequence[ClaimView]) -> dict[str, list[ClaimView]]:
    """The claims of each control, in the page's order."""
    found: dict[str, list[ClaimView]] = {}
    for claim in claims:
        found.setdefault(claim.control, []).append(claim)
    return found


def resource(view: View, path: str, title: str) -> Value:
    """A file of this site that a document refers to."""
    name = path.removeprefix("oscal/")
    href = name if path.startswith("oscal/") else f"../{path}"
    return {
        "uuid": uuid_of(view.base, "resource", path),
        "title": title,
        "rlinks": [{"href": href, "media-type": "application/json" if path.endswith("json") else "text/plain"}],
    }


def catalogs(view: View) -> dict[str, bytes]:
    """Our controls with their claims as objectives, and each framework's criteria by number and title."""
    files = {OWN_CATALOG: document("catalog", {**head(view, "catalog", "controls"), "groups": _groups(view)})}
    for framework in view.frameworks:
        if framework.obligations:
            body = {
                **head(view, f"catalog-{framework.id}", f"{framework.name}, as far as it concerns us"),
                "controls": _criteria(framework),
            }
            files[framework_catalog(framework.id)] = document("catalog", body)
    return files


def _groups(view: View) -> list[Value]:
    return [
        {
            "id": token(domain.id),
            "title": plain(domain.title),
            "controls": [
                {
                    "id": token(control),
                    "title": plain(" / ".join(dict.fromkeys(claim.short for claim in claims))),
                    "props": [{"name": "label", "value": control}],
                    "parts": [_objective(claim, view) for claim in claims],
                }
                for control, claims in by_control(domain.claims).items()
            ],
        }
        for domain in view.domains
    ]


def _objective(claim: ClaimView, view: View) -> Value:
    return {
        "id": objective_id(claim),
        "name": "assessment-objective",
        "title": plain(claim.short),
        "props": claim_props(claim, view),
        "prose": sentence(claim),
        "links": [{"href": claim.address, "rel": "reference"}],
    }


def _criteria(framework: FrameworkView) -> list[Value]:
    rows = {criterion_id(o.status.criterion): o.status for o in framework.obligations}
    return [
        {
            "id": identifier,
            "title": plain(status.title) or status.criterion,
            "props": [{"name": "label", "value": plain(status.criterion)}],
        }
        for identifier, status in rows.items()
    ]
