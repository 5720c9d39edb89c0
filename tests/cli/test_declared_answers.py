"""What an instance declares beside its controls, to the end: into a customer's file, explained, sent, and withdrawn."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_instance
from small_instance import document, run

CERTIFIED = "Are you ISO 27001 certified?"
DISKS = "Are disks wiped before disposal?"
REASON = "Disks belong to the hosting provider, who wipes or destroys them before disposal."
NOT_DONE = """
[[organisation.not_done]]
id = "iso-27001"
say = "We hold no ISO 27001 certificate."
opposites = ["ISO 27001 certified", "ISO 27001 certification"]
decided = 2026-01-15
"""
COVERAGE = f"""\
carve_outs:
  - {{framework: soc2, criterion: "CC6.5", organisation: hosting, monitored_by: access.costs, owner: platform,
     decided: 2026-01-10, reason: "{REASON}"}}
"""
HOSTING = """\
subprocessors:
  - id: hosting
    name: Hosting
    purpose: Servers
    data: [account data]
    region: European Union
    transfer_basis: none needed
    security_page: https://hosting.example/security
    agreement: agreement of 12 January 2026
    announced: 2025-11-20
    effective: 2026-01-12
    role: subservice_organisation
    monitored_by: access.costs
    hosts: [hosting.example]
"""
TODAY = datetime.now(UTC).date()
ANSWERS = f"""\
answers:
  - id: company
    questions: [In which year was your company founded?]
    verdict: text
    answer: It was founded in 2012.
    owner: sales
    reviewed: {TODAY}
    expires: {TODAY + timedelta(days=200)}
"""
FORM = f"Question,Answer,Comments\n{CERTIFIED},,\n{DISKS},,\nIn which year was your company founded?,,\n"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checked instance with a sentence of what is not done, a carved-out criterion and a reviewed answer."""
    root = small_instance.write(tmp_path_factory.mktemp("declared"))
    toml = (root / "trustcenter.toml").read_text()
    (root / "trustcenter.toml").write_text(toml.replace("[sources.exports]", f"{NOT_DONE}\n[sources.exports]", 1))
    for name, text in (("coverage", COVERAGE), ("subprocessors", HOSTING), ("answers", ANSWERS)):
        (root / f"controls/{name}.yaml").write_text(text)
    done = run(root, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    (root / "form.csv").write_text(FORM)
    return root


@pytest.fixture(scope="module")
def sent(instance: Path) -> dict[str, list[str]]:
    """The rows of the answered copy, which was sent to a customer, by their question."""
    done = run(instance, "answer", "form.csv", "-o", "answered.csv", "--to", "Northwind Ltd", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return {row[0]: row[1:] for row in csv.reader(io.StringIO((instance / "answered.csv").read_text()))}


def test_the_answered_file_quotes_what_is_not_done_with_its_place(sent: dict[str, list[str]]) -> None:
    answer, comment = sent[CERTIFIED]

    assert answer == "No. We hold no ISO 27001 certificate."
    assert comment.startswith("[not-done/iso-27001] declared, 2026-01-15 (representation).")
    assert comment.endswith("https://trust.example.test/not-done/#iso-27001")


def test_the_answered_file_says_not_applicable_from_the_declared_scope(sent: dict[str, list[str]]) -> None:
    answer, comment = sent[DISKS]

    assert answer == f"Not applicable: {REASON}"
    assert comment.startswith("[scope/soc2:CC6.5] not applicable, 2026-01-10 (representation).")


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("Are you ISO 27701 certified?", "abstained"),
        ("Is your data centre ISO 27001 certified?", "abstained"),
        ("Are laptops wiped before disposal?", "abstained"),
        ("Are printed documents shredded?", "abstained"),
    ],
)
def test_what_is_declared_of_something_else_answers_nothing(instance: Path, question: str, outcome: str) -> None:
    assert document(run(instance, "ask", question, "--json"))["outcome"] == outcome


@pytest.mark.parametrize("cited", ["not-done/iso-27001", "iso-27001", "scope/soc2:CC6.5", "answers/company"])
def test_each_id_that_an_answer_cites_is_explained(instance: Path, cited: str) -> None:
    done = run(instance, "explain", cited)

    assert done.returncode == 0, done.stderr
    assert "this is said and not examined" in done.stdout
    assert ("trustcenter.toml:" in done.stdout) == cited.endswith("iso-27001")


def test_a_sent_answer_falls_with_the_sentence_that_it_quoted(instance: Path, sent: dict[str, list[str]]) -> None:
    """As long as everything is said, nobody is told; a removed sentence, scope or reviewed answer names the reader."""
    assert run(instance, "sent", "fallen").returncode == 0
    toml, coverage = instance / "trustcenter.toml", instance / "controls/coverage.yaml"
    before = toml.read_text()
    try:
        toml.write_text(before.replace(NOT_DONE, ""))
        coverage.unlink()
        (instance / "controls/answers.yaml").unlink()
        checked = run(instance, "check").stdout
        told = document(run(instance, "sent", "fallen", "--json"))["fallen"]
        letter = run(instance, "sent", "notice", told[0]["record"]["id"]).stdout
    finally:
        toml.write_text(before)
        coverage.write_text(COVERAGE)
        (instance / "controls/answers.yaml").write_text(ANSWERS)

    assert "Northwind Ltd" in checked
    assert sorted(one["fallen"] for one in told) == [["answers/company"], ["not-done/iso-27001"], ["scope/soc2:CC6.5"]]
    assert "Today, not-done/iso-27001: no longer stated" in letter
