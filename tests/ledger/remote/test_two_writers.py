"""Two writers and one bucket, at every step of one of them: exactly one wins, and nothing acknowledged is lost."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from memory_objects import Killed, MemoryObjects, Store
from remote_writers import LATER, NOW, Writer, first

from trustcenter.ledger.remote.bucket import BucketRemote
from trustcenter.ledger.remote.exchange import pull
from trustcenter.ledger.remote.place import Memory
from trustcenter.ledger.remote.refusals import Behind, Overtaken, RolledBack
from trustcenter.proof import merkle
from trustcenter.proof.note import VerifierKey


class World:
    """Two writers that have pulled the same log, and each has appended to it. Made from a template, which costs."""

    def __init__(self, template: Path, folder: Path, base: dict[str, bytes]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)
        self.folder, self.store = folder, Store(dict(base))
        self.one, self.other = (Writer(folder / name, self.view()) for name in ("one", "other"))
        self.acknowledged: list[str] = []

    def view(self, before: Callable[[int], None] = lambda _: None) -> BucketRemote:
        return BucketRemote(MemoryObjects(self.store, before), workers=1)

    def push(self, writer: Writer, own: str) -> bool:
        """Whether the writer was acknowledged; being overtaken is the only other answer."""
        try:
            writer.push()
        except Overtaken:
            return False
        self.acknowledged.append(own)
        return True

    def settle(self) -> None:
        """Both come back, do as they are told, and in the end everybody's statements are in one verified log."""
        for writer in (self.one, self.other):
            writer.remote = self.view()
            try:
                writer.push()
            except Overtaken:
                writer.rejoin()
                writer.push()
            except Behind:
                writer.pull()
        reader = self.one.reader(self.folder / "reader")
        reader.pull()
        names = reader.names()
        assert names[:2] == ["a", "b"], "the prefix never changes"
        assert sorted(names) == ["a", "b", "one's", "other's"]
        assert set(self.acknowledged) <= set(names)
        roots = merkle.root(3, reader.ledger.log.nodes(reader.ledger.size))
        assert roots == self.one.ledger.log.past(3).checkpoint.root


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], World]:
    template, store = tmp_path_factory.mktemp("template"), Store()
    remote = BucketRemote(MemoryObjects(store), workers=1)
    one = first(template / "one", remote, "a", "b")
    one.push()
    other = one.copy(template / "other", remote)
    one.append("one's")
    other.append("other's")
    return lambda: World(template, tmp_path_factory.mktemp("world") / "w", store.objects)


def steps(world: Callable[[], World]) -> int:
    """How many operations one push takes."""
    made = world()
    made.one.remote = made.view()
    made.one.push()
    return made.one.remote.objects.steps


def test_one_wins_wherever_the_other_comes_in_between(world):
    for at in range(steps(world)):
        made = world()
        second: list[bool] = []

        def between(number: int, at=at, made=made, second=second) -> None:
            if number == at:
                second.append(made.push(made.other, "other's"))

        made.one.remote = made.view(between)
        won = made.push(made.one, "one's")
        assert [won, *second].count(True) == 1, f"exactly one wins (step {at})"
        made.settle()


def test_a_writer_killed_at_any_step_leaves_a_log_that_the_other_continues(world):
    for at in range(steps(world)):
        made = world()

        def kill(number: int, at=at) -> None:
            if number == at:
                raise Killed

        made.one.remote = made.view(kill)
        with pytest.raises(Killed):
            made.one.push()
        reader = made.one.reader(made.folder / "early")
        reader.remote = made.view()
        reader.pull()
        assert reader.names()[:2] == ["a", "b"], "what a dead writer left is harmless to readers"
        made.push(made.other, "other's")
        made.settle()


def _killed_anywhere(template: Writer, base: dict[str, bytes], folder: Path, pinned: VerifierKey) -> int:
    """A push killed before each of its operations: a reader always verifies what lies there, and a repeat ends it."""
    for at in range(1000):
        store = Store(dict(base))

        def kill(number: int, at=at) -> None:
            if number == at:
                raise Killed

        writer = template.copy(folder / f"writer-{at}", BucketRemote(MemoryObjects(store, kill), workers=1))
        reader = replace(writer.exchange, ledger=folder / f"reader-{at}/evidence", key=pinned,
                         remote=BucketRemote(MemoryObjects(store), workers=1),
                         memory=Memory(folder / f"reader-{at}/memory", "there"))  # fmt: skip
        try:
            writer.push()
        except Killed:
            pull(reader, now=LATER)
            writer.remote = reader.remote
            writer.push()
            assert pull(reader, now=LATER).size == writer.ledger.size
        else:
            return at
    raise AssertionError("the push has no end")


