"""What a column of a form is for, read from its header; and whether a text asks something."""

from __future__ import annotations

import re

_WHOSE = r"(vendor|supplier|your|our|company|provider|third\ party|respondent|final)('s)?"

# The first match counts: "question no" is an identifier, "vendor answer" an answer.
_ROLES: tuple[tuple[str, str], ...] = (
    ("identifier", r"^(#|no|nr|id|ref|ref id|item|number|(question|control|item|q) ?(id|no|nr|number|#|ref))$"),
    (
        "reference",
        rf"""^({_WHOSE}\ )?(
            (references?|citations?|sources?)
            | (supporting\ )?(evidence|documents?|documentation)(\ (link|reference|provided))?
            | links?(\ to\ (evidence|documentation))?
            | attachments?
        )$""",
    ),
    (
        "answer",
        rf"""^({_WHOSE}\ )?(answers?|responses?|reply)(\ (here|value|yes\ no.*|y\ n.*|select.*|from.*))?$
            | ^(yes\ no|y\ n)(\ (n\ a|na|partial|partially|other|comment))*$
            | ^(compliant|in\ place|implemented|((compliance|implementation)\ )?status)(\ yes\ no.*)?$""",
    ),
    (
        "comment",
        rf"""^({_WHOSE}\ )?((additional|further|optional)\ )*
            (comments?|notes?|explanations?|details?|remarks?|justifications?|information|clarifications?)
            (\ .{{0,40}})?$
            | ^(please\ )?(explain|describe|elaborate)\b.{{0,40}}$
            | ^if\ (yes|no|so|not|applicable|partial(ly)?|n\ a)(\ (or\ )?(no|partial(ly)?|n\ a))*\ (please\ )?
              (explain|describe|provide|give|specify|state|list|detail|elaborate|comment|attach)\b.{{0,60}}$""",
    ),
    (
        "question",
        r"""^((security|privacy|control|assessment|due\ diligence|vendor|compliance)\ )*
            (questions?|requirements?|enquiry|queries|query|criteria|controls?|assessment\ items?)
            (\ (text|description|specification|statement|to\ vendor|for\ vendor|to\ be\ answered|requirement)s?)?$
            | ^(questions?|requirements?)\ (and|or)\ .{0,30}$""",
    ),
    (
        "section",
        r"^(section|category|domain|area|topic|theme|control\ (domain|family|area)|subject|group)(\ (name|title))?$",
    ),
)
_PATTERNS = tuple((role, re.compile(pattern, re.VERBOSE)) for role, pattern in _ROLES[1:])
_IDENTIFIER = re.compile(_ROLES[0][1])
_OPENING = re.compile(
    r"^(do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|how|what|which|who|whom|when|where|why"
    r"|describe|please|provide|list|explain|specify|indicate|confirm|select|if)\b",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(please )?(answer|complete|fill|return|note that|contact|read|refer|send|sign|tick|attach this|use the"
    r"|if you have any questions)\b",
    re.IGNORECASE,
)

_SEVERAL = re.compile(
    r"\b(all (that|which) (may )?apply|one or more|more than one|any (that|which) apply"
    r"|(tick|check|mark|select|choose|indicate) (all|multiple|several))\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b((select|choose|tick|check|mark|pick|indicate) (only |exactly )?(one|the (one|option|answer))\b|which one\b)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(of|from|among) (the|these|those) (following|list|options|below)|\blisted below", re.IGNORECASE
)
_MARK = re.compile(
    r"^\s*(?:[\u2610-\u2612\u25a0\u25a1\u2751\u274f\u25fb\u2b1c\u2022\u25cf*\-]|\[\s*\]|\(\s*\))\s*(\S.*)$"
)
_EMPTY_BOX = re.compile(r"[\u2610\u25a1\u2751\u274f\u25fb\u2b1c]|\[\s*\]|\(\s*\)")
_LONGEST_OPTION = 80


def only_if(header: str) -> str:
    """Of a column headed `If yes, ...` or `If no, ...`: after which answer it is filled in; empty for any other."""
    match = re.match(r"if (yes|so|no|not)\b", " ".join(re.sub(r"[^a-z]+", " ", header.casefold()).split()))
    return {"yes": "yes", "so": "yes"}.get(match.group(1), "no") if match else ""


def several(text: str) -> bool:
    """Whether a question says that more than one option may be chosen."""
    return bool(_SEVERAL.search(text))


def chooses_one(text: str) -> bool:
    """Whether a question says that exactly one of several options is chosen."""
    return bool(_ONE.search(text)) and not several(text)


def chooses(text: str) -> bool:
    """Whether a question says that one chooses among what follows."""
    return several(text) or chooses_one(text) or bool(_LISTED.search(text))


def is_empty_box(text: str) -> bool:
    """Whether a text is a box without a tick."""
    return bool(_EMPTY_BOX.fullmatch(text))


def printed_options(text: str) -> tuple[str, ...]:
    """The options that a question itself prints, where it asks for all that apply: lines with marks, or behind a colon.

    Empty where they cannot be told apart from the question.
    """
    if not several(text):
        return ()
    marked = [match.group(1) for line in text.splitlines() if (match := _MARK.match(line))]
    if len(marked) < 2:
        inline = re.split(r"[\u2610\u25a1\u2751\u274f\u25fb\u2b1c]|\[\s*\]", text)[1:]
        marked = inline if len(inline) > 1 else []
    if not marked:
        _, _, listed = text.rpartition(":")
        separator = ";" if ";" in listed else "\n" if listed.strip().count("\n") else ","
        marked = (
            re.sub(r"\((tick|check|select|mark|choose)[^)]*\)", "", listed).split(separator) if listed != text else []
        )
    found = tuple(dict.fromkeys(one.strip(" \n\r\t.,;") for one in marked if one.strip(" \n\r\t.,;")))
    return found if len(found) > 1 and all(len(one) <= _LONGEST_OPTION and "?" not in one for one in found) else ()


def role_of(text: str) -> str | None:
    """What a header's text announces: identifier, section, question, answer, comment or reference."""
    if not text or len(text) > 90:
        return None
    short = " ".join(re.sub(r"[^a-z0-9#']+", " ", text.casefold()).split())
    if _IDENTIFIER.match(short):
        return "identifier"
    return next((role for role, pattern in _PATTERNS if pattern.match(short)), None)


def asks(text: str) -> bool:
    """Whether a text reads like a question or a request."""
    text = text.strip()
    if len(text) < 10 or (_INSTRUCTION.match(text) and not text.endswith("?")):
        return False
    return text.endswith("?") or (("?" in text or len(text) > 25) and bool(_OPENING.match(text)))
