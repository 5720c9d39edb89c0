"""One reader's pack: its name on every page, the same bytes for the same input, nothing fetched, statements inside."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from trustcenter.errors import ConfigurationError, TrustCenterError
from trustcenter.publish.pack.build import Recipient, build_pack, pack_html
from trustcenter.publish.pack.letters import printable
from trustcenter.publish.pack.render import AttachedFile, render_pdf

pytestmark = pytest.mark.xdist_group("pack")  # one pack for all of them
pikepdf = pytest.importorskip("pikepdf")
pytest.importorskip("fontTools")
ADA = Recipient("Ada Example", "Northwind Purchasing", date(2026, 11, 2), "2026-0147")
STATEMENTS = (AttachedFile("aa.dsse.json", b'{"payload":"e30="}', "An assessment"),)


@pytest.fixture
def make(build, given):
    def pack(recipient=ADA, attachments=STATEMENTS, now=None, **changed):
        view = build(tier="nda", **changed)
        return build_pack(view, attachments, recipient, now or given.now, environment=os.environ)

    return pack


@pytest.fixture(scope="module")
def once():
    from larkspur import sample

    from trustcenter.publish.view import build_view

    given = vars(sample())
    view = build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), tier="nda", **given)
    return build_pack(view, STATEMENTS, ADA, given["now"], environment=os.environ)


def test_the_same_input_gives_the_same_bytes(make, once):
    assert make() == once


def test_another_reader_gets_other_bytes(make, once):
    assert make(replace(ADA, number="2026-0148")) != once


def test_only_bundled_fonts_are_in_it(once):
    with pikepdf.open(io.BytesIO(once)) as pdf:
        fonts = {
            str(font.get("/BaseFont", ""))
            for page in pdf.pages
            for font in page.get("/Resources").get("/Font").values()
        }
    assert fonts
    assert all(re.search(r"\+Trust-(Sans|Mono)", font) for font in fonts), fonts


def test_the_statement_is_attached_byte_for_byte_with_a_fixed_date(once):
    with pikepdf.open(io.BytesIO(once)) as pdf:
        assert list(pdf.attachments) == ["aa.dsse.json"]
        file = pdf.attachments["aa.dsse.json"].get_file()
        assert file.read_bytes() == STATEMENTS[0].content
        assert "2026-11-20" in str(file.creation_date)


def test_the_reader_is_named_on_every_page(make, build, given):
    html = pack_html(build(tier="nda"), STATEMENTS, ADA, given.now)
    assert '<div class="mark" aria-hidden="true">Ada Example<br>Northwind Purchasing</div>' in html


def test_it_tells_what_fails_and_who_accepted_what(build, given):
    html = pack_html(build(tier="nda"), STATEMENTS, ADA, given.now)
    assert "10 of 11 passed, 1 deviation" in html
    assert "approved by security" in html
    for canary in ("canary-reason", "canary-host", "canary-person", "canary-row"):
        assert canary not in html


def test_hostile_words_are_text(build, given):
    evil = "<img src=file:///etc/hostname><script>x</script>"
    organisation = replace(given.catalogue.organisation, name=evil)
    view = build(tier="nda", catalogue=replace(given.catalogue, organisation=organisation))
    html = pack_html(view, (), replace(ADA, name=evil), given.now)
    assert "<img" not in html
    assert "<script" not in html


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/x.png", "bundled:///other.woff2"])
def test_nothing_is_fetched(address, given):
    with pytest.raises(TrustCenterError, match="could not be made") as error:
        render_pdf(f'<img src="{address}">', "", {}, (), b"i" * 16, given.now, os.environ)
    assert "a pack fetches nothing" in str(error.value)


def test_a_public_view_makes_no_pack(build, given):
    with pytest.raises(ConfigurationError, match="under NDA"):
        build_pack(build(), (), ADA, given.now, environment=os.environ)


def test_a_name_that_cannot_be_printed_is_refused(make):
    with pytest.raises(ConfigurationError, match="cannot be printed"):
        make(replace(ADA, name="張三"))


def test_letters_that_are_missing_lose_their_accent_only():
    known = frozenset(map(ord, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ?()"))
    assert printable("Žofie Łuk® 漢", known) == "Zofie Luk(R) ?"


def test_time_is_in_it(make, once, given):
    assert make(now=given.now + timedelta(days=1)) != once
