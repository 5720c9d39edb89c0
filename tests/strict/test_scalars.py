"""Plain scalars keep one meaning in every YAML, or are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.strict.scalars import Ambiguous, duration, plain


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No",
        "NO",
        "yes",
        "on",
        "Off",
        "y",
        "N",
        "True",
        "FALSE",
        "Null",
        "NULL",
        "012",
        "0o17",
        "0x1F",
        "0b1",
        "1_000",
        "+5",
        "1e3",
        "1.",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "12:30:00",
        "22:22",
        "190:20:30.15",
        "2026-02-30",
        "2026-1-2",
        "=",
        "<<",
        "00",
        "1.5e3",
        "2026-13-01T00:00:00Z",
    ],
)
def test_traps_are_refused(text):
    """Whatever two readers of YAML take for different things is an error."""
    with pytest.raises(Ambiguous):
        plain(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("12.50", 12.5),
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("24h", "24h"),
        ("none", "none"),
        ("CC6.1", "CC6.1"),
        ("32(1)(b)", "32(1)(b)"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("Art. 32", "Art. 32"),
    ],
)
def test_what_is_not_a_trap_keeps_its_value(text, value):
    """Booleans, numbers, dates and text as written."""
    found = plain(text)
    assert found == value
    assert type(found) is type(value)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=10))
def test_what_is_text_here_is_text_to_yaml_1_1(text):
    """Anything that passes as text is text to a reader of YAML 1.1 too."""
    try:
        value = plain(text)
    except Ambiguous:
        return
    if isinstance(value, str):
        tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
        indicator = text in ("&", "*", "!")  # resolved apart, and no plain scalar at all
        assert indicator or tag == "tag:yaml.org,2002:str"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("24h", timedelta(hours=24)),
        ("90 d", timedelta(days=90)),
        ("2w", timedelta(weeks=2)),
        ("PT15M", timedelta(minutes=15)),
        ("P1DT12H", timedelta(days=1.5)),
        ("P2W", timedelta(weeks=2)),
    ],
)
def test_durations(text, value):
    """Short form and ISO 8601."""
    assert duration(text) == value


@pytest.mark.parametrize(
    "text", ["", "24", "h", "P", "PT", "1y", "P1Y", "P1M", "-1h", "1.5h", "24h ", "daily", "9999999h"]
)
def test_what_is_no_duration_is_refused(text):
    """Months and years have no fixed length; a bare number has no unit."""
    with pytest.raises(ValueError, match="no duration"):
        duration(text)
