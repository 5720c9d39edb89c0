"""Questionnaires from upload to finished copy: the portal, a worker of its own, and what each may see."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import small_instance

from trustcenter.portal import launch
from trustcenter.publish.questionnaire.sent import Sent, SentAnswer

OWNER, MEMBER, OTHER, STAFF = (
    "maren@fernhill.example",
    "aiko@fernhill.example",
    "lena@quay.example",
    "ines@vendor.example",
)
CERTAIN, UNSURE = "Are passwords hashed?", "Do you hash passwords with salt and pepper?"
FORM = f"Question,Answer,Comment\r\n{CERTAIN},,\r\n{UNSURE},,\r\n".encode()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small instance that has looked today."""
    root = small_instance.write(tmp_path_factory.mktemp("worker") / "instance")
    control = root / "controls/access/costs.yaml"
    words = "claims:\n  - id: slow\n    aliases: [slow password hashing, passwords hashed]\n"
    control.write_text(control.read_text().replace("claims:\n  - id: slow\n", words))
    done = small_instance.run(root, "check")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def work(portal: launch.Running, instance: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a real worker on what waits, to its end."""

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        done = small_instance.run(instance, "work", "--env-file", str(portal.state.worker_env), "--once", *more)
        assert done.returncode == 0, done.stderr
        return done

    return run


def _confirmed(instance: Path) -> list[dict[str, object]]:
    path = instance / ".trustcenter/private/confirmed.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _told_before(instance: Path, recipient: str, question: str, verdict: str) -> Path:
    """The record of a questionnaire that was sent in September."""
    answer = SentAnswer("Sheet1!B2", question, verdict, "As it was.", "tested", "", ("access.costs/slow",))
    digest = f"sha256:{'0' * 64}"
    record = Sent(
        "20260901T080000Z-00000000", recipient, "earlier.csv", "2026-09-01T08:00:00+00:00", digest, digest, "", 1,
        (answer,),
    )  # fmt: skip
    folder = instance / ".trustcenter/private/questionnaires"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.id}.json"
    path.write_text(json.dumps(record.as_json()))
    return path


def _form(client, path: str, **fields: str):
    token = client.get("/api/me").json()["csrf_token"]
    return client.post(path, {"csrf_token": token, **fields})


def test_from_upload_to_the_finished_copy(as_person, work, instance, administrator):
    """Uploaded, answered, confirmed in other words, made anew, released; each step in the customer's own record."""
    customer, staff, other = as_person(OWNER), as_person(STAFF), as_person(OTHER)
    added = customer.upload("form.csv", FORM)
    assert added.status == 201
    path = f"/questionnaires/{added.json()['id']}"
    assert customer.get(f"/api{path}").json()["state"] == "queued"
    assert 'http-equiv="refresh"' in customer.get(path).text
    told_others = _told_before(instance, "Northwind Ltd", CERTAIN, "no")

    work()

    assert customer.get(f"/api{path}").json()["state"] == "done"
    seen = customer.get(path).text
    assert "A person reviews the answers" in seen
    assert UNSURE not in seen
    assert customer.get(f"{path}/copy").status == 404
    page = staff.get(path).text
    for words in (CERTAIN, "All 2 hashes have a cost of 12 or more.", "access.costs/slow"):
        assert words in page
    assert "“No” was told to another customer on 2026-09-01; now “Yes”" in re.sub("<[^>]+>", "", page)
    assert "Northwind" not in page
    assert "told to" not in seen
    kept = "select earlier::text from portal.questionnaires where id = %s"
    assert "Northwind" not in administrator.execute(kept, (path.rpartition("/")[2],)).fetchone()[0]
    told_others.unlink()

    answered = _form(
        staff, f"{path}/answers", number="2", claim="access.costs/slow", verdict="yes", edited="Yes: salted and slow."
    )
    assert answered.headers["location"] == f"{path}#q3"
    people = administrator.execute("select id from portal.accounts where email = %s", (STAFF,)).fetchone()
    assert _form(staff, f"{path}/assign", person=str(people[0])).status == 303
    assert _form(staff, f"{path}/assign", number="2", person=str(people[0])).status == 303
    assert "1 confirmed since the copy was made" in staff.get(path).text
    assert _form(staff, f"{path}/release").status == 303
    assert _form(staff, f"{path}/release").status == 409
    work()

    copy = customer.get(f"{path}/copy")
    assert copy.headers["content-disposition"].endswith("form.answered.csv")
    rows = list(csv.reader(io.StringIO(copy.body.decode())))
    assert rows[1][1].startswith("Yes. All 2 hashes")
    assert rows[2][1] == "Yes: salted and slow."
    assert "access.costs" in rows[2][2] or "https://trust.example.test" in rows[2][2]
    taught = [one for one in _confirmed(instance) if one["question"] == UNSURE]
    assert [(one["by"], one["verdict"], one["claims"]) for one in taught] == [
        ("Ines Calder", "yes", ["access.costs/slow"])
    ]
    sent = [json.loads(file.read_text()) for file in (instance / ".trustcenter/private/questionnaires").glob("*.json")]
    assert [one["recipient"] for one in sent if one["file"] == "form.csv"] == ["Fernhill Insurance (sample)"]

    history = [event["action"] for event in customer.get("/api/activity").json()["items"]]
    for action in ("upload", "finish", "read", "confirm", "assign", "release", "download"):
        assert f"questionnaire.{action}" in history, action
    assert "Ines Calder" in customer.get(path).text
    for each in ("", "/copy"):
        assert other.get(path + each).status == 404
    assert other.get(f"/api{path}").status == 404
    assert "form.csv" not in other.get("/api/questionnaires").text
    assert "form.csv" in staff.get("/api/questionnaires").text
    assert _form(customer, f"{path}/answers", number="1", claim="access.costs/slow", verdict="no").status == 403
    assert _form(as_person(MEMBER), f"{path}/remove").status == 403


def test_what_no_staff_confirmed_teaches_nothing(as_person, work, instance, administrator):
    """Even where a row of the customer's own table says that a customer confirmed it."""
    customer = as_person(OTHER)
    question = "Do you hash passwords with chilli?"
    path = (
        f"/questionnaires/{customer.upload('other.csv', f'Question,Answer{chr(10)}{question},'.encode()).json()['id']}"
    )
    work()
    administrator.execute(
        "update portal.questionnaire_answers set confirmed_claim = 'access.costs/slow', confirmed_verdict = 'yes', "
        "edited = 'ours', confirmed_at = now(), confirmed_by = (select id from portal.accounts where email = %s) "
        "where questionnaire_id = %s and number = 1",
        (OTHER, path.rpartition("/")[2]),
    )
    _form(as_person(STAFF), f"{path}/again")
    work()

    assert [one for one in _confirmed(instance) if one["question"] == question] == []
    outcome = administrator.execute(
        "select outcome, answer from portal.questionnaire_answers where questionnaire_id = %s",
        (path.rpartition("/")[2],),
    ).fetchone()
    assert outcome == ("abstained", "")


def test_a_killed_worker_loses_nothing(portal, as_person, instance, work, administrator):
    """Killed with its child in the middle of a file: the lease ends, and the next worker answers it."""
    rows = "".join(f"Are passwords hashed in place {number}?,\r\n" for number in range(2500))
    added = as_person(OWNER).upload("long.csv", b"Question,Answer\r\n" + rows.encode()).json()["id"]
    environment = {name: value for name, value in os.environ.items() if name != "TRUSTCENTER_KEYS"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "trustcenter.cli", "work", "--env-file", str(portal.state.worker_env),
         "--lease-seconds", "1"],
        cwd=instance, env=environment, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    state = "select state, step, attempts from portal.questionnaires where id = %s"
    until = time.monotonic() + 120
    try:
        while administrator.execute(state, (added,)).fetchone()[1] != "answering":
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert administrator.execute(state, (added,)).fetchone()[:2] == ("running", "answering")
    administrator.execute(
        "update portal.questionnaires set content = %s where id = %s",
        (b"Question,Answer\r\n" + rows[:300].encode(), added),
    )  # what was proved took long; that it is answered can be proved with less
    while administrator.execute(
        "select leased_until > clock_timestamp() from portal.questionnaires where id = %s", (added,)
    ).fetchone()[0]:
        time.sleep(0.05)

    work()

    assert administrator.execute(state, (added,)).fetchone() == ("done", "ended", 2)


def test_a_file_that_costs_three_workers_their_life_ends_as_failed(as_person, work, administrator):
    customer = as_person(OWNER)
    added = customer.upload("deadly.csv", FORM).json()["id"]
    administrator.execute(
        "update portal.questionnaires set state = 'running', attempts = 3, lease = gen_random_uuid(), "
        "leased_until = now() - interval '1 second' where id = %s",
        (added,),
    )
    work()

    state, error = administrator.execute(
        "select state, error from portal.questionnaires where id = %s", (added,)
    ).fetchone()
    assert state == "failed"
    assert error in customer.get(f"/questionnaires/{added}").text


def test_a_file_that_takes_too_long_ends_with_its_process(as_person, work, administrator):
    """No more than the seconds it may have; the worker lives on and answers the next."""
    customer = as_person(OWNER)
    rows = "".join(f"Are passwords hashed in place {number}?,\r\n" for number in range(4000))
    slow = customer.upload("slow.csv", b"Question,Answer\r\n" + rows.encode()).json()["id"]
    work("--longest-seconds", "1")

    state, error = administrator.execute(
        "select state, error from portal.questionnaires where id = %s", (slow,)
    ).fetchone()
    assert (state, error) == ("failed", "This file took longer than 1 seconds. Nothing was answered.")


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * 400_000_000)
    return file.getvalue()


