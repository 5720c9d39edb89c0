"""Salted commitments bind and hide."""

from __future__ import annotations

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import commitment

SALT = bytes(range(16))


def test_a_row_is_bound_with_its_salt_and_place() -> None:
    rows = [{"n": 1}, {"n": 2}]
    leaves = [commitment.row_leaf(SALT, row) for row in rows]
    assert commitment.rows_root(leaves) != commitment.rows_root(leaves[::-1])
    assert commitment.row_leaf(SALT, rows[0]) != commitment.row_leaf(SALT[::-1], rows[0])
    assert commitment.row_leaf(SALT, {"b": 1, "a": 2}) == commitment.row_leaf(SALT, {"a": 2, "b": 1})


def test_salt_and_row_cannot_be_shifted_into_each_other() -> None:
    """The salt's length is hashed, so that a longer salt cannot swallow the beginning of a row."""
    longer = SALT + b'{"a'
    assert commitment.row_leaf(longer, {"a": 1}) != commitment.row_leaf(SALT, {"a": 1})


def test_a_field_verifies_only_as_it_was() -> None:
    made = commitment.commit(SALT, "endpoint", "db.internal")
    assert "db.internal" not in made
    commitment.verify_field(made, SALT, "endpoint", "db.internal")
    for name, value, salt in (
        ("endpoint", "x", SALT),
        ("actor", "db.internal", SALT),
        ("endpoint", "db.internal", SALT * 2),
    ):
        with pytest.raises(TamperedError):
            commitment.verify_field(made, salt, name, value)


def test_each_field_needs_a_salt_long_enough() -> None:
    assert list(commitment.commit_fields({"a": SALT, "b": SALT[::-1]}, {"b": 1, "a": 2})) == ["a", "b"]
    with pytest.raises(TrustCenterError, match="no salt for b"):
        commitment.commit_fields({"a": SALT}, {"a": 1, "b": 2})
    with pytest.raises(TrustCenterError, match="16"):
        commitment.commit(bytes(15), "a", 1)


def test_all_fields_verify_together_or_not_at_all() -> None:
    fields, salts = {"a": 1, "b": [2]}, {"a": SALT, "b": SALT[::-1]}
    made = commitment.commit_fields(salts, fields)
    commitment.verify_fields(made, salts, fields)
    for changed in ({"a": 1}, {**fields, "c": 3}, {**fields, "b": [3]}):
        with pytest.raises(TamperedError):
            commitment.verify_fields(made, salts, changed)
    with pytest.raises(TamperedError, match="salt of the field b"):
        commitment.verify_fields(made, {"a": SALT}, fields)
