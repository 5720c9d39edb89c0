"""Whom a safeguard binds: a sentence about some people, or about what is possible, answers no question about all of
them, or about what is required, whatever topics were given to it."""

from __future__ import annotations

import re

from trustcenter.publish.questionnaire.text import fold

_ALL = re.compile(
    r"\b(?:all|every|each|any) (?:(?:of )?(?:your|our|the|its|end|other|external|internal|application|customer|system"
    r"|individual|active) )*(?:users?|accounts?|members?|customers?|clients?|people|persons?|logins?|sign-?ins?"
    r"|readers?|tenants?)\b"
    r"|\b(?:everyone|everybody|anyone|anybody|all of (?:them|us|you))\b"
    r"|\b(?:end[ -]users?|regular users?|ordinary users?|non-?(?:admin\w*|privileged) (?:users?|accounts?)|members)\b"
)
_SOME = re.compile(
    r"\b(?:account )?owners?\b|\badmin(?:istrator|istrative)?s?\b|\bprivileged\b|\b(?:our )?staff\b|\bemployees?\b"
    r"|\bpersonnel\b|\bdevelopers?\b|\bengineers?\b|\bcontractors?\b"
)
_WHOLE = re.compile(
    r"\b(?:all|every|each) (?:\w+ )?(?:users?|accounts?|members?|people|persons?|customers?|readers?|sign-?ins?)\b"
    r"|\b(?:everyone|everybody|nobody|no one)\b|\bmembers\b"
)
_REQUIRED = re.compile(
    r"\b(?:must|requir\w+|mandat\w+|enforc\w+|compulsory|obligat\w+|obliged|have to|has to|need(?:s|ed)? to)\b"
)
_POSSIBLE = re.compile(r"\b(?:can|may|could|possible|optional\w*|available|offer\w*|support\w*|choose)\b")


def narrower(question: str, sentence: str) -> str:
    """Why a sentence binds fewer people, or less, than the question asks; empty where it does not."""
    asked, said = fold(question), fold(sentence)
    if _ALL.search(asked) and (found := _SOME.search(said)) and not _WHOLE.search(said):
        return f"speaks only of {found.group(0)}"
    if _REQUIRED.search(asked) and _POSSIBLE.search(said) and not (_REQUIRED.search(said) or _binds(said)):
        return "says what is possible, not what is required"
    return ""


def _binds(said: str) -> bool:
    """A refusal or a denial binds as a duty does."""
    return bool(re.search(r"\b(?:refus\w+|reject\w+|only|never|not|no|without)\b", said))
