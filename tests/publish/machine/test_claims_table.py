"""Each row of the collection of vendors' sentences is answered honestly: by what, how far, and what is missing."""

from __future__ import annotations

import importlib.util
import re
import sys

import pytest
import yaml


@pytest.fixture(scope="module")
def table(repository, shared):
    spec = importlib.util.spec_from_file_location("claims_table", repository / "scripts" / "claims_table.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["claims_table"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["claims_table"]


@pytest.fixture(scope="module")
def standings(table):
    return table.standings()


@pytest.fixture(scope="module")
def rows(table, standings):
    return table.rows(table.collection(), standings)


def test_what_is_committed_is_what_is_generated(table, rows):
    assert table.table(rows) == table.TABLE.read_text(encoding="utf-8"), "run `make generate`"


def test_every_row_is_mapped_once_and_onto_claims_that_exist(table, rows, standings):
    """`rows` raises for an unknown row, claim, file or key, and for a row that is left out."""
    assert [row.identifier for row in rows] == list(table.collection())
    assert len(rows) == 143
    assert len({claim.claim for row in rows for claim in row.claims}) >= 45


def test_a_row_whose_module_exists_reaches_the_method_that_it_asks_for(rows):
    """Automated controls that are in place: their evidence is of the kind asked for. What is weaker is named here."""
    in_place = [row for row in rows if row.state == "tested"]
    short = {row.identifier for row in in_place if not row.enough}
    assert short == set()
    assert len(in_place) >= 35


def test_every_other_row_says_what_is_missing(rows):
    for row in rows:
        if row.verdict not in ("reached", "by the page"):
            assert len(row.missing) > 20, row.identifier
            assert row.missing.endswith("."), row.identifier


def test_nothing_in_progress_or_not_done_is_called_reached(rows, standings):
    for row in rows:
        if any(standings[claim.claim].state in ("in progress", "not done") for claim in row.claims):
            assert row.reached is None
            assert row.verdict in ("in progress", "not done")


def test_the_sentences_of_others_are_not_copied(shared, table):
    """No run of seven words of a vendor's sentence, or of its check, stands in table or mapping."""
    own = " ".join(re.findall(r"\w+", f"{table.TABLE.read_text()} {table.MAPPING.read_text()}".lower()))
    for row in yaml.safe_load((shared / "claims.yaml").read_text(encoding="utf-8")):
        for text in (row["quote"], row["how"]):
            words = re.findall(r"\w+", text.lower())
            for start in range(len(words) - 6):
                run = " ".join(words[start : start + 7])
                assert run not in own, f"{row['id']}: {run}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"BB-018": {"about": "x", "claims": ["continuity.backups/none"]}}, "there is no claim"),
        ({"BB-022": {"about": "x", "claims": ["change.penetration-test/penetration-test"]}}, "what is missing"),
        ({"BB-001": {"about": "x", "held_by": ["tests/none.py"]}}, "there is no file"),
        (
            {"BB-024": {"about": "x", "claims": ["access.named-accounts/named-accounts"], "missing": "m"}},
            "must be true",
        ),
        ({"BB-018": {"about": "x", "claims": ["continuity.backups/backups-daily"], "short": True}}, "left out"),
        ({"ZZ-001": {"about": "x"}}, "no such row"),
        ({"BB-018": {"about": "x", "note": "n"}}, "unknown key"),
    ],
)
def test_a_wrong_mapping_is_refused(table, standings, tmp_path, change, said):
    mapping = yaml.safe_load(table.MAPPING.read_text(encoding="utf-8")) | change
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        table.rows(table.collection(), standings, tmp_path / "mapping.yaml")


def test_without_the_collection_the_table_is_left_alone(table, monkeypatch, tmp_path):
    monkeypatch.setenv("TRUSTCENTER_SHARED", str(tmp_path))
    assert table.generated() == {}
