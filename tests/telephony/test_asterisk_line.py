"""The line without a service, on a real Asterisk: who gets in, what a caller hears, what is left in the spool."""

import asyncio
import base64
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from telephony.phone import Phone, PhoneReport
from tests.asterisk import (
    PROMPT_SECONDS,
    TONES,
    VOICE,
    VOICE_SECONDS,
    RunningAsterisk,
    listening,
    running_asterisk,
    seconds_of_tone,
)
from tests.telephony.raw_invite import invite

pytestmark = pytest.mark.asterisk

REPORT = re.compile(r"\d{10}_\d+\.\d+_(\d{0,15})\.wav")
CALLER = b"<sip:0912345678@127.0.0.2>"
HEARD_GREETING = "hear-silence 0.3"

EXPECTED_WITHOUT_SERVICE = re.compile(
    r"Websocket connection to \S+ failed|Failed to create per call websocket|Stasis app 'hotline' doesn't exist"
)


async def leave_report(asterisk: RunningAsterisk, voice: Path, heard: Path, **caller: Any) -> tuple[PhoneReport, Path]:
    """Ring, hear the greeting out, speak, press the key that ends a report; gives the report in the spool."""
    before = set(asterisk.reports())
    async with Phone.ring(f"sip:1022@{asterisk.sip}", record=heard, **caller) as phone:
        # The end of a report that is ended by a key is cut by a quarter of a second, the key being in it.
        await phone.script(HEARD_GREETING, f"say {voice}", "wait 0.4", "keys #", "wait 5")
        ended = await phone.finished()
    (report,) = set(asterisk.reports()) - before
    return ended, report


def test_asterisk_starts_without_an_error_or_a_warning(tmp_path: Path) -> None:
    with running_asterisk(tmp_path, metrics_password="metrics-password-of-a-test") as fresh:
        assert fresh.warnings == []
        assert len(fresh.log.splitlines()) == 1
        required = fresh.settings.configuration_file.with_name("modules.conf").read_text().count("\nrequire = ")
        assert int(fresh.command("module show").splitlines()[-1].split()[0]) >= required


async def test_a_caller_is_served_without_a_service_and_the_voice_is_in_the_report(
    asterisk: RunningAsterisk, voice: Path, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    ended, report = await leave_report(asterisk, voice, heard, number="0912345678", name="Nguyễn Văn A")
    assert ended.answered
    assert ended.reason == "Normal call clearing"
    assert seconds_of_tone(heard, TONES["fallback-greeting"]) >= PROMPT_SECONDS - 0.15, "the greeting was not heard"
    assert seconds_of_tone(heard, TONES["fallback-thanks"]) >= PROMPT_SECONDS - 0.15, "the thanks were not heard"
    assert seconds_of_tone(report, VOICE) == pytest.approx(VOICE_SECONDS, abs=0.2)
    assert (found := REPORT.fullmatch(report.name))
    assert found[1] == "0912345678"
    assert [line for line in asterisk.warnings if not EXPECTED_WITHOUT_SERVICE.search(line)] == []


async def test_a_caller_who_hangs_up_while_speaking_leaves_a_report(asterisk: RunningAsterisk, voice: Path) -> None:
    before = set(asterisk.reports())
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script(HEARD_GREETING, f"say {voice}", "hangup")
        await phone.finished()
    (report,) = set(asterisk.reports()) - before
    assert seconds_of_tone(report, VOICE) == pytest.approx(VOICE_SECONDS, abs=0.2)


HOSTILE_CALLERS = {
    # From header: the digits that its report is named by; None where the whole request is refused or ignored.
    b'"../../../tmp/x" <sip:..%2f..%2f..%2fetc%2fpasswd@127.0.0.2>': "",
    b'"a\'b`c$(id)|d&e" <sip:0912%7crm%20-rf%20%7e@127.0.0.2>': "0912",
    b'"${SYSTEM(id)} %d ${HOTLINE_DONE}" <sip:%24%7bSHELL(touch%20x)%7d84@127.0.0.2>': "84",
    b'"quoted \\" name \\\\ \xf0\x9f\x98\x80 \xc4\x90\xe1\xba\xb7ng" <sip:09%0d%0aAction%3aPing34@127.0.0.2>': "0934",
    b'"\x01\x02\x7f \xff\xfe" <sip:0900@127.0.0.2>': "0900",
    b'"[globals] => x" <sip:7%2c8%2ct@127.0.0.2>': "78",
    b"<sip:anonymous@anonymous.invalid>": "",
    b'"' + b"x" * 200 + b'" <sip:' + b"1" * 60 + b"@127.0.0.2>": "1" * 15,
    b"<sip:0901%00.wav@127.0.0.2>": "0901",
    b"<tel:+84912000000>": "84912000000",
    b'"a\r\n b" <sip:0999@127.0.0.2>': None,
}


async def test_whatever_a_caller_is_called_a_report_is_named_by_digits_and_nothing_else_is_written(
    asterisk: RunningAsterisk,
) -> None:
    known = files_of(asterisk)
    codes = await asyncio.gather(*(invite(asterisk.settings, header, b"1022", 2.2) for header in HOSTILE_CALLERS))
    new = files_of(asterisk) - known
    expected = [digits for digits in HOSTILE_CALLERS.values() if digits is not None]
    assert [code[-1:] == [200] for code in codes] == [digits is not None for digits in HOSTILE_CALLERS.values()]
    assert all(path.parent == asterisk.settings.reports for path in new)
    named = [REPORT.fullmatch(path.name) for path in new]
    assert sorted(found[1] for found in named if found) == sorted(expected)
    assert len(named) == len(expected)


def files_of(asterisk: RunningAsterisk) -> set[Path]:
    return {path for path in asterisk.settings.folder.rglob("*") if "log" not in path.parts}


async def test_a_stranger_gets_no_further_than_a_challenge(asterisk: RunningAsterisk) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}", address="127.0.0.3") as phone:
        await phone.script("hangup")
        ended = await phone.finished()
    assert not ended.answered
    assert ended.code in {401, 403}
    assert asterisk.channels() == []
    security = (asterisk.settings.folder / "log" / "security").read_text()
    assert "127.0.0.3" in security


