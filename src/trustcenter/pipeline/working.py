"""Questionnaires of a portal answered one after the other: what `trustcenter work` does.

Each file is read in a process of its own with bounded memory and time: what a hostile file does to it ends with it. The
parent keeps the lease and outlives it. Whoever kills the parent too leaves a lease that ends, and the job is taken
again.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from trustcenter.pipeline import publishing, remembering, sending
from trustcenter.pipeline.answering import answerables, criteria_texts, matcher_over
from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire import Answerable, Report, answer_bytes
from trustcenter.publish.questionnaire.earlier import earlier
from trustcenter.publish.questionnaire.forms.interface import FormError
from trustcenter.publish.questionnaire.forms.opening import open_form
from trustcenter.publish.questionnaire.matched import cited
from trustcenter.sources.questionnaire_jobs import Content, Job, Jobs, JobsUnreachableError, LeaseLostError

MOST_CANDIDATES = 9
CRASHED = "This file could not be answered: the process that read it ended before it was through. Nothing was answered."
UNDECIDED = "The answers cannot be made at present. The vendor's people can have it tried again."


@dataclass(frozen=True)
class Limits:
    """What one job may take. Seconds; bytes of address space."""

    lease: int = 60
    longest: int = 300
    memory: int = 3 * 1024**3


def work(
    opened: Callable[[], Line],
    jobs: Jobs,
    limits: Limits,
    say: Callable[[str], None],
    *,
    once: bool = False,
    pause: float = 2.0,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Do what waits; with `once` stop when nothing does. Returns how many jobs were done.

    `opened` opens the instance anew for each job, so that answers rest on the ledger of that moment. Raises
    JobsUnreachableError with `once`; without, the database is tried again.
    """
    done = 0
    while True:
        try:
            job = jobs.take(limits.lease)
        except JobsUnreachableError as error:
            if once:
                raise
            say(str(error))
            job = None
        if job is not None:
            say(f"{job.id} {_in_a_process(opened, jobs, job, limits)}")
            done += 1
        elif once:
            return done
        else:
            sleep(pause)


def _in_a_process(opened: Callable[[], Line], jobs: Jobs, job: Job, limits: Limits) -> str:
    """One job in a child; how it ended, in words."""
    child = multiprocessing.get_context("fork").Process(
        target=_child, args=(opened, jobs, job, limits, os.getpid()), daemon=True
    )
    child.start()
    until = time.monotonic() + limits.longest
    lost = False
    while child.is_alive() and time.monotonic() < until and not lost:
        child.join(min(limits.lease / 3, max(until - time.monotonic(), 0.1)))
        if child.is_alive():
            lost = not _renewed(jobs, job, limits.lease)
    if child.is_alive():
        child.kill()
        child.join()
        return (
            "was taken by another worker"
            if lost
            else _failed(jobs, job, f"This file took longer than {limits.longest} seconds. Nothing was answered.")
        )
    return "ended" if child.exitcode == 0 else _failed(jobs, job, CRASHED)


def _renewed(jobs: Jobs, job: Job, seconds: int) -> bool:
    try:
        return jobs.renew(job, seconds)
    except JobsUnreachableError:
        return True  # the child finds out for itself; the lease ends by itself


def _failed(jobs: Jobs, job: Job, why: str) -> str:
    try:
        jobs.fail(job, why)
    except (LeaseLostError, JobsUnreachableError) as error:
        return f"failed, and could not say so: {error.what}"
    return f"failed: {why}"


def _child(opened: Callable[[], Line], jobs: Jobs, job: Job, limits: Limits, parent: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        do(opened, jobs, job, lambda: os.getppid() == parent)
    except LeaseLostError:
        return


def do(opened: Callable[[], Line], jobs: Jobs, job: Job, wanted: Callable[[], bool] = lambda: True) -> None:
    """One job from its file to its result. Raises LeaseLostError where another worker has it.

    A file that cannot be read ends the job with its reader's words. `wanted` is asked last, before anything is written.
    """
    content = jobs.content(job)
    try:
        questions = len(open_form(content.data, content.file_name).questions)
    except FormError as error:
        jobs.fail(job, _sentence(error.what, error.hint))
        return
    jobs.step(job, "answering", questions)
    line = opened()
    teach(line, content)
    page = publishing.view(line, publishing.verified(line))
    claims = answerables(line, page)
    try:
        corrections = remembering.recalled(line, open_form(content.data, content.file_name).fingerprint)
        copy, report = answer_bytes(
            content.data,
            claims,
            criteria_texts(line),
            line.now(),
            where=content.file_name,
            corrections=corrections,
            matcher=matcher_over(line, claims),
            confirmed=remembering.confirmed(line),
            edited={one.number: one.edited for one in content.reviews if one.edited and one.by},
        )
    except FormError as error:
        jobs.fail(job, _sentence(error.what, error.hint))
        return
    jobs.step(job, "writing")
    if not wanted():
        return
    told_before = earlier(report, sending.records(line), content.organisation)
    release = content.wanted == "release" and content.by_staff
    name = PurePath(content.file_name)
    jobs.finish(
        job,
        copy=copy,
        name=f"{name.stem}.answered{name.suffix}",
        digest=report.result_digest or "",
        notes=report.notes,
        answers=rows_of(report, claims),
        earlier=told_before,
        release=release,
    )
    if release:
        sending.record(line, report, content.organisation, content.file_name)


def teach(line: Line, content: Content) -> None:
    """Keep what the vendor's own staff confirmed, each once. What anybody else wrote teaches nothing."""
    known = {(one.question, one.at) for one in remembering.confirmed(line)}
    for review in content.reviews:
        if review.by and (review.question, review.at.isoformat()) not in known:
            remembering.confirm(line, review.question, (review.claim,), review.verdict, review.by, at=review.at)


def rows_of(report: Report, claims: tuple[Answerable, ...]) -> list[dict[str, object]]:
    """The report's rows as the portal keeps them; candidates with their sentences, those cited first."""
    known = {claim.claim: claim for claim in claims}
    rows: list[dict[str, object]] = []
    for number, row in enumerate(report.rows, 1):
        near = dict.fromkeys((*row.claims, *(one.claim for one in row.candidates)))
        rows.append(
            {
                "number": number,
                "place": f"{row.sheet}!{row.cell}",
                "section": row.section,
                "question": row.question,
                "outcome": row.outcome,
                "verdict": row.verdict,
                "answer": row.answer,
                "comment": row.comment,
                "state": row.state,
                "as_of": row.as_of,
                "band": row.band,
                "reason": row.reason,
                "citations": [cited(known[name]) for name in row.claims if name in known],
                "candidates": [
                    {"claim": name, "sentence": known[name].sentence, "state": known[name].state}
                    for name in list(near)[:MOST_CANDIDATES]
                    if name in known
                ],
            }
        )
    return rows


def _sentence(what: str, hint: str | None) -> str:
    return f"{what[:1].upper()}{what[1:]}." + (f" {hint}" if hint else "")
