"""Everything that is rendered becomes inert here: no markup, template, control or bidi character survives as one.

The rule holds for all text, ours and others': a sentence in a control file and a row of evidence are treated alike.
"""

from __future__ import annotations

import html as _html
import json
import re
from collections.abc import Mapping
from typing import Any

LONGEST = 2_000
"""Characters of one text; the rest is cut and marked with an ellipsis."""

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_SPACES = re.compile(r"[ \t\n\r\x0b\x0c\x85\u2028\u2029]+")
_CHARACTERS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible and bidi controls
    "\ud800-\udfff"  # lone surrogates cannot be encoded
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters; XML refuses the last two
    "\U000e0000-\U000e007f"  # tags: text that no reader sees
)
_FORBIDDEN = re.compile(f"[{_CHARACTERS}]")
_UNCLEAN_JSON = re.compile(rf"[{_CHARACTERS}\x85\u2028\u2029\\]|  ")
"""What `clean` would change in the text of a JSON document, lengths aside; a backslash may hide any of it."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]|~^$!<>&\"'=#]")
_LINE_START = re.compile(r"^(\s*)([-+:]|\d+(?=[.)]))")
_FENCE = re.compile(r"`{3,}")


def clean(text: object, longest: int = LONGEST) -> str:
    """One line of plain text: breaks become spaces, forbidden characters a replacement mark, the length bounded."""
    said = text if type(text) is str else str(text)
    if said.isascii() and said.isprintable() and len(said) <= longest and "  " not in said:
        return said  # what nearly every text is; the expressions below would leave it as it is
    plain = _FORBIDDEN.sub(_REPLACED, _SPACES.sub(" ", said[: longest * 4]))
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def html(text: object, longest: int = LONGEST) -> str:
    """Text for an HTML element or a quoted attribute."""
    return _html.escape(clean(text, longest), quote=True)


def theme_text(text: object) -> str:
    """Text for places where the theme prints a setting now escaped, now not: no character of it can begin markup."""
    return clean(text).translate({ord("<"): "‹", ord(">"): "›", ord('"'): "”", ord("&"): "＆"})


def markdown(text: object, longest: int = LONGEST) -> str:
    """Text for Markdown, inside or outside HTML: each character that Markdown or HTML could act on is an entity."""
    plain = clean(text, longest)
    plain = _MARKDOWN.sub(lambda match: f"&#{ord(match[0])};", plain)
    return _LINE_START.sub(lambda match: match[1] + "".join(f"&#{ord(c)};" for c in match[2]), plain)


def fence(text: object, language: str = "text", longest: int = LONGEST) -> str:
    """A fenced block whose fence is longer than any run of backticks within: lines are kept, nothing else acts."""
    lines = [_FORBIDDEN.sub(_REPLACED, line.replace("\t", "    ")) for line in str(text)[:longest].splitlines()]
    body = "\n".join(line.rstrip() for line in lines)
    ticks = max((len(run) for run in _FENCE.findall(body)), default=2) + 1
    return f"{'`' * ticks}{language}\n{body}\n{'`' * ticks}"


def literal(text: object, longest: int = 64_000) -> list[str]:
    """Lines of a text as it was written, blanks included; only what no editor shows is replaced."""
    return [_FORBIDDEN.sub(_REPLACED, line) for line in str(text)[:longest].splitlines()]


def csv_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula (CWE-1236): a leading `=`, `+`, `-`, `@` gets an apostrophe.

    Numbers are left as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return csv_cell("; ".join(str(item) for item in value))
    text = clean(value, 32_000)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "'", "|", "%") else text


_NAMES: dict[object, str] = {}
"""Clean names of our own documents, which repeat a few hundred of them."""


def _name(key: object) -> str:
    plain = clean(key)
    if len(_NAMES) < 4_096 and type(key) is str and len(key) < 64:
        _NAMES[key] = plain
    return plain


def json_value(value: Any) -> Any:
    """A JSON value whose texts and keys are clean."""
    kind = type(value)  # a page is made of hundreds of thousands of values: the plain types are told apart first
    if kind is str:
        return clean(value)
    if kind is dict:
        return {
            _NAMES.get(key) or _name(key): clean(item) if type(item) is str else json_value(item)
            for key, item in value.items()
        }
    if kind is list or kind is tuple:
        return [json_value(item) for item in value]
    if kind is int or kind is bool or value is None or kind is float:
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    return value


def json_text(value: Any) -> str:
    """A JSON value as compact text whose texts and keys are clean.

    Nearly every document is clean as it is, which one look at its text tells; only another is made anew.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if _UNCLEAN_JSON.search(text) or max(map(len, text.split('"'))) > LONGEST:
        text = json.dumps(json_value(value), ensure_ascii=False, separators=(",", ":"))
    return text


def web_address(text: str) -> str:
    """The address if it is one that a link may lead to (http, https, mailto, tel), else the empty text."""
    plain = clean(text)
    return plain if re.fullmatch(r"(?:https?://|mailto:|tel:)[^\s\"'<>`\\{}|^]+", plain) else ""
