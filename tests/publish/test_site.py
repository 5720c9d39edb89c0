"""The site is a folder that says what the view says, is inert, and is switched in one step."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.model.catalogue import NotDone
from trustcenter.model.place import Place
from trustcenter.publish.folder_switch import switch
from trustcenter.publish.pages import page, reach
from trustcenter.publish.site import MANIFEST, BuiltSite, SiteError, build_site, site_files, write_generated

GOLDEN = Path(__file__).parent.parent / "golden" / "site"
GOLDEN_PAGES = ["index.md", "access.md", "verify.md", "not-done.md", "subprocessors.md", "claims/access/owner-2fa.json"]


@pytest.fixture
def files(build, proofs):
    return site_files(build(), proofs)


@pytest.mark.parametrize("path", GOLDEN_PAGES)
def test_pages_are_byte_for_byte_the_golden_ones(files, path):
    """After an intended change, write them anew with `python tests/golden/site/write.py`."""
    assert files[path].decode() == (GOLDEN / path).read_text(encoding="utf-8")


def test_each_domain_and_each_claim_has_its_file(files, build):
    view = build()
    assert {f"{domain.id}.md" for domain in view.domains} <= set(files)
    assert {claim.twin for claim in view.claims} <= set(files)


def test_nothing_private_is_in_any_file(files):
    everything = b"\n".join(files.values()).decode()
    for canary in ("canary", "pier 9", "war-room", "Harrow Pell"):
        assert canary not in everything.lower().replace("Canary", "canary"), canary


def test_a_withdrawn_sentence_is_in_no_file(files):
    everything = b"\n".join(files.values()).decode()
    assert "reviewed every quarter" not in everything
    assert "e-mailed when a sign-in" not in everything


def test_twin_and_page_say_the_same(files, build):
    for claim in build().claims:
        twin = json.loads(files[claim.twin])
        assert (twin["sentence"] or "", twin["state"]) == (claim.sentence, claim.shown)
        assert set(twin["proofs"]) == {entry.digest for entry in claim.evidence}
    trust = json.loads(files["trust.json"])
    assert [claim["id"] for claim in trust["claims"]] == [claim.id for claim in build().claims]


def test_hostile_words_render_inert(build, given, proofs):
    evil = "<script>alert(1)</script> {{ 7*7 }} [x](javascript:alert(1)) \u202eabc | cell ``` # h"
    controls = tuple(
        replace(c, owner=evil, claims=tuple(replace(k, short=evil, noun=evil, note=evil, group=evil) for k in c.claims))
        for c in given.catalogue.controls
    )
    said = (NotDone("evil", evil, Place("trustcenter.toml")),)
    organisation = replace(
        given.catalogue.organisation,
        name=evil,
        covers=evil,
        not_done=said,
        contacts={evil: evil},
    )
    view = build(catalogue=replace(given.catalogue, controls=controls, organisation=organisation))
    for path, content in site_files(view, proofs).items():
        text = content.decode()
        if path.endswith(".md"):
            outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.S | re.M).split("---\n", 2)[-1]
            assert "<script" not in outside
            assert "](javascript:" not in outside
            assert "{{" not in outside
        assert "\u202e" not in text


def test_the_built_site_stands_in_one_piece(build, proofs, tmp_path):
    evidence = tmp_path / "evidence"
    (evidence / "log").mkdir(parents=True)
    (evidence / "log" / "checkpoint").write_text("head")
    (evidence / ".lock").write_text("")
    for _ in range(2):
        built = build_site(
            build(), proofs, instance=tmp_path, docs=tmp_path / "site", destination=tmp_path / "build" / "site",
            evidence=evidence,
        )  # fmt: skip
    assert isinstance(built, BuiltSite)
    html = (built.folder / "access" / "index.html").read_text(encoding="utf-8")
    assert 'id="owner-2fa"' in html
    assert "14 of 14 refused" in html
    assert (built.folder / "evidence" / "log" / "checkpoint").read_text() == "head"
    assert not (built.folder / "evidence" / ".lock").exists()
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["site"]
    assert (built.folder / "search" / "search_index.json").is_file()
    for path in built.folder.rglob("*"):
        if path.suffix in (".html", ".json", ".xml", ".txt"):
            assert not re.search("canary|pier 9", path.read_text(encoding="utf-8"), re.I), path
    assert not re.search(r'(?:src|href)="https?://(?!trust\.larkspur\.example|hallgrim\.example)', html)


def test_a_broken_link_of_a_hand_written_page_stops_the_build(build, proofs, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "about.md").write_text("[nowhere](missing.md)")
    with pytest.raises(SiteError, match="mkdocs could not build") as error:
        build_site(
            build(), proofs, instance=tmp_path, docs=tmp_path / "site", destination=tmp_path / "out", evidence=None
        )
    assert "missing.md" in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_hand_written_page_is_never_overwritten(tmp_path):
    (tmp_path / "access.md").write_text("mine")
    with pytest.raises(ConfigurationError, match="hand-written"):
        write_generated(tmp_path, {"access.md": b"generated"})
    assert (tmp_path / "access.md").read_text() == "mine"


def test_pages_of_a_removed_domain_go(tmp_path):
    write_generated(tmp_path, {"a.md": b"1", "claims/a/b.json": b"{}"})
    write_generated(tmp_path, {"a.md": b"2"})
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [MANIFEST, "a.md"]


def test_switch_replaces_a_folder_and_leaves_nothing_behind(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    switch(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["new"]


@pytest.mark.parametrize("target", ["../../x.md", "https://a.example", "javascript:alert(1)", "a.md)[x](b", "a b", ""])
def test_links_stay_within_the_site(target):
    with pytest.raises(ConfigurationError):
        page(target)


def test_an_address_that_is_none_stays_text():
    assert "<a" not in reach("javascript:alert(1)")
    assert reach("a@b.example") == '<a href="mailto:a@b.example">a@b.example</a>'
