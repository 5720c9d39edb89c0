"""Records of sent questionnaires in the private store, and what the ledger says of them today."""

from __future__ import annotations

import json

from trustcenter.errors import ConfigurationError
from trustcenter.pipeline.answering import declared
from trustcenter.pipeline.line import Line, sent_folder
from trustcenter.publish.questionnaire.model import Answerable, Report
from trustcenter.publish.questionnaire.sent import Sent, Told, resting_on_fallen, sent


def record(line: Line, report: Report, recipient: str, file: str) -> Sent:
    """Keep what was sent: written whole under its own name, never replaced."""
    kept = sent(report, recipient, file, line.ledger.size)
    folder = sent_folder(line.instance)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{kept.id}.json"
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(kept.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(target)
    return kept


def records(line: Line) -> tuple[Sent, ...]:
    """Everything that was sent, oldest first: of one second, as the files were written. Raises TrustCenterError naming
    a file that is no record."""
    found: list[tuple[str, int, Sent]] = []
    for path in sorted(sent_folder(line.instance).glob("*.json")):
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ConfigurationError("this is not the record of a sent questionnaire", where=str(path)) from error
        kept = Sent.from_json(value, str(path))
        found.append((kept.sent_at, path.stat().st_mtime_ns, kept))
    return tuple(kept for _, _, kept in sorted(found, key=lambda one: one[:2]))


def one_record(line: Line, identifier: str) -> Sent:
    """The record whose id begins so. Raises ConfigurationError for none or several."""
    found = [one for one in records(line) if one.id.startswith(identifier)]
    if len(found) != 1:
        what = "no sent questionnaire has this id" if not found else "several sent questionnaires begin so"
        raise ConfigurationError(f"{what}: {identifier}", hint="`trustcenter sent` lists them")
    return found[0]


def told(line: Line, answerable: tuple[Answerable, ...]) -> tuple[Told, ...]:
    """Which customers were told what, by claims that no longer stand."""
    kept = records(line)
    if not kept:
        return ()
    return resting_on_fallen(kept, {one.claim: one.state for one in (*answerable, *declared(line, line.now()))})
