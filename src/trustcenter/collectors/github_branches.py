"""What protects the default branch of each repository on GitHub: branch protection and rulesets together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._github import GitHub, field
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.sources.interface import Http


@dataclass(frozen=True, slots=True)
class ProtectedBranch:
    """The default branch of one repository; where two rules speak, the stricter one counts."""

    repository: Annotated[str, Key]
    branch: Annotated[str, Key]
    protected: bool
    approvals: int
    """Reviews that a change needs before it is merged."""
    dismisses_stale: bool
    owners_review: bool
    checks: tuple[str, ...]
    """Status checks that must pass."""
    force_pushes: bool
    deletions: bool
    administrators_bound: bool | None
    """Administrators are bound too; absent where rulesets alone protect, which name who may pass them by."""
    signatures: bool


@collector(method="inspection", kinds=("github",))
def github_branches(http: Http, run: Run) -> Population[ProtectedBranch]:
    """Branch protection and active rulesets of each repository's default branch.

    Settings: `url` of the API, `organisation`, `token`; optional `repositories`. The token needs `Administration: read`
    and `Metadata: read`.
    """
    github = GitHub(http, run)
    repositories = github.repositories()
    facts = tuple(_fact(github, one) for one in repositories)
    return Population(
        facts=facts,
        completeness=Completeness(
            "repositories by GitHub's own count of public and private ones, or those that the source names",
            len(repositories),
            len(facts),
            independent=True,
        ),
        query="GET /repos/{}/branches/{}/protection and /rules/branches/{} for each default branch",
        parameters={"organisation": github.organisation},
        observed_at=run.now(),
        source_clock=github.clock,
    )


def _fact(github: GitHub, repository: Mapping[str, Any]) -> ProtectedBranch:
    name, branch = str(field(repository, "full_name")), str(field(repository, "default_branch"))
    state = github.one(f"/repos/{name}/branches/{branch}")
    guarded = bool(field(state, "protected"))
    found = github.one(f"/repos/{name}/branches/{branch}/protection", absent=not guarded) or {}
    rules = list(github.listing(f"/repos/{name}/rules/branches/{branch}"))
    by_type = {str(field(rule, "type")): rule.get("parameters") or {} for rule in rules}
    reviews = found.get("required_pull_request_reviews") or {}
    asked = by_type.get("pull_request", {})
    checks = (found.get("required_status_checks") or {}).get("contexts") or []
    more = by_type.get("required_status_checks", {}).get("required_status_checks") or []
    bound = (found.get("enforce_admins") or {}).get("enabled")
    return ProtectedBranch(
        repository=name,
        branch=branch,
        protected=bool(found) or bool(rules),
        approvals=max(_number(reviews), _number(asked)),
        dismisses_stale=bool(reviews.get("dismiss_stale_reviews") or asked.get("dismiss_stale_reviews_on_push")),
        owners_review=bool(reviews.get("require_code_owner_reviews") or asked.get("require_code_owner_review")),
        checks=tuple(sorted({*map(str, checks), *(str(field(one, "context")) for one in more)})),
        force_pushes=_allowed(found, "allow_force_pushes") and "non_fast_forward" not in by_type,
        deletions=_allowed(found, "allow_deletions") and "deletion" not in by_type,
        administrators_bound=bool(bound) if found else None,
        signatures=bool((found.get("required_signatures") or {}).get("enabled")) or "required_signatures" in by_type,
    )


def _number(reviews: Mapping[str, Any]) -> int:
    return int(reviews.get("required_approving_review_count") or 0)


def _allowed(found: Mapping[str, Any], name: str) -> bool:
    """Without protection everything is allowed; with it, what it says."""
    return bool((found.get(name) or {}).get("enabled")) if found else True
