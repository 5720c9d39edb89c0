"""What a collector needs is opened on its source, and closed again."""

from __future__ import annotations

import pytest
from runs import run_of

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Files, Http, Process, Sql, Tls
from trustcenter.sources.open import open_for


@pytest.mark.parametrize(("need", "setting"), [(Http, "url"), (Tls, "url"), (Sql, "dsn"), (Files, "path")])
def test_a_missing_setting_is_unsupported_and_named(need: type, setting: str) -> None:
    with pytest.raises(CouldNotTell, match=f"`{setting}`") as caught, open_for({"it": need}, run_of({})):
        pass
    assert caught.value.cause == "unsupported"


def test_the_run_itself_is_given_where_it_is_asked_for() -> None:
    run = run_of({})
    with open_for({"run": Run, "process": Process}, run) as opened:
        assert opened["run"] is run
        assert isinstance(opened["process"], Process)


def test_an_optional_need_is_left_out_only_where_the_source_does_not_name_it(tmp_path) -> None:
    with open_for({"files": Files | None, "sql": Sql | None}, run_of({"path": str(tmp_path)})) as opened:
        assert isinstance(opened["files"], Files)
        assert opened["sql"] is None
    with pytest.raises(CouldNotTell), open_for({"files": Files | None}, run_of({"path": str(tmp_path / "absent")})):
        pass


def test_a_need_that_no_source_offers_is_our_own_defect() -> None:
    with pytest.raises(CouldNotTell) as caught, open_for({"it": int}, run_of({})):
        pass
    assert caught.value.cause == "defect"


def test_everything_is_closed_on_failure_too() -> None:
    held = []

    def fail() -> None:
        with open_for({"http": Http}, run_of({"url": "http://127.0.0.1:1"})) as opened:
            held.append(opened["http"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(RuntimeError, match="closed"):
        held[0].request("GET", "/", retry=False)
