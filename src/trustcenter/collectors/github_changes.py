"""Changes that were merged on GitHub in a period, and whether a second person approved what was merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from trustcenter.collectors._github import GitHub, field, moment
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.collector import Parameter
from trustcenter.model.fact import Field, Key, Personal
from trustcenter.model.population import Completeness, CouldNotTell, Period, Population
from trustcenter.sources.interface import Http

PERIOD_SECONDS = 90 * 86400


@dataclass(frozen=True, slots=True)
class MergedChange:
    """One pull request that was merged into a default branch."""

    repository: Annotated[str, Key]
    number: Annotated[int, Key]
    merged_at: datetime
    author: Annotated[str, Personal]
    approvals: int
    """Persons other than the author whose latest review approves the very commit that was merged."""
    stale_approvals: int
    """Persons whose approval is of an earlier state of the change."""
    rejected: bool
    """Somebody's latest review asks for changes."""
    checks_failed: int
    """Check runs of the merged commit that failed, were cancelled or timed out."""
    checks: int

    @property
    def reviewed(self) -> bool:
        """A second person approved what was merged, and nobody's objection stood."""
        return self.approvals > 0 and not self.rejected


@collector(
    method="inspection",
    kinds=("github",),
    parameters={"period": Parameter(Field("period", "duration"), PERIOD_SECONDS, doc="how far back merges are read")},
)
def github_changes(http: Http, run: Run) -> Population[MergedChange]:
    """Every pull request merged into a default branch in the period, with its reviews and checks.

    The listing of pull requests is compared with the count of GitHub's search, another index of the same. Pushes
    that bypass pull requests are not in it: `github_branches` says whether they are possible.
    """
    github = GitHub(http, run)
    end = run.now()
    start = end - timedelta(seconds=float(run.parameters.get("period", PERIOD_SECONDS)))
    facts: list[MergedChange] = []
    expected = 0
    for repository in github.repositories():
        name, branch = str(field(repository, "full_name")), str(field(repository, "default_branch"))
        facts += [_fact(github, name, one) for one in _merged(github, name, branch, start)]
        query = f"repo:{name}+is:pr+is:merged+base:{branch}+merged:>={start:%Y-%m-%dT%H:%M:%SZ}"
        found = github.one("/search/issues", q=query, per_page=1)
        if field(found, "incomplete_results"):
            raise CouldNotTell("incomplete", "GitHub's search says itself that it is not whole", where=github.where)
        expected += int(field(found, "total_count"))
    return Population(
        facts=tuple(facts),
        completeness=Completeness("merged pull requests by GitHub's search", expected, len(facts), independent=True),
        query="GET /repos/{}/pulls?state=closed, newest update first, with reviews and check runs of the merged commit",
        parameters={"organisation": github.organisation},
        observed_at=end,
        source_clock=github.clock,
        period=Period(start, end),
    )


def _merged(github: GitHub, name: str, branch: str, start: datetime) -> Iterator[Mapping[str, Any]]:
    """What was merged since; the listing is by update, and nothing is merged after its last update."""
    asked = {"state": "closed", "base": branch, "sort": "updated", "direction": "desc"}
    for one in github.listing(f"/repos/{name}/pulls", **asked):
        if moment(field(one, "updated_at")) < start:
            return
        if field(one, "merged_at") is not None and moment(one["merged_at"]) >= start:
            yield one


def _fact(github: GitHub, name: str, change: Mapping[str, Any]) -> MergedChange:
    number, head = int(field(change, "number")), str(field(change, "head", "sha"))
    author = str(field(change, "user", "login"))
    latest: dict[str, Mapping[str, Any]] = {}
    for review in github.listing(f"/repos/{name}/pulls/{number}/reviews"):
        person = str((review.get("user") or {}).get("login") or "")
        if person and person != author and field(review, "state") in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            latest[person] = review
    approving = [one for one in latest.values() if one["state"] == "APPROVED"]
    runs = list(github.listing(f"/repos/{name}/commits/{head}/check-runs", key="check_runs"))
    bad = [one for one in runs if one.get("conclusion") in ("failure", "cancelled", "timed_out", "action_required")]
    return MergedChange(
        repository=name,
        number=number,
        merged_at=moment(change["merged_at"]),
        author=author,
        approvals=sum(one.get("commit_id") == head for one in approving),
        stale_approvals=sum(one.get("commit_id") != head for one in approving),
        rejected=any(one["state"] == "CHANGES_REQUESTED" for one in latest.values()),
        checks_failed=len(bad),
        checks=len(runs),
    )
