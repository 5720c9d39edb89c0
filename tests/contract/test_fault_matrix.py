"""Every collector against every fault on each of its ways: whatever becomes of it, it is never `no_deviations`.

The line is the real one: fetch, record, log, recall, judge, with this instance's own controls.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import fault_matrix
import pytest
from fault_matrix import IMPOSSIBLE, REGISTERS, WAYS, Place
from mutations.browser import Browser
from mutations.world import copy_of_instance
from quick_hashes import quick_hashes

from trustcenter.assess.plan import plan
from trustcenter.collectors import _holder
from trustcenter.errors import Problems
from trustcenter.model.assessment import TestConclusion
from trustcenter.model.source import FetchKey
from trustcenter.pipeline import collecting, judging
from trustcenter.pipeline.line import Line, open_line
from trustcenter.pipeline.recording import record
from trustcenter.portal import launch
from trustcenter.testing import sockets as faults
from trustcenter.testing.ways import FAULTS

pytestmark = pytest.mark.live

SOURCES = {"roster": "rosters", "policies": "records", **dict.fromkeys(REGISTERS, "records")}
"""The source that a way leads to where a collector reads several."""

_LOOKED: set[str] = set()
"""Who looked at the good platform in this process: collectors by their names, and probes with canaries as one."""


def always() -> frozenset[tuple[str, str, str]]:
    """The cells that every run tries: each collector denied on each way, and each other fault once on each way.

    The rest, the same fault on the same way for a further collector, is left to the deep run.
    """
    chosen = set()
    for way in {way for ways in WAYS.values() for way in ways}:
        users = [collector for collector, ways in WAYS.items() if way in ways]
        others = [fault for fault in FAULTS if fault != "denied" and (way, fault) not in IMPOSSIBLE]
        chosen |= {(collector, way, "denied") for collector in users}
        chosen |= {(users[at % len(users)], way, fault) for at, fault in enumerate(others)}
    return frozenset(chosen)


ALWAYS = always()


def marks(group: int, cell: tuple[str, str, str]) -> list[pytest.MarkDecorator]:
    kept = pytest.mark.xdist_group(f"faults-{group % 2}")
    return [kept] if cell in ALWAYS else [kept, pytest.mark.deep]


CELLS = [
    pytest.param(*cell, id="-".join(cell), marks=marks(group, cell))
    for group, (collector, ways) in enumerate(WAYS.items())
    for way in ways
    for fault in FAULTS
    if (way, fault) not in IMPOSSIBLE
    for cell in [(collector, way, fault)]
]


@pytest.fixture(scope="module")
def platform(repository: Path) -> Iterator[Place]:
    """A portal of this process, and the instance that looks at it: what a broken run leaves behind disturbs nobody."""
    if not (repository / ".tools" / "checkov" / "bin" / "checkov").is_file():
        pytest.skip("checkov is not installed: `make tools` puts it into an environment of its own")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="trustcenter-faults-") as name:
        patch.delenv("TRUSTCENTER_KEYS", raising=False)
        patch.delenv("DATABASE_URL", raising=False)
        folder = Path(name)
        folder.chmod(0o755)
        with quick_hashes(), launch.start(folder / "state", seed_name="demo", check_seconds=2, keeper=True) as portal:
            root = copy_of_instance(repository, folder / "good")
            yield Place(dict(portal.environment), root, portal.state.tls, folder)


@pytest.fixture(scope="module")
def good(platform: Place) -> Line:
    """The line as it looks at the good platform."""
    return open_line(platform.root, platform.environment)


@pytest.fixture
def place(platform: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The platform for one cell, with an instance and variables of its own."""
    with tempfile.TemporaryDirectory(dir=platform.scratch) as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        root = scratch / "instance"
        shutil.copytree(platform.root, root, symlinks=True)
        yield Place(dict(platform.environment), root, platform.tls, scratch)


def keys_of(line: Line, collector: str, way: str) -> list[FetchKey]:
    """What the declared tests fetch with a collector by a way."""
    source = SOURCES.get(way)
    found = [key for key in collecting.fetches(line) if key.collector == collector]
    wanted = [key for key in found if (key.source == source if source else key.source not in ("rosters",))]
    assert wanted, f"no declared test reads {collector} by {way}"
    return wanted


def judged(line: Line, keys: list[FetchKey], stack: ExitStack) -> list[TestConclusion]:
    """Fetch while the fault lasts; then log what was seen, and judge: the conclusions that read it."""
    seen = [collecting.fetch(line, key) for key in keys]
    stack.close()
    assert "defect" not in {one.cause for one in seen}, [str(one.trouble) for one in seen]
    signing = line.signing()
    recorded = [record(line, one) for one in seen]
    for _, part in recorded:
        line.store.put(part)
    signing.ledger.append_statements([payload for payload, _ in recorded], now=line.now())
    reading = {
        (one.control.id, one.test.id, one.source)
        for one in plan(line.catalogue, line.collectors).examinations
        if any(part.key in keys for part in one.parts)
    }
    found = judging.assess(line).assessment.conclusions
    return [one for one in found if (one.control, one.test, one.source) in reading]


