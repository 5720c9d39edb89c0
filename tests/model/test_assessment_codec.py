"""Assessments as JSON: nothing is lost in private, nothing private in public."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError
from trustcenter.model.assessment import Assessment, Conclusion, Deviation, Finding, FindingKind, TestConclusion
from trustcenter.model.assessment_codec import parse_private, parse_public, private_document, public_predicate
from trustcenter.model.collector import METHODS, Holds
from trustcenter.model.place import Place
from trustcenter.model.population import Cause
from trustcenter.proof import canonical

SECRET = "CANARY"
_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
_HIDDEN = _TEXT.map(lambda text: SECRET + text)
_COUNT = st.integers(0, 2**53 - 1)
_MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_PLACE = st.none() | st.builds(Place, _HIDDEN, st.integers(1, 999), st.integers(1, 99))
_NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_VALUE = st.none() | st.booleans() | _NUMBER | _TEXT | st.lists(_TEXT, max_size=3)
_ROW = st.dictionaries(_HIDDEN, _NUMBER | _HIDDEN | st.none(), max_size=3)
_DEVIATION = st.builds(Deviation, _HIDDEN, st.lists(_HIDDEN, max_size=2).map(tuple), _ROW, waiver=st.none() | _HIDDEN)
_CONCLUSION = st.builds(
    TestConclusion,
    control=_TEXT,
    test=_TEXT,
    source=_TEXT,
    conclusion=st.sampled_from(get_args(Conclusion)),
    method=st.sampled_from(METHODS),
    holds=st.sampled_from(get_args(Holds)),
    environment=_TEXT,
    cause=st.none() | st.sampled_from(get_args(Cause)),
    reason=_HIDDEN,
    remedy=_HIDDEN,
    evidence=st.lists(_TEXT, max_size=2).map(tuple),
    size=_COUNT,
    examined=_COUNT,
    passed=_COUNT,
    deviating=_COUNT,
    accepted=_COUNT,
    accepted_until=st.none() | _MOMENT,
    values=st.dictionaries(_TEXT, _VALUE, max_size=3),
    restricted=st.dictionaries(_HIDDEN, _HIDDEN, max_size=2),
    observed_at=st.none() | _MOMENT,
    expires_at=st.none() | _MOMENT,
    deviations=st.lists(_DEVIATION, max_size=2).map(tuple),
    place=_PLACE,
)
_FINDING = st.builds(Finding, st.sampled_from(get_args(FindingKind)), _TEXT, _HIDDEN, _PLACE)
ASSESSMENTS = st.builds(
    Assessment,
    as_of=_MOMENT,
    judge=_TEXT,
    catalogue=_TEXT,
    conclusions=st.lists(_CONCLUSION, max_size=3).map(tuple),
    findings=st.lists(_FINDING, max_size=2).map(tuple),
)


@given(ASSESSMENTS)
def test_the_private_document_gives_the_assessment_back(assessment):
    stored = canonical.dumps(private_document(assessment))
    read = parse_private(canonical.loads(stored))
    assert read == assessment
    assert canonical.dumps(private_document(read)) == stored


@given(ASSESSMENTS)
def test_the_public_predicate_is_stable_and_holds_nothing_private(assessment):
    stored = canonical.dumps(public_predicate(assessment))
    assert SECRET.encode() not in stored
    assert canonical.dumps(public_predicate(parse_public(canonical.loads(stored)))) == stored


@given(ASSESSMENTS)
def test_the_private_document_holds_the_very_public_part(assessment):
    public = public_predicate(assessment)
    assert public_predicate(parse_private(private_document(assessment))) == public


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("as_of",), "yesterday"),
        (("conclusions",), None),
        (("conclusions", 0, "conclusion"), "splendid"),
        (("conclusions", 0, "method"), "hearsay"),
        (("conclusions", 0, "holds"), "certified"),
        (("conclusions", 0, "cause"), "bad luck"),
        (("conclusions", 0, "passed"), -1),
        (("conclusions", 0, "passed"), "12"),
        (("conclusions", 0, "expires_at"), 5),
        (("findings", 0, "kind"), "waiver_fine"),
    ],
)
def test_what_no_judge_can_have_written_is_tampered(path, value):
    at = datetime(2026, 11, 20, tzinfo=UTC)
    one = TestConclusion("a", "b", "c", "no_deviations", "probe", "tested")
    good = Assessment(at, "1", "sha256:00", (one,), (Finding("waiver_unused", "a/b"),))
    document = json.loads(json.dumps(public_predicate(good)))
    assert parse_public(document) == good
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(TamperedError):
        parse_public(document, where="entry 3")
