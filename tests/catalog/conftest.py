"""A small instance in memory, and collectors as descriptions, so that loading is tested without a platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest

from trustcenter.catalog import load
from trustcenter.instance import Instance, parse
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription, Parameter
from trustcenter.model.fact import Field, Key, Personal, Secret, Subject, schema_of

TOML = b"""
[organisation]
name = "Sample Organisation"
url = "https://sample.example"
covers = "the sample service"
sample = true
categories = ["security", "availability"]
[organisation.roles]
gdpr = ["controller", "processor"]
ccpa = ["service_provider"]
[sources.portal]
kind = "platform"
environment = "demo"
url = "${PORTAL_URL}"
[sources.portal.mapping.user_accounts]
table = "portal.accounts"
[sources.rosters]
kind = "files"
path = "rosters"
[sources.records]
kind = "records"
"""

OWNERS = """\
id: access.owner-second-factor
title: Account owners sign in with a second factor
owner: security
nature: automated
frequency: continuous
criteria:
  soc2: {CC6.1: "Access to customer data by the most privileged role needs two factors"}
  gdpr: {"32(1)(b)": "Ongoing confidentiality of the processing systems"}
tests:
  enrolled:
    {collector: user_accounts, where: {role: owner, state: active}, expect: {second_factor: {not: none}}, every: 24h}
  enforced: {collector: second_factor_probe, expect: {outcome: refused}, every: 24h}
  leavers:
    reconcile:
      left: leavers_list
      right: user_accounts
      on: {person: account}
      intervals: {disabled_within: [left.left_at, right.disabled_at]}
      unmatched: {right: passes}
    expect: {disabled_within: {at_most: 24h}}
  leavers_list:
    collector: query
    source: rosters
    query:
      sql: select person, left_at from leavers
      columns:
        person: {type: text, key: true, personal: true}
        left_at: {type: moment}
claims:
  - id: owner-2fa
    say: "Account owners must use a second factor ({enrolled.passed} of {enrolled.size} enrolled)."
    on_failure: withdraw
"""


@dataclass(frozen=True)
class Account:
    account: Annotated[str, Subject]
    role: Literal["owner", "admin", "member"]
    state: Literal["active", "disabled"]
    second_factor: Literal["none", "totp", "passkey"]
    created_at: datetime
    disabled_at: datetime | None
    email: Annotated[str, Personal]
    hash_cost: int
    reviewed: date | None
    groups: tuple[str, ...]
    idle: timedelta
    share: float
    locked: bool
    password_hint: Annotated[str | None, Secret]


@dataclass(frozen=True)
class Attempt:
    route: Annotated[str, Key]
    outcome: Literal["refused", "allowed"]


@dataclass(frozen=True)
class Declared:
    id: Annotated[str, Key]
    expires: date


def _described(
    name: str, fact: type | None, kinds: tuple[str, ...], method: str, **more: object
) -> CollectorDescription:
    return CollectorDescription(
        id=name, version="1", kinds=kinds, method=method, holds="tested", safety="passive",
        schema=schema_of(fact) if fact else None, summary=name, **more,
    )  # fmt: skip


COLLECTORS = {
    one.id: one
    for one in (
        _described("user_accounts", Account, ("platform", "postgresql"), "inspection"),
        _described(
            "second_factor_probe", Attempt, ("platform",), "probe",
            parameters={"limit": Parameter(Field("limit", "duration")), "tries": Parameter(Field("tries", "integer"))},
        ),
        _described("declarations", Declared, ("records",), "representation"),
        _described("query", None, ("files", "postgresql"), "inspection"),
    )
}  # fmt: skip

CONTROL = "controls/access/owner-second-factor.yaml"


@pytest.fixture
def instance() -> Instance:
    return parse(TOML, {}, root=Path("/instance"))


@pytest.fixture
def loaded(instance: Instance) -> Callable[..., Catalogue]:
    """Load the owners' control, changed by replacements, beside further files."""

    own = instance

    def load_with(
        *changes: tuple[str, str], control: str = OWNERS, instance: Instance = own, **files: str
    ) -> Catalogue:
        text = control
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        named = {f"controls/{name.replace('__', '/')}.yaml": data.encode() for name, data in files.items()}
        return load({"trustcenter.toml": TOML, CONTROL: text.encode(), **named}, instance, COLLECTORS)

    return load_with


@pytest.fixture
def owners() -> str:
    """The owners' control as text."""
    return OWNERS


@pytest.fixture
def toml() -> str:
    """The instance as text."""
    return TOML.decode()