def test_the_first_push_killed_at_any_step(tmp_path):
    one = first(tmp_path / "one", BucketRemote(MemoryObjects(Store())), "a")
    assert _killed_anywhere(one, {}, tmp_path, one.signer.verifier) > 8


def test_rotations_killed_at_any_step_never_look_like_tampering(tmp_path):
    """Two keys further in one push: the bucket's keyring may lag behind its log, and the log says it anew."""
    store = Store()
    one = first(tmp_path / "one", BucketRemote(MemoryObjects(store), workers=1), "a")
    one.push()
    pinned = one.signer.verifier
    for _ in range(2):
        one.ledger.rotate(now=NOW)
    one.append("b")
    assert _killed_anywhere(one, store.objects, tmp_path, pinned) > 8


def test_a_dead_writers_claim_is_finished_from_the_claim_alone(world):
    """Its machine is gone with its ledger; only the bucket knows what it had decided."""
    made = world()

    def kill(_: int) -> None:
        if any(key == "claims/3.json" for key in made.store.objects):
            raise Killed

    made.one.remote = made.view(kill)
    with pytest.raises(Killed):
        made.one.push()
    shutil.rmtree(made.folder / "one/evidence")
    other = made.other
    assert not made.push(other, "other's")
    reader = made.one.reader(made.folder / "reader")
    reader.remote = made.view()
    assert (reader.pull().begun, reader.names()) == (True, ["a", "b", "one's"])
    other.rejoin()
    assert other.push().size == 5
    assert (reader.pull().begun, reader.names()) == (False, ["a", "b", "one's", "other's"])


def test_a_checkpoint_that_nobody_claimed_is_named(world):
    made = world()
    swapped = made.store.objects["evidence/log/checkpoint"].replace(b"\n3\n", b"\n2\n")

    def swap(_: int) -> None:
        if "claims/3.json" in made.store.objects:
            made.store.objects["evidence/log/checkpoint"] = swapped

    made.one.remote = made.view(swap)
    with pytest.raises(RolledBack, match="nobody claimed"):
        made.one.push()


@pytest.mark.deep
def test_both_killed_at_any_pair_of_steps(world):
    count = steps(world)
    for at in range(count):
        for then in range(count):
            made = world()

            def die(number: int, then=then) -> None:
                if number == then:
                    raise Killed

            def between(number: int, at=at, made=made, die=die) -> None:
                if number == at:
                    made.other.remote = made.view(die)
                    with suppress(Killed):
                        made.push(made.other, "other's")
                    raise Killed

            made.one.remote = made.view(between)
            with pytest.raises(Killed):
                made.one.push()
            made.settle()


class Turns:
    """Leads two threads through their operations in a given order; who is alone goes on alone."""

    def __init__(self, order: list[int]) -> None:
        self._order, self._done, self._changed = order, set[int](), threading.Condition()

    def wait(self, who: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._order or self._order[0] == who or self._order[0] in self._done)
            if self._order:
                self._order.pop(0)
            self._changed.notify_all()

    def leave(self, who: int) -> None:
        with self._changed:
            self._done.add(who)
            self._changed.notify_all()


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(120))
def test_exactly_one_wins_in_any_order_of_steps(world, seed):
    made = world()
    turns = Turns([random.Random(seed).randrange(2) for _ in range(200)])
    won: dict[int, bool] = {}

    def run(who: int, writer: Writer, own: str) -> None:
        try:
            won[who] = made.push(writer, own)
        finally:
            turns.leave(who)

    threads = []
    for who, (writer, own) in enumerate(((made.one, "one's"), (made.other, "other's"))):
        writer.remote = made.view(lambda _, who=who: turns.wait(who))
        threads.append(threading.Thread(target=run, args=(who, writer, own)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won.values()) == [False, True]
    made.settle()
