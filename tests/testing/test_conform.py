"""The conformance kit on small collectors: a good one has no objection, and each bad habit has its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from trustcenter.collectors.interface import Collector, Run, collector
from trustcenter.model.fact import Key, Secret
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Files, Http, Process
from trustcenter.testing import Folder, Program, Stage, Web, conform
from trustcenter.testing.sockets import answering

ROUTERS = [{"name": "north", "state": "locked"}, {"name": "south", "state": "open"}]


@dataclass(frozen=True)
class Router:
    name: Annotated[str, Key]
    state: Literal["locked", "open"]
    address: str | None = None
    pin: Annotated[str, Secret] = "0000"


def population(run: Run, answer: Any, **more: Any) -> Population[Router]:
    facts = tuple(Router(**row) for row in answer["routers"])
    given = {
        "completeness": Completeness("the list's own count", answer["count"], len(facts)),
        "query": "GET /routers",
        "observed_at": run.now(),
    }
    return Population(facts, **{**given, **more})


def fetched(http: Http) -> Any:
    response = http.request("GET", "/routers")
    if response.status != 200:
        raise CouldNotTell("denied", f"the list of routers answered {response.status}")
    try:
        return json.loads(response.body)
    except ValueError as error:
        raise CouldNotTell("malformed", "the list of routers is no JSON") from error


@collector(method="inspection", kinds=("routers",))
def good(http: Http, run: Run) -> Population[Router]:
    """Routers and whether they are locked."""
    return population(run, fetched(http))


@collector(method="inspection", kinds=("routers",))
def blind(http: Http, run: Run) -> Population[Router]:
    """Takes every answer that is no list for a list of nothing."""
    try:
        answer = fetched(http)
    except CouldNotTell:
        answer = {"count": 0, "routers": []}
    return population(run, answer)


@collector(method="inspection", kinds=("routers",))
def hasty(http: Http, run: Run) -> Population[Router]:
    """Reads whatever it is given as JSON."""
    return population(run, json.loads(http.request("GET", "/routers").body))


@collector(method="inspection", kinds=("routers",))
def talkative(http: Http, run: Run) -> Population[Router]:
    """Writes down the token with which it asks."""
    token = run.setting("token")
    try:
        return population(run, fetched(http), notes=(f"asked with {token}",))
    except CouldNotTell as error:
        raise CouldNotTell(error.cause, f"{error.what} to {token}") from error


@collector(method="inspection", kinds=("routers",))
def moody(http: Http, run: Run) -> Population[Router]:
    """Each look is another."""
    answer = fetched(http)
    return population(run, {**answer, "routers": [{**row, "address": run.nonce} for row in answer["routers"]]})


@collector(method="inspection", kinds=("routers",))
def late(http: Http, run: Run) -> Population[Router]:
    """Looks at a clock and a variable of its own."""
    assert os.environ is not None
    return population(run, fetched(http), observed_at=datetime.now(UTC) + timedelta(seconds=1))


@collector(method="inspection", kinds=("routers",))
def writing(http: Http, run: Run) -> Population[Router]:
    """Is called passive and writes."""
    http.request("POST", "/routers", json={})
    return population(run, fetched(http))


@collector(method="inspection", kinds=("routers",))
def sloppy(http: Http, run: Run) -> Population[Router]:
    """Names two rows alike, and gives a state that is none."""
    made = population(run, fetched(http))
    return population(
        run, {"count": 3, "routers": [*({"name": "north", "state": "ajar"} for _ in made.facts), ROUTERS[0]]}
    )


@collector(method="inspection", kinds=("routers",))
def guessing(http: Http, run: Run) -> Population[Router]:
    """Does not know whether that was all."""
    return population(run, fetched(http), completeness=Completeness("", None, 2), query=" ")


@pytest.fixture
def stage() -> Iterator[Stage]:
    body = json.dumps({"count": 2, "routers": ROUTERS}).encode()
    with answering(200, "application/json", body) as port:
        yield Stage({"url": f"http://127.0.0.1:{port}", "token": "t-0f-the-router"}, patience=0.6)


def rules(found: tuple[Any, ...], without: str = "line ") -> set[str]:
    """The rules objected to; this module's own use of clocks, for the late one, is left out."""
    return {one.rule for one in found if not one.what.startswith(without)}


def test_a_good_one_has_no_objection(stage: Stage) -> None:
    assert rules(conform(good, stage)) == set()


