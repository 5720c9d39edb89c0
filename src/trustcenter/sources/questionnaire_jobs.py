"""Questionnaires that wait in a platform's database, reached over the wire as `trustcenter_worker`.

A job is taken under a lease. Every later statement names the lease: who lost it writes nothing. All reading and writing
happens in the organisation of the job, which row-level security keeps the role to.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

from trustcenter.errors import TrustCenterError

if TYPE_CHECKING:
    import psycopg

AGENT = "trustcenter work"
"""The user agent of the worker's events; the actor is nobody."""
CONNECT_SECONDS = 10


class LeaseLostError(TrustCenterError):
    """Another worker has this job now, or it was removed."""


class JobsUnreachableError(TrustCenterError):
    """The platform's database does not answer. What the server said is not repeated: it can hold the DSN."""


@dataclass(frozen=True)
class Job:
    """One questionnaire, taken."""

    id: UUID
    organisation_id: UUID
    lease: UUID


@dataclass(frozen=True)
class Review:
    """What a person of the vendor's said of one answer. `by` is their name, None where they are not staff."""

    number: int
    question: str
    claim: str
    verdict: str
    edited: str | None
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Content:
    """What there is to answer. `wanted` is `answer` or `release`; `by_staff` whether staff wanted it."""

    file_name: str
    data: bytes
    kind: str
    wanted: str
    by_staff: bool
    organisation: str
    reviews: tuple[Review, ...]


_REVIEWS = """
select a.number, a.question, a.confirmed_claim, a.confirmed_verdict, a.edited, s.display_name, a.confirmed_at
from portal.questionnaire_answers a left join portal.vendor_staff() s on s.id = a.confirmed_by
where a.questionnaire_id = %s and a.confirmed_at is not null order by a.confirmed_at
"""

_ANSWER = """
insert into portal.questionnaire_answers
  (organisation_id, questionnaire_id, number, place, section, question, outcome, verdict, answer, comment, state, as_of,
   band, reason, citations, candidates)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (questionnaire_id, number) do update set
  place = excluded.place, section = excluded.section, question = excluded.question, outcome = excluded.outcome,
  verdict = excluded.verdict, answer = excluded.answer, comment = excluded.comment, state = excluded.state,
  as_of = excluded.as_of, band = excluded.band, reason = excluded.reason, citations = excluded.citations,
  candidates = excluded.candidates
"""

_COLUMNS = (
    "number", "place", "section", "question", "outcome", "verdict", "answer", "comment", "state", "as_of", "band",
    "reason", "citations", "candidates",
)  # fmt: skip

_STEP = "update portal.questionnaires set step = %s, questions = coalesce(%s, questions) where id = %s"

_FAIL = """
update portal.questionnaires set state = 'failed', step = 'ended', lease = null, leased_until = null,
  finished_at = clock_timestamp(), error = %s
where id = %s
"""

_EVENT = """
insert into portal.audit_events
  (organisation_id, actor_id, action, entity, entity_id, ip, user_agent, request_id, outcome)
values (%s, %s, %s, 'questionnaire', %s, '127.0.0.1', %s, %s, 'done')
"""


