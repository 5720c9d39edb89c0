"""The shipped library of controls: each loads by itself, and its cases conclude what they must."""

from __future__ import annotations

from pathlib import Path

from trustcenter.pipeline.trying import try_cases


def test_every_shipped_control_shows_that_it_can_pass_fail_and_be_refused(repository: Path) -> None:
    found = try_cases(repository, repository / "templates" / "controls", {})
    assert len(found.controls) >= 4
    assert [(str(one.case.place), one.words) for one in found.failed] == []
    assert [(control.id, test.id, kind) for control, test, kind in found.lacking] == []
