"""AMI through panoramisk: each of its traps is closed, and the basics hold on the real Asterisk."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import ami as ami_module
from telephony.ami import ActionRefused, Ami, WholeLetters, build_action
from telephony.ari import LineDown
from tests.asterisk import RunningAsterisk
from tests.telephony.scripted_ami import Answer, ScriptedAmi, accept, message

NAME = "Nguyễn Thị Ngọc Ánh Đường"


@asynccontextmanager
async def connected(
    port: int,
    on_event: Callable[[dict[str, str]], None] = lambda _event: None,
    on_connect: Callable[[Ami], object] = lambda _ami: None,
    secret: str = "s",
) -> AsyncIterator[Ami]:
    """A link to a server, signed in."""
    link = Ami("127.0.0.1", port, "service", secret)

    async def signed_in() -> None:
        on_connect(link)

    running = asyncio.create_task(link.run(on_event, signed_in))
    try:
        async with asyncio.timeout(10):
            await link.connected.wait()
        yield link
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def silent_on(name: str) -> Answer:
    """Answers everything but one action."""
    return lambda action: None if action["Action"] == name else accept(action)


async def test_vietnamese_letters_survive_a_split_at_every_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    event = message({"Event": "QueueCallerJoin", "CallerIDName": NAME, "Count": "1"})
    reads = 0
    received = WholeLetters.data_received

    def counting(self: WholeLetters, data: bytes) -> None:
        nonlocal reads
        reads += 1
        received(self, data)

    monkeypatch.setattr(WholeLetters, "data_received", counting)
    heard: list[dict[str, str]] = []
    async with ScriptedAmi() as server, connected(server.port, heard.append):
        heard.clear()
        reads = 0
        for position in range(1, len(event)):
            await server.send(event[:position], event[position:])
        async with asyncio.timeout(5):
            while len(heard) < len(event) - 1:
                await asyncio.sleep(0)
    assert reads == 2 * (len(event) - 1), "each event really came in two reads"
    assert [each["CallerIDName"] for each in heard] == [NAME] * (len(event) - 1)


async def test_an_action_without_answer_fails_at_once_when_the_link_is_lost_and_is_not_sent_again() -> None:
    async with ScriptedAmi(silent_on("Originate")) as server, connected(server.port) as link:
        asking = asyncio.create_task(link.send("Originate", Channel="Local/1@x"))
        await server.received("Originate")
        began = time.monotonic()
        server.drop()
        with pytest.raises(LineDown):
            await asking
        assert time.monotonic() - began < 1
        async with asyncio.timeout(5):
            while len(server.actions) < 2 or not link.connected.is_set():
                await asyncio.sleep(0.01)
        await link.send("Ping")
        assert [action["Action"] for action in server.actions[1]] == ["Login", "Ping"]


async def test_an_action_without_a_link_fails_at_once() -> None:
    with pytest.raises(LineDown):
        await Ami("127.0.0.1", 1, "service", "s").send("Ping")
    with pytest.raises(LineDown):
        await Ami("127.0.0.1", 1, "service", "s").list("QueueStatus")


async def test_an_action_that_is_never_answered_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedAmi(silent_on("Originate")) as server, connected(server.port) as link:
        monkeypatch.setattr(ami_module, "ANSWER_SECONDS", 0.05)
        with pytest.raises(TimeoutError):
            await link.send("Originate", Channel="Local/1@x")
        assert (await link.send("Ping"))["Response"] == "Success", "the link goes on"


async def test_an_answer_that_is_an_error_is_told() -> None:
    def refuse(action: Mapping[str, str]) -> list[dict[str, str]]:
        good = action["Action"] in ("Login", "Ping")
        return [{"Response": "Success" if good else "Error", "Message": "Permission denied"}]

    async with ScriptedAmi(refuse) as server, connected(server.port) as link:
        with pytest.raises(ActionRefused, match="Permission denied"):
            await link.send("MixMonitor")


async def test_an_answer_that_sounds_as_if_more_would_follow_is_the_answer() -> None:
    def added(action: Mapping[str, str]) -> list[dict[str, str]]:
        asked = action["Action"] == "QueueAdd"
        return [{"Response": "Success", "Message": "Added interface to queue" if asked else "done"}]

    async with ScriptedAmi(added) as server, connected(server.port) as link:
        assert (await link.send("QueueAdd", Queue="hotline", Interface="PJSIP/a"))["Response"] == "Success"


async def test_events_are_handled_in_order_even_when_a_handler_raises() -> None:
    handled: list[int] = []

    def handle(event: dict[str, str]) -> None:
        if event["Event"] != "Tick":
            return
        handled.append(int(event["Number"]))
        if handled[-1] % 3 == 0:
            raise RuntimeError("this handler is broken")

    async with ScriptedAmi() as server, connected(server.port, handle) as link:
        await server.send(b"".join(message({"Event": "Tick", "Number": str(number)}) for number in range(100)))
        async with asyncio.timeout(5):
            while len(handled) < 100:
                await asyncio.sleep(0)
        assert link.connected.is_set()
    assert handled == list(range(100))


async def test_the_link_comes_back_and_everything_is_looked_at_again() -> None:
    looks: list[Ami] = []
    async with ScriptedAmi() as server, connected(server.port, on_connect=looks.append) as link:
        server.drop()
        async with asyncio.timeout(5):
            while len(looks) < 2 or not link.connected.is_set():
                await asyncio.sleep(0.01)
        assert (await link.send("Ping"))["Response"] == "Success"


async def test_a_server_that_is_away_for_a_while_is_found_again() -> None:
    looks: list[Ami] = []
    async with ScriptedAmi() as first:
        port = first.port
        context = connected(port, on_connect=looks.append)
        link = await context.__aenter__()
    try:
        async with asyncio.timeout(5):
            while link.connected.is_set():
                await asyncio.sleep(0.01)
        async with ScriptedAmi(port=port):
            async with asyncio.timeout(5):
                await link.connected.wait()
            assert len(looks) == 2
    finally:
        await context.__aexit__(None, None, None)


async def test_a_refused_sign_in_is_tried_again() -> None:
    attempts = 0

    def refuse_once(action: Mapping[str, str]) -> list[dict[str, str]]:
        nonlocal attempts
        attempts += action["Action"] == "Login"
        return [{"Response": "Error" if attempts == 1 else "Success", "Message": "Authentication"}]

    async with ScriptedAmi(refuse_once) as server, connected(server.port):
        assert len(server.actions) == 2


@pytest.mark.parametrize("value", ["Anh\r\nAction: Originate", "a\nb", "a\rb", "\x00", "x\x1b[2J", "\x7f", "a\tb"])
def test_control_characters_never_become_part_of_an_action(value: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        build_action("QueueAdd", Queue="hotline", MemberName=value)
    with pytest.raises(ValueError, match="control character"):
        build_action(value)


@given(st.dictionaries(st.sampled_from(["Queue", "MemberName", "Reason"]), st.text(max_size=30), max_size=3))
def test_an_action_is_one_line_a_field_whatever_the_values(fields: dict[str, str]) -> None:
    async def build() -> str:
        return str(build_action("QueueAdd", **fields))

    try:
        action = asyncio.run(build())
    except ValueError:
        return
    lines = action.split("\r\n")
    assert len([line for line in lines if line]) == len(fields) + 2, "the action, its id, and a line a field"
    assert sum(line.lower().startswith("action:") for line in lines) == 1


@pytest.mark.asterisk
async def test_the_real_asterisk_signs_in_and_lists_the_queue(asterisk: RunningAsterisk) -> None:
    async with connected(asterisk.settings.ami_port, secret=asterisk.settings.ami_secret) as link:
        assert (await link.send("Ping"))["Ping"] == "Pong"
        (queue,) = [row for row in await link.list("QueueStatus", Queue="hotline") if row["Event"] == "QueueParams"]
        assert queue["Queue"] == "hotline"
        member = {"Queue": "hotline", "Interface": "PJSIP/nobody", "MemberName": NAME}
        await link.send("QueueAdd", **member)
        rows = await link.list("QueueStatus", Queue="hotline")
        assert [row["Name"] for row in rows if row["Event"] == "QueueMember"] == [NAME]
        await link.send("QueueRemove", Queue="hotline", Interface="PJSIP/nobody")
        with pytest.raises(ActionRefused):
            await link.send("QueueRemove", Queue="hotline", Interface="PJSIP/nobody")


@pytest.mark.asterisk
async def test_the_real_asterisk_refuses_what_the_service_may_not_do(asterisk: RunningAsterisk) -> None:
    async with connected(asterisk.settings.ami_port, secret=asterisk.settings.ami_secret) as link:
        with pytest.raises(ActionRefused):
            await link.send("Command", Command="core show version")


@pytest.mark.asterisk
async def test_after_a_restart_of_the_real_asterisk_the_link_is_back_within_five_seconds(
    asterisk: RunningAsterisk,
) -> None:
    async with connected(asterisk.settings.ami_port, secret=asterisk.settings.ami_secret) as link:
        await asyncio.to_thread(asterisk.call, asterisk.process.stop())
        async with asyncio.timeout(5):
            while link.connected.is_set():
                await asyncio.sleep(0.01)
        await asyncio.to_thread(asterisk.call, asterisk.process.start())
        async with asyncio.timeout(5):
            await link.connected.wait()
        assert (await link.send("Ping"))["Ping"] == "Pong"
