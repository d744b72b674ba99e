"""Claims about the dashboards on a busy day: every panel and variable is answered, and a figure in two places is one figure.

They share a file, because the day takes some seconds to happen.
"""

import sys
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Database
from hotline1022.reporting import hot_spot_report
from hotline1022.reporting.hot_spots import Cell, judge
from hotline1022.reporting.sources import Sources
from surveys.scores.model import AgencyFigures
from surveys.scores.scoreboard import ScoreQuery
from surveys.tally import wilson
from tests.conftest import StillClock
from tests.dashboards import grafana
from tests.dashboards.busy_day import LEADER, NOW, SIGNED, scoreboard
from tests.dashboards.minutes import DAY
from tests.dashboards.prometheus import Prometheus
from tests.dashboards.reader import Reader, Table
from tickets.rules import StandingRules

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(600)]

BOARDS = {board["uid"]: board for board in grafana.files().values()}


@pytest.mark.parametrize("uid", BOARDS)
def test_every_panel_asked_of_postgresql_is_answered(uid: str, reader: Reader) -> None:
    board = BOARDS[uid]
    values, (begin, end) = grafana.chosen(board, NOW, lambda select: reader.ask(select).rows), grafana.span(board, NOW)
    wrong, times = [], []
    for query in grafana.queries(board):
        if query.kind == "prometheus":
            continue
        answer = reader.ask(grafana.as_sql(query.text, values, begin, end))
        times.append((answer.seconds, query.name))
        if answer.is_empty:
            wrong.append(f"{query.name}: nothing")
        wrong += [f"{query.name}: nothing in {column}" for column in answer.dead_columns()]
    for seconds, panel in sorted(times, reverse=True)[:2]:
        sys.stdout.write(f"{1000 * seconds:.1f} ms  {panel}\n")
    assert wrong == []


@pytest.mark.parametrize("uid", BOARDS)
def test_every_panel_asked_of_prometheus_is_answered(uid: str, reader: Reader, prometheus: Prometheus) -> None:
    board = BOARDS[uid]
    values, (begin, end) = grafana.chosen(board, NOW, lambda select: reader.ask(select).rows), grafana.span(board, NOW)
    wrong = []
    for query in grafana.queries(board):
        if query.kind != "prometheus":
            continue
        expression, step = grafana.as_promql(query.text, values, begin, end, query.step)
        course = None if query.instant else (begin, end, step)
        answer = prometheus.query_range(expression, *course) if course else prometheus.query(expression, end)
        if answer.is_empty:
            wrong.append(f"{query.name}: nothing")
    assert wrong == []


def target(uid: str, title: str) -> grafana.Query:
    """What the panel asks that has this title."""
    (found,) = [query for query in grafana.queries(BOARDS[uid]) if query.panel == title]
    return found


def ask(reader: Reader, uid: str, title: str, **changed: str) -> Table:
    """A panel's answer, as it is shown when the dashboard opens, or with other choices."""
    board = BOARDS[uid]
    values = {**grafana.chosen(board, NOW, lambda select: reader.ask(select).rows), **changed}
    return reader.ask(grafana.as_sql(target(uid, title).text, values, *grafana.span(board, NOW)))


def live(prometheus: Prometheus, title: str) -> float:
    """A figure of the wallboard at the day's end."""
    begin, end = grafana.span(BOARDS["hotline-truc-tiep"], NOW)
    expression, _ = grafana.as_promql(target("hotline-truc-tiep", title).text, {}, begin, end, None)
    return prometheus.query(expression, end).single


def of_the_day(reader: Reader, title: str) -> float:
    """The same figure of the same day, exactly."""
    (row,) = reader.ask(grafana.as_sql(target("hotline-hang-doi", title).text, {}, DAY, NOW)).rows
    return float(row[0])


async def scores(url: str, period: str) -> dict[str, AgencyFigures]:
    """The figures of the scores' page by agency."""
    database = Database(url)
    try:
        shown = await scoreboard(database, StandingRules()).scores(ScoreQuery(period=period), LEADER)
    finally:
        await database.close()
    return {each.agency: each for each in shown.scores}


def by_agency(reader: Reader, shown: Table) -> dict[str, dict[str, Any]]:
    """The rows of a table by the code of the agency whose name stands first."""
    codes = {name: code for code, name in reader.ask("SELECT code, name FROM report_names WHERE kind = 'agency'").rows}
    return {codes[row[0]]: dict(zip(shown.columns, row, strict=True)) for row in shown.rows}


