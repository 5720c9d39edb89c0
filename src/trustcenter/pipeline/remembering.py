"""What the vendor's people taught, kept in the private store: how a form is read, and what a question asks.

Of a form only columns, headers and rows to skip are kept; of a confirmed match the question's words, its claims and who
said so. No customer's name and no file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from trustcenter.errors import ConfigurationError
from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire.confirmed import VERDICTS, Confirmed
from trustcenter.publish.questionnaire.forms.mapping import dumped, read_mapping
from trustcenter.publish.questionnaire.layout import Correction

_WRITTEN_FOR = timedelta(days=180)


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


def confirmed(line: Line) -> tuple[Confirmed, ...]:
    """Every confirmed match. Raises ConfigurationError naming a line that is none."""
    path = line.instance.private / "confirmed.jsonl"
    if not path.is_file():
        return ()
    found = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            value = json.loads(text)
            found.append(Confirmed(**{**value, "claims": tuple(value["claims"])}))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError("this is not a confirmed match", where=f"{path}:{number}") from error
    return tuple(found)


def confirm(
    line: Line, question: str, claims: tuple[str, ...], verdict: str, by: str, at: datetime | None = None
) -> Confirmed:
    """Keep a match, said `at` some time or now.

    Raises ConfigurationError for a claim that does not exist, or another verdict.
    """
    known = {f"{control.id}/{claim.id}" for control, claim in line.catalogue.claims()}
    if missing := [claim for claim in claims if claim not in known] or verdict not in VERDICTS or not claims:
        raise ConfigurationError(f"a match needs claims that exist and a verdict, not {missing!r}, {verdict!r}")
    kept = Confirmed(question, claims, verdict, by, (at or line.now()).isoformat())
    path = line.instance.private / "confirmed.jsonl"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(kept), ensure_ascii=False) + "\n")
    path.chmod(0o600)
    return kept


def write_answer(line: Line, question: str, answer: str, verdict: str, owner: str) -> Path:
    """Keep a person's own answer as a reviewed one of the instance: theirs, from today, for half a year.

    It is added at the end of `answers.yaml`, whose text stays as it is. Raises ConfigurationError where that file
    cannot take it, or answers this question already; nothing is written then.
    """
    if verdict not in VERDICTS or not answer.strip():
        raise ConfigurationError(f"an answer needs words and a verdict, not {verdict!r}")
    path = line.instance.controls / "answers.yaml"
    before = path.read_text(encoding="utf-8") if path.is_file() else "answers:\n"
    held = _answers(before)
    known = {one.id for one in line.catalogue.answers}
    asked = " ".join(question.split())
    answered = {str(other).casefold() for one in held for other in one.get("questions", ())}
    if asked.casefold() in answered:
        raise ConfigurationError(
            f"this question has a reviewed answer already: {asked}",
            where=str(path),
            hint="change that answer, and its dates",
        )
    name = "-".join(re.findall(r"[a-z0-9]+", question.lower())[:8])[:60].strip("-") or "answer"
    today = line.now().date()
    while name in known | {one["id"] for one in held}:
        name = f"{name}-2"
    entry = {
        "id": name, "questions": [asked[:1000]], "verdict": verdict, "answer": answer,
        "owner": owner, "reviewed": today, "expires": today + _WRITTEN_FOR,
    }  # fmt: skip
    dumped = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=10_000)
    after = f"{before.rstrip()}\n" + "".join(f"  {one}\n" for one in dumped.splitlines())
    if _answers(after) != [*held, entry]:
        raise ConfigurationError(
            "the answer cannot be added at the end of this file",
            where=str(path),
            hint="write them as a block list",
        )
    temporary = path.with_suffix(".tmp")
    temporary.write_text(after, encoding="utf-8")
    temporary.replace(path)
    return path


def _answers(text: str) -> list[dict[str, Any]]:
    """The entries of a file of reviewed answers; none where it cannot be read."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    found = loaded.get("answers") if isinstance(loaded, dict) else None
    return found if isinstance(found, list) else []
