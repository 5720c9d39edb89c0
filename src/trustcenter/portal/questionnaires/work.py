"""What people do with questionnaires: pages and API share it. Each deed is audited in its own transaction.

A prospect's people reach their own organisation's. The vendor's staff reach every customer's, and each time it is in
the record of that customer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal.call import Call
from trustcenter.portal.questionnaires import store
from trustcenter.portal.recording import record
from trustcenter.portal.store import Row
from trustcenter.runtime.routes import STAFF
from trustcenter.runtime.tenancy import tenant_transaction

LARGEST = 25 * 1024 * 1024
ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv", ".docx", ".pdf", ".json", ".md", ".txt")
MOST_OPEN = 20
"""Files of one organisation that may wait at once."""
MOST_BYTES = 500 * 1024 * 1024
"""All files of one organisation together."""
VERDICTS = {"yes": "Yes", "no": "No", "partial": "Partly", "text": "As text", "not_applicable": "Not applicable"}
MOST_PASTED = 50


@dataclass(frozen=True)
class Opened:
    """One questionnaire in a transaction of the organisation it belongs to."""

    connection: Any
    row: Row
    call: Call

    async def note(self, action: str, **states: Any) -> None:
        """An event in the record of the organisation whose questionnaire it is."""
        await record(
            self.connection, self.call, action, "questionnaire", str(self.row["id"]),
            organisation_id=self.row["organisation_id"], **states,
        )  # fmt: skip


@asynccontextmanager
async def opened(call: Call) -> AsyncIterator[Opened]:
    """The questionnaire of the path. What is not the caller's to see does not exist: 404."""
    questionnaire_id, person = call.identifier("questionnaire_id"), call.person
    organisation_id: UUID | None = person.organisation_id
    if person.role == STAFF:
        async with call.services.tenant(person) as connection:
            organisation_id = await store.holder(connection, questionnaire_id)
    if organisation_id is None:
        raise HTTPException(404)
    async with tenant_transaction(call.services.pool, organisation_id) as connection:
        row = await store.one(connection, questionnaire_id)
        if row is None:
            raise HTTPException(404)
        yield Opened(connection, row, call)


async def listed(call: Call) -> list[Row]:
    """The caller's own organisation's; for staff those of every customer."""
    async with call.services.tenant(call.person) as connection:
        return await (store.customers if call.person.role == STAFF else store.own)(connection)


async def staff(call: Call) -> list[Row]:
    async with call.services.tenant(call.person) as connection:
        return await store.staff(connection)


async def take(call: Call) -> UUID:
    """Keeps an uploaded file and queues it. Raises 400, 415 or 429."""
    upload = call.upload("file")
    name = upload.name
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise HTTPException(400, "The file needs a name of at most 200 characters.")
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise HTTPException(415, f"This kind of file cannot be answered. These can: {', '.join(ENDINGS)}.")
    if len(upload.content) > LARGEST:
        raise HTTPException(413, "A questionnaire may have 25 MB.")
    return await _keep(call, "file", name, upload.content)


async def paste(call: Call) -> UUID:
    """Keeps pasted questions, one a line, as a file of ours in the vendor's own organisation, and queues it."""
    lines = [line.strip() for line in call.text("questions", longest=20_000).splitlines() if line.strip()]
    if len(lines) > MOST_PASTED:
        raise HTTPException(400, f"At most {MOST_PASTED} questions at once; upload a file for more.")
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("Question", "Answer", "Comment"))
    rows.writerows((line, "", "") for line in lines)
    return await _keep(call, "pasted", "pasted-questions.csv", text.getvalue().encode("utf-8"))


async def _keep(call: Call, kind: str, name: str, content: bytes) -> UUID:
    person = call.person
    async with call.services.tenant(person) as connection:
        load = await store.load(connection)
        if load["open"] >= MOST_OPEN:
            raise HTTPException(429, f"{MOST_OPEN} files wait already. Try again when some are answered.")
        if load["bytes"] + len(content) > MOST_BYTES:
            raise HTTPException(413, "Your organisation's files together exceed 500 MB. Remove some first.")
        added = await store.add(connection, person.organisation_id, person.account_id, kind, name, content)
        await record(
            connection, call, "questionnaire.upload", "questionnaire", str(added),
            after={"file": name, "digest": store.digest(content)},
        )  # fmt: skip
    return added


async def confirm(call: Call) -> int:
    """Keeps what a person of the vendor's says of one answer; returns the question's number. Raises 400 or 404."""
    async with opened(call) as found:
        number = _number(call)
        before = await store.answer(found.connection, found.row["id"], number)
        if before is None:
            raise HTTPException(404)
        claim, verdict = call.fields.get("claim"), call.fields.get("verdict")
        if claim not in {candidate["claim"] for candidate in before["candidates"]}:
            raise HTTPException(400, "Choose one of the candidates: an answer rests on a claim.")
        if verdict not in VERDICTS:
            raise HTTPException(400, "Choose a verdict.")
        edited = call.text("edited", longest=4000) if str(call.fields.get("edited") or "").strip() else None
        await store.confirm(
            found.connection, found.row["id"], number, str(claim), str(verdict), edited, call.person.account_id
        )
        await found.note(
            "questionnaire.confirm",
            before={key: before[key] for key in ("confirmed_claim", "confirmed_verdict", "edited")},
            after={"number": number, "confirmed_claim": claim, "confirmed_verdict": verdict, "edited": edited},
        )
    return number


async def assign(call: Call) -> int | None:
    """Gives one question, or all of it, to a person of the vendor's; returns the number. Raises 400 or 404."""
    async with opened(call) as found:
        number = _number(call) if call.fields.get("number") else None
        if number is not None and await store.answer(found.connection, found.row["id"], number) is None:
            raise HTTPException(404)
        people = {str(person["id"]): person["id"] for person in await store.staff(found.connection) if person["active"]}
        given = str(call.fields.get("person") or "")
        if given and given not in people:
            raise HTTPException(400, "Choose a person of the vendor's staff.")
        await store.assign(found.connection, found.row["id"], number, people.get(given))
        await found.note("questionnaire.assign", after={"number": number, "person": given or None})
    return number


async def want(call: Call, what: str) -> None:
    """Has the copy made anew from today's claims and confirmations; `release` also gives it to the customer."""
    async with opened(call) as found:
        if what == "release" and found.row["kind"] != "file":
            raise HTTPException(409, "Pasted questions have no customer to release them to.")
        if not await store.want(found.connection, found.row["id"], what, call.person.account_id):
            raise HTTPException(409, "It is being answered now. Wait until that has ended.")
        await found.note("questionnaire.answer" if what == "answer" else "questionnaire.release")


async def copy(call: Call) -> Row:
    """The answered copy: for staff at once, for the customer once it is released."""
    async with opened(call) as found:
        file = await store.copy(found.connection, found.row["id"])
        if file is None or (call.person.role != STAFF and found.row["released_at"] is None):
            raise HTTPException(404, "There is no finished copy yet.")
        await found.note("questionnaire.download", after={"digest": file["copy_digest"]})
    return file


async def remove(call: Call) -> None:
    async with opened(call) as found:
        await store.remove(found.connection, found.row["id"])
        await found.note("questionnaire.remove", before={"file": found.row["file_name"]})


def _number(call: Call) -> int:
    given = str(call.fields.get("number") or "")
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise HTTPException(400, "“number” must be the number of a question.")
    return int(given)