@pytest.mark.parametrize(
    ("bad", "rule", "says"),
    [
        (blind, "faults", "url denied: it gives a population of 0 rows, and nothing could be seen"),
        (hasty, "faults", "url wrong_type: it fails on its own account, JSONDecodeError"),
        (talkative, "redaction", "a secret of the source stands in a note"),
        (talkative, "redaction", "url denied: a secret of the source stands in what it says"),
        (moody, "determinism", "two looks at the same source differ: address"),
        (late, "determinism", "reads `datetime.now`"),
        (late, "determinism", "reads `os.environ`"),
        (late, "completeness", "`observed_at` is a time of its own"),
        (writing, "safety", "it is called passive and asks by POST"),
        (sloppy, "facts", "holds in `state` none of locked, open"),
        (sloppy, "facts", "2 rows have the key of another"),
        (guessing, "completeness", "it does not say how it knows that it saw all"),
        (guessing, "completeness", "it does not say what it asked"),
        (guessing, "completeness", "it saw 2 of None"),
    ],
)
def test_each_bad_habit_has_its_objection(stage: Stage, bad: Collector, rule: str, says: str) -> None:
    found = [one for one in conform(bad, stage) if says in one.what]
    assert found, f"no objection says: {says}"
    assert {one.rule for one in found} == {rule}


def test_one_that_cannot_see_its_stage_says_why(stage: Stage) -> None:
    (found,) = [one for one in conform(good, Stage({"url": "http://127.0.0.1:9"}, seconds=1)) if one.rule == "facts"]
    assert "it gives no population where nothing is wrong" in found.what


def test_what_a_fault_cannot_hide_is_named_with_its_reason(stage: Stage) -> None:
    tolerated = {("url", fault): "it is blind" for fault in Web("url").faults}
    told = Stage(stage.settings, tolerates=tolerated)
    assert "faults" not in rules(conform(blind, told))


def test_a_canary_and_a_staging_probe_are_held_to_their_class(stage: Stage) -> None:
    """The kit asks `admit`; a collector that overrides nothing cannot escape it."""

    @collector(method="probe", kinds=("routers",), safety="staging")
    def rough(http: Http, run: Run) -> Population[Router]:
        """Restarts routers."""
        return population(run, fetched(http))

    class Open(Collector):
        def admit(self, source: Any) -> None:
            return None

    escaped = Open(rough.description, rough.function, rough.needs)
    assert rules(conform(rough, stage)) == set()
    assert {"it admits a kind of source that it does not read", "it is for staging and runs in production"} <= {
        one.what for one in conform(escaped, stage)
    }


@collector(method="inspection", kinds=("files",))
def counted(files: Files, run: Run) -> Population[Router]:
    """A file whose last line is the count of the others."""
    try:
        *rows, last = files.read("routers.jsonl").decode().splitlines()
        return population(run, {"count": int(last), "routers": [json.loads(row) for row in rows]})
    except (ValueError, TypeError) as error:
        raise CouldNotTell("malformed", "the file of routers is none") from error


@collector(method="inspection", kinds=("files",))
def trusting(files: Files, run: Run) -> Population[Router]:
    """Takes as many lines as it can read for all."""
    facts = []
    for row in files.read("routers.jsonl").decode(errors="replace").splitlines():
        try:
            facts.append(json.loads(row))
        except ValueError:
            break
    return population(run, {"count": len(facts), "routers": [row for row in facts if isinstance(row, dict)]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    lines = [json.dumps(row) for row in ROUTERS]
    (tmp_path / "routers.jsonl").write_text("\n".join([*lines, "2"]) + "\n")
    return tmp_path


def test_files_are_broken_in_a_copy(folder: Path) -> None:
    before = (folder / "routers.jsonl").read_bytes()
    assert rules(conform(counted, Stage({"path": str(folder)}))) == set()
    found = {one.what for one in conform(trusting, Stage({"path": str(folder)})) if one.rule == "faults"}
    assert {"path malformed: it gives a population of 0 rows, and nothing could be seen"} <= found
    assert "path truncated: it gives 1 rows of 2 and calls them complete" in found
    assert (folder / "routers.jsonl").read_bytes() == before


def test_a_program_is_replaced(tmp_path: Path) -> None:
    program = tmp_path / "list-routers"
    program.write_text(f"#!/bin/sh\necho '{json.dumps({'count': 2, 'routers': ROUTERS})}'\n")
    program.chmod(0o755)
    tmp_path.chmod(0o755)

    @collector(method="inspection", kinds=("program",))
    def listed(process: Process, run: Run) -> Population[Router]:
        """Routers that a program lists."""
        done = process.run([run.setting("program")], seconds=run.deadline - run.timer())
        try:
            return population(run, json.loads(done.stdout))
        except ValueError as error:
            raise CouldNotTell("malformed", "the program's answer is no JSON") from error

    stage = Stage({"program": str(program)}, ways=[Program("program")], patience=0.6)
    assert rules(conform(listed, stage)) == set()
    assert rules(conform(listed, Stage(stage.settings))) == {"faults"}, "a way that is not known is not tried"


@contextmanager
def counting(entered: list[int]) -> Iterator[None]:
    entered.append(1)
    yield


def test_a_collector_that_must_be_alone_is_let_in_each_time(folder: Path) -> None:
    entered: list[int] = []
    stage = Stage({"path": str(folder)}, ways=[Folder("path", "*.jsonl")], alone=lambda: counting(entered))
    assert rules(conform(counted, stage)) == set()
    assert len(entered) == 2 + 4