async def test_the_trunk_reaches_no_number_but_the_hotline(asterisk: RunningAsterisk) -> None:
    before = set(asterisk.reports())
    others = ("1023", "s", "h", "i", "t", "arrived", "queue", "next", "0912345678", "10221022", "1022%20", "022771022")
    codes = await asyncio.gather(*(invite(asterisk.settings, CALLER, dialled.encode(), 0.2) for dialled in others))
    assert {dialled: code[-1] for dialled, code in zip(others, codes, strict=True)} == dict.fromkeys(others, 404)
    assert set(asterisk.reports()) == before


@pytest.mark.parametrize("dialled", ["1022", "02771022", "2731022", "842771022", "+842771022"])
def test_the_hotline_is_reached_however_the_carrier_writes_its_number(asterisk: RunningAsterisk, dialled: str) -> None:
    assert "'hotline', arrived" in asterisk.command(f"dialplan show {dialled}@from-trunk").replace(
        "Goto(hotline,arrived,1)", "'hotline', arrived"
    )


async def test_without_the_recorded_notice_nothing_is_recorded(asterisk: RunningAsterisk, tmp_path: Path) -> None:
    greeting = asterisk.settings.sounds / "fallback-greeting.wav"
    before = set(asterisk.reports())
    hidden = greeting.rename(tmp_path / "hidden.wav")
    try:
        async with Phone.ring(f"sip:1022@{asterisk.sip}", record=tmp_path / "heard.wav") as phone:
            await phone.script("wait 10")
            assert (await phone.finished()).answered
    finally:
        hidden.rename(greeting)
    assert seconds_of_tone(tmp_path / "heard.wav", TONES["fallback-no-recording"]) >= PROMPT_SECONDS - 0.15
    assert set(asterisk.reports()) == before


async def test_only_loopback_listens_also_during_a_call(asterisk: RunningAsterisk) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.until("media")
        pid = asterisk.process.pid
        assert pid is not None
        tcp, udp = listening(pid)
    line = asterisk.settings
    assert {address for address, _ in tcp} == {"127.0.0.1"}
    assert {port for _, port in tcp} == {line.ari_port, line.ami_port}
    telephony = {
        address for address, port in udp if port == line.sip_port or line.rtp_first_port <= port <= line.rtp_last_port
    }
    assert telephony == {"127.0.0.1"}
    # What is left are the two sockets (one each for IPv4 and IPv6) from which the SIP library asks name servers.
    assert len([port for address, port in udp if address != "127.0.0.1"]) <= 2


def test_no_line_of_the_log_names_a_caller(asterisk: RunningAsterisk) -> None:
    assert all(
        asterisk.settings.hotline_number not in line and "09" not in line for line in asterisk.log.splitlines()[1:]
    )


def test_what_the_province_adds_for_its_carrier_is_read(tmp_path: Path) -> None:
    with running_asterisk(tmp_path) as fresh:
        local = tmp_path / "local" / "pjsip.conf"
        local.write_text("[second-carrier]\ntype = identify\nendpoint = trunk\nmatch = 127.0.0.9\n", "utf-8")
        fresh.command("core reload")
        assert "127.0.0.9" in fresh.command("pjsip show identifies")


async def test_metrics_are_given_for_their_password_alone(tmp_path: Path) -> None:
    secret = "metrics-password-of-a-test"
    with running_asterisk(tmp_path, metrics_password=secret) as fresh:
        async with aiohttp.ClientSession() as session:
            for password, status in ((None, 401), ("wrong", 401), (fresh.settings.ari_password, 401), (secret, 200)):
                user = base64.b64encode(f"prometheus:{password}".encode()).decode()
                headers = {"Authorization": f"Basic {user}"} if password else {}
                url = f"http://127.0.0.1:{fresh.settings.ari_port}/metrics"
                async with session.get(url, headers=headers) as answer:
                    assert answer.status == status
                    assert ("asterisk_channels_count" in await answer.text()) == (status == 200)
