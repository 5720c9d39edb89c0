"""What a public claim may quote is bounded, however large a population is."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from trustcenter.assess.columns import Columns
from trustcenter.assess.values import LONGEST_TEXT, MOST_VALUES, aggregates
from trustcenter.model.control import Claim, Control, TestOfControl
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.place import Place

PLACE = Place("controls/platform/things.yaml", 1, 1)


def quoted(sentence, values, kind="text"):
    """The public values of a test whose claim says this, over rows with one field."""
    schema = FactSchema("thing", (Field("name", kind),))
    claim = Claim("things", sentence, PLACE)
    control = Control(
        id="platform.things",
        title="Things",
        owner="platform",
        nature="automated",
        frequency="daily",
        criteria=(),
        place=PLACE,
        digest="sha256:" + "0" * 64,
        tests=(TestOfControl("seen", timedelta(days=1), PLACE),),
        claims=(claim,),
    )
    rows = [{"name": value} for value in values]
    return aggregates(control, "seen", Columns(rows, schema), range(len(rows)))[0]


def test_a_list_of_very_many_values_is_cut_and_names_the_whole():
    names = [f"name-{number:05}" for number in range(50_000)]
    found = quoted("{seen.list.name}", names)["list.name"]
    assert found[:MOST_VALUES] == names[:MOST_VALUES]
    whole = hashlib.sha256(json.dumps(names, separators=(",", ":")).encode()).hexdigest()
    assert found[MOST_VALUES:] == [f"… {50_000 - MOST_VALUES} more, all: sha256:{whole}"]


def test_a_list_that_is_short_stands_as_it_is():
    names = [f"name-{number:05}" for number in range(MOST_VALUES)]
    assert quoted("{seen.list.name}", names)["list.name"] == names


def test_one_very_long_text_is_cut_and_two_of_them_stay_apart():
    """Where all are the same it is the one value; where they differ behind the cut it is none."""
    long = "x" * 1_000_000
    (found,) = quoted("{seen.list.name}", [long])["list.name"]
    assert len(found) < LONGEST_TEXT + 150
    assert found.endswith(f"(1000000 characters, sha256:{hashlib.sha256(long.encode()).hexdigest()})")
    assert quoted("{seen.only.name}", [long, long])["only.name"] == found
    assert "only.name" not in quoted("{seen.only.name}", [long, long + "y"])
