"""The machine surface of a built site: every file of it, and how they are laid beside the pages.

Dotted names and Markdown are no input of the page generator, so all of it is laid into the built folder.
"""

from __future__ import annotations

from pathlib import Path

from trustcenter.publish.machine.answers import answers_csv, answers_workbook
from trustcenter.publish.machine.badges import badges
from trustcenter.publish.machine.feeds import feeds
from trustcenter.publish.machine.llms import llms_txt
from trustcenter.publish.machine.oscal import catalogs
from trustcenter.publish.machine.oscal_component import component_definition
from trustcenter.publish.machine.oscal_results import assessment_results
from trustcenter.publish.machine.page_text import markdown_of
from trustcenter.publish.machine.said import plain
from trustcenter.publish.machine.schemas import schemas
from trustcenter.publish.machine.security_txt import security_txt
from trustcenter.publish.questionnaire.ready import Ready, ready_answers, ready_csv
from trustcenter.publish.values import View
from trustcenter.publish.words import minute, number

_NOT_PAGES = frozenset({"404.html"})
_ABOUT = {
    "trust.json": "the whole page as one value",
    "claims/index.json": "where each claim's JSON with its proofs is",
    "schemas/trust.json": "JSON Schema of trust.json",
    "schemas/claim.json": "JSON Schema of a claim's JSON",
    "schemas/removed-claim.json": "JSON Schema of what stands where a claim was",
    "answers.csv": "all answers as a table",
    "answers.xlsx": "all answers, subprocessors and documents as a workbook",
    "ready-answers.csv": "common questionnaires answered, item by item",
    "oscal/catalog.json": "our controls, their claims as objectives (OSCAL)",
    "oscal/component-definition.json": "who implements them (OSCAL)",
    "oscal/assessment-results.json": "what our tests observed (OSCAL)",
    "feeds/changes.atom": "changes of claims (Atom; .json beside it)",
    "feeds/subprocessors.atom": "subprocessors announced and ended (Atom; .json beside it)",
    "feeds/incidents.atom": "incidents (Atom; .json beside it)",
    "badges/claims.svg": "a badge with state and date",
    ".well-known/security.txt": "whom to tell of a weakness (RFC 9116)",
    "evidence/log/checkpoint": "the signed head of the log (C2SP)",
}
"""What `llms.txt` says of the files that this site has."""


def machine_files(view: View, ready: Ready | None = None) -> dict[str, bytes]:
    """Every file that follows from the view alone, by path in the built folder. Pure.

    `ready` are the ready answers where they are made already.
    Raises ConfigurationError where security.txt cannot be published.
    """
    files = {
        **schemas(view),
        "answers.csv": answers_csv(view),
        "answers.xlsx": answers_workbook(view),
        "ready-answers.csv": ready_csv(ready_answers(view) if ready is None else ready),
        **badges(view),
        **feeds(view),
        **catalogs(view),
        **component_definition(view),
        **assessment_results(view),
        **security_txt(view),
    }
    others = {"trust.json", "claims/index.json", "evidence/log/checkpoint"}
    files["llms.txt"] = llms_txt(view, {path: _ABOUT[path] for path in _ABOUT if path in files or path in others})
    return files


def page_texts(built: Path, view: View) -> dict[str, bytes]:
    """Each built page as Markdown: `access/` is `access.md`, the overview `index.md`."""
    foot = f"As of {plain(minute(view.as_of))}, log checkpoint {number(view.checkpoint)}."
    found: dict[str, bytes] = {}
    for page in sorted(built.rglob("*.html")):
        name = page.relative_to(built)
        if page.name != "index.html" or name.parts[0] == "evidence" or str(name) in _NOT_PAGES:
            continue
        folder = "" if name.parent == Path() else f"{name.parent.as_posix()}/"
        address = f"{view.base}/{folder}"
        text = markdown_of(page.read_text(encoding="utf-8"), address, view.base)
        if text.strip():
            path = f"{folder.rstrip('/') or 'index'}.md"
            found[path] = f"{text}\n---\n\n{foot} The page: {address}\n".encode()
    return found


def lay(built: Path, files: dict[str, bytes]) -> None:
    """Write the files into the built folder. Nothing that stands there is replaced: FileExistsError."""
    for path, content in files.items():
        target = built / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as opened:
            opened.write(content)
