"""Charts and the status page draw what signed runs saw, and nothing else."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from trustcenter.model.control import Claim
from trustcenter.publish import measured_charts as charts
from trustcenter.publish.measured import BackupAge, Drill, FreshDay, Month, measured

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
TODAY = NOW.date()


def month(name, available=100.0, failures=0, target="web"):
    return Month(
        name, target, 1000, failures, 1000, available, 100.0, available, timedelta(seconds=20), NOW, NOW,
        NOW if failures else None,
    )  # fmt: skip


@pytest.fixture
def with_figure(given):
    """The sample, whose first tested claim draws a figure of `kind` from `rows`."""

    def make(kind, rows, *, at=NOW, on_failure="withdraw", worse=False):
        control = next(c for c in given.catalogue.controls if c.tests and len(c.claims) and not c.progress)
        test = control.tests[0].id
        claim = Claim(id="drawn", say="It holds.", place=control.place, tests=(test,), figure=kind,
                      on_failure=on_failure)  # fmt: skip
        catalogue = replace(given.catalogue, controls=(replace(control, claims=(claim,)),))
        conclusions = tuple(
            replace(
                one, values={f"rows.{kind}": rows}, observed_at=at, expires_at=at + timedelta(days=1),
                conclusion="deviations" if worse else "no_deviations", deviating=int(worse),
            )
            for one in given.assessment.of(control.id, test)
        )  # fmt: skip
        return catalogue, replace(given.assessment, as_of=at, conclusions=conclusions)

    return make


def test_the_days_worst_run_is_drawn_and_days_beyond_ninety_are_not(given):
    one = given.assessment.conclusions[0]
    fresh = replace(one, conclusion="no_deviations", expires_at=NOW + timedelta(days=999), observed_at=NOW)
    stale = replace(fresh, expires_at=NOW - timedelta(days=999))
    runs = [
        (given.catalogue, replace(given.assessment, as_of=as_of, conclusions=conclusions))
        for as_of, conclusions in [
            (NOW - timedelta(days=90), (fresh,)),
            (NOW - timedelta(days=89), (fresh,)),
            (NOW - timedelta(hours=3), (fresh, stale)),
            (NOW, (fresh, fresh)),
        ]
    ]
    assert measured(runs, NOW).freshness == (
        FreshDay(TODAY - timedelta(days=89), 1, 1),
        FreshDay(TODAY, 1, 2),
    )


def test_a_test_without_evidence_is_never_counted_as_fresh(given):
    one = replace(given.assessment.conclusions[0], conclusion="inconclusive", expires_at=None)
    runs = [(given.catalogue, replace(given.assessment, as_of=NOW, conclusions=(one,)))]
    assert measured(runs, NOW).freshness == (FreshDay(TODAY, 0, 1),)


def test_a_figure_of_a_claim_that_fell_is_not_shown(with_figure):
    rows = [["2026-11-19T06:00:00.000000Z", True]]
    assert len(measured([with_figure("backup_ages", rows)], NOW).backups) == 1
    fallen = measured([with_figure("backup_ages", rows, worse=True)], NOW)
    assert (fallen.backups, fallen.backups_of) == ((), None)
    disclosed = measured([with_figure("backup_ages", rows, worse=True, on_failure="disclose")], NOW)
    assert len(disclosed.backups) == 1
    assert measured([with_figure("backup_ages", rows)], NOW + timedelta(days=2)).backups == ()


def test_one_drill_is_one_bar_however_many_runs_rest_on_it(with_figure):
    catalogue, first = with_figure("restore_durations", [[3.5], [4.25]])
    later = replace(first, as_of=NOW + timedelta(hours=1))
    drills = measured([(catalogue, first), (catalogue, later)], NOW + timedelta(hours=1)).drills
    assert drills == (Drill(NOW, timedelta(seconds=4.25)),)


def test_months_are_read_as_the_collector_stored_them(with_figure):
    row = ["2026-11", "web", 10, 1, 12, 90.0, 83.3, 75.0, 60, "2026-11-01T00:00:00.000000Z",
           "2026-11-20T00:00:00.000000Z", None]  # fmt: skip
    found = measured([with_figure("uptime", [row])], NOW).uptime
    assert [(one.month, one.available, one.longest_gap, one.last_failure) for one in found] == [
        ("2026-11", 90.0, timedelta(minutes=1), None)
    ]


@pytest.mark.parametrize("points", [1, 2, 5, 12])
def test_as_many_points_are_drawn_as_were_collected(points):
    months = [month(f"2026-{n:02}", 99.9, failures=n % 2) for n in range(1, points + 1)]
    svg = charts.uptime(months).svg
    drawn = svg.count("<circle") + svg.count('class="c-late"')
    assert drawn == (points if points > 1 else 0)
    ages = [BackupAge(NOW - timedelta(days=n), n != 3) for n in range(points)]
    svg = charts.backups(ages, NOW).svg
    assert svg.count('class="c-bar"') + svg.count('class="c-over"') == (points if points > 1 else 0)
    done = [Drill(NOW - timedelta(days=30 * n), timedelta(minutes=n + 1)) for n in range(points)]
    assert charts.drills(done).svg.count('class="c-bar"') == (points if points > 1 else 0)


def test_nothing_collected_is_no_chart():
    assert charts.freshness((), TODAY) is None
    assert charts.uptime(()) is None
    assert charts.backups((), NOW) is None
    assert charts.drills(()) is None


def test_a_day_without_a_run_is_outlined_and_days_before_the_first_run_are_blank():
    days = [FreshDay(TODAY - timedelta(days=3), 5, 5), FreshDay(TODAY, 4, 5)]
    chart = charts.freshness(days, TODAY)
    cells = {kind: path.count("M") for kind, path in re.findall(r'class="c-(fresh|late|gap)" d="([^"]*)"', chart.svg)}
    assert cells == {"fresh": 1, "late": 1, "gap": 2}
    assert "On 2 days no run was signed" in chart.words
    assert "4 of 5 tests on 20\N{NO-BREAK SPACE}Nov" in chart.words


def test_no_line_joins_months_between_which_nothing_was_measured():
    assert charts.uptime([month("2026-08"), month("2026-11")]).svg.count("c-line") == 0
    assert charts.uptime([month("2025-12"), month("2026-01")]).svg.count("c-line") == 1


def test_each_chart_says_its_numbers_in_words():
    chart = charts.uptime([month("2026-10", 99.5, 5), month("2026-11")])
    assert "<title" in chart.svg
    assert "Oct\N{NO-BREAK SPACE}2026 99.5 %" in chart.words
    assert chart.words in chart.svg.replace("&amp;", "&")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (3.51, "3.6 s"), (61, "61 s"), (1800, "30 min"), (7200, "2 h"), (864_000, "10 days")],
)
def test_a_duration_is_never_rounded_down(seconds, words):
    assert charts.span(timedelta(seconds=seconds)).replace("\N{NO-BREAK SPACE}", " ") == words


def test_a_share_is_never_rounded_up():
    assert [charts.share(value) for value in (100.0, 99.999, 99.5, 0.0)] == ["100", "99.99", "99.5", "0"]


def test_the_status_page_says_so_when_nothing_was_measured(build):
    from trustcenter.publish.pages import pages

    text = pages(build())["status.md"]
    assert "No measurement of availability can be shown today" in text
    assert "| Month |" not in text


def test_the_status_page_lists_what_was_measured(build, with_figure):
    from trustcenter.publish.pages import pages

    row = ["2026-11", "web", 10, 1, 12, 90.0, 83.3, 75.0, 60, "2026-11-01T00:00:00.000000Z",
           "2026-11-20T00:00:00.000000Z", "2026-11-19T03:04:00.000000Z"]  # fmt: skip
    run = with_figure("uptime", [row])
    view = replace(build(), measured=measured([run], NOW))
    text = html.unescape(pages(view)["status.md"])
    for said in ("90 % of checks", "| 10 {", "16.7 %", "19\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026, 03:04", "75 %"):
        assert said in text, said


def test_dates_of_the_chart_are_the_days_of_the_runs():
    chart = charts.freshness([FreshDay(date(2026, 11, 1), 1, 1), FreshDay(date(2026, 11, 2), 1, 1)], date(2026, 11, 2))
    assert chart.caption.endswith("2\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026")
