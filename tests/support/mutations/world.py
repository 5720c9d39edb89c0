"""The platform that is broken: a portal of this test process, an instance that verifies it, copies of both."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from quick_hashes import COST, processes_run, quick_hashes

from mutations.mutant import Scene
from mutations.page import Printed, printed
from trustcenter.ledger import keys
from trustcenter.model.assessment import Assessment
from trustcenter.model.claim_state import HOLDING, state_of
from trustcenter.pipeline import checking, collecting, judging
from trustcenter.pipeline.line import Line, key_folder, open_line
from trustcenter.pipeline.recalling import PASSING
from trustcenter.portal import launch
from trustcenter.portal.process import Process
from trustcenter.portal.waiting import wait_for
from trustcenter.runtime.passwords import hash_password

PARTS = ("controls", "policies", "infrastructure", "requirements", "rosters", "trustcenter.toml")
"""What an instance is made of, without what it generates."""

PRISTINE = "pristine"
_SETTLED = {"check_seconds": 2, "marker_minutes": 600, "backup_minutes": 600}
"""Checks more often than the mapping says, so that no month looks thin; no marker and no backup of its own accord."""


_AS_OF_NOW = (
    "update portal.availability_checks set at = at + (now() - (select max(at) from portal.availability_checks));"
    "update portal.egress_recorders set listened_until = now()"
)
"""A copy has no keeper and no application, and was made some time ago.

Its last check is moved to now, the others with it, and its recorder of contacted hosts listens until now.
"""


Once = Callable[[Callable[[], Path]], contextlib.AbstractContextManager[Path]]


def now() -> datetime:
    return datetime.now(UTC)


def copy_of_instance(repository: Path, folder: Path) -> Path:
    """This repository's instance in a folder of its own, with a signing key made for it."""
    folder.mkdir()
    for name in PARTS:
        source = repository / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    if (repository / ".tools").is_dir():
        (folder / ".tools").symlink_to(repository / ".tools")
    keys.init(key_folder(open_line(folder, {}).instance), "mutants.example/evidence", now())
    return folder


@dataclass
class World:
    """The running portal and the good evidence of it."""

    portal: launch.Running
    folder: Path
    good_root: Path
    line: Line
    good: Assessment
    whole: bool = False
    """Every copy of the database gets an application of its own, so that all collectors may look at it."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def page(self) -> Printed:
        """The page that the good platform leads to."""
        return printed(self.line, self.good)

    @cached_property
    def secrets(self) -> Mapping[str, Any]:
        return json.loads((self.state / "secrets.json").read_text())

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The seeded passwords by address, hashed at the least cost."""
        pepper = self.portal.state.secrets().pepper.encode()
        passwords: Mapping[str, str] = json.loads((self.state / "seed.json").read_text())["passwords"]
        return {email: hash_password(password, pepper, COST) for email, password in passwords.items()}

    @property
    def state(self) -> Path:
        return self.portal.state.root

    @property
    def scene(self) -> Scene:
        """The good platform."""
        return Scene(self, self.portal.environment, self.good_root)

    def renew(self) -> None:
        """Copies of the database are made from what it is now."""
        launch.drop(self.state, PRISTINE)
        _copy(self.portal)

    def number(self) -> int:
        return next(self._numbers)

    def with_environment(self, **changes: str) -> Scene:
        """The same instance, other variables."""
        return Scene(self, {**self.portal.environment, **changes}, self.good_root)

    @contextlib.contextmanager
    def database(self, *statements: str) -> Iterator[Scene]:
        """A copy of the database after these statements of a superuser; no application runs on it unless `whole`."""
        if self.whole:
            with self.application(*statements) as scene:
                yield scene
            return
        name = f"mutant_{self.number()}"
        launch.clone(self.state, name, PRISTINE)
        try:
            scene = Scene(self, self.portal.environment, self.good_root)
            scene = self.with_environment(PORTAL_READER_DSN=scene.dsn(dbname=name))
            run(scene, _AS_OF_NOW, *statements)
            yield scene
        finally:
            launch.drop(self.state, name)

    @contextlib.contextmanager
    def application(self, *statements: str, patch: str = "", **options: Any) -> Iterator[Scene]:
        """A second application on a copy of the database after these statements, with these options of `serve`.

        `patch` is Python that its process runs at its start, before anything of the portal is loaded. Unless every
        collector may look at it (`whole`), its passwords are hashed at the least cost: who looks at their cost looks
        at a copy of the database that has no application.
        """
        name = f"mutant_{self.number()}"
        launch.clone(self.state, name, PRISTINE)
        try:
            hashes = contextlib.nullcontext() if self.whole else quick_hashes()
            with hashes, processes_run(patch):
                running = launch.start(self.state, database_name=name, keeper=False, **options)
            scene = Scene(self, running.environment, self.good_root)
            run(scene, _AS_OF_NOW, *statements)
            if not self.whole:
                self.rehash(scene)
            yield scene
        finally:
            launch.drop(self.state, name)

    def rehash(self, scene: Scene) -> None:
        """The seeded passwords at the least cost."""
        with scene.superuser() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "update portal.accounts set password_hash = %s where email = %s",
                [(stored, email) for email, stored in self.hashes.items()],
            )

    @contextlib.contextmanager
    def cluster(self, breaking: str, repairing: str) -> Iterator[Scene]:
        """The whole server changed and changed back; statements are separated by `;`."""
        scene = self.scene
        try:
            run(scene, *breaking.split(";"))
            yield scene
        finally:
            run(scene, *repairing.split(";"))

    @contextlib.contextmanager
    def instance(self, file: str, before: str, after: str) -> Iterator[Scene]:
        """A copy of the instance in which one text of one file is another."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            root = Path(folder) / "instance"
            shutil.copytree(self.good_root, root, symlinks=True)
            path = root / file
            text = path.read_text()
            assert before in text, f"{file} no longer says {before!r}"
            path.write_text(text.replace(before, after, 1))
            yield Scene(self, self.portal.environment, root)

    def judged(self, scene: Scene, collectors: tuple[str, ...] | None) -> tuple[Line, Assessment]:
        """Collect again with these collectors (None: with all), and judge everything that is declared.

        Evidence goes to a copy of the good ledger, so that what was not collected again is the good evidence.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            root = Path(folder) / "instance"
            shutil.copytree(scene.root, root, symlinks=True)
            line = open_line(root, scene.environment)
            wanted = [key for key in collecting.fetches(line) if collectors is None or key.collector in collectors]
            assert wanted, f"no fetch of {collectors}"
            seen, _ = collecting.collect(line, wanted)
            passing = [one.trouble for one in seen if one.trouble is not None and one.trouble.cause in PASSING]
            assert not passing, f"nothing was seen, and the good evidence would stand: {passing}"
            return line, judging.assess(line).assessment


