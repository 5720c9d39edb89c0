"""The portal gets worse: the check fails and says where, the page and the answers fall silent; put right, all returns.

One account rehashed at cost 10, row-level security off on one table. Every other mutant is in tests/mutants.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from instance_copy import Ran

from trustcenter.portal.launch import administrator_dsn
from trustcenter.runtime.passwords import hash_password

FALLEN = ("access.password-storage/password-hash", "data.tenant-isolation/tenant-isolation")
FORM = "templates/questionnaires/sample-customer-form.xlsx"
OFF = "alter table portal.document_views no force row level security, disable row level security"
ON = "alter table portal.document_views enable row level security, force row level security"


@dataclass(frozen=True)
class Changed:
    """What the commands said while the portal was worse, its page then, and what was judged after it was put right."""

    check: Ran
    site: Path
    answers: dict
    after: Ran


@pytest.fixture(scope="session")
def changed(line, tmp_path_factory) -> Changed:
    instance, state = line.instance, line.portal.state
    kept = tmp_path_factory.mktemp("changed")
    weaker = hash_password(secrets.token_urlsafe(18), state.secrets().pepper.encode(), 10)
    with psycopg.connect(administrator_dsn(state.root), autocommit=True) as connection:
        hash_of = "select password_hash from portal.accounts where id = %s"
        (stored,) = connection.execute(hash_of, (line.account,)).fetchone()
        rehash = "update portal.accounts set password_hash = %s where id = %s"
        try:
            connection.execute(rehash, (weaker, line.account))
            connection.execute(OFF)
            check = instance.run("check", expect=None)
            instance.run("publish")
            shutil.copytree(instance.site, kept / "site")
            answers = instance.run("answer", FORM, "--output", str(kept / "answered.xlsx"), "--json").json()
        finally:
            connection.execute(rehash, (stored, line.account))
            connection.execute(ON)
    controls = sorted({claim.split("/")[0] for claim in FALLEN})
    instance.run("collect", *(word for control in controls for word in ("--control", control)))
    return Changed(check, kept / "site", answers, instance.run("check", "--offline", expect=None))


def sentence(line, claim):
    page = json.loads((line.site / "trust.json").read_text())
    return next(one["sentence"] for one in page["claims"] if one["id"] == claim)


@pytest.mark.parametrize("control", ["access.password-storage", "data.tenant-isolation"])
def test_the_check_fails_and_names_control_file_and_line(changed, control):
    assert changed.check.code == 1, changed.check.said
    file = f"controls/{control.replace('.', '/')}.yaml"
    drift = [line for line in changed.check.stdout.splitlines() if line.startswith("drift:") and control in line]
    assert any(re.search(rf"{re.escape(file)}:\d+", line) for line in drift), changed.check.said


def test_the_check_names_nothing_else(changed):
    """Two changes, two controls: an alarm about a third would teach people to look away."""
    drift = [line for line in changed.check.stdout.splitlines() if line.startswith("drift:")]
    named = {control for line in drift for control in re.findall(r"\b[a-z]+\.[a-z-]+(?=/|:| )", line)}
    controls = {name for name in named if "." in name and name.split(".")[1] != "yaml"}
    assert controls <= {claim.split("/")[0] for claim in FALLEN}, drift


def test_the_check_names_no_account(line, changed):
    said = changed.check.stdout + changed.check.stderr + changed.after.stdout
    known = line.planted.of("people", "identifiers", "secrets", "endpoints")
    assert [name for name, value in known.items() if value.lower() in said.lower()] == []


@pytest.mark.parametrize("claim", FALLEN)
def test_the_page_no_longer_says_it(line, changed, claim):
    said = sentence(line, claim)
    assert said in (line.site / "trust.json").read_text()
    pages = [path for path in changed.site.rglob("*") if path.suffix in (".html", ".json", ".xml")]
    assert [str(path) for path in pages if said in path.read_text(errors="replace")] == []
    domain, anchor = claim.split(".")[0], claim.split("/")[1]
    text = (changed.site / domain / "index.html").read_text()
    article = text[text.index(f'id="{anchor}"') :][:4000]
    assert "ot currently confirmed" in article
    assert "ested by us" not in article.split("</h3>")[0]


def test_the_answers_resting_on_it_need_a_person(line, changed):
    before = {row["cell"]: row for row in line.ran["answer"].json()["rows"]}
    resting = [
        cell for cell, row in before.items() if row["outcome"] == "answered" and set(row["claims"]) & set(FALLEN)
    ]
    assert resting, "no answer of the form rests on either claim, so nothing is shown"
    after = {row["cell"]: row for row in changed.answers["rows"]}
    assert {cell: after[cell]["outcome"] for cell in resting} == dict.fromkeys(resting, "needs_review")


def test_no_answer_cites_a_fallen_claim(changed):
    citing = [row["cell"] for row in changed.answers["rows"] if row["outcome"] == "answered"
              and set(row["claims"]) & set(FALLEN)]  # fmt: skip
    assert citing == []


def test_put_right_everything_holds_again(changed):
    assert changed.after.code == 0, changed.after.said
    assert "everything holds (exit 0)" in changed.after.stdout
