"""A VSAQ questionnaire as a form; what is written is the file of answers that the program itself saves and loads.

VSAQ's questionnaires are not JSON: they hold `//` comments, texts joined by `+`, and HTML. Items stand in nested
blocks; `cond` names the options after which an item is asked (VSAQ, "Questionnaire format"). The answers are one
object: an item's key to its text, or to `checked`, `yes`, `no`.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trustcenter.publish.questionnaire.conditions import holds
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, FormQuestion, checked
from trustcenter.publish.questionnaire.model import SheetSummary

_TAG = re.compile(r"<[^<>]{0,2000}>")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|"|//[^\n]*|/\*(?:.*?\*/|.*)|[^"/]+|/', re.DOTALL)
_TRAILING = re.compile(r",(\s*[}\]])")
_IS_SHOWN = re.compile(r"\^([A-Za-z0-9_.-]+)")
_LONGEST_CONDITION = 20_000
_DEEPEST, _MOST = 40, 20_000
_FREE, _CHOICES = ("line", "box"), ("radiogroup", "checkgroup")


def open_vsaq(body: str, where: str) -> VsaqForm:
    """The questionnaire in this text. Raises FormError for other JSON."""
    document = relaxed_json(body, where)
    items = document.get("questionnaire") if isinstance(document, Mapping) else None
    if not isinstance(items, list):
        raise FormError(
            "the JSON is not a VSAQ questionnaire: it has no list `questionnaire`", where=where,
            hint="For questions as JSON lines use `trustcenter match`.",
        )  # fmt: skip
    return VsaqForm(items, where)


class VsaqForm:
    """All items that take an answer, in order."""

    kind = "vsaq"

    def __init__(self, items: Sequence[Any], where: str) -> None:
        self._where = where
        self._questions: dict[str, FormQuestion] = {}
        self._choices: dict[str, tuple[tuple[str, str], ...]] = {}
        self._yes_no: set[str] = set()
        context = ""
        walked = list(_walk(items, where))
        shown = {str(item["id"]): condition for item, _, condition in walked if item.get("id")}
        for item, path, own in walked:
            condition = _resolved(own, shown, f"{where}: {item.get('id')}")
            kind = item.get("type")
            text = plain(item.get("text"))
            if kind == "info":
                context = text
            elif kind in _FREE and text:
                self._add(item, text, path, condition)
            elif kind in _CHOICES:
                self._add_choices(item, text or context, path, condition)
            elif kind == "yesno" and text:
                key = self._add(
                    item, text, path, condition, (plain(item.get("yes")) or "Yes", plain(item.get("no")) or "No")
                )
                self._yes_no.add(key)
            elif kind == "check" and text:
                key = self._add(item, text, path, condition, (text,), several=True)
                self._choices[key] = ((key, text),)

    def _add(
        self, item: Mapping[str, Any], text: str, path: Sequence[str], condition: str,
        options: tuple[str, ...] | None = None, keys: tuple[str, ...] = (), *, several: bool = False,
    ) -> str:  # fmt: skip
        key = str(item.get("id") or hashlib.sha256(f"{path}{text}{options}".encode()).hexdigest()[:16])
        _readable(condition, f"{self._where}: {key}")
        if key in self._questions:
            raise FormError(f"two items have the id {key!r}", where=self._where)
        self._questions[key] = FormQuestion(
            key=key, part=path[0] if path else "questionnaire", place=key, answer_place=key, text=text,
            section=" / ".join(path[1:]), identifier=str(item.get("id") or ""), options=options, option_keys=keys,
            several=several, requires=condition,
        )  # fmt: skip
        return key

    def _add_choices(self, item: Mapping[str, Any], text: str, path: Sequence[str], condition: str) -> None:
        pairs: list[tuple[str, str]] = []
        for choice in item.get("choices") or ():
            if not isinstance(choice, Mapping):
                raise FormError("a choice is not an object", where=f"{self._where}: {item.get('id')}")
            pairs += [(str(key), plain(value)) for key, value in choice.items()]
        if not pairs or not text:
            return
        key = self._add(
            item, text, path, condition, tuple(option for _, option in pairs), tuple(name for name, _ in pairs),
            several=item.get("type") == "checkgroup",
        )  # fmt: skip
        self._choices[key] = tuple(pairs)

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        counts: dict[str, int] = {}
        for question in self._questions.values():
            counts[question.part] = counts.get(question.part, 0) + 1
        logic: dict[str, tuple[str, ...]] = {}
        for question in self._questions.values():
            if question.requires:
                said = f"{question.text[:60]!r} is asked after {question.requires}"
                logic[question.part] = (*logic.get(question.part, ()), said)
        return tuple(
            SheetSummary(part, "visible", 0, (), (), count, "", logic.get(part, ())) for part, count in counts.items()
        )

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        return tuple(self._questions.values())

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(["vsaq", sorted({one.part for one in self.questions})]).encode()).hexdigest()

    def notes(self, filled: bool) -> tuple[str, ...]:
        return ("The file written holds the answers: load it into the questionnaire's own page.",) if filled else ()

    def write(self, fills: Sequence[Fill]) -> Copy:
        answers: dict[str, str] = {}
        for fill in fills:
            question = self._questions[fill.key]
            checked(question, fill)
            if fill.key in self._yes_no:
                answers[fill.key] = "yes" if fill.chosen[0] == (question.options or ("",))[0] else "no"
            elif fill.key in self._choices:
                named = {text: key for key, text in self._choices[fill.key]}
                answers.update({named[choice]: "checked" for choice in fill.chosen})
            else:
                answers[fill.key] = fill.answer
        return Copy((json.dumps(answers, indent=2, ensure_ascii=False) + "\n").encode(), tuple(answers))


def _resolved(condition: str, shown: Mapping[str, str], where: str) -> str:
    """The condition with `^item`, which holds where that item is shown, as that item's own condition."""
    for _ in range(_DEEPEST):
        if "^" not in condition:
            return condition
        condition = _IS_SHOWN.sub(lambda match: _shows(match.group(1), shown), condition)
        if len(condition) > _LONGEST_CONDITION:
            break
    raise FormError("the conditions lead from one to another without an end", where=where)