@dataclass(frozen=True)
class Jobs:
    """The queue behind one connection string, which is in no message."""

    dsn: str

    def __repr__(self) -> str:
        return "Jobs(...)"

    def take(self, seconds: int) -> Job | None:
        """The job that has waited longest, or one whose worker is gone; None when there is none."""
        with self._connected() as connection:
            row = connection.execute("select * from portal.claim_questionnaire(%s)", (seconds,)).fetchone()
        return Job(*row) if row else None

    def renew(self, job: Job, seconds: int) -> bool:
        """Keep the lease; False when it is ours no more."""
        with self._holding(job) as (connection, held):
            if held:
                connection.execute(
                    "update portal.questionnaires set leased_until = clock_timestamp() + make_interval(secs => %s) "
                    "where id = %s",
                    (seconds, job.id),
                )
        return held

    def content(self, job: Job) -> Content:
        """Raises LeaseLostError."""
        with self._holding(job) as (connection, held):
            row = (
                held
                and connection.execute(
                    "select q.file_name, q.content, q.kind, q.wanted, exists (select 1 from portal.vendor_staff() s "
                    "where s.id = q.wanted_by), o.name from portal.questionnaires q "
                    "join portal.organisations o on o.id = q.organisation_id where q.id = %s",
                    (job.id,),
                ).fetchone()
            )
            if not row:
                raise LeaseLostError("the questionnaire is another worker's now", where=str(job.id))
            reviews = [Review(*each) for each in connection.execute(_REVIEWS, (job.id,)).fetchall()]
        name, data, kind, wanted, by_staff, organisation = row
        return Content(name, bytes(data), kind, wanted, by_staff, organisation, tuple(reviews))

    def step(self, job: Job, step: str, questions: int | None = None) -> None:
        """Say how far it is. Raises LeaseLostError."""
        self._update(job, _STEP, (step, questions))

    def fail(self, job: Job, error: str) -> None:
        """End it without a result. Raises LeaseLostError."""
        self._update(job, _FAIL, (error[:1000],), "questionnaire.fail")

    def finish(
        self,
        job: Job,
        *,
        copy: bytes,
        name: str,
        digest: str,
        notes: Sequence[str],
        answers: Sequence[Mapping[str, Any]],
        earlier: Mapping[str, Any],
        release: bool,
    ) -> None:
        """The result, whole or not at all: every answer, the copy and the end of the job. Raises LeaseLostError."""
        with self._holding(job) as (connection, held):
            if not held:
                raise LeaseLostError("the questionnaire is another worker's now", where=str(job.id))
            connection.execute(
                "delete from portal.questionnaire_answers where questionnaire_id = %s and number > %s",
                (job.id, len(answers)),
            )
            rows = [(job.organisation_id, job.id, *(_column(answer[name]) for name in _COLUMNS)) for answer in answers]
            with connection.cursor() as cursor:
                cursor.executemany(_ANSWER, rows)
            connection.execute(
                "update portal.questionnaires set state = 'done', step = 'ended', lease = null, leased_until = null, "
                "finished_at = clock_timestamp(), error = null, questions = %s, copy = %s, copy_name = %s, "
                "copy_digest = %s, notes = %s, earlier = %s, released_at = case when %s then clock_timestamp() end "
                "where id = %s",
                (len(answers), copy, name, digest, _column(list(notes)), _column(dict(earlier)), release, job.id),
            )
            _note(connection, job, "questionnaire.finish")

    def _update(
        self, job: Job, statement: LiteralString, values: tuple[object, ...], action: str | None = None
    ) -> None:
        with self._holding(job) as (connection, held):
            if not held:
                raise LeaseLostError("the questionnaire is another worker's now", where=str(job.id))
            connection.execute(statement, (*values, job.id))
            if action:
                _note(connection, job, action)

    @contextmanager
    def _holding(self, job: Job) -> Iterator[tuple[psycopg.Connection[Any], bool]]:
        """A transaction in the job's organisation with its row locked; whether the lease is still ours."""
        with self._connected() as connection:
            connection.execute("select set_config('app.tenant', %s, true)", (str(job.organisation_id),))
            row = connection.execute(
                "select lease = %s from portal.questionnaires where id = %s for update", (job.lease, job.id)
            ).fetchone()
            yield connection, bool(row and row[0])

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        """One transaction on a connection of its own. Raises JobsUnreachableError."""
        import psycopg

        try:
            with psycopg.connect(
                self.dsn, connect_timeout=CONNECT_SECONDS, application_name="trustcenter work"
            ) as made:
                yield made
        except psycopg.OperationalError as error:
            raise JobsUnreachableError(
                "the database of the questionnaires does not answer", hint="does the portal run? is the DSN its own?"
            ) from error


def _column(value: object) -> object:
    """PostgreSQL keeps no NUL in a text, and a customer's file may hold one."""
    if isinstance(value, (list, dict)):
        return json.dumps(value).replace("\\u0000", "\\ufffd")
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


def _note(connection: psycopg.Connection[Any], job: Job, action: str) -> None:
    nobody = UUID(int=0)
    connection.execute(_EVENT, (job.organisation_id, nobody, action, str(job.id), AGENT, uuid.uuid4()))
