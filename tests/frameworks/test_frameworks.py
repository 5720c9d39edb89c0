"""The three catalogues, and citations of their criteria."""

from __future__ import annotations

import pytest
import yaml

from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN, framework, resolve

COUNTS = {"soc2": 61, "gdpr": 99, "ccpa": 107}


@pytest.mark.parametrize("name", KNOWN)
def test_every_criterion_is_there_once(name):
    """As many as are counted, each with a title, each cited by its own id."""
    catalogue = framework(name)
    ids = [criterion.id for criterion in catalogue.criteria]
    assert len(ids) == len(set(ids)) == COUNTS[name]
    for criterion in catalogue.criteria:
        assert criterion.title
        assert set(criterion.on) <= set(catalogue.roles)
        assert not (criterion.on and not criterion.obligation)
        assert criterion.obligation or not criterion.conditional
        if catalogue.roles and criterion.obligation:
            assert criterion.on, f"{criterion.id} falls on nobody"
        if catalogue.categories:
            assert criterion.category in catalogue.categories
        assert resolve(name, criterion.id).criterion == criterion.id


def test_the_catalogues_say_what_their_sources_say(shared):
    """Ids, titles, obligations and roles are those of the shared catalogues; GDPR Art. 39 is the declared exception."""
    keys = {"soc2": "criteria", "gdpr": "articles", "ccpa": "sections"}
    for name, key in keys.items():
        original = yaml.safe_load((shared / "frameworks" / f"{name}.yaml").read_text(encoding="utf-8"))
        for item, ours in zip(original[key], framework(name).criteria, strict=True):
            assert (item["id"], item["title"], item["obligation"]) == (ours.id, ours.title, ours.obligation)
            if ours.id != "Art. 39":
                assert tuple(item.get("on", ())) == ours.on


@pytest.mark.parametrize(
    ("name", "text", "criterion", "pinpoint"),
    [
        ("soc2", "CC6.1", "CC6.1", "CC6.1"),
        ("soc2", "pi1.1", "PI1.1", "PI1.1"),
        ("gdpr", "32(1)(b)", "Art. 32", "32(1)(b)"),
        ("gdpr", "Art. 32", "Art. 32", "32"),
        ("gdpr", "Article 5(2)", "Art. 5", "5(2)"),
        ("ccpa", "1798.100(e)", "1798.100", "1798.100(e)"),
        ("ccpa", "Cal. Civ. Code 1798.130(a)(3)(A)", "1798.130", "1798.130(a)(3)(A)"),
        ("ccpa", "11 CCR 7123", "11 CCR 7123", "11 CCR 7123"),
        ("ccpa", "7022(b)(1)", "11 CCR 7022", "11 CCR 7022(b)(1)"),
    ],
)
def test_citations_resolve_to_their_criterion(name, text, criterion, pinpoint):
    """A pinpoint counts for its article or section."""
    found = resolve(name, text)
    assert (found.criterion, found.pinpoint) == (criterion, pinpoint)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("soc2", "CC6.9", "`CC6.1`"),
        ("gdpr", "132", "32(1)(b)"),
        ("ccpa", "1798.1", "`1798.1"),
        ("ccpa", "11 CCR 7999", "7"),
        ("soc2", "", "CC6.1"),
        ("gdpr", "32(1)(b", "32(1)(b)"),
        ("nist", "AC-2", "soc2, gdpr, ccpa"),
    ],
)
def test_what_cites_nothing_is_refused_with_what_is_near(name, text, hint):
    """Never a silent miss."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(name, text)
    assert hint in caught.value.hint
