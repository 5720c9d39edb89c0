"""Open alerts on GitHub: secrets that were committed, and dependencies with known weaknesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from trustcenter.collectors._github import GitHub, field, moment
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.sources.interface import Http

Severity = Literal["low", "medium", "high", "critical", "unknown"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One watch of one repository, or one open alert of it. The secret itself is never read into a fact."""

    repository: Annotated[str, Key]
    kind: Annotated[Literal["secret_scanning", "dependencies"], Key]
    number: Annotated[int, Key]
    """0 is the watch itself: whether GitHub looks at all."""
    watching: bool
    open: bool
    severity: Severity
    what: str
    opened_at: datetime | None
    age: timedelta | None


@collector(method="inspection", kinds=("github",))
def github_alerts(http: Http, run: Run) -> Population[Alert]:
    """Whether secret scanning and dependency alerts are on for each repository, and each alert that is open.

    The token needs `Secret scanning alerts: read`, `Dependabot alerts: read`, `Administration: read`.
    """
    github = GitHub(http, run)
    now = run.now()
    repositories = github.repositories()
    facts: list[Alert] = []
    for one in repositories:
        name = str(field(one, "full_name"))
        scanning = field(one, "security_and_analysis") or {}
        secrets_on = (scanning.get("secret_scanning") or {}).get("status") == "enabled"
        dependencies_on = github.enabled(f"/repos/{name}/vulnerability-alerts")
        facts.append(Alert(name, "secret_scanning", 0, secrets_on, False, "unknown", "secret scanning", None, None))
        facts.append(Alert(name, "dependencies", 0, dependencies_on, False, "unknown", "dependency alerts", None, None))
        if secrets_on:
            found = github.listing(f"/repos/{name}/secret-scanning/alerts", state="open", hide_secret="true")  # noqa: S106
            facts += [_secret(name, alert, now) for alert in found]
        if dependencies_on:
            listed = github.listing(f"/repos/{name}/dependabot/alerts", state="open")
            facts += [_dependency(name, alert, now) for alert in listed]
    watches = [fact for fact in facts if fact.number == 0]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "two watches for each repository; open alerts of each by GitHub's listing, followed to its last page",
            2 * len(repositories),
            len(watches),
            independent=True,
        ),
        query="GET /repos/{}/secret-scanning/alerts and /dependabot/alerts, open ones",
        parameters={"organisation": github.organisation},
        observed_at=now,
        source_clock=github.clock,
    )


def _secret(name: str, alert: Mapping[str, Any], now: datetime) -> Alert:
    opened = moment(field(alert, "created_at"))
    kind = str(field(alert, "secret_type"))
    number = int(field(alert, "number"))
    return Alert(name, "secret_scanning", number, True, True, "critical", kind, opened, now - opened)


def _dependency(name: str, alert: Mapping[str, Any], now: datetime) -> Alert:
    opened = moment(field(alert, "created_at"))
    said = str(field(alert, "security_advisory", "severity"))
    severity: Severity = said if said in ("low", "medium", "high", "critical") else "unknown"  # type: ignore[assignment]
    package = str(field(alert, "dependency", "package", "name"))
    return Alert(name, "dependencies", int(field(alert, "number")), True, True, severity, package, opened, now - opened)
