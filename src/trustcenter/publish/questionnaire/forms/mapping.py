"""The mapping file: what a person corrects in how a form was understood, kept for the form's next version.

    fingerprint: 3f0c...          # of the form that it was written for
    parts:
      Questions: {question: B, answer: D, comment: E, header_row: 3, skip_rows: [17, 18]}
      Instructions: skip

Columns are letters, or numbers. It holds no question and no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from trustcenter.publish.questionnaire.cells import MAX_COLUMN, column_letters, column_number
from trustcenter.publish.questionnaire.forms.interface import Form, FormError
from trustcenter.publish.questionnaire.forms.tables import ROLES
from trustcenter.publish.questionnaire.layout import Correction

_KEYS = (*ROLES, "header_row", "skip_rows")
_LONGEST = 200_000


def read_mapping(text: str, where: str) -> dict[str, Correction]:
    """The corrections by part. Raises FormError naming the part and the key that is wrong."""
    if len(text) > _LONGEST:
        raise FormError("the mapping file is too long", where=where)
    try:
        document = yaml.load(text, Loader=_Strict)  # noqa: S506 - derived from SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark is not None else where
        raise FormError(f"the mapping file is not YAML ({getattr(error, 'problem', error)})", where=place) from error
    if not isinstance(document, Mapping) or not isinstance(document.get("parts"), Mapping):
        raise FormError("the mapping file has no `parts`", where=where, hint="`answer FILE --write-mapping` makes one.")
    if unknown := set(document) - {"fingerprint", "parts"}:
        raise FormError(f"unknown key in the mapping file: {', '.join(sorted(map(str, unknown)))}", where=where)
    return {str(part): _correction(given, f"{where}: {part}") for part, given in document["parts"].items()}


def _correction(given: Any, where: str) -> Correction:
    if given == "skip":
        return Correction(skip=True)
    if not isinstance(given, Mapping):
        raise FormError("a part is `skip`, or its columns by role", where=where)
    if unknown := [str(key) for key in given if key not in _KEYS]:
        raise FormError(f"unknown key {unknown[0]!r}", where=where, hint=f"Known: {', '.join(_KEYS)}.")
    columns = {role: _column(given[role], f"{where}.{role}") for role in ROLES if given.get(role) is not None}
    if columns and not {"question", "answer"} <= set(columns):
        raise FormError("columns need at least `question` and `answer`", where=where)
    rows = given.get("skip_rows") or []
    header = given.get("header_row")
    if not isinstance(rows, list) or not all(isinstance(row, int) and row > 0 for row in rows):
        raise FormError("`skip_rows` is a list of row numbers", where=where)
    if header is not None and (not isinstance(header, int) or isinstance(header, bool) or header < 0):
        raise FormError("`header_row` is a row number, 0 for none", where=where)
    return Correction(columns, header, frozenset(rows))


def _column(value: Any, where: str) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and value.isascii() and value.isalpha() and len(value) <= 3:
        number = column_number(value)
    if not 1 <= number <= MAX_COLUMN:
        raise FormError(f"{value!r} is not a column", where=where, hint="Write its letters, or its number.")
    return number


def written_mapping(form: Form) -> str:
    """How a form was understood, as a mapping file to correct."""
    parts: dict[str, Any] = {}
    for part in form.parts:
        if not part.columns:
            parts[part.sheet] = "skip"
            continue
        parts[part.sheet] = {**dict(part.columns), "header_row": part.header_row, "skip_rows": []}
    text = yaml.safe_dump({"fingerprint": form.fingerprint, "parts": parts}, sort_keys=False, allow_unicode=True)
    return "# Correct columns, header rows or rows to skip, then: trustcenter answer FILE --mapping THIS\n" + str(text)


def dumped(corrections: Mapping[str, Correction], fingerprint: str) -> str:
    """Corrections as the file that is kept."""
    parts: dict[str, Any] = {}
    for name, one in corrections.items():
        columns: dict[str, Any] = {role: column_letters(number) for role, number in one.columns.items()}
        if one.header_row is not None:
            columns["header_row"] = one.header_row
        if one.skip_rows:
            columns["skip_rows"] = sorted(one.skip_rows)
        parts[name] = "skip" if one.skip else columns
    return str(yaml.safe_dump({"fingerprint": fingerprint, "parts": parts}, sort_keys=False, allow_unicode=True))


class _Strict(yaml.SafeLoader):
    """No aliases, no second value for a key: neither a bomb nor a silent overwrite."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"`{key.value}` stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
