"""Members of an organisation on GitHub: role, and whether a second factor is enrolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._github import GitHub, field
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Subject
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http


@dataclass(frozen=True, slots=True)
class ForgeMember:
    """One person who belongs to the organisation, or works on it from outside."""

    person: Annotated[str, Subject]
    role: Literal["owner", "member", "outside"]
    second_factor: bool
    second_factor_required: bool
    """The organisation turns away whoever has none."""


@collector(method="inspection", kinds=("github",))
def github_members(http: Http, run: Run) -> Population[ForgeMember]:
    """Every member and outside collaborator, with role and second factor.

    GitHub shows who has no second factor to owners only: to others the filter answers 422, which is `denied` here.
    """
    github = GitHub(http, run)
    base = f"/orgs/{github.organisation}"
    told = github.one(base)
    required = field(told, "two_factor_requirement_enabled")
    if required is None:
        raise CouldNotTell(
            "denied", "GitHub does not tell this token whether a second factor is required",
            where=github.where, hint="the token must be an owner's, with `Members: read` and `Administration: read`",
        )  # fmt: skip
    people: dict[str, Literal["owner", "member", "outside"]] = {}
    without: set[str] = set()
    for path, role in (("members", "owner"), ("members", "member"), ("outside_collaborators", "outside")):
        wanted = {"role": "admin" if role == "owner" else role} if path == "members" else {}
        people |= {str(field(one, "login")): role for one in github.listing(f"{base}/{path}", **wanted)}  # type: ignore[misc]
    for path in ("members", "outside_collaborators"):
        without |= {str(field(one, "login")) for one in github.listing(f"{base}/{path}", filter="2fa_disabled")}
    everybody = sum(1 for _ in github.listing(f"{base}/members", role="all"))
    everybody += sum(role == "outside" for role in people.values())
    facts = tuple(ForgeMember(name, role, name not in without, bool(required)) for name, role in sorted(people.items()))
    if without - people.keys():
        raise CouldNotTell("contradicted", "somebody without a second factor is in no list of people", where=base)
    return Population(
        facts=facts,
        completeness=Completeness("members listed once by role, and once all together", everybody, len(facts)),
        query="GET /orgs/{}/members by role and by filter=2fa_disabled, and /outside_collaborators",
        parameters={"organisation": github.organisation},
        observed_at=run.now(),
        source_clock=github.clock,
    )
