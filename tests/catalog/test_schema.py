"""Editors are given what loading checks."""

from __future__ import annotations

import re
import tomllib

import jsonschema_rs
import pytest
import yaml

from trustcenter.catalog.schema import SHAPES, schema_files, schemas
from trustcenter.errors import Problems


class _Text(yaml.SafeLoader):
    """Dates stay text, as in an editor."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    } | {"t": [("tag:yaml.org,2002:bool", re.compile("true"))]}  # fmt: skip


def value_of(text: str):
    return yaml.load(text, Loader=_Text)


@pytest.fixture(scope="module")
def validators():
    return {name: jsonschema_rs.validator_for(schema) for name, schema in schemas().items()}


def test_every_schema_is_a_schema(validators):
    """One for each kind of file, valid by itself."""
    assert set(validators) == set(SHAPES)


def test_this_repositorys_schemas_are_those_of_the_loader(repository):
    """What editors are given is never older than what is checked (`make generate`)."""
    found = {path.name: path.read_bytes() for path in (repository / "schemas").iterdir()}
    assert found == schema_files()


def test_a_good_control_is_accepted(validators, owners):
    """The control of the design."""
    assert [str(error) for error in validators["control.json"].iter_errors(value_of(owners))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("owner: security", "ower: security"),
        ("nature: automated", "nature: automatic"),
        ("every: 24h", "every: 24"),
        ("enforced:", "En.forced:"),
        ("title: Account owners", "title: 3\nname: Account owners"),
        ("on: {person: account}", "on: 3"),
        ("id: owner-2fa", "id: owner 2fa"),
        ("left: leavers_list\n", "\n"),
        ("frequency: continuous", "frequency: often"),
    ],
)
def test_a_bad_control_is_refused_by_schema_and_loader(old, new, validators, owners, loaded):
    """Both see the same mistake."""
    assert old in owners
    assert not validators["control.json"].is_valid(value_of(owners.replace(old, new)))
    with pytest.raises(Problems):
        loaded((old, new))


def test_the_instance_file_has_a_schema_with_open_settings(validators, toml):
    """A source may have settings of its kind; the rest is closed."""
    good = tomllib.loads(toml)
    validator = validators["trustcenter.json"]
    assert [str(error) for error in validator.iter_errors(good)] == []
    assert not validator.is_valid(good | {"paths": {"contrls": "x"}})
    assert not validator.is_valid(good | {"sources": {"portal": {"url": "x"}}}), "a source has a kind"
    assert not validator.is_valid(good | {"sources": {"Not A Name": {"kind": "files"}}})


def test_this_repositorys_records_fit_their_schemas(validators, repository):
    """Each file names its schema in its first line; the file fits it."""
    files = sorted((repository / "controls").rglob("*.yaml"))
    if not files:
        pytest.skip("this checkout has no controls")
    for path in files:
        first, _, _ = path.read_text(encoding="utf-8").partition("\n")
        assert first.startswith("# yaml-language-server: $schema="), f"{path}: names no schema"
        name = first.rpartition("/")[2]
        errors = [str(error) for error in validators[name].iter_errors(value_of(path.read_text(encoding="utf-8")))]
        assert errors == [], path
