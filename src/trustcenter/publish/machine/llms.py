"""`/llms.txt`: the whole page as an outline with links, for readers that are programs (the llms.txt proposal).

Each claim stands with its state and date, so that a model that reads no further still cannot take it for more.
"""

from __future__ import annotations

from trustcenter.model.amount import counted
from trustcenter.publish.machine.page_text import escaped
from trustcenter.publish.machine.said import plain, scope, sentence
from trustcenter.publish.removed_claim import RemovedClaim
from trustcenter.publish.values import ClaimView, View
from trustcenter.publish.words import LEGEND, METHOD_WORDS, STATE_WORDS, day, minute, number

MARKDOWN = (
    ("index.md", "Overview", "What reviewers ask first, framework status, changes."),
    ("frameworks.md", "Criteria and obligations", "Each with the controls that answer it, or the gap."),
    ("subprocessors.md", "Subprocessors", "Purpose, data, region, basis for transfers, dates."),
    ("documents.md", "Documents", "What exists, who may have it, when it is looked at again."),
    ("not-done.md", "Not done", "What this organisation does not do."),
    ("changes.md", "What changed", "Between signed assessments; what says less than before is marked."),
    ("status.md", "Status", "Availability as it was measured, month by month."),
    ("verify.md", "How to verify", "Check any sentence offline, with a key from elsewhere."),
)
"""Pages that every site has, as Markdown."""


def llms_txt(view: View, files: dict[str, str]) -> bytes:
    """The outline. `files` are the other machine-readable files, path to what they are."""
    sample = " (sample: a fictional organisation)" if view.sample else ""
    lines = [
        f"# {escaped(plain(view.name))}{sample}: security and privacy claims",
        "",
        f"> Covers: {escaped(plain(view.covers))}. As of {plain(minute(view.as_of))}, log checkpoint "
        f"{number(view.checkpoint)}. {counted(len(view.claims), 'claim')}: {_tally(view)}.",
        "",
        "Quote a claim only with its state and date. What each state allows you to conclude:",
        "",
        *(f"- {STATE_WORDS[shown]}: {escaped(plain(' '.join(LEGEND[shown])))}" for shown in view.tally),
        "",
        "## Pages",
        "",
        *(f"- [{name}]({view.base}/{path}): {about}" for path, name, about in MARKDOWN),
        "",
    ]
    for domain in view.domains:
        lines += [f"## {escaped(domain.title)}", ""]
        lines += [f"- [{escaped(domain.title)} as Markdown]({view.base}/{domain.id}.md)", ""]
        lines += [_line(claim) for claim in domain.claims]
        lines += [_gone(one) for one in domain.removed]
        lines.append("")
    lines += ["## Files", "", *(f"- [{path}]({view.base}/{path}): {about}" for path, about in files.items())]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _line(claim: ClaimView) -> str:
    facts = [claim.state_words, *(METHOD_WORDS[method][0].lower() for method in claim.methods), scope(claim)]
    if claim.environments and claim.environments != ("production",):
        facts.append(f"environment: {', '.join(claim.environments)}")
    said = ", ".join(plain(fact) for fact in facts if fact)
    return f"- [{escaped(plain(claim.short))}]({claim.address}): {escaped(sentence(claim))} ({escaped(said)})"


def _gone(one: RemovedClaim) -> str:
    said = f"nothing is claimed here; removed on {plain(day(one.on))}"
    return f"- [{escaped(plain(one.words))}]({one.address}): {escaped(said)}"


def _tally(view: View) -> str:
    return ", ".join(f"{number(amount)} {STATE_WORDS[shown].lower()}" for shown, amount in view.tally.items())
