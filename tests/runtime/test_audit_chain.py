"""The verifier of a chain: whatever is done to a chain is found and named, and a good one raises nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey
from trustcenter.runtime import audit_chain as chain
from trustcenter.runtime.audit_chain import ChainedEvent, Head, Heads, Kind, verify

ORGANISATION = UUID(int=7)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def event(seq: int, previous: bytes, text: str = "a browser") -> ChainedEvent:
    made = ChainedEvent(
        str(ORGANISATION), seq, f"2026-11-26T12:00:{seq % 60:02}.000000Z", str(UUID(int=1)), None, "document.read",
        "document", "d", "127.0.0.1", text, str(UUID(int=seq)), "done", None, None, previous, b"",
    )  # fmt: skip
    return replace(made, hash=made.expected_hash)


def made(length: int) -> list[ChainedEvent]:
    events: list[ChainedEvent] = []
    for number in range(1, length + 1):
        events.append(event(number, events[-1].hash if events else chain.GENESIS, f"browser {number}"))
    return events


def head(events: list[ChainedEvent]) -> Head:
    return Head(chain.label_of(ORGANISATION), events[-1].seq, events[-1].hash)


def kinds(events: list[ChainedEvent], *heads: Head) -> set[Kind]:
    return {finding.kind for finding in verify(events, heads)}


@given(st.integers(1, 12), st.data())
def test_a_good_chain_raises_nothing_with_any_of_its_heads(length: int, data: st.DataObject) -> None:
    events = made(length)
    at = data.draw(st.integers(1, length))

    assert verify(events, [head(events), head(events[:at])]) == ()


@given(st.integers(2, 12), st.data())
def test_what_is_left_out_is_a_gap_or_a_truncation(length: int, data: st.DataObject) -> None:
    events = made(length)
    out = data.draw(st.integers(0, length - 1))
    left = events[:out] + events[out + 1 :]

    found = verify(left, [head(events)])

    assert [(one.kind, one.seq) for one in found] == [(Kind.TRUNCATION if out == length - 1 else Kind.GAP, out + 1)]


@given(
    st.integers(1, 8),
    st.data(),
    st.sampled_from([name for name in chain.CONTENT if name not in ("seq", "organisation_id")]),
)
def test_an_edit_of_any_field_is_named_with_its_event(length: int, data: st.DataObject, field: str) -> None:
    events = made(length)
    at = data.draw(st.integers(0, length - 1))
    events[at] = replace(events[at], **{field: "something else"})

    assert [(one.kind, one.seq) for one in verify(events)] == [(Kind.EDIT, at + 1)]


@given(st.integers(2, 10), st.data())
def test_an_edit_with_a_fitting_hash_shows_in_the_next_event_or_in_the_head(length: int, data: st.DataObject) -> None:
    whole = made(length)
    at = data.draw(st.integers(0, length - 1))
    events = list(whole)
    edited = replace(events[at], outcome="refused")
    events[at] = replace(edited, hash=edited.expected_hash)

    (found,) = verify(events, [head(whole)])

    assert (found.kind, found.seq) == (Kind.EDIT, min(at + 2, length))


def test_a_record_written_anew_from_some_event_on_shows_in_the_head() -> None:
    whole = made(6)
    events = whole[:3]
    for number in range(4, 7):
        events.append(event(number, events[-1].hash, "somebody else"))

    assert kinds(events) == set()
    assert kinds(events, head(whole)) == {Kind.EDIT}


@given(st.integers(2, 10), st.data())
def test_two_events_in_each_other_s_place_are_a_re_ordering(length: int, data: st.DataObject) -> None:
    events = made(length)
    at = data.draw(st.integers(0, length - 2))
    first, second = events[at], events[at + 1]
    events[at], events[at + 1] = replace(second, seq=first.seq), replace(first, seq=second.seq)

    assert kinds(events) <= {Kind.REORDERING, Kind.EDIT}
    assert Kind.REORDERING in kinds(events)


@pytest.mark.parametrize(
    ("left", "right"), [(("a", "bc"), ("ab", "c")), ((None, ""), ("", None)), (("-", ""), (None, ""))]
)
def test_no_two_contents_have_one_form(left: tuple[object, ...], right: tuple[object, ...]) -> None:
    assert b"".join(map(chain.field_form, left)) != b"".join(map(chain.field_form, right))


def test_heads_are_read_back_and_one_changed_byte_is_refused() -> None:
    key = PrivateKey.generate()
    verifier = VerifierKey(chain.KEY_NAME, key.public)
    heads = Heads(NOW, (head(made(3)),))
    data = chain.sign(heads, key)

    assert chain.read(data, verifier) == heads
    for at in range(0, len(data), 7):
        changed = bytes(byte ^ (1 if number == at else 0) for number, byte in enumerate(data))
        with pytest.raises(TamperedError):
            chain.read(changed, verifier)


def test_heads_of_another_key_are_refused() -> None:
    data = chain.sign(Heads(NOW, ()), PrivateKey.generate())

    with pytest.raises(TamperedError):
        chain.read(data, VerifierKey(chain.KEY_NAME, PrivateKey.generate().public))
