"""Claims about the service's own interface: health for all, the live messages only for who holds the token."""

from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from hotline1022.live import LONGEST_QUEUE, Stage
from hotline1022.web import application

TOKEN = "t" * 32


async def health() -> dict[str, Any]:
    return {"asterisk": True}


async def test_health_needs_no_token_and_live_does() -> None:
    async with TestClient(TestServer(application(Stage(), TOKEN, health))) as client:
        assert await (await client.get("/health")).json() == {"asterisk": True}
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}, {"Authorization": "Bearer ế"}):
            assert (await client.get("/live", headers=headers)).status == 401


async def test_a_listener_hears_what_happens_from_then_on() -> None:
    stage = Stage()
    stage.tell("Before", call="a")
    async with (
        TestClient(TestServer(application(stage, TOKEN, health))) as client,
        client.ws_connect("/live", headers={"Authorization": f"Bearer {TOKEN}"}) as socket,
    ):
        stage.tell("CallArrived", call="b")
        assert await socket.receive_json() == {"type": "CallArrived", "call": "b"}


def test_a_listener_that_does_not_read_is_told_to_look_again_and_costs_no_more() -> None:
    stage = Stage()
    with stage.listening() as slow, stage.listening() as quick:
        for number in range(LONGEST_QUEUE + 7):
            stage.tell("Words", number=number)
            assert '"Words"' in quick.get_nowait()
        assert slow.qsize() <= LONGEST_QUEUE
        assert "resync" in slow.get_nowait()
    assert stage._listeners == set()
