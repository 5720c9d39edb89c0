"""What must hold of the collector `trust_posture`, against a platform that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import collect, run_of
from web_platform import fernway

from trustcenter.collectors.trust_posture import trust_posture
from trustcenter.model.population import CouldNotTell

LONG = "a-nonce-of-sixteen-or-more"


def test_every_value_of_the_signed_document_is_a_fact(tmp_path: Path) -> None:
    with fernway(tmp_path) as app:
        found = collect(trust_posture, run_of(app.settings(), nonce=LONG))
        values = {fact.name: (fact.value, fact.number) for fact in found.facts}

        assert values["hashes.bcrypt"] == ("3", 3.0)
        assert values["forced"] == ("True", 1.0)
        assert values["routes[GET /files].path"] == ("/files", None)
        assert found.source_clock is not None


@pytest.mark.parametrize("flaw", ["stale_posture", "wrong_nonce", "other_key"])
def test_a_document_that_is_old_another_s_or_forged_contradicts(tmp_path: Path, flaw: str) -> None:
    with fernway(tmp_path, flaw) as app, pytest.raises(CouldNotTell) as caught:
        collect(trust_posture, run_of(app.settings(), nonce=LONG))

    assert caught.value.cause == "contradicted"


def test_without_a_pinned_key_nothing_is_believed(tmp_path: Path) -> None:
    with fernway(tmp_path) as app, pytest.raises(CouldNotTell) as caught:
        collect(trust_posture, run_of(app.settings() | {"posture_key": "/nowhere"}, nonce=LONG))

    assert caught.value.cause == "unsupported"