def run(scene: Scene, *statements: str) -> None:
    """Statements of a superuser, each committed."""
    with scene.superuser() as connection:
        for statement in statements:
            if statement.strip():
                connection.execute(statement)


def fallen(line: Line, assessment: Assessment) -> set[str]:
    """The claims, as `control/claim`, whose sentence may not stand."""
    return {
        f"{control.id}/{claim.id}"
        for control, claim in line.catalogue.claims()
        if state_of(control, claim, assessment.conclusions, assessment.as_of).state not in HOLDING
    }


def resting_on(line: Line, tests: frozenset[str]) -> set[str]:
    """The claims that rest on one of these tests."""
    return {
        f"{control.id}/{claim.id}"
        for control, claim in line.catalogue.claims()
        if {f"{control.id}/{test}" for test in claim.tests or [test.id for test in control.tests]} & tests
    }


def _copy(portal: launch.Running) -> None:
    """The database as it is now, under another name: with a history, for people of the sample signed in.

    Copying ends its sessions for a moment, which the keeper would rightly call an outage: it holds still meanwhile.
    """
    keeper = Process(portal.state.own / "keeper.lock").pid()
    assert keeper is not None
    with psycopg.connect(launch.administrator_dsn(portal.state.root), autocommit=True) as connection:
        count = "select count(*) from portal.availability_checks"
        wait_for(lambda: connection.execute(count).fetchone() >= (2,), 60, "The keeper's first checks")
    os.kill(keeper, signal.SIGSTOP)
    try:
        launch.clone(portal.state.root, PRISTINE)
    finally:
        os.kill(keeper, signal.SIGCONT)


@contextlib.contextmanager
def world(repository: Path, once: Once) -> Iterator[World]:
    """A seeded portal, a copy of its database to break, and the evidence of a portal seeded in the same way.

    That evidence is collected `once`, from the first portal that stands. Others take a copy: what a mutant does not
    touch is not collected again either way, and every portal has the same accounts, documents and settings.
    """
    with tempfile.TemporaryDirectory(prefix="trustcenter-mutants-") as name:
        folder = Path(name)
        with launch.start(folder / "state", seed_name="demo", **_SETTLED) as portal:

            def collected() -> Path:
                made = Path(tempfile.mkdtemp(prefix="trustcenter-good-"))
                root = copy_of_instance(repository, made / "instance")
                checking.check(open_line(root, portal.environment))
                return made

            _copy(portal)  # before it is looked at, as no mutant may rest on what a probe left
            with once(collected) as made:
                root = shutil.copytree(made / "instance", folder / "good", symlinks=True)
                line = open_line(root, portal.environment)
                yield World(portal, folder, root, line, judging.assess(line).assessment)


def wait_connected(scene: Scene) -> None:
    """Until the server takes connections again after a restart."""
    import time

    until = time.monotonic() + 20
    while True:
        try:
            scene.superuser().close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
