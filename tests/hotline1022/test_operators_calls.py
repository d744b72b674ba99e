"""Claims about whom operators may call: by the rules that surveys and call-backs have, and never whoever is to stay unknown."""

from typing import Any

import pytest
from pydantic import ValidationError

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import Refused
from hotline1022.base.events import Event
from hotline1022.config import Settings
from hotline1022.panel.outgoing import OperatorsCalls
from hotline1022.survey_desk import SurveyRules
from telephony.floor.calling_out_web import Wanted
from tests.hotline1022.test_shift_web import Browsers, browsers, gave_up
from tests.interface import Interface
from tests.tickets.conftest import StillClock

__all__ = ["browsers"]

LAN = Actor(name="Lan", role=Role.OPERATOR, account=1)


async def nowhere(_: Event) -> None:
    """Nothing is recorded where nothing is rung."""


def calls(served: Interface, **settings: Any) -> OperatorsCalls:
    """The rules in force."""
    chosen = Settings(**{"trunk_outgoing": "192.0.2.1:5060", **settings})
    return OperatorsCalls(
        settings=chosen,
        record=nowhere,
        policy=SurveyRules.load(None, b"a key of the tests").current_policy,
        callbacks=served.api.callbacks,
        dossier=served.api.dossier,
    )


async def opened(served: Interface, topic: str, number: str | None = "0912345678") -> str:
    """A ticket about a topic."""
    report = {"channel": "web", "summary": "Dây điện rơi", "topic": topic, "place": "29869", "number": number}
    answer = await served.post(
        "/api/tickets", "operator", json=report, headers={"Idempotency-Key": f"{topic}-{number}"}
    )
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["ticket"]["code"])


async def test_the_citizen_of_a_ticket_is_called_but_nobody_who_is_to_stay_unknown(served: Interface) -> None:
    made = calls(served)
    assert await made.of_ticket(await opened(served, "dien"), LAN) == "+84912345678"
    with pytest.raises(Refused, match="giữ kín người báo"):
        await made.of_ticket(await opened(served, "to-cao"), LAN)
    with pytest.raises(Refused, match="không có số điện thoại"):
        await made.of_ticket(await opened(served, "dien", None), LAN)


async def test_a_call_back_is_called_by_whoever_has_it_in_hand(
    served: Interface, browsers: Browsers, still_clock: StillClock
) -> None:
    await gave_up(served, still_clock)
    _, listed = await browsers.ask("GET", "/api/callbacks")
    (owed,) = listed["callbacks"]
    mine = LAN.model_copy(update={"account": browsers.account("operator")})
    with pytest.raises(Refused, match="không giữ"):
        await calls(served).of_callback(owed["id"], mine)
    await browsers.ask("POST", f"/api/callbacks/{owed['id']}/take")
    assert await calls(served).of_callback(owed["id"], mine) == "+84912345678"
    with pytest.raises(Refused, match="không giữ"):
        await calls(served).of_callback(owed["id"], mine.model_copy(update={"account": browsers.account("leader")}))


def test_numbers_that_cost_more_or_lie_abroad_are_never_called(served: Interface) -> None:
    made = calls(served)
    allowed = [number for number in ("+84912345678", "+842773898989") if made.allows(number)]
    assert allowed == ["+84912345678", "+842773898989"]
    assert not [number for number in ("+8419001234", "+8418001022", "+442079460000", "+84113") if made.allows(number)]


def test_a_number_is_dialled_as_the_carrier_wants_it_and_only_where_there_is_a_line(served: Interface) -> None:
    assert calls(served).dialled("+84912345678") == "0912345678"
    assert calls(served, outgoing_format="international").dialled("+84912345678") == "84912345678"
    assert calls(served).ready()
    assert not calls(served, trunk_outgoing="").ready()


@pytest.mark.parametrize("body", [{}, {"number": "0912345678", "ticket": "12345678"}, {"ticket": "1"}, {"callback": 0}])
def test_exactly_one_is_called(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Wanted.model_validate(body)
