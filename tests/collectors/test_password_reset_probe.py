"""What must hold of the collector `password_reset_probe`, against an identity service that is not ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from larch import Larch

from trustcenter.collectors.password_reset_probe import ResetLink, password_reset_probe
from trustcenter.model.population import CouldNotTell


def links(larch: Any, *flaws: str) -> dict[str, ResetLink]:
    app, found = larch(password_reset_probe, *flaws)
    assert found.completeness.holds
    assert app.life is None, "the limit was taken back"
    return {fact.link: fact for fact in found.facts}


def test_a_good_service_opens_the_newest_link_once(larch: Any) -> None:
    found = links(larch)

    assert {name for name, fact in found.items() if fact.opened} == {"fresh"}
    assert set(found) == {"fresh", "used_again", "superseded", "tampered", "expired"}
    assert (found["fresh"].sessions_ended, found["fresh"].gave_session) == (True, False)


@pytest.mark.parametrize(
    ("flaw", "link"),
    [
        ("link_again", "used_again"),
        ("older_link", "superseded"),
        ("any_link", "tampered"),
        ("undying_link", "expired"),
    ],
)
def test_a_link_that_must_not_open_is_seen(larch: Any, flaw: str, link: str) -> None:
    assert links(larch, flaw)[link].opened


def test_no_link_is_called_over_where_nothing_makes_links_shorter(larch: Any, tmp_path: Path) -> None:
    paths = Larch(tmp_path).settings()["own_account"]
    _, found = larch(password_reset_probe, own_account={name: paths[name] for name in paths if name != "link_life"})

    assert {fact.link for fact in found.facts} == {"fresh", "used_again", "superseded", "tampered"}


def test_sessions_that_stay_and_one_that_begins_are_seen(larch: Any) -> None:
    assert links(larch, "reset_keeps")["fresh"].sessions_ended is False
    assert links(larch, "reset_enters")["fresh"].gave_session is True


def test_a_service_that_refuses_all_is_no_proof(larch: Any) -> None:
    with pytest.raises(CouldNotTell):
        larch(password_reset_probe, "denied")
