"""The safety class of a probe is enforced in code, before anything is opened."""

from __future__ import annotations

import pytest

from trustcenter.collectors.http_headers import PageHeaders
from trustcenter.collectors.interface import Collector, Run, collector
from trustcenter.collectors.registry import descriptions
from trustcenter.collectors.tenant_isolation_probe import tenant_isolation_probe
from trustcenter.collectors.tls_endpoint import tls_endpoint
from trustcenter.model.collector import allowed
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.source import Source

CANARY = {"canary_a_email": "canary@fernway.example", "canary_a_password": "made-up"}


@collector(method="probe", kinds=("platform",), safety="staging")
def breaks_things(run: Run) -> Population[PageHeaders]:
    """A probe that only staging may see."""
    raise NotImplementedError


def cause_of(probe: Collector, source: Source) -> str:
    with pytest.raises(CouldNotTell) as caught:
        probe.admit(source)
    return caught.value.cause


@pytest.mark.parametrize("environment", ["production", "staging", "demo"])
def test_only_staging_probes_are_barred_and_only_from_production(environment) -> None:
    assert allowed("passive", environment)
    assert allowed("canary", environment)
    assert allowed("staging", environment) is (environment != "production")


def test_a_staging_probe_never_runs_in_production() -> None:
    assert cause_of(breaks_things, Source("shop", "platform", "production")) == "unsafe"
    breaks_things.admit(Source("shop", "platform", "staging"))


@pytest.mark.parametrize("missing", sorted(CANARY))
def test_a_canary_probe_without_a_canary_is_unsafe(missing: str) -> None:
    settings = {name: value for name, value in CANARY.items() if name != missing}
    assert cause_of(tenant_isolation_probe, Source("shop", "platform", "demo", settings)) == "unsafe"
    tenant_isolation_probe.admit(Source("shop", "platform", "production", CANARY))


def test_a_source_of_another_kind_is_unsupported() -> None:
    assert cause_of(tls_endpoint, Source("code", "terraform", "demo")) == "unsupported"


def test_whatever_signs_in_declares_itself_a_canary_probe() -> None:
    """By the credentials that a collector's code asks for, so that none can forget to say so."""
    from importlib import import_module
    from pathlib import Path

    for name, description in descriptions().items():
        code = Path(import_module(f"trustcenter.collectors.{name}").__file__).read_text()
        if "canary_a_password" in code or "_canary import" in code or "Credentials.of" in code:
            assert description.safety != "passive", name
