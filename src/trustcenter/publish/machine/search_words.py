"""The words by which the page's search finds a claim: those of questionnaires, indexed beside what is printed.

The page generator writes `search/search_index.json`, whose `fields` say what is indexed and how much each counts. We
add two fields that the result list does not print: how the question is asked elsewhere (the claim's aliases and their
opposites), and the other words for the same concepts in the vocabulary of questionnaires.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from trustcenter.publish.inert import json_value
from trustcenter.publish.questionnaire import vocabulary
from trustcenter.publish.questionnaire.text import stems
from trustcenter.publish.values import ClaimView, View

PLACE = "search/search_index.json"
FIELDS: Mapping[str, Mapping[str, float]] = {
    "title": {"boost": 8.0},
    "text": {"boost": 1.0},
    "tags": {"boost": 8.0},
    "asked": {"boost": 40.0},
    "vocabulary": {"boost": 2.0},
}
"""What counts how much. A heading is our own word for a thing; a reviewer types the words of a form."""
CLAIM_BOOST = 2.0
"""A claim before pages and lists that only mention it."""


def with_questionnaire_words(index: bytes, view: View) -> bytes:
    """The search index with the words of each claim that stands on a domain's page."""
    content = json.loads(index)
    claims = {f"{claim.domain}/#{claim.anchor}": claim for claim in view.claims}
    content["config"]["fields"] = FIELDS
    for entry in content["docs"]:
        claim = claims.get(entry["location"])
        if claim is not None:
            entry |= {
                "asked": json_value([claim.short, claim.group, *claim.aliases, *claim.opposites]),
                "vocabulary": json_value(_other_words(claim)),
                "boost": CLAIM_BOOST,
            }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _other_words(claim: ClaimView) -> Sequence[str]:
    """Every phrase of the concepts that the claim's topic and aliases speak of."""
    words = vocabulary.load()
    concepts = {mention.concept for text in (claim.short, *claim.aliases) for mention in words.mentions(stems(text))}
    return sorted(phrase for concept in concepts for phrase in words.said.get(concept, ()))