@pytest.mark.parametrize(
    "title", ["Mức phục vụ 80/20", "Chờ trung bình (ASA)", "Tỷ lệ bỏ cuộc", "Cuộc gọi vào hàng đợi"]
)
def test_the_wallboards_day_is_the_day_of_the_calls(title: str, reader: Reader, prometheus: Prometheus) -> None:
    exact = of_the_day(reader, {"Cuộc gọi vào hàng đợi": "Vào hàng đợi"}.get(title, title))
    assert live(prometheus, title) == pytest.approx(exact, rel=1e-3, abs=1e-9)


def test_who_is_overdue_is_the_same_in_prometheus_and_in_sql(reader: Reader, prometheus: Prometheus) -> None:
    shown = by_agency(reader, ask(reader, "hotline-phieu", "Quá hạn, theo cơ quan"))
    assert prometheus.query("hotline_tickets_overdue", NOW).by("agency") == {
        agency: float(row["Quá hạn"]) for agency, row in shown.items()
    }


def test_open_tickets_are_as_many_in_prometheus_as_in_sql(reader: Reader, prometheus: Prometheus) -> None:
    (count,) = reader.ask("SELECT sum(open) FROM report_tickets").rows[0]
    assert prometheus.query("sum(hotline_tickets_open)", NOW).single == count > 0


async def test_on_time_of_a_month_is_what_the_agencies_are_scored_by(busy_day: str, reader: Reader) -> None:
    shown = by_agency(reader, ask(reader, "hotline-phieu", "Từng cơ quan, tháng $month", month=SIGNED))
    signed = await scores(busy_day, SIGNED)
    assert shown
    for agency, row in shown.items():
        counts = signed[agency].counts
        assert (row["Đến hạn"], row["Đúng hạn"]) == (counts.get("due", 0), counts.get("on_time", 0)), agency
        if row["Đến hạn"]:
            assert float(row["Tỷ lệ đúng hạn"]) * 100 == pytest.approx(signed[agency].decision_766.on_time, abs=0.05)


async def test_satisfaction_and_its_interval_are_those_of_the_scores(busy_day: str, reader: Reader) -> None:
    shown = by_agency(reader, ask(reader, "hotline-khao-sat", "Hài lòng và đúng hạn của từng cơ quan, quý $quarter"))
    told = await scores(busy_day, "2026-Q4")
    compared = 0
    for agency, row in shown.items():
        if n := int(row["Số người chấm"]):
            figures = told[agency]
            assert n == figures.n
            assert float(row["Hài lòng"]) == pytest.approx(figures.satisfied / n)
            ends = (float(row["Từ"]), float(row["Đến"]))
            assert ends == pytest.approx(wilson(figures.satisfied, n), abs=1e-9)
            assert ends == pytest.approx((figures.low, figures.high), abs=1e-3)
            compared += 1
    assert compared


async def test_hot_spots_are_those_of_the_report(busy_day: str, reader: Reader) -> None:
    board, week_over = BOARDS["hotline-diem-nong"], datetime(2026, 11, 2, tzinfo=CIVIL_ZONE)
    shown = reader.ask(
        grafana.as_sql(
            target("hotline-diem-nong", "Các cặp nổi bật nhất").text,
            grafana.chosen(board, week_over, lambda select: reader.ask(select).rows),
            *grafana.span(board, week_over),
        )
    )
    text = target("hotline-diem-nong", "Các cặp nổi bật nhất").text.rpartition("SELECT coalesce")[0]
    judged = reader.ask(
        grafana.as_sql(
            f"{text} SELECT topic, place, c, n, weeks, p, q FROM judged", {}, *grafana.span(board, week_over)
        )
    ).rows
    (weeks,) = {row[4] for row in judged}
    told = judge([Cell(*row[:4]) for row in judged], Fraction(1, weeks + 1))
    expected = {(each.cell.topic, each.cell.place): (each.p, each.q) for each in told}
    assert {row[:2]: pytest.approx(row[5:], rel=1e-6) for row in judged} == expected
    database = Database(busy_day)
    rules = StandingRules()
    sources = Sources(database, StillClock(week_over), rules, scoreboard(database, rules), LEADER)
    report = await hot_spot_report.build(sources, "2026-W44")
    await database.close()
    listed = report.chapters[0].tables[0]
    assert [row[:4] for row in listed.rows] == [
        (topic, place, count, round(mean * weeks))
        for topic, place, count, mean in zip(*(shown.column(name) for name in shown.columns[:4]), strict=True)
    ]
    assert [row[-1] for row in listed.rows] == shown.column("Điểm nóng")
