"""OSCAL component definition: the service, how it implements our own controls, and which of them answer a criterion."""

from __future__ import annotations

from trustcenter.publish.framework_status import obligation_word
from trustcenter.publish.machine.names import token, uuid_of
from trustcenter.publish.machine.oscal import (
    COMPONENT_DEFINITION,
    OWN_CATALOG,
    Value,
    by_control,
    claim_props,
    criterion_id,
    document,
    framework_catalog,
    head,
    objective_id,
    prop,
    resource,
)
from trustcenter.publish.machine.said import plain, sentence
from trustcenter.publish.values import ClaimView, FrameworkView, View

_STATUS = {
    "tested": "implemented",
    "documented": "implemented",
    "declared": "implemented",
    "accepted_deviation": "partial",
    "in_progress": "planned",
    "not_applicable": "not-applicable",
}
"""OSCAL's word for whether something is in place; a state that is not here says nothing of it."""


def component_definition(view: View) -> dict[str, bytes]:
    """The document, by path."""
    sources = [own_controls(view)] + [
        criteria(framework, view) for framework in view.frameworks if _answered(framework)
    ]
    resources = [resource(view, OWN_CATALOG, "Our controls, their claims as objectives")]
    resources += [
        resource(view, framework_catalog(framework.id), f"Criteria of {framework.name}")
        for framework in view.frameworks
        if _answered(framework)
    ]
    body = {
        **head(view, "component-definition", "component definition"),
        "components": [
            {
                "uuid": uuid_of(view.base, "component", "service"),
                "type": "service",
                "title": plain(view.name),
                "description": plain(view.covers),
                "responsible-roles": [{"role-id": "provider", "party-uuids": [uuid_of(view.base, "party")]}],
                "control-implementations": [source for source in sources if source["implemented-requirements"]],
            }
        ],
        "back-matter": {"resources": resources},
    }
    return {COMPONENT_DEFINITION: document("component-definition", body)}


def own_controls(view: View) -> Value:
    """Each of our controls with its claims as statements, in the page's words."""
    return {
        "uuid": uuid_of(view.base, "implementation", "own"),
        "source": f"#{uuid_of(view.base, 'resource', OWN_CATALOG)}",
        "description": "What the service does, control by control. A sentence counts only with the state beside it.",
        "implemented-requirements": [
            {
                "uuid": uuid_of(view.base, "requirement", "own", control),
                "control-id": token(control),
                "description": " ".join(sentence(claim) for claim in claims),
                "statements": [_statement(claim, view) for claim in claims],
            }
            for control, claims in by_control(view.claims).items()
        ],
    }


def _statement(claim: ClaimView, view: View) -> Value:
    status = _STATUS.get(claim.shown)
    props = claim_props(claim, view)
    if status is not None:
        props.append({"name": "implementation-status", "value": status})
    made: Value = {
        "statement-id": objective_id(claim),
        "uuid": uuid_of(view.base, "statement", claim.id),
        "description": sentence(claim),
        "props": props,
        "links": [{"href": claim.address, "rel": "reference"}],
    }
    if claim.note:
        made["remarks"] = plain(claim.note)
    return made


def criteria(framework: FrameworkView, view: View) -> Value:
    """The criteria that our controls answer, with what these show today. It is not for us to say that one is met."""
    own = uuid_of(view.base, "resource", OWN_CATALOG)
    return {
        "uuid": uuid_of(view.base, "implementation", framework.id),
        "source": f"#{uuid_of(view.base, 'resource', framework_catalog(framework.id))}",
        "description": plain(f"{framework.name}. {framework.scope}. {framework.summary}"),
        "implemented-requirements": [
            {
                "uuid": uuid_of(view.base, "requirement", framework.id, obligation.status.criterion),
                "control-id": criterion_id(obligation.status.criterion),
                "description": plain(f"{obligation_word(framework.id, obligation.shown)}. {obligation.words}".strip()),
                "props": [prop(view, "state", obligation.shown)]
                + [prop(view, "control", control) for control, _ in obligation.pages],
                "links": [
                    {"href": f"#{own}", "rel": "implemented-by", "resource-fragment": token(control)}
                    for control, page in obligation.pages
                    if page
                ],
            }
            for obligation in framework.obligations
            if obligation.pages
        ],
    }


def _answered(framework: FrameworkView) -> bool:
    return any(obligation.pages for obligation in framework.obligations)
