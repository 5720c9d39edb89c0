"""The register of disclosed incidents: read as written, refused where times contradict each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trustcenter.errors import Problems

REGISTER = """\
incidents:
  - id: mail-delay
    title: Notices were late
    kind: availability
    affected: Notices by e-mail.
    began: 2026-10-03T08:00:00Z
    detected: 2026-10-03T09:00:00Z
    resolved: 2026-10-03T13:00:00Z
    updates:
      - {at: 2026-10-03T09:10:00Z, words: Notices wait in a queue.}
      - {at: 2026-10-03T13:00:00Z, words: All notices were sent.}
"""


@pytest.fixture
def register(loaded):
    def load(text):
        return loaded(**{"incident-register": text})

    return load


def test_it_is_read_as_written(register):
    (incident,) = register(REGISTER).incidents
    assert incident.began == datetime(2026, 10, 3, 8, tzinfo=UTC)
    assert [update.words for update in incident.updates] == ["Notices wait in a queue.", "All notices were sent."]


def test_an_empty_register_is_not_the_same_as_none(register, loaded):
    assert register("incidents: []\n").incidents == ()
    assert loaded().incidents is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("detected: 2026-10-03T09", "detected: 2026-10-03T07", "detected before it began"),
        ("resolved: 2026-10-03T13", "resolved: 2026-10-03T08", "resolved before it was detected"),
        ("at: 2026-10-03T13", "at: 2026-10-03T09", "not later than the one before"),
        ("kind: availability", "kind: bad luck", "availability"),
        ("began: 2026-10-03T08:00:00Z", "began: yesterday", "is no moment"),
        ("title: Notices were late", "titel: Notices were late", "title"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(register, old, new, said):
    assert old in REGISTER
    with pytest.raises(Problems) as error:
        register(REGISTER.replace(old, new))
    assert said in str(error.value)
    assert "controls/incident-register.yaml:" in str(error.value)


def test_an_incident_without_an_update_is_refused(register):
    with pytest.raises(Problems, match="problem"):
        register(REGISTER.split("    updates:")[0] + "    updates: []\n")


def test_two_incidents_of_one_id_are_refused(register):
    with pytest.raises(Problems):
        register(REGISTER + REGISTER.removeprefix("incidents:\n"))
