"""What must hold of the collector `tls_endpoint`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from runs import collect, run_of
from tls_servers import Authority, Version, with_alerts

from trustcenter.collectors.tls_endpoint import TlsVersion, tls_endpoint
from trustcenter.model.population import CouldNotTell


def versions_of(context, authority: Authority) -> dict[str, TlsVersion]:
    with with_alerts(context) as port:
        settings = {"host": "127.0.0.1", "port": port, "ca": str(authority.file)}
        found = collect(tls_endpoint, run_of(settings, kind="endpoint"))
    assert found.completeness.holds
    return {fact.version: fact for fact in found.facts}


def test_each_version_is_one_fact_and_the_certificate_stands_where_it_was_shown(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    facts = versions_of(authority.context(Version.TLSv1_2, Version.TLSv1_3, "ECDHE+AESGCM"), authority)

    assert list(facts) == ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
    assert [facts[version].accepted for version in facts] == [False, False, False, True, True]
    modern = facts["TLSv1.3"]
    assert modern.certificate_verifies is True
    assert modern.certificate_expires > datetime.now(UTC)
    assert (modern.key_type, modern.key_size) in (("EC", 256), ("RSA", 2048))
    assert (modern.forward_secrecy, facts["TLSv1.2"].weak_suite_count) == (True, 0)
    assert facts["TLSv1"].certificate_expires is None


def test_weak_suites_are_listed_by_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    facts = versions_of(authority.context(Version.TLSv1_2, Version.TLSv1_2, "ECDHE+AESGCM:ECDHE+AES"), authority)

    assert "ECDHE-ECDSA-AES128-SHA256" in facts["TLSv1.2"].weak_suites
    assert facts["TLSv1.3"].accepted is False


def test_an_old_version_that_is_accepted_is_seen(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    facts = versions_of(authority.context(Version.TLSv1_1, Version.TLSv1_2, "ALL:@SECLEVEL=0"), authority)

    assert (facts["TLSv1"].accepted, facts["TLSv1.1"].accepted) == (False, True)


def test_without_an_address_nothing_can_be_told() -> None:
    with pytest.raises(CouldNotTell) as caught:
        collect(tls_endpoint, run_of({}))

    assert caught.value.cause == "unsupported"
