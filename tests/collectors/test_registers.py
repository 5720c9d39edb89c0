"""What must hold of the collectors `declarations` and `documents`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from runs import collect, run_of

from trustcenter.collectors.declarations import declarations
from trustcenter.collectors.documents import documents
from trustcenter.collectors.interface import Collector
from trustcenter.collectors.subprocessors import subprocessors
from trustcenter.model.place import Place
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.records import Declaration, Document, Subprocessor

HERE = Place("controls/documents.yaml", 1, 1)
POLICY = b"# Access policy\n"
DIGEST = "sha256:" + hashlib.sha256(POLICY).hexdigest()
CHECKED = Declaration(
    "checks",
    "Background checks were made.",
    "people",
    date(2020, 1, 2),
    date(2099, 1, 1),
    HERE,
    "policies/access.md",
    DIGEST,
)
HELD = Document(
    "access",
    "Access policy",
    "policy",
    "security",
    "public",
    date(2020, 1, 2),
    date(2099, 1, 1),
    HERE,
    "policies/access.md",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "access.md").write_bytes(POLICY)
    return tmp_path


def seen(collector: Collector, root: Path, *records: object) -> Population:
    settings = {"root": str(root), collector.description.id: records}
    return collect(collector, run_of(settings, kind="records"))


def cause_of(collector: Collector, root: Path, settings: dict[str, object]) -> str:
    with pytest.raises(CouldNotTell) as caught:
        collect(collector, run_of({"root": str(root)} | settings, kind="records"))
    return caught.value.cause


def test_a_declaration_with_its_document_unchanged(root: Path) -> None:
    found = seen(declarations, root, CHECKED)
    (fact,) = found.facts

    assert (fact.document, fact.document_digest, fact.document_sound, fact.expired) == ("matches", DIGEST, True, False)
    assert found.completeness.holds


@pytest.mark.parametrize(
    ("changed", "state", "sound"),
    [
        ({"document_digest": "sha256:" + "0" * 64}, "differs", False),
        ({"document": "policies/gone.md"}, "absent", False),
        ({"document": "gone/policy.md"}, "absent", False),
        ({"document_digest": None}, "present", True),
        ({"document": None, "document_digest": None}, "none", True),
    ],
)
def test_what_stands_behind_a_declaration_is_looked_at(root: Path, changed: dict, state: str, sound: bool) -> None:
    (fact,) = seen(declarations, root, replace(CHECKED, **changed)).facts

    assert (fact.document, fact.document_sound) == (state, sound)


def test_an_expired_declaration_says_so(root: Path) -> None:
    (fact,) = seen(declarations, root, replace(CHECKED, expires=date(2021, 1, 1))).facts

    assert fact.expired


def test_a_document_of_the_register_is_opened(root: Path) -> None:
    (fact,) = seen(documents, root, HELD).facts

    assert (fact.present, fact.digest, fact.size, fact.held, fact.review_overdue) == (True, DIGEST, 16, "here", False)


def test_absent_empty_and_elsewhere_are_not_present(root: Path) -> None:
    (root / "empty.md").touch()
    records = (
        replace(HELD, id="gone", path="policies/gone.md"),
        replace(HELD, id="empty", path="empty.md"),
        replace(HELD, id="elsewhere", path=None),
    )
    facts = {fact.id: fact for fact in seen(documents, root, *records).facts}

    assert not any(fact.present for fact in facts.values())
    assert facts["elsewhere"].held == "elsewhere"


def test_an_overdue_review_says_so(root: Path) -> None:
    (fact,) = seen(documents, root, replace(HELD, review_by=date(2021, 1, 1))).facts

    assert fact.review_overdue


@pytest.mark.parametrize("collector", [declarations, documents, subprocessors], ids=lambda each: each.description.id)
def test_a_register_that_is_not_there_is_no_empty_one(root: Path, collector: Collector) -> None:
    name = collector.description.id

    assert cause_of(collector, root, {}) == "unsupported"
    assert cause_of(collector, root, {name: "all of them"}) == "malformed"
    assert cause_of(collector, root, {name: [object()]}) == "malformed"
    if collector is not subprocessors:
        assert cause_of(collector, root, {name: [], "root": str(root / "nowhere")}) == "unreachable"


@pytest.mark.parametrize(
    ("collector", "record"), [(declarations, CHECKED), (documents, HELD)], ids=["declarations", "documents"]
)
def test_a_link_out_of_the_instance_is_refused(root: Path, collector: Collector, record: object) -> None:
    (root / "policies" / "access.md").unlink()
    (root / "policies" / "access.md").symlink_to("/etc/hostname")

    assert cause_of(collector, root, {collector.description.id: [record]}) == "malformed"


HOST = Subprocessor(
    "host", "Host", "hosting", ("names", "addresses"), "EU", "none needed", "https://host.example/security", "signed",
    date(2026, 1, 1), date(2026, 2, 1), HERE, monitored_by="vendors.review",
)  # fmt: skip


def test_notice_is_the_time_between_announcement_and_beginning(root: Path) -> None:
    late = replace(HOST, id="late", announced=date(2026, 2, 11), agreement=" ", monitored_by="")
    facts = {fact.id: fact for fact in seen(subprocessors, root, HOST, late).facts}

    assert (facts["host"].notice, facts["late"].notice) == (timedelta(days=31), timedelta(days=-10))
    assert (facts["host"].agreement, facts["late"].agreement) == ("signed", None)
    assert (facts["host"].monitored, facts["late"].monitored) == (True, False)


def test_a_subprocessor_that_ended_is_a_declared_exclusion(root: Path) -> None:
    found = seen(subprocessors, root, HOST, replace(HOST, id="gone", ended=date(2026, 3, 1)))

    assert [fact.id for fact in found.facts] == ["host"]
    assert found.exclusions == ("gone: ended 2026-03-01",)
    assert found.completeness.holds


def test_what_each_lets_a_claim_say() -> None:
    assert (declarations.description.method, declarations.description.holds) == ("representation", "declared")
    assert (documents.description.method, documents.description.holds) == ("inspection", "documented")
