"""security.txt as a service serves it, and what RFC 9116 forbids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.security_txt import SecurityTxt

UNTIL = datetime(2027, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
PLACE = "https://shop.example/.well-known/security.txt"


def test_it_names_contacts_one_expiry_in_utc_and_its_own_address() -> None:
    made = SecurityTxt(("mailto:security@shop.example", "tel:+49-30-1234"), UNTIL, PLACE)
    assert made.text == (
        "Contact: mailto:security@shop.example\nContact: tel:+49-30-1234\nExpires: 2027-05-01T10:00:00Z\n"
        f"Canonical: {PLACE}\n"
    )


@pytest.mark.parametrize(
    "contact", ["security@shop.example", "http://shop.example", "mailto:", "mailto:a@b.example\nExpires: x", ""]
)
def test_what_is_no_contact_is_refused(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="contact"):
        SecurityTxt((contact,), UNTIL, PLACE)


def test_without_a_contact_or_an_offset_there_is_no_file() -> None:
    with pytest.raises(ConfigurationError, match="contact"):
        SecurityTxt((), UNTIL, PLACE)
    with pytest.raises(ConfigurationError, match="offset"):
        SecurityTxt(("mailto:security@shop.example",), datetime(2027, 5, 1, tzinfo=UTC).replace(tzinfo=None), PLACE)