@pytest.mark.parametrize(("collector", "way", "fault"), CELLS)
def test_no_fault_ends_without_deviations(
    place: Place, good: Line, collector: str, way: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denied, refused, late, garbage or cut off: inconclusive with its cause, or a deviation, and never green."""
    keys = keys_of(good, collector, way)
    if fault == "denied":
        import_everything(good, keys[0])
        good = open_line(place.root, place.environment)  # as nobody, it could not be opened any more
    if way == "mail":
        monkeypatch.setattr(_holder, "MAIL_SECONDS", 1.0)  # nothing comes to a folder that is not the live one
    if fault == "timeout":
        monkeypatch.setattr(collecting, "SECONDS", 2.0)
    if way in REGISTERS:
        with ExitStack() as stack:
            fault_matrix.make(way, fault, place, stack)
            with pytest.raises(Problems):
                open_line(place.root, place.environment)
        return
    conclusions: list[TestConclusion] = []
    # Each query has an answer of its own length: what is half of one is more than all of another.
    for some in [[key] for key in keys] if fault == "truncated" and way == "database" else [keys]:
        here = Place(dict(place.environment), place.root, place.tls, place.scratch)
        if fault == "truncated" and way in fault_matrix.PORTS:
            here.enough = middle_of_an_answer(here, good, some, way)
        with ExitStack() as stack:
            fault_matrix.make(way, fault, here, stack)
            line = open_line(place.root, here.environment) if fault != "denied" else reopened(good, here)
            conclusions += judged(line, some, stack)
    assert conclusions
    untouched = fault_matrix.UNTOUCHED.get((collector, way), frozenset()) if fault != "denied" else frozenset()
    blind = [one for one in conclusions if f"{one.control}/{one.test}" not in untouched]
    assert blind
    green = [one for one in blind if one.conclusion not in ("inconclusive", "deviations")]
    assert not green
    if fault != "truncated" and way not in ("policies", "backups", "mail"):
        assert {one.conclusion for one in conclusions} == {"inconclusive"}
        assert all(one.cause is not None for one in conclusions)


def import_everything(line: Line, key: FetchKey) -> None:
    """A collector looks once, so that what is imported late is imported: as nobody, the files could not be read.

    One probe with canaries is enough for all of them: they import the same things, and each look takes seconds.
    """
    canary = line.collectors[key.collector].safety == "canary"
    name = "a probe with canaries" if canary else key.collector
    if name not in _LOOKED:
        assert collecting.fetch(line, key).cause is None
        _LOOKED.add(name)


def reopened(line: Line, place: Place) -> Line:
    """The same line with other variables; as nobody, the instance's own files could not be read again."""
    from dataclasses import replace

    from trustcenter.instance import parse

    return replace(line, instance=parse(line.instance.text, place.environment, root=line.instance.root))


def middle_of_an_answer(place: Place, line: Line, keys: list[FetchKey], way: str) -> int:
    """A number of bytes after which every connection of this way breaks off in the middle of its first answer.

    On the web that is the shortest answer of all, behind the handshake: what is asked again is cut off again. On a
    database it is the middle of all that the collector's one session is sent; in TLS, of the handshake.
    """
    most = 0

    def change(chunk: bytes, offset: int) -> bytes:
        nonlocal most
        most = max(most, offset + len(chunk))
        return chunk

    with faults.proxy(place.port(way), change) as through:
        other = Place(dict(place.environment), place.root, place.tls, place.scratch)
        other.through(way, through)
        if way in ("web", "plain"):
            authority = Path(place.environment["PORTAL_CA"]) if way == "web" else None
            url = other.environment["PORTAL_URL" if way == "web" else "PORTAL_HTTP_URL"]
            Browser(url, authority).ask("GET", "/healthz")
        else:
            looking = reopened(line, other)
            # one collector makes sure that nothing stands between it and the database, and says that this does
            noticed = {"unsupported"} if keys[0].collector == "database_ports" else set()
            assert {collecting.fetch(looking, key).cause for key in keys} <= {None, *noticed}
    assert most > 100
    return most - 20 if way in ("web", "plain") else most // 2


def test_every_collector_of_this_instance_is_in_the_matrix(repository: Path) -> None:
    """Whoever lets a control read a collector says by which ways it reaches its source.

    Collectors that no control of this instance reads are broken by the kit alone (test_conformance.py).
    """
    line = open_line(repository, {})
    read = {key.collector for key in plan(line.catalogue, line.collectors).fetches}
    assert read
    assert set(WAYS) == read


def test_what_cannot_happen_is_said_with_its_reason() -> None:
    ways = {way for each in WAYS.values() for way in each}
    assert {way for way, _ in IMPOSSIBLE} <= ways
    assert {fault for _, fault in IMPOSSIBLE} <= set(FAULTS)
    assert all(reason for reason in IMPOSSIBLE.values())
    for collector, each in WAYS.items():
        met = {fault for fault in FAULTS for way in each if (way, fault) not in IMPOSSIBLE}
        assert met, f"{collector} meets no fault at all"
