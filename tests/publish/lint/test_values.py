"""Values are compared after they were brought to one unit; what only looks different is not a contradiction."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page
from trustcenter.publish.lint.places import areas, mislabelled
from trustcenter.publish.lint.quantities import durations, frequencies, tls_minimum


def _values(text: str, today: date) -> list[str]:
    return [one.rule for one in lint([read_page("page.txt", text, "text")], today) if one.family == "value"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("All traffic uses TLS 1.3.", "Connections use TLS 1.2 or newer."),
        ("Backups are made hourly.", "Backups run once a day."),
        ("Backups are kept for 30 days.", "Backups are retained for two weeks."),
        (
            "We acknowledge vulnerability reports within 24 hours.",
            "Vulnerability reports are acknowledged within 3 business days.",
        ),
        ("The uptime SLA is 99.9%.", "We promise 99.5 per cent availability."),
        ("Data is hosted in Oregon.", "Our servers are located in Frankfurt."),
        ("Sessions expire after 15 minutes of inactivity.", "Idle sessions end after 2 hours of inactivity."),
        ("Passwords have at least 8 characters.", "Passwords must have at least 14 characters."),
        ("Data at rest is encrypted with AES-128.", "All stored data is encrypted with AES-256."),
        ("Audit logs are kept for 90 days.", "Audit logs are retained for one year."),
        ("Passwords are hashed with bcrypt at cost 10.", "bcrypt runs at cost factor 12."),
        ("The RTO is 4 hours.", "RTO: 24 hours"),
        ("Penetration tests are performed annually.", "Penetration tests are performed quarterly."),
        ("Customers are notified of a breach within 72 hours.", "We notify customers of a breach within 24 hours."),
    ],
)
def test_different_values_are_found(first: str, second: str, today: date) -> None:
    """In either order, and from sections of their own."""
    assert _values(f"{first}\n\n{second}\n", today)
    assert _values(f"{second}\n\n{first}\n", today)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("All traffic uses TLS 1.2 or newer.", "TLS 1.0 and 1.1 are refused."),
        ("All traffic uses TLS 1.2 or newer.", "Connections older than TLS 1.2 are refused."),
        ("All traffic uses TLS 1.2 or newer.", "TLS 1.3 is preferred."),
        ("Connections use TLS 1.2 or newer.", "Internal traffic between services uses TLS 1.3."),
        ("Backups are made daily.", "Backups are taken every 24 hours."),
        ("Backups are kept for 30 days.", "Backups are retained for one month."),
        ("Backups are made daily and kept for 30 days.", "Audit logs are kept for one year."),
        ("Full backups run weekly.", "Incremental backups run hourly."),
        (
            "We acknowledge vulnerability reports within 1 business day.",
            "Vulnerability reports are acknowledged within 24 hours.",
        ),
        ("The uptime SLA is 99.9%.", "Measured availability last quarter was 99.98%."),
        ("Data is hosted in Frankfurt.", "Our servers are located in Germany."),
        ("Sessions end after 30 minutes of inactivity.", "Sessions end after 12 hours at the latest."),
        ("Critical weaknesses are patched within 7 days.", "Medium weaknesses are patched within 30 days."),
        (
            "We notify customers of a breach within 48 hours.",
            "We notify the supervisory authority of a breach within 72 hours.",
        ),
    ],
)
def test_equal_values_and_other_subjects_are_not(first: str, second: str, today: date) -> None:
    """The same value in other words, or another thing."""
    assert _values(f"{first}\n\n{second}\n", today) == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("24 hours", 24, 24),
        ("three business days", 72, 144),
        ("30-day", 720, 720),
        ("a month", 672, 744),
        ("90 minutes", 1.5, 1.5),
    ],
)
def test_durations(text: str, low: float, high: float) -> None:
    """Hours; a business day is a day, and up to three days more around weekends."""
    found = [(one.low, one.high) for one in durations(text)]

    assert found == ([] if text.startswith("a ") else [(low, high)])


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("hourly", 1),
        ("every six hours", 6),
        ("twice a day", 12),
        ("nightly", 24),
        ("once a week", 168),
        ("continuously", 0),
    ],
)
def test_frequencies(text: str, hours: float) -> None:
    """The period in hours."""
    assert [one.low for one in frequencies(text)] == [hours]


@pytest.mark.parametrize(
    ("text", "minimum"),
    [
        ("TLS 1.2+", [2]),
        ("TLS 1.3", [3]),
        ("TLS 1.2 and 1.3", [2]),
        ("TLS 1.2 or newer; TLS 1.0 and 1.1 are refused", [2]),
        ("Versions below TLS 1.2 are refused", [2]),
        ("TLS 1.3 is preferred", []),
        ("We disable TLS 1.0 and TLS 1.1", []),
    ],
)
def test_tls(text: str, minimum: list[int]) -> None:
    """The oldest accepted version, where the text says one."""
    assert [one.low for one in tls_minimum(text)] == minimum


def test_places() -> None:
    """Places are compared by the area they lie in, and a wrong label is seen."""
    assert areas("Oregon and Frankfurt") == {"US", "EU"}
    assert areas("eu-west-2") == {"UK"}
    assert areas("Focus on us") == frozenset()
    assert mislabelled("US (Oregon / Frankfurt)") == ("US", "Frankfurt")
    assert mislabelled("EU (Frankfurt, Dublin)") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Data is permanently deleted 30 days after the request.\n\nBackups are kept for 35 days.\n", True),
        (
            "Data is permanently deleted 30 days after the request.\n\nBackups are kept for 35 days. "
            "Deleted data leaves the backups within that time.\n",
            False,
        ),
        (
            "Data is permanently deleted 30 days after the request, and from backups 35 days "
            "later.\n\nBackups are kept for 35 days.\n",
            False,
        ),
    ],
)
def test_deletion_against_backups(text: str, found: bool, today: date) -> None:
    """Permanent after N days is false while a backup lives longer, unless the page says when backups end."""
    rules = [one.rule for one in lint([read_page("page.txt", text, "text")], today)]

    assert ("retention.backups" in rules) is found


def test_the_calendar_is_given(today: date) -> None:
    """A target is stale only once its day has passed; no clock is read."""
    page = read_page("page.txt", "The SOC 2 report is expected in Q1 2027.\n", "text")

    assert lint([page], today) == ()
    assert [one.rule for one in lint([page], date(2027, 5, 1))] == ["staleness.target"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("SSLv3 stays enabled for old terminals.", True), ("SSLv3 and TLS 1.0 are refused.", False)],
)
def test_ssl_is_older_than_any_tls(text: str, found: bool, today: date) -> None:
    """It contradicts every oldest version, unless it is refused."""
    page = read_page("page.md", f"# Page\n\nAll traffic uses TLS 1.2 or newer.\n\n{text}\n")

    assert ("value.tls-minimum" in {one.rule for one in lint([page], today)}) is found


def test_a_version_on_top_that_no_sentence_carries(today: date) -> None:
    """AES below does not carry the TLS beside it."""
    body = "Volumes are encrypted with AES-256.\n\nWe answer.\n\nWe publish.\n"
    top = "# Page\n\nAES-256 and TLS 1.3 · SOC 2 Type II · 99.9% uptime\n\n"
    carried = read_page("page.md", f"{top}{body}\nConnections use TLS 1.3.\n")

    assert "unsupported.transit" in {one.rule for one in lint([read_page("page.md", top + body)], today)}
    assert "unsupported.transit" not in {one.rule for one in lint([carried], today)}


def test_a_responsibility_is_no_response(today: date) -> None:
    """What stands below a title on responsibilities is not for that an answer to anything."""
    text = (
        "# Page\n\n## Policies and responsibilities\n\n"
        "Everybody completes security and privacy training within 30 days of joining and each year.\n\n"
        "## Incident response\n\nAn exercise that our staff posts, follows up and takes back reached a stranger on the "
        "service's page of incidents and in its feed within 0.007 seconds each time.\n"
    )

    assert "value.response-time" not in {one.rule for one in lint([read_page("page.md", text)], today)}
