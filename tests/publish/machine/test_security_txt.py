"""security.txt follows RFC 9116, and a page whose security.txt is about to expire is not built."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.model.catalogue import SecurityTxt
from trustcenter.publish.machine.security_txt import AFTER_ASSESSMENT, PATH, security_txt


def fields(view):
    lines = security_txt(view)[PATH].decode().splitlines()
    return [tuple(line.split(": ", 1)) for line in lines]


def with_expiry(view, **ahead):
    day = (view.now + timedelta(**ahead)).date() + timedelta(days=1)
    return replace(view, security_txt=SecurityTxt(expires=day))


def test_it_stands_where_it_must(built_site, larkspur_view):
    """RFC 9116 3: below /.well-known/, and Canonical names that very place."""
    text = (built_site / ".well-known" / "security.txt").read_text(encoding="utf-8")
    assert f"Canonical: {larkspur_view.base}/.well-known/security.txt\n" in text


def test_it_says_what_the_instance_declares(larkspur_view):
    said = SecurityTxt(
        policy="https://larkspur.example/policy", acknowledgments="https://larkspur.example/thanks",
        languages=("en", "de"),
    )  # fmt: skip
    found = dict(fields(replace(larkspur_view, security_txt=said)))
    assert found["Contact"] == "mailto:security@larkspur.example"
    assert found["Policy"] == said.policy
    assert found["Acknowledgments"] == said.acknowledgments
    assert found["Preferred-Languages"] == "en, de"


def test_expires_once_and_contact_at_least_once(larkspur_view):
    names = [name for name, _ in fields(larkspur_view)]
    assert names.count("Expires") == 1
    assert names.count("Contact") >= 1
    value = dict(fields(larkspur_view))["Expires"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)
    assert datetime.fromisoformat(value) == larkspur_view.as_of.astimezone(UTC) + AFTER_ASSESSMENT


def test_a_page_is_not_built_when_it_expires_soon(larkspur_view):
    assert security_txt(with_expiry(larkspur_view, days=14))
    with pytest.raises(ConfigurationError, match=r"expires in 1\d days.*14 days at least") as error:
        security_txt(with_expiry(larkspur_view, days=12))
    assert "expires" in str(error.value)
    assert "trustcenter.toml" in str(error.value)


def test_a_page_is_not_built_when_it_has_expired(larkspur_view):
    with pytest.raises(ConfigurationError, match="has expired"):
        security_txt(with_expiry(larkspur_view, days=-3))


def test_without_a_date_an_old_assessment_stops_the_build(larkspur_view):
    """The derived expiry counts from the assessment, never from the build."""
    late = replace(larkspur_view, now=larkspur_view.as_of + AFTER_ASSESSMENT - timedelta(days=13))
    with pytest.raises(ConfigurationError, match="trustcenter check"):
        security_txt(late)


def test_more_than_a_year_ahead_is_refused(larkspur_view):
    with pytest.raises(ConfigurationError, match="more than a year"):
        security_txt(with_expiry(larkspur_view, days=400))


def test_without_a_contact_there_is_no_file(larkspur_view):
    assert security_txt(replace(larkspur_view, contacts=(("privacy", "a@b.example"),))) == {}


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ("+49 30 1234", "tel:+49301234"),
        ("https://larkspur.example/report", "https://larkspur.example/report"),
        ("a@b.example", "mailto:a@b.example"),
    ],
)
def test_contacts_are_uris(larkspur_view, contact, uri):
    assert dict(fields(replace(larkspur_view, contacts=(("security", contact),))))["Contact"] == uri


@pytest.mark.parametrize("contact", ["http://plain.example", "ask Robin", "javascript:alert(1)", "a@b\nExpires: x"])
def test_what_is_no_contact_is_refused(larkspur_view, contact):
    with pytest.raises(ConfigurationError, match="neither an e-mail address"):
        security_txt(replace(larkspur_view, contacts=(("security", contact),)))


TOML = """
[organisation]
name = "Larkspur"
url = "https://trust.larkspur.example"
covers = "the service"
[organisation.security_txt]
"""


def test_the_instance_declares_it(tmp_path):
    from datetime import date

    from trustcenter.instance import parse

    declared = 'expires = 2027-06-01\npolicy = "https://larkspur.example/policy"\nlanguages = ["en", "pt-BR"]\n'
    said = parse((TOML + declared).encode(), {}, root=tmp_path).organisation.security_txt
    assert said == SecurityTxt(date(2027, 6, 1), "https://larkspur.example/policy", "", ("en", "pt-BR"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('policy = "http://larkspur.example/policy"', "policy"),
        ('languages = ["english!"]', "does not match"),
        ('expires = "soon"', "valid date"),
        ('contact = "a@b.example"', "contact"),
        ('acknowledgments = "https://a.example/x\\nContact: mailto:evil@a.example"', "acknowledgments"),
    ],
)
def test_what_it_cannot_hold_is_refused_with_its_place(tmp_path, line, said):
    from trustcenter.instance import parse

    with pytest.raises(ConfigurationError) as error:
        parse((TOML + line).encode(), {}, root=tmp_path)
    assert said in str(error.value)
    assert "trustcenter.toml:7" in str(error.value)
