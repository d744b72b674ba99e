"""Claims about ``/metrics``: what it tells is what happened, it stays small, and nobody can be found in it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from pydantic import TypeAdapter
from sqlalchemy import insert

from hotline1022.backup import FOLDER, LAST_SUCCESS
from hotline1022.base.db import Database
from hotline1022.base.metrics import Metrics
from hotline1022.reporting.database_figures import FRESH, MOST_AGENCIES, OTHER, DatabaseFigures, most
from hotline1022.reporting.live_figures import LiveFigures, Parts
from hotline1022.reporting.measures import Measures
from hotline1022.reporting.metrics_web import MetricsPage
from telephony.events import CallEnded, OperatorCallEnded, OperatorCallOutcome
from telephony.floor.presence import Presence
from telephony.store import calls
from tests.tickets.conftest import LAN, Hands, StillClock
from tickets.desk import Desk
from tickets.model import Report
from tickets.timers import Timers
from transcription.events import TranscriptReady

TOKEN = "m" * 32
NOWHERE = "http://127.0.0.1:9/metrics"
BEGAN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

NOBODY = Parts(
    calls=lambda: 2,
    waiting=lambda: (1, BEGAN),
    operators=lambda: ["ready", "talking", "talking"],
    ari=lambda: True,
    ami=lambda: False,
    trunk=lambda: None,
    recogniser=lambda: True,
    legs=lambda: 0,
    panels=lambda: 3,
    spooled=lambda: 0,
)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def ended(**times: float) -> CallEnded:
    """A call of 100 seconds whose other instants are seconds after its beginning."""
    facts = {"call": "c", "began_at": BEGAN, "cause": "x", "result": "y", "recorded": False}
    return CallEnded.model_validate({"at": at(100), **facts, **{name: at(value) for name, value in times.items()}})


def samples(metrics: Metrics, *collectors: object) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    text = metrics.text(*collectors).decode()  # type: ignore[arg-type]
    return {
        sample.name
        + "".join(
            f"[{value}]" for _, value in sorted(sample.labels.items()) if sample.name[-7:] != "_bucket"
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


@pytest.mark.parametrize(
    ("times", "result", "waited", "talked"),
    [
        ({}, "ivr", None, None),
        ({"queued_at": 10, "answered_at": 25}, "answered", 15, 75),
        ({"queued_at": 10}, "abandoned", 90, None),
        ({"queued_at": 10, "unqueued_at": 70}, "given_back", 60, None),
    ],
)
def test_a_call_counts_once_by_how_it_ended(
    times: Mapping[str, float], result: str, waited: float | None, talked: float | None
) -> None:
    metrics = Metrics()
    Measures(metrics).count(ended(**times))
    found = samples(metrics)
    assert found[f"hotline_calls_total[in][{result}]"] == 1
    assert found.get(f"hotline_queue_wait_seconds_sum[{result}]") == waited
    assert found["hotline_call_talk_seconds_sum"] == (talked or 0)


def test_every_way_in_which_a_call_of_ours_ends_is_told_before_the_first_has_ended() -> None:
    """An alert asks whether calls out have grown, and a series that appears with its first call is not seen to grow by it."""
    begun = {name for name in samples(Metrics()) if name.startswith("hotline_calls_total[out]")}
    ways = TypeAdapter(OperatorCallOutcome).json_schema()
    outcomes = {each for part in ways.get("anyOf", [ways]) for each in part["enum"]}
    assert begun == {f"hotline_calls_total[out][{outcome}]" for outcome in outcomes}


def test_an_operators_call_counts_as_one_out_and_its_event_is_read_as_it_was_stored() -> None:
    metrics = Metrics()
    event = OperatorCallEnded(
        at=at(30), call="o", number="+84912000111", began_at=BEGAN, answered_at=None, outcome="busy", cause=17
    )
    Measures(metrics).handed_over(event.name, event.model_dump(mode="json"))
    Measures(metrics).handed_over("TicketOpened", {"anything": 1})
    assert samples(metrics)["hotline_calls_total[out][busy]"] == 1
    assert "912000111" not in metrics.text().decode()


def test_words_are_late_by_the_time_since_the_call_ended_and_unknown_calls_say_nothing() -> None:
    metrics = Metrics()
    measures = Measures(metrics)
    ready = TranscriptReady(at=at(104), call="c", phase="after", engine="vosk", model="m", words=3, seconds=9.0)
    measures.count(ready)
    assert samples(metrics)["hotline_transcription_lag_seconds_count[after]"] == 0
    measures.count(ended())
    measures.count(ready)
    assert samples(metrics)["hotline_transcription_lag_seconds_sum[after]"] == 4


def test_paperwork_lasts_until_the_operator_does_something_else() -> None:
    metrics = Metrics()
    writing = Presence(state="wrap-up", reason=None, since=BEGAN)
    more = Presence(state="wrap-up", reason=None, since=BEGAN, wrap_up_until=at(60))
    measures = Measures(metrics)
    measures.presence_changed(writing, more)
    measures.presence_changed(more, Presence(state="ready", reason=None, since=at(42)))
    assert samples(metrics)["hotline_wrap_up_seconds_sum"] == 42


def test_what_is_now_is_told_as_it_is(still_clock: StillClock, tmp_path: Path) -> None:
    still_clock.instant = at(30)
    live = LiveFigures(NOBODY, still_clock, tmp_path)
    found = samples(Metrics(), live)
    assert found["hotline_queue_longest_wait_seconds"] == 30
    assert (found["hotline_operators[talking]"], found["hotline_operators[paused]"]) == (2, 0)
    assert (found["hotline_ari_connected"], found["hotline_ami_connected"]) == (1, 0)
    assert "hotline_trunk_registered" not in found, "where there is no carrier nothing is said of one"
    assert found["hotline_recogniser_up"] == 1
    wordless = LiveFigures(replace(NOBODY, recogniser=lambda: None), still_clock, tmp_path)
    assert "hotline_recogniser_up" not in samples(Metrics(), wordless), "where no words are wanted none are missed"
    assert 0 < found["hotline_data_free_bytes"] <= found["hotline_data_size_bytes"]
    assert "hotline_last_backup_timestamp_seconds" not in found, "never is not the beginning of time"
    noted = tmp_path / FOLDER / LAST_SUCCESS
    noted.parent.mkdir()
    noted.write_text(BEGAN.isoformat() + "\n")
    assert samples(Metrics(), live)["hotline_last_backup_timestamp_seconds"] == BEGAN.timestamp()
    noted.write_text("hôm qua")
    assert "hotline_last_backup_timestamp_seconds" not in samples(Metrics(), live)


async def test_the_database_tells_what_is_open_and_late(
    database: Database, desk: Desk, hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    ticket = await desk.open(Report(source_key="a", taken_at=still_clock.now()))
    await desk.open(Report(source_key="b", taken_at=still_clock.now()))
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place=None)
    await hands.move(ticket.code, LAN, "route", agency="so-xay-dung", reason="đúng việc của sở")
    still_clock.advance(days=20)
    await timers.tick()
    async with database.transaction() as connection:
        fresh = {"direction": "in", "arrived_at": still_clock.now(), "recording": "x.wav"}
        await connection.execute(insert(calls), [{"id": "1", **fresh}, {"id": "2", **fresh}])
    figures = DatabaseFigures(database, still_clock)
    await figures.read()
    found = samples(Metrics(), figures)
    assert found["hotline_database_up"] == 1
    assert (found["hotline_tickets_open[routed]"], found["hotline_tickets_open[received]"]) == (1, 1)
    late = sum(value for name, value in found.items() if name.startswith("hotline_tickets_overdue"))
    assert late == 2
    assert found["hotline_tickets_overdue[so-xay-dung]"] == 1
    assert found["hotline_answers_late_30d[so-xay-dung]"] == found["hotline_answers_due_30d[so-xay-dung]"] == 1
    assert found["hotline_recordings_unheard"] == 2
    assert found["hotline_tickets_due_today"] == found["hotline_surveys_due"] == 0


async def test_figures_are_read_again_only_when_they_are_old(
    database: Database, desk: Desk, still_clock: StillClock
) -> None:
    figures = DatabaseFigures(database, still_clock)
    await figures.read()
    await desk.open(Report(source_key="a", taken_at=still_clock.now()))
    await figures.read()
    assert "hotline_tickets_open[received]" not in samples(Metrics(), figures)
    still_clock.instant += FRESH
    await figures.read()
    assert samples(Metrics(), figures)["hotline_tickets_open[received]"] == 1


async def test_a_database_that_is_away_is_said_to_be_and_no_old_figure_stands_in_for_it(
    database: Database, desk: Desk, still_clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.open(Report(source_key="a", taken_at=still_clock.now()))
    figures = DatabaseFigures(database, still_clock)
    await figures.read()
    still_clock.instant += FRESH
    away = DatabaseFigures(Database("sqlite+aiosqlite:////nowhere/at/all.sqlite"), still_clock)
    monkeypatch.setattr(figures, "_database", away._database)
    await figures.read()
    found = samples(Metrics(), figures)
    assert found["hotline_database_up"] == 0
    assert "hotline_tickets_open[received]" not in found


def test_three_hundred_agencies_are_a_hundred_and_the_others() -> None:
    counts = {f"agency-{number:03}": number for number in range(300)}
    told = most(counts)
    assert len(told) == MOST_AGENCIES + 1
    assert told["agency-299"] == 299
    assert sum(told.values()) == sum(counts.values())
    assert told[OTHER] == sum(range(200))


async def test_only_who_holds_the_token_may_read_and_requests_are_counted(
    database: Database, still_clock: StillClock, tmp_path: Path
) -> None:
    metrics = Metrics()
    app = web.Application()
    page = MetricsPage(
        metrics, [LiveFigures(NOBODY, still_clock, tmp_path)], DatabaseFigures(database, still_clock), TOKEN, NOWHERE
    )
    page.mount(app)
    async with TestClient(TestServer(app)) as client:
        for headers in ({}, {"Authorization": TOKEN}, {"Authorization": "Bearer ế"}):
            assert (await client.get("/metrics", headers=headers)).status == 401
            assert (await client.get("/metrics/asterisk", headers=headers)).status == 401
        assert (await client.get("/nothing")).status == 404
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        text = await answer.text()
        away = await client.get("/metrics/asterisk", headers={"Authorization": f"Bearer {TOKEN}"})
        assert away.status == 502, "Asterisk is not there"
    families = list(text_string_to_metric_families(text))
    assert answer.status == 200
    assert 'hotline_http_requests_total{method="GET",status="4xx"} 7.0' in text
    assert all(family.name.startswith("hotline_") for family in families)
    assert sum(len(family.samples) for family in families) < 1000


async def test_without_a_token_nobody_may_read(database: Database, still_clock: StillClock) -> None:
    app = web.Application()
    MetricsPage(Metrics(), [], DatabaseFigures(database, still_clock), "", NOWHERE).mount(app)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/metrics", headers={"Authorization": "Bearer "})).status == 401
