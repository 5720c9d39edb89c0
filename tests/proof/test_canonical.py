"""Canonical JSON: one form, strict reading."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_the_example_of_rfc_8785() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical.dumps(value) == expected.encode()


def test_keys_are_sorted_by_utf16() -> None:
    """RFC 8785 3.2.3: U+1F600 (a surrogate pair) comes before U+FB33."""
    assert canonical.dumps({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@given(json_values)
def test_reading_the_form_gives_the_value_and_the_same_form(value: object) -> None:
    data = canonical.dumps(value)
    assert canonical.dumps(canonical.loads(data)) == data
    assert canonical.loads(data) == value


@given(json_values)
def test_the_fast_way_gives_what_the_full_algorithm_gives(value: object) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        2**53,
        b"bytes",
        {1: 2},
        datetime(2026, 1, 1, tzinfo=UTC),
        "\ud800",
        {1, 2},
        {"\udfff": 1},
        -(2**53),
        [{2: 1}],
    ],
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TrustCenterError):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b"NaN",
        b"[1,Infinity]",
        b"\xff",
        b"",
        b"[" * 200_000,
        b'{"a":{"b":1,"b":1}}',
        b"9007199254740993",
    ],
)
def test_ambiguous_or_broken_json_is_refused(data: bytes) -> None:
    with pytest.raises(TamperedError):
        canonical.loads(data)


@pytest.mark.parametrize("text", ["QQ==\n", "QR==", "QQ", "Q Q=", "QQ==QQ==", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(TamperedError):
        canonical.decode_base64(text)


@pytest.mark.parametrize("text", ["", "sha256:", "sha256:" + "A" * 64, "sha512:" + "a" * 64, "a" * 64])
def test_a_digest_has_one_spelling(text: str) -> None:
    with pytest.raises(TrustCenterError):
        canonical.digest_hex(text)
    assert canonical.digest_hex(canonical.digest(b"")).startswith("e3b0c442")