def test_hostile_files_end_in_a_clear_error_and_never_come_again(as_person, work, administrator):
    customer = as_person(OWNER)
    added = {
        name: customer.upload(name, content).json()["id"]
        for name, content in {
            "bomb.xlsx": _bomb(), "truncated.xlsx": _bomb()[:200], "picture.docx": b"\x89PNG\r\n\x1a\n" + b"x" * 100,
            "empty.pdf": b"%PDF-1.7\n",
        }.items()
    }  # fmt: skip
    work()

    for name, identifier in added.items():
        page = customer.get(f"/questionnaires/{identifier}").text
        error = re.search(r'role="alert">([^<]+)<', page)
        assert error, name
        assert len(error[1]) > 20
        assert "Traceback" not in page
        attempts = administrator.execute("select attempts from portal.questionnaires where id = %s", (identifier,))
        assert attempts.fetchone() == (1,), name


def test_staff_paste_a_question_and_copy_its_answer(as_person, work):
    staff = as_person(STAFF)
    pasted = _form(staff, "/questionnaires/paste", questions=f"{CERTAIN}\n=1+1 formula?")
    work()

    page = staff.get(pasted.headers["location"]).text
    assert "Yes. All 2 hashes have a cost of 12 or more." in page
    assert 'data-copy="text-1"' in page
    assert as_person(OWNER).get(pasted.headers["location"]).status == 404
