"""Whatever bytes stand in a file: a catalogue or our error, quickly, never a traceback."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustcenter.catalog import load
from trustcenter.errors import Problems, TrustCenterError
from trustcenter.model.catalogue import Catalogue

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)
HOSTILE = {
    "alias bomb": BOMB,
    "recursive alias": "a: &a [*a]",
    "merge key": "a: {x: 1}\n<<: {y: 2}",
    "deep flow": "[" * 100_000,
    "deep mapping": "{a: " * 100_000,
    "deep block": "".join("  " * n + "a:\n" for n in range(900)),
    "ten megabytes": "a: " + "x" * 10_000_000,
    "many values": "- a\n" * 200_000,
    "many keys": "".join(f"k{n}: v\n" for n in range(90_000)),
    "long line": "a: [" + "1, " * 300_000 + "]",
    "unclosed quote": 'a: "' + "x" * 500_000,
    "only spaces": " " * 500_000,
    "huge number": "a: " + "9" * 500_000,
    "nearly a number": "a: " + "9" * 500_000 + "x",
    "long key": f'"{"k" * 500_000}": v',
    "tag": "!!python/object/apply:os.system ['true']",
    "directive": "%YAML 3.0\n---\na: b",
    "two documents": "a: b\n---\nc: d",
    "nothing": "",
    "a comment": "# nothing\n",
    "a tab": "a:\n\t- b",
    "key is a list": "? [a]\n: b",
    "bidi": "title: \u202eevil",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly(name, loaded):
    """Each is an error of ours, and none hangs (they take a fraction of a second)."""
    with pytest.raises(TrustCenterError):
        loaded(control=HOSTILE[name])


ATOMS = st.one_of(
    st.sampled_from(
        ["id", "tests", "where", "expect", "count", "every", "on", "no", "null", "true", "24h", "1_0", "0x1", "query",
         "user_accounts", "enrolled", "{enrolled.size}", "2026-02-30", "2026-01-01", "1:2:3", ".inf", "<<", "="]
    ),
    st.text(max_size=12),
    st.integers(-5, 10**20).map(str),
)  # fmt: skip
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(st.tuples(ATOMS, inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=12,
)
KEYS = [
    "id",
    "title",
    "owner",
    "nature",
    "frequency",
    "criteria",
    "tests",
    "claims",
    "progress",
    "cases",
    "not_applicable",
]

PLACES = [
    "user_accounts, where", "{role: owner, state: active}", "{second_factor: {not: none}}", "24h", "{person: account}",
    "[left.left_at, right.disabled_at]", "{type: moment}", "rosters", "enrolled:",
]  # fmt: skip

_fuzz = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@_fuzz
@given(pairs=st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=11))
def test_random_controls_never_break_the_loader(pairs, loaded):
    """Random YAML under the keys of a control."""
    _load(loaded, "".join(f"{key}: {value}\n" for key, value in pairs))


@_fuzz
@given(old=st.sampled_from(PLACES), new=VALUES)
def test_random_values_in_a_good_control_never_break_the_loader(old, new, loaded):
    """Random YAML in the place of each value of a good control."""
    try:
        catalogue = loaded((old, new))
    except TrustCenterError:
        return
    assert isinstance(catalogue, Catalogue)


@_fuzz
@given(
    data=st.binary(max_size=300), name=st.sampled_from(["waivers", "documents", "coverage", "access/x", "a/b/c", "x"])
)
def test_random_bytes_never_break_the_loader(data, name, instance):
    """Random bytes in any file."""
    with contextlib.suppress(TrustCenterError):
        load({"trustcenter.toml": instance.text, f"controls/{name}.yaml": data}, instance, {})


def _load(loaded, text: str) -> None:
    with contextlib.suppress(TrustCenterError):
        assert isinstance(loaded(control=text), Catalogue)


@pytest.mark.parametrize("text", ["title: a\u202eb", 'title: "a\\u202eb"', 'title: "a\\eb"', "title: a\u200fb"])
def test_hidden_characters_are_refused(text, loaded):
    """What a reviewer sees is what is read."""
    with pytest.raises(Problems, match="is a hidden character"):
        loaded(control=text)


def test_messages_are_fit_for_a_terminal(loaded):
    """A key of a file can neither flood nor drive the terminal of who loads it."""
    with pytest.raises(Problems) as caught:
        loaded(control=f'"\\e[2J{"k" * 5000}": v\n')
    assert "\x1b" not in str(caught.value)
    assert all(len(problem.what) <= 400 for problem in caught.value.problems)
