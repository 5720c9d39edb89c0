"""Mutants of what people keep: the register of subprocessors, documents, declarations, the roster of leavers."""

from __future__ import annotations

import csv
import datetime
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import yaml

from mutations.database import after
from mutations.mutant import Broken, Change, Scene, mutant

NOTICE = "vendors.subprocessor-notice"
SEEN = "vendors.undeclared-subprocessors"


def written(file: str, before: str, after: str) -> Change:
    return lambda world, stack: stack.enter_context(world.instance(file, before, after))


def subprocessor(wrong: Callable[[dict[str, Any]], bool]) -> Broken:
    """Whether an entry of the register, read as plain YAML, is like that."""

    def broken(scene: Scene) -> bool:
        read = yaml.safe_load((scene.root / "controls" / "subprocessors.yaml").read_text())
        return any(wrong(entry) for entry in read["subprocessors"])

    return broken


def short_notice(entry: dict[str, Any]) -> bool:
    return entry["effective"] - entry["announced"] < datetime.timedelta(days=30)


def leaver_can_sign_in(scene: Scene) -> bool:
    """Whether an active account belongs to somebody on the roster."""
    with (scene.root / "rosters" / "leavers.csv").open() as file:
        left = [row["person"] for row in csv.DictReader(file)]
    return bool(
        scene.value("select exists (select from portal.accounts where state = 'active' and email = any (%s))", left)
    )


def telemetry_pinned(scene: Scene) -> bool:
    """Whether the lock file pins a package that reports errors to a company."""
    return any(line.startswith("sentry-sdk==") for line in (scene.root / "requirements" / "dev.txt").open())


def stranger_contacted(scene: Scene) -> bool:
    """Whether the application's record names a host that is not this machine."""
    return bool(scene.value("select exists (select from portal.egress where host !~ '^127[.]|^localhost$|^::1$')"))


def security_page_gone(scene: Scene) -> bool:
    """Whether the page that the register links is answered with 404, to a client that only knows TLS."""
    place = scene.environment["PORTAL_COMPANIES"].rpartition(":")
    text = (scene.root / "controls" / "subprocessors.yaml").read_text()
    for entry in yaml.safe_load(text)["subprocessors"]:
        page = urlsplit(entry["security_page"])
        trust = ssl.create_default_context(cafile=scene.environment["PORTAL_CA"])
        with (
            socket.create_connection((place[0], int(place[2])), timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname=page.hostname) as secured,
        ):
            secured.sendall(f"GET {page.path} HTTP/1.0\r\nhost: {page.hostname}\r\n\r\n".encode())
            if secured.recv(200).split()[1] == b"404":
                return True
    return False


MUTANTS = (
    mutant(
        "security-page-gone", "the security page of a subprocessor is not there any more",
        "vendors.security-links/answers", "security_links",
        written("controls/subprocessors.yaml", "https://pennon.example/trust", "https://pennon.example/trust-2019"),
        security_page_gone,
    ),
    mutant(
        "notice-of-ten-days", "a subprocessor was announced ten days before it received data",
        f"{NOTICE}/notice", "subprocessors",
        written("controls/subprocessors.yaml", "announced: 2025-11-20", "announced: 2026-01-02"),
        subprocessor(short_notice),
    ),
    mutant(
        "notice-afterwards", "a subprocessor was announced after it received data",
        f"{NOTICE}/notice", "subprocessors",
        written("controls/subprocessors.yaml", "announced: 2025-12-22", "announced: 2026-02-10"),
        subprocessor(short_notice),
    ),
    mutant(
        "leaver-added", "the roster names somebody whose account is active",
        "access.leavers/disabled", "query",
        written("rosters/leavers.csv", "left@fernhill.example,2026-10-30",
                "left@fernhill.example,2026-10-30\njonas@fernhill.example,2026-11-02"),
        leaver_can_sign_in,
    ),
    mutant(
        "unwatched", "no control watches a subprocessor",
        f"{NOTICE}/terms", "subprocessors",
        written("controls/subprocessors.yaml", "role: subprocessor\n    monitored_by: vendors.subprocessor-review",
                "role: subprocessor"),
        subprocessor(lambda entry: not entry.get("monitored_by")),
    ),
    mutant(
        "undeclared-host", "the application contacted a company that the register does not name",
        f"{SEEN}/contacted-declared", "contacted_hosts",
        after("insert into portal.egress (host, port, protocol, hour, connections)"
              " values ('events.tallow.example', 443, 'tcp', date_trunc('hour', now(), 'UTC'), 3)"),
        stranger_contacted,
    ),
    mutant(
        "model-asked", "the application sent something to a service of artificial intelligence",
        f"data.artificial-intelligence-services/contacted {SEEN}/contacted-declared", "contacted_hosts",
        after("insert into portal.egress (host, port, protocol, hour, connections)"
              " values ('api.openai.com', 443, 'tcp', date_trunc('hour', now(), 'UTC'), 2)"),
        stranger_contacted,
    ),
    mutant(
        "model-registered", "a subprocessor sends data on to a service of artificial intelligence",
        "data.artificial-intelligence-services/registered", "subprocessors",
        written("controls/subprocessors.yaml", '"*.pennon.example"]', '"*.openai.com"]'),
        subprocessor(lambda entry: "*.openai.com" in entry.get("hosts", ())),
    ),
    mutant(
        "telemetry-pinned", "a dependency reports errors to a company that the register does not name",
        f"{SEEN}/telemetry-declared", "dependency_telemetry",
        written("requirements/dev.txt", "starlette==", "sentry-sdk==2.60.0 \\\n    --hash=sha256:0\nstarlette=="),
        telemetry_pinned,
    ),
)  # fmt: skip
