"""Corrections of how a customer's form is read, kept in the private store for the form's next version.

Nothing but columns, headers and rows to skip is kept: no question, no answer, no customer's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire.forms.mapping import dumped, read_mapping
from trustcenter.publish.questionnaire.layout import Correction


def _path(line: Line, fingerprint: str) -> Path:
    return line.instance.private / "forms" / f"{fingerprint}.yaml"


def recalled(line: Line, fingerprint: str) -> Mapping[str, Correction]:
    """What was corrected for a form with this fingerprint; empty for an unknown one."""
    path = _path(line, fingerprint)
    if not path.is_file():
        return {}
    return read_mapping(path.read_text(encoding="utf-8"), str(path))


def remember(line: Line, fingerprint: str, corrections: Mapping[str, Correction]) -> None:
    """Keep corrections; a later one for the same form replaces them."""
    path = _path(line, fingerprint)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(dumped(corrections, fingerprint), encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(path)
