"""What holds for every assessment: one conclusion per test and source, and doubt is never green."""

from __future__ import annotations

import json
from collections import Counter
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from trustcenter.assess.judge import judge
from trustcenter.assess.plan import plan
from trustcenter.model.assessment_codec import private_document, public_predicate
from trustcenter.model.population import Cause, Completeness
from trustcenter.proof import canonical

GREEN = {"no_deviations", "no_occurrences", "waived"}
KNOWN = [Completeness("count", 3, 3, True), Completeness("count", 3, 3), Completeness("count", 4, 3), None]


@st.composite
def worlds(draw, world):
    """A catalogue of up to four controls on up to three sources, and what was recorded of each fetch, if anything."""
    kinds = draw(st.lists(st.sampled_from(["platform", "files", "terraform"]), max_size=3))
    sources = tuple(world.source(f"source-{at}", kind) for at, kind in enumerate(kinds))
    names = st.none() | st.sampled_from([f"source-{at}" for at in range(4)])
    controls = []
    for at in range(draw(st.integers(1, 4))):
        tests = [
            world.test(
                f"test-{number}",
                collector=draw(st.sampled_from(["accounts", "leavers", "unheard_of"])),
                sources=tuple(name for name in [draw(names)] if name),
                parameters={"salt": draw(st.integers(0, 1))},
            )
            for number in range(draw(st.integers(0, 3)))
        ]
        controls.append(world.control(*tests, name=f"access.c{at}", frequency=draw(_FREQUENCY), tests=tuple(tests)))
    catalogue = world.catalogue(*controls, sources=sources)
    recorded = {}
    for key in plan(catalogue, world.collectors).fetches:
        cause = draw(st.none() | st.just("absent") | st.sampled_from(get_args(Cause)))
        row = world.account() if key.collector == "accounts" else world.leaver("ann")
        rows = draw(st.sampled_from([[], [row], [row, {}]]))
        if cause is None:
            recorded[key.digest] = world.population(key, rows, completeness=draw(st.sampled_from(KNOWN)))
        elif cause != "absent":
            recorded[key.digest] = world.broken(key, cause)
    return catalogue, recorded


_FREQUENCY = st.sampled_from(["continuous", "per_event"])


@given(data=st.data())
def test_every_test_has_exactly_one_conclusion_per_source(world, data):
    catalogue, recorded = data.draw(worlds(world))
    assessment = judge(catalogue, world.collectors, recorded, as_of=world.now)
    found = Counter((one.control, one.test, one.source) for one in assessment.conclusions)
    expected = set()
    known = {source.name: source.kind for source in catalogue.sources}
    for control, test in catalogue.tests():
        collector = world.collectors.get(test.collector)
        fitting = [name for name, kind in known.items() if collector is not None and kind in collector.kinds]
        expected |= {(control.id, test.id, name) for name in test.sources or fitting or [""]}
    assert set(found) == expected
    assert set(found.values()) <= {1}


@given(data=st.data())
def test_what_could_not_be_told_is_never_green(world, data):
    catalogue, recorded = data.draw(worlds(world))
    assessment = judge(catalogue, world.collectors, recorded, as_of=world.now)
    for one, examination in zip(assessment.conclusions, plan(catalogue, world.collectors).examinations, strict=True):
        populations = [recorded.get(part.key.digest) for part in examination.parts]
        sound = bool(populations) and all(
            population is not None
            and population.cause is None
            and population.completeness is not None
            and population.completeness.holds
            for population in populations
        )
        if not sound:
            assert one.conclusion == "inconclusive"
        assert (one.cause is not None) == (one.conclusion == "inconclusive")
        assert one.passed <= one.examined <= one.size
        if one.conclusion in GREEN:
            assert one.evidence
            assert one.observed_at is not None


@given(data=st.data())
def test_replay_gives_the_same_bytes(world, data):
    catalogue, recorded = data.draw(worlds(world))
    first, second = (
        judge(catalogue, world.collectors, given_, as_of=world.now)
        for given_ in (recorded, dict(sorted(recorded.items(), reverse=True)))
    )
    for form in (public_predicate, private_document):
        assert canonical.dumps(form(first)) == canonical.dumps(form(second))


def test_the_bytes_of_an_assessment_are_the_ones_in_the_golden_file(world, repository):
    """A change here means another JUDGE_VERSION: past runs are replayed with the version that they name."""
    tests = (
        world.test("enrolled", expect=(world.condition("cost", "at_least", 12),)),
        world.test("seen", where=(world.condition("last_seen", "within", 3600 * 24),)),
        world.test("leavers", collector="leavers"),
    )
    claim = world.claim("Hashed at {enrolled.min.cost} to {enrolled.max.cost}; {enrolled.list.role}.")
    catalogue = world.catalogue(
        world.control(*tests, claims=(claim,)), waivers=(world.waiver(scope={"account": ("bob",)}),)
    )
    rows = [world.account("ann"), world.account("bob", cost=10), world.account("eve", cost=11, role="member")]
    recorded = world.recorded(catalogue, accounts=rows, leavers=lambda key: world.broken(key, "denied"))
    assessment = judge(catalogue, world.collectors, recorded, as_of=world.now)
    document = {"public": public_predicate(assessment), "private": private_document(assessment)}
    golden = json.loads((repository / "tests/golden/assess/assessment.json").read_text(encoding="utf-8"))
    assert canonical.dumps(document) == canonical.dumps(golden)
