"""The machine surface is complete, deterministic, linked, and says nothing that the page does not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import urljoin

import pytest

from trustcenter.model.catalogue import NotDone
from trustcenter.model.place import Place
from trustcenter.publish.machine.surface import lay, machine_files
from trustcenter.publish.pages import pages
from trustcenter.publish.site import site_files


def test_the_same_view_gives_the_same_bytes(larkspur_view, surface):
    assert machine_files(larkspur_view) == surface


def test_only_security_txt_and_nothing_else_depends_on_the_clock(larkspur_view, surface):
    """`now` checks the nearness of an expiry; no file holds it."""
    from datetime import timedelta

    assert machine_files(replace(larkspur_view, now=larkspur_view.now + timedelta(hours=5))) == surface


def test_every_file_is_laid_into_the_built_site(built_site, surface):
    for path, content in surface.items():
        assert (built_site / path).read_bytes() == content, path


def test_each_page_has_its_markdown(built_site, larkspur_view):
    for path in pages(larkspur_view):
        twin = "claims.md" if path == "claims/index.md" else path
        assert (built_site / twin).is_file(), twin


def test_a_file_of_the_built_site_is_never_replaced(tmp_path):
    (tmp_path / "answers.csv").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        lay(tmp_path, {"answers.csv": b"ours"})
    assert (tmp_path / "answers.csv").read_bytes() == b"mine"


def test_every_link_to_a_file_leads_to_one(built_site, larkspur_view):
    """Links that the page's generator does not check: those to what is laid beside the pages."""
    base = f"{larkspur_view.base}/"
    followed = 0
    for page in built_site.rglob("*.html"):
        if page.name == "404.html":
            continue
        folder = page.parent.relative_to(built_site).as_posix()
        address = urljoin(base, "" if folder == "." else f"{folder}/")
        text = page.read_text(encoding="utf-8")
        article = text[text.index("<article") : text.rindex("</article>")]
        for target in re.findall(r'href="([^"#]+\.(?:txt|md|json|csv|xlsx|svg|atom))"', article):
            found = urljoin(address, target)
            assert found.startswith(base), target
            assert (built_site / found.removeprefix(base)).is_file(), f"{page}: {target}"
            followed += 1
    assert followed > 20


def test_llms_txt_leads_to_files_that_are_there(built_site, larkspur_view):
    targets = re.findall(r"\]\((\S+?)\)", (built_site / "llms.txt").read_text(encoding="utf-8"))
    base = f"{larkspur_view.base}/"
    files = [t.removeprefix(base) for t in targets if "#" not in t and not t.startswith(f"{base}evidence/")]
    assert len(files) > 20
    for path in files:
        assert (built_site / path).is_file(), path


def test_nothing_private_and_no_withdrawn_sentence_is_in_any_file(built_site):
    for path in built_site.rglob("*"):
        if not path.is_file() or path.suffix in (".woff2", ".png", ".gz"):
            continue
        text = _text(path)
        for canary in (
            "canary",
            "pier 9",
            "war-room",
            "Harrow Pell",
            "reviewed every quarter",
            "mailed when a sign-in",
        ):
            assert canary.lower() not in text.lower().replace("canarywharf", ""), f"{path}: {canary}"


def _text(path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script> ]]> &amp; [x](javascript:alert(1)) \u202eabc \x07 \ufffe ```"


def test_hostile_words_stay_words(build, given, proofs):
    """Markup, formulas, control and bidi characters in every text of the catalogue act in no form."""
    from lxml import etree

    controls = tuple(
        replace(
            c,
            owner=HOSTILE,
            claims=tuple(replace(k, short=HOSTILE, noun=HOSTILE, note=HOSTILE, say=_unbraced(k.say)) for k in c.claims),
        )
        for c in given.catalogue.controls
    )
    said = (NotDone("hostile", HOSTILE, Place("trustcenter.toml")),)
    organisation = replace(
        given.catalogue.organisation,
        name=HOSTILE,
        covers=HOSTILE,
        not_done=said,
        contacts={"trust": HOSTILE},
    )
    view = build(catalogue=replace(given.catalogue, controls=controls, organisation=organisation))
    files = {**machine_files(view), **site_files(view, proofs)}
    for path, content in files.items():
        if path.endswith((".atom", ".svg")):
            root = etree.fromstring(content)
            assert not root.xpath("//*[local-name()='script']"), path
        if path.endswith(".json"):
            json.loads(content)
        if path.endswith((".csv", ".json", ".txt", ".atom", ".svg")):
            text = content.decode("utf-8-sig")
            assert "\u202e" not in text, path
            assert "\x07" not in text, path
        if path == "llms.txt":
            text = re.sub(r"\\.", "", content.decode())
            assert "<script" not in text
            assert "](javascript:" not in text


def _unbraced(say: str) -> str:
    return say if "{" in say else HOSTILE