def _shows(name: str, shown: Mapping[str, str]) -> str:
    if name not in shown:
        return f"({name} && !{name})"  # an item that is not there is never shown
    return f"({shown[name]})" if shown[name] else f"({name} || !{name})"


def _readable(condition: str, where: str) -> None:
    """Raises FormError, naming the item, for a condition that cannot be read: before anything is answered."""
    try:
        if condition:
            holds(condition, ())
    except FormError as error:
        raise FormError(error.what, where=where, hint=error.hint) from error


def plain(value: object) -> str:
    """A text without its markup."""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(_TAG.sub(" ", value)).split())


def _walk(
    items: Sequence[Any], where: str, path: tuple[str, ...] = (), condition: str = "", depth: int = 0
) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...], str]]:
    """Every item with the titles of the blocks around it, and the conditions of all of them together."""
    if depth > _DEEPEST or len(items) > _MOST:
        raise FormError("the questionnaire is nested too deeply, or has too many items", where=where)
    for item in items:
        if not isinstance(item, Mapping):
            raise FormError("an item of the questionnaire is not an object", where=where)
        own = str(item.get("cond") or "")
        both = f"({condition}) && ({own})" if condition and own else condition or own
        if item.get("type") == "block":
            title = plain(item.get("text"))
            inner = item.get("items") or []
            if not isinstance(inner, list):
                raise FormError("the items of a block are not a list", where=where)
            yield from _walk(inner, where, (*path, title) if title else path, both, depth + 1)
        else:
            yield item, path, both


def relaxed_json(body: str, where: str) -> Any:
    """JSON with `//` and `/* */` comments, joined strings and trailing commas, as VSAQ accepts it. Raises FormError."""
    try:
        return json.loads("".join(_strict_pieces(body)))
    except (ValueError, RecursionError) as error:
        place = f"{where}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else where
        raise FormError(f"the questionnaire is not JSON that can be read ({error})", where=place) from error


def _strict_pieces(body: str) -> list[str]:
    """The text as JSON: comments and trailing commas left out, joined strings made one; lines keep their numbers."""
    found: list[str] = []
    between: list[str] = []
    for match in _TOKEN.finditer(body):
        token = match.group()
        if token.startswith('"'):
            found += ["".join(between), token]
            between = []
        else:
            between.append("\n" * token.count("\n") if token.startswith(("//", "/*")) else token)
    found.append("".join(between))  # what stands between strings and the strings, in turn
    pieces, gap = [_TRAILING.sub(r"\1", found[0])], ""
    for at in range(1, len(found), 2):
        string, after = found[at], found[at + 1]
        continues = at > 1 and found[at - 1].strip() == "+"
        goes_on = at + 2 < len(found) and after.strip() == "+"
        pieces.append(string[1 if continues else 0 : -1 if goes_on else None])
        if goes_on:
            gap += "\n" * after.count("\n")
        else:
            pieces += [gap, _TRAILING.sub(r"\1", after)]
            gap = ""
    return pieces
