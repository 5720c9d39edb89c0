"""YAML and TOML become values with the place of each."""

from __future__ import annotations

import pytest

from trustcenter.strict.toml_reader import read as read_toml
from trustcenter.strict.yaml_reader import MAX_DEPTH, MAX_VALUES
from trustcenter.strict.yaml_reader import read as read_yaml

YAML = b"a: {b: [1, two]}\n\non:\n  c: |\n    no\n  d: 'yes'\n"


def test_yaml_values_have_places():
    """Lines and columns start at 1; keys are text even where YAML 1.1 sees a boolean."""
    document, problems = read_yaml(YAML, "x.yaml")
    assert problems == []
    assert document.value == {"a": {"b": [1, "two"]}, "on": {"c": "no\n", "d": "yes"}}
    assert str(document.place(("a", "b", 1))) == "x.yaml:1:12"
    assert str(document.key_place(("on", "d"))) == "x.yaml:6:3"
    assert str(document.place(("on", "d"))) == "x.yaml:6:6"
    assert str(document.place(("on", "e", "f"))) == "x.yaml:4:3", "the nearest that exists"
    assert document.raw(("a", "b", 0)) == "1"


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"a: caf\xe9", "x:1:7", "0xe9 is not UTF-8"),
        (b"a: b\n\xff", "x:2:1", "UTF-8"),
        (b"a: 'b", "x:1:6", "not YAML"),
        (b"a: b: c", "x:1:5", "not YAML"),
        (b"a: *b", "x:1:4", "alias"),
        (b"a: &b c", "x:1:4", "anchor"),
        (b"a: !b c", "x:1:4", "tag"),
        (b"a: b\na: c", "x:2:1", "second time"),
        (b"", "x:1:1", "empty"),
        (b"a\n---\nb", "x:2:1", "second document"),
        (b"a: \x07", "x:1:4", "U+0007"),
        (b"<<: {a: b}", "x:1:1", "merge key"),
        (b"!x a: b", "x:1:1", "tag"),
        (b"[" * (MAX_DEPTH + 2), f"x:1:{MAX_DEPTH + 2}", "deeper"),
        (b"- a\n" * (MAX_VALUES + 1), f"x:{MAX_VALUES}:3", "more than"),
    ],
)
def test_what_cannot_stand_is_named_at_its_place(data, where, what):
    """One error with the place in the file."""
    _, problems = read_yaml(data, "x")
    assert problems[0].where.startswith(where)
    assert what in problems[0].what


def test_a_byte_order_mark_is_no_part_of_the_text():
    """Editors on Windows write one."""
    document, problems = read_yaml(b"\xef\xbb\xbfa: b", "x")
    assert (document.value, problems) == ({"a": "b"}, [])


TOML = b"""# comment
a = 1
[sources.portal]
kind = "platform"
text = \"\"\"
kind = "no"
\"\"\"
"quoted.key" = { inner = 3 }
[sources.portal.mapping.user_accounts]
table = "t"
"""


def test_toml_values_have_places():
    """Headers and keys are found again; what stands inside a table in one line has the table's place."""
    document, problems = read_toml(TOML, "t.toml")
    assert problems == []
    assert str(document.place(("sources", "portal", "kind"))) == "t.toml:4:8"
    assert str(document.key_place(("sources", "portal", "kind"))) == "t.toml:4:1"
    assert str(document.place(("sources", "portal", "quoted.key", "inner"))) == "t.toml:8:16"
    assert str(document.key_place(("sources", "portal", "mapping", "user_accounts", "table"))) == "t.toml:10:1"


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"a = ", "x:1:5", "not TOML"),
        (b"a = 1\na = 2", "x:2:", "not TOML"),
        (b"a = '\xff'", "x:1", "UTF-8"),
        (b"a = " + b"[" * 100_000, "x", "deep"),
        (b"#" * 1_000_001, "x", "1,000,001 bytes"),
    ],
)
def test_what_is_no_toml_is_named_at_its_place(data, where, what):
    """The standard parser's positions are kept."""
    _, problems = read_toml(data, "x")
    assert problems[0].where.startswith(where)
    assert what in problems[0].what
