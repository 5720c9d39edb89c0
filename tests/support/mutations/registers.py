"""Mutants of what people keep: the register of subprocessors, documents, declarations, the roster of leavers."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from typing import Any

import yaml

from mutations.mutant import Broken, Change, Scene, mutant

NOTICE = "vendors.subprocessor-notice"


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


MUTANTS = (
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
)  # fmt: skip
