"""Who may do and see what with questionnaires: at the door, in the worker's role, and in the reader of collectors."""

from __future__ import annotations

import psycopg
import pytest

OWNER = "maren@fernhill.example"
FORM = b"Question,Answer,Comment\r\nAre passwords hashed?,,\r\n"


def test_what_cannot_be_a_questionnaire_is_refused_at_the_door(portal, as_person):
    customer = as_person(OWNER)

    assert customer.upload("tool.exe", b"MZ").status == 415
    assert customer.upload("empty.csv", b"").status == 400
    assert customer.upload("large.csv", b"a" * (25 * 1024 * 1024 + 20_000)).status == 413
    assert customer.upload("../../etc/passwd.csv", FORM).status == 201
    assert "etc" not in customer.get("/api/questionnaires").text
    token = customer.get("/api/me").json()["csrf_token"]
    broken = customer.request(
        "POST",
        "/api/questionnaires",
        b"--x\r\nno headers",
        {"x-csrf-token": token, "content-type": "multipart/form-data; boundary=x"},
    )
    assert broken.status == 400
    assert portal.client().request("POST", "/api/questionnaires", b"x").status == 401


@pytest.mark.parametrize(
    "statement",
    [
        "select * from portal.accounts",
        "select body from portal.documents",
        "update portal.questionnaire_answers set confirmed_verdict = 'yes'",
        "update portal.questionnaires set content = ''",
        "delete from portal.questionnaires",
        "select * from portal.customers_questionnaires()",
        "select portal.account_for_sign_in('x')",
        "update portal.audit_events set outcome = 'done'",
    ],
)
def test_the_worker_may_do_nothing_else(portal, statement):
    dsn = portal.state.worker_env.read_text().partition("=")[2].strip().strip("'")
    with psycopg.connect(dsn) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute(statement)


def test_the_worker_sees_nothing_without_a_job_and_the_functions_of_staff_answer_nobody_else(
    portal, app_connection, administrator, as_person
):
    dsn = portal.state.worker_env.read_text().partition("=")[2].strip().strip("'")
    with psycopg.connect(dsn) as worker:
        assert worker.execute("select count(*) from portal.questionnaires").fetchone() == (0,)
    some = as_person(OWNER).upload("mine.csv", FORM).json()["id"]
    tenant = administrator.execute("select id from portal.organisations where slug = 'quay'").fetchone()[0]
    for setting in ("", str(tenant)):
        app_connection.execute("select set_config('app.tenant', %s, true)", (setting,))
        assert app_connection.execute("select count(*) from portal.customers_questionnaires()").fetchone() == (0,)
        assert app_connection.execute("select portal.questionnaire_holder(%s)", (some,)).fetchone() == (None,)


def test_the_reader_of_collectors_sees_no_name_file_question_or_answer(portal):
    with psycopg.connect(portal.environment["PORTAL_READER_DSN"], autocommit=True) as reader:
        for column in ("content", "copy", "file_name", "error"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"select {column} from portal.questionnaires")
        for column in ("question", "answer", "comment", "edited"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"select {column} from portal.questionnaire_answers")
