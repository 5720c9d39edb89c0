"""The collectors on GitHub against a fake of its REST API (version 2022-11-28; tests/support/fake_github.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_github import TOKEN, FakeGitHub, pull, repository, review, serving
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import Stage, conform

COLLECTORS = ("github_alerts", "github_branches", "github_changes", "github_members")


def ago(days: float) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def answers() -> dict[str, Any]:
    return {
        "/orgs/shop": {"public_repos": 0, "total_private_repos": 3, "two_factor_requirement_enabled": True},
        "/orgs/shop/repos": [
            repository("web"), repository("old", archived=True), repository("api", scanning="disabled"),
        ],
        "/repos/shop/web/branches/main": {"name": "main", "protected": True},
        "/repos/shop/web/branches/main/protection": {
            "required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": True},
            "required_status_checks": {"contexts": ["test"]},
            "enforce_admins": {"enabled": True},
            "allow_force_pushes": {"enabled": False},
            "allow_deletions": {"enabled": False},
        },
        "/repos/shop/web/rules/branches/main": [
            {"type": "pull_request", "parameters": {"required_approving_review_count": 2}},
            {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "lint"}]}},
            {"type": "required_signatures"},
        ],
        "/repos/shop/api/branches/main": {"name": "main", "protected": False},
        "/repos/shop/api/rules/branches/main": [],
        "/repos/shop/web/pulls": [
            pull(5, ago(1), ago(1)),
            pull(4, ago(2), ago(2)),
            pull(3, None, ago(3)),
            pull(2, ago(4), ago(3.5)),
            pull(1, ago(200), ago(200)),
        ],
        "/repos/shop/api/pulls": [],
        "/repos/shop/web/pulls/5/reviews": [
            review("bob", "CHANGES_REQUESTED", "sha5"), review("bob", "COMMENTED", "sha5"),
            review("bob", "APPROVED", "sha5"), review("ann", "APPROVED", "sha5"),
        ],
        "/repos/shop/web/pulls/4/reviews": [review("bob", "APPROVED", "an-earlier-commit")],
        "/repos/shop/web/pulls/2/reviews": [],
        "/repos/shop/web/commits/sha5/check-runs": {
            "total_count": 3,
            "check_runs": [{"conclusion": "success"}, {"conclusion": "success"}, {"conclusion": "failure"}],
        },
        "/repos/shop/web/commits/sha4/check-runs": {"total_count": 0, "check_runs": []},
        "/repos/shop/web/commits/sha2/check-runs": {"total_count": 1, "check_runs": [{"conclusion": "success"}]},
        "/search/issues": {"total_count": 3, "incomplete_results": False, "items": []},
        "/repos/shop/web/vulnerability-alerts": "on",
        "/repos/shop/web/secret-scanning/alerts": [
            {"number": 7, "secret_type": "example_key", "secret": "sk-not-to-be-kept", "created_at": ago(2)}
        ],
        "/repos/shop/web/dependabot/alerts": [
            {
                "number": n, "created_at": ago(n), "state": "open", "dependency": {"package": {"name": "left-pad"}},
                "security_advisory": {"severity": "high"},
            }
            for n in (1, 2, 3)
        ],
        "/orgs/shop/members?role=admin": [{"login": "ann"}],
        "/orgs/shop/members?role=member": [{"login": "bob"}, {"login": "cid"}, {"login": "dot"}],
        "/orgs/shop/members?role=all": [{"login": name} for name in ("ann", "bob", "cid", "dot")],
        "/orgs/shop/members?filter=2fa_disabled": [{"login": "cid"}],
        "/orgs/shop/outside_collaborators": [{"login": "eve"}],
        "/orgs/shop/outside_collaborators?filter=2fa_disabled": [],
    }  # fmt: skip


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with serving(FakeGitHub(answers())) as running:
        running.answers["/repos/shop/web"] = repository("web")
        yield running


def settings(github: FakeGitHub, **more: Any) -> dict[str, Any]:
    return {"url": github.url, "organisation": "shop", "token": TOKEN, "repositories": ["web"], **more}


def seen(github: FakeGitHub, name: str, *, seconds: float = 20, **more: Any) -> Any:
    return collect(find(name), run_of(settings(github, **more), kind="github", seconds=seconds))


def test_protection_and_rulesets_count_together(github: FakeGitHub) -> None:
    found = seen(github, "github_branches", repositories=None)
    web, api = found.facts
    assert (web.approvals, web.checks, web.signatures, web.force_pushes) == (2, ("lint", "test"), True, False)
    assert (web.protected, web.administrators_bound, web.dismisses_stale) == (True, True, True)
    assert (api.protected, api.approvals, api.force_pushes, api.deletions) == (False, 0, True, True)
    assert found.completeness.holds


def test_only_an_approval_of_what_was_merged_is_one(github: FakeGitHub) -> None:
    found = seen(github, "github_changes")
    facts = {fact.number: fact for fact in found.facts}
    assert sorted(facts) == [2, 4, 5], "merged in the period; neither the unmerged nor the old one"
    assert (facts[5].reviewed, facts[5].approvals, facts[5].checks, facts[5].checks_failed) == (True, 1, 3, 1)
    assert (facts[4].reviewed, facts[4].stale_approvals) == (False, 1)
    assert (facts[2].reviewed, facts[2].approvals) == (False, 0)
    assert found.completeness.holds


def test_alerts_of_every_page_and_the_watches_themselves(github: FakeGitHub) -> None:
    found = seen(github, "github_alerts", repositories=None)
    assert sum(fact.open for fact in found.facts) == 4
    watches = {(fact.repository, fact.kind): fact.watching for fact in found.facts if fact.number == 0}
    assert watches == {
        ("shop/web", "secret_scanning"): True,
        ("shop/web", "dependencies"): True,
        ("shop/api", "secret_scanning"): False,
        ("shop/api", "dependencies"): False,
    }
    assert "sk-not-to-be-kept" not in repr(found)


def test_who_has_no_second_factor(github: FakeGitHub) -> None:
    found = seen(github, "github_members")
    assert {fact.person: (fact.role, fact.second_factor) for fact in found.facts} == {
        "ann": ("owner", True), "bob": ("member", True), "cid": ("member", False), "dot": ("member", True),
        "eve": ("outside", True),
    }  # fmt: skip
    assert found.completeness.holds


def test_a_count_that_the_list_does_not_reach_is_incomplete(github: FakeGitHub) -> None:
    github.answers["/search/issues"] = {"total_count": 4, "incomplete_results": False}
    assert not seen(github, "github_changes").completeness.holds
    github.answers["/search/issues"] = {"total_count": 3, "incomplete_results": True}
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_changes")
    assert caught.value.cause == "incomplete"


def test_a_listing_that_lies_about_its_length_is_contradicted(github: FakeGitHub) -> None:
    github.answers["/repos/shop/web/commits/sha5/check-runs"]["total_count"] = 9
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_changes")
    assert caught.value.cause == "contradicted"


def test_fewer_repositories_than_github_counts_are_filtered(github: FakeGitHub) -> None:
    github.answers["/orgs/shop"]["total_private_repos"] = 4
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_branches", repositories=None)
    assert caught.value.cause == "filtered"


@pytest.mark.parametrize("name", COLLECTORS)
def test_denied_in_the_middle_names_the_permission(github: FakeGitHub, name: str) -> None:
    github.denied = {
        "github_alerts": "dependabot", "github_branches": "/protection$", "github_changes": "pulls/4/reviews",
        "github_members": "outside",
    }[name]  # fmt: skip
    with pytest.raises(CouldNotTell) as caught:
        seen(github, name)
    assert (caught.value.cause, "metadata=read" in (caught.value.hint or "")) == ("denied", True)


@pytest.mark.parametrize("limit", ["limited", "secondary"])
def test_a_rate_limit_is_no_empty_list(github: FakeGitHub, limit: str) -> None:
    setattr(github, limit, "reviews$")
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_changes", seconds=1.5)
    assert caught.value.cause == "timed_out"


def test_half_a_listing_is_none(github: FakeGitHub) -> None:
    github.cut = "dependabot"
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_alerts")
    assert caught.value.cause == "denied"


def test_pages_that_lead_in_a_circle_are_no_listing(github: FakeGitHub) -> None:
    github.circle = "members"
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_members")
    assert (caught.value.cause, "leads back" in caught.value.what) == ("incomplete", True)


@pytest.mark.parametrize("name", COLLECTORS)
def test_another_clock_contradicts(github: FakeGitHub, name: str) -> None:
    assert abs(seen(github, name).source_clock - datetime.now(UTC)) < timedelta(minutes=1)
    github.ahead = timedelta(minutes=-6)
    with pytest.raises(CouldNotTell) as caught:
        seen(github, name)
    assert (caught.value.cause, "seconds apart" in caught.value.what) == ("contradicted", True)


def test_a_token_that_has_expired_is_denied(github: FakeGitHub) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_members", token="an-old-token")
    assert caught.value.cause == "denied"


def test_members_that_github_hides_are_denied(github: FakeGitHub) -> None:
    github.answers["/orgs/shop"]["two_factor_requirement_enabled"] = None
    with pytest.raises(CouldNotTell) as caught:
        seen(github, "github_members")
    assert caught.value.cause == "denied"


@pytest.mark.parametrize("name", ["github_alerts", "github_branches", "github_changes", "github_members"])
def test_it_conforms(github: FakeGitHub, name: str) -> None:
    stage = Stage(settings(github), kind="github", patience=0.4)
    assert [str(one) for one in conform(find(name), replace(stage, volatile=["age"]))] == []
