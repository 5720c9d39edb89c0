"""Changes on the main line of a plain git repository, and who is said to have reviewed them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.collector import Parameter
from trustcenter.model.fact import Field, Key, Personal
from trustcenter.model.population import Completeness, CouldNotTell, Period, Population
from trustcenter.sources.interface import Files, Process

PERIOD_SECONDS = 90 * 86400
_TRAILERS = ("Reviewed-by", "Approved-by", "Acked-by")
_FORMAT = (
    "%H%x1f%P%x1f%cI%x1f%ae%x1f%ce%x1f"
    + "%x1e".join(f"%(trailers:key={name},valueonly,separator=%x1e)" for name in _TRAILERS)
    + "%x1f%G?"
)


@dataclass(frozen=True, slots=True)
class MainLineChange:
    """One commit of the first-parent line of the branch: a merge, or a change made on the line itself."""

    commit: Annotated[str, Key]
    at: datetime
    """When it came to this line, by its committer's clock."""
    author: Annotated[str, Personal]
    merge: bool
    reviewers: int
    """Different persons in its trailers (Reviewed-by, Approved-by, Acked-by) who neither wrote nor committed it."""
    signed: bool
    """It has a signature that git finds good."""

    @property
    def said_to_be_reviewed(self) -> bool:
        """A trailer names a second person. Whoever writes a commit writes its trailers: this is no proof."""
        return self.reviewers > 0


@collector(
    method="representation",
    kinds=("git",),
    holds="declared",
    parameters={"period": Parameter(Field("period", "duration"), PERIOD_SECONDS, doc="how far back changes are read")},
)
def change_reviews(files: Files, process: Process, run: Run) -> Population[MainLineChange]:
    """Commits of the main line in the period with the reviewers that their trailers name.

    Settings: `path` of the repository, optional `branch` (HEAD). Git proves who was named, never that they looked: a
    forge keeps reviews apart from what the author writes (`github_changes`), git does not.
    """
    branch = str(run.source.settings.get("branch", "HEAD"))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}", branch):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `branch` is no name of a branch")
    end = run.now()
    start = end - timedelta(seconds=float(run.parameters.get("period", PERIOD_SECONDS)))
    folder = files.local()

    def git(*arguments: str) -> str:
        done = process.run(
            ["git", "-C", folder, "-c", f"safe.directory={folder}", *arguments],
            seconds=max(0.1, run.deadline - run.timer()),
            environment={"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"},
        )
        return done.stdout.decode(errors="replace")

    if git("rev-parse", "--is-shallow-repository").strip() != "false":
        hint = "fetch it with --unshallow"
        raise CouldNotTell("incomplete", "the clone is shallow: its history is cut off", hint=hint)
    since = ("--first-parent", f"--since={start.isoformat()}", branch)
    entries = [one for one in git("log", "-z", f"--format={_FORMAT}", *since).split("\0") if one]
    facts = tuple(_fact(entry.strip("\n")) for entry in entries)
    counted = git("rev-list", "--count", *since).strip()
    return Population(
        facts=facts,
        completeness=Completeness("rev-list --count of the same line", int(counted), len(facts), independent=True),
        query="git log --first-parent with authors, committers, trailers and signatures",
        parameters={"branch": branch, "head": git("rev-parse", branch).strip()},
        observed_at=end,
        period=Period(start, end),
        notes=("Trailers are written by whoever writes the commit; history can be written anew before it is shared.",),
    )


def _fact(entry: str) -> MainLineChange:
    parts = entry.split("\x1f")
    if len(parts) != 7:
        raise CouldNotTell("malformed", "git's answer is no list of commits")
    commit, parents, committed, author, committer, trailers, signature = parts
    people = {found[0].lower() for text in trailers.split("\x1e") if (found := re.findall(r"[^\s<>]+@[^\s<>]+", text))}
    return MainLineChange(
        commit=commit,
        at=datetime.fromisoformat(committed).astimezone(UTC),
        author=author,
        merge=len(parents.split()) > 1,
        reviewers=len(people - {author.lower(), committer.lower()}),
        signed=signature == "G",
    )
