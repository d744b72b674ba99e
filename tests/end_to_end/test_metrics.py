"""What Prometheus reads of a running hotline: a call that was made is counted, and Asterisk tells its own figures beside."""

import asyncio
import urllib.error
import urllib.request

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.hotline import LINE_LISTENS, MENU_WAITS, RunningHotline

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


def told(port: int, authorization: str, page: str = "metrics") -> dict[str, float]:
    """The samples without labels' names that a page of metrics tells, summed by name."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/{page}", headers={"Authorization": authorization})
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - our own address
        text = answer.read().decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


def test_a_call_is_counted_and_what_it_left_is_told(hotline: RunningHotline) -> None:
    bearer = f"Bearer {hotline.settings.metrics_token.get_secret_value()}"
    before = told(hotline.settings.http_port, bearer)
    asyncio.run(hotline.ring(MENU_WAITS, "keys 2", LINE_LISTENS, f"say {hotline.voice}", "hangup", number="0914000077"))
    call = hotline.ended_call("+84914000077")
    hotline.ticket_of(call.id)

    def counted() -> bool:
        now = told(hotline.settings.http_port, bearer)
        return now["hotline_calls_total"] == before["hotline_calls_total"] + 1

    before.setdefault("hotline_calls_total", 0.0)
    hotline.until(counted, "the call is counted")
    now = told(hotline.settings.http_port, bearer)
    assert now["hotline_ari_connected"] == now["hotline_ami_connected"] == now["hotline_database_up"] == 1
    assert now["hotline_jobs_total"] > before.get("hotline_jobs_total", 0)
    assert now["hotline_job_lateness_seconds_count"] > before.get("hotline_job_lateness_seconds_count", 0)
    assert now["hotline_calls_in_progress"] == 0
    assert "hotline_recogniser_up" not in now, "this hotline wants no recogniser"


def test_asterisk_tells_its_own_figures_to_who_has_the_token_and_to_nobody_else(hotline: RunningHotline) -> None:
    token = hotline.settings.metrics_token.get_secret_value()
    port = hotline.settings.ari_port
    found = told(port, aiohttp.encode_basic_auth("prometheus", token))
    assert found["asterisk_endpoints_count"] >= 1, "the trunk is there"
    assert "asterisk_channels_count" in found
    passed_on = told(hotline.settings.http_port, f"Bearer {token}", "metrics/asterisk")
    assert passed_on.keys() == found.keys()
    with pytest.raises(urllib.error.HTTPError):
        told(port, aiohttp.encode_basic_auth("prometheus", "x" * 32))
