"""A survey campaign on the real Asterisk: calls a minute beside the limit that was set, nobody rung twice, every case accounted for.

The citizens are telephones of our own that take the call and press keys; every fifth is busy. Prompts are tones, as in the tests.
"""

import socket
import time
from collections import Counter
from itertools import accumulate

from sqlalchemy import func, select

from bench.figures import table
from hotline1022.base.access import Role
from surveys.store import survey_answers, survey_attempts, survey_cases
from tests.asterisk import free_port
from tests.citizens import Taken, citizens
from tests.end_to_end.test_surveys_killed import POLICY
from tests.end_to_end.test_ticket_life import Desk
from tests.hotline import RunningHotline, running_hotline
from tickets.store import tickets

CHANNELS = 30
CALLS_A_MINUTE = 300
KEYS = "1154"
PATIENCE_SECONDS = 3600.0


def measure(*, quick: bool, size: int) -> None:
    """Print the table for ``size`` tickets whose citizens are to be asked (10 when ``quick``)."""
    many, port = 10 if quick else size, free_port(socket.SOCK_DGRAM)
    limits = {"OUTGOING_CHANNELS": str(CHANNELS), "OUTGOING_CALLS_A_MINUTE": str(CALLS_A_MINUTE)}
    with (
        running_hotline(TRUNK_OUTGOING=f"127.0.0.2:{port}", **limits) as hotline,
        citizens("127.0.0.2", port, KEYS, lambda number: 486 if int(number) % 5 == 0 else 200) as answering,
    ):
        rules = hotline.settings.data / "rules"
        rules.mkdir()
        (rules / "survey-policy.yaml").write_text(POLICY, encoding="utf-8")
        # All are due at once: while they are told the trunk takes one call a minute, and then as many as are set.
        own = hotline.settings.data / "settings.env"
        wanted = own.read_text(encoding="utf-8")
        minute = "HOTLINE_OUTGOING_CALLS_A_MINUTE="
        own.write_text(wanted.replace(f"{minute}{CALLS_A_MINUTE}", f"{minute}1"), encoding="utf-8")
        hotline.start_service()
        _tell(hotline, many)
        hotline.stop_service()
        own.write_text(wanted, encoding="utf-8")
        began = time.monotonic()
        hotline.start_service()
        still_open = select(func.count()).select_from(survey_cases).where(survey_cases.c.disposition.is_(None))
        known = select(func.count()).select_from(survey_cases)
        hotline.until(
            lambda: hotline.rows(known)[0][0] == many and hotline.rows(still_open)[0][0] == 0,
            "every case is over",
            seconds=PATIENCE_SECONDS,
        )
        _print(hotline, list(answering.calls.values()), many, began)


def _tell(hotline: RunningHotline, many: int) -> None:
    desk = Desk(hotline)
    for index in range(many):
        ticket = desk.write_down(f"campaign-{index:06}", number=f"0916{index:06}", topic="giao-thong")
        desk.move(ticket["code"], Role.OPERATOR, "answer-at-once", text="Sáng mai có đội sửa.")
        if index % 200 == 199:
            print(f"{index + 1} tickets answered", flush=True)


def _print(hotline: RunningHotline, calls: list[Taken], many: int, began: float) -> None:
    """``began``: when the trunk's own limits began to hold, by the monotonic clock."""
    seconds = time.monotonic() - began
    made = hotline.rows(
        select(tickets.c.number, func.count())
        .join(survey_cases, survey_cases.c.code == tickets.c.code)
        .join(survey_attempts, survey_attempts.c.case == survey_cases.c.id)
        .group_by(tickets.c.number)
    )
    attempts = {f"0{number.removeprefix('+84')}": count for number, count in made}
    answers = hotline.rows(select(func.count()).select_from(survey_answers))[0][0]
    rung = Counter(call.number for call in calls)
    campaign = [call.rung_at for call in calls if call.rung_at >= began]
    lasted = max(campaign) - min(campaign)
    rows = [
        ("cases, and seconds for all of them", f"{many}, {seconds:.0f}"),
        ("limit set: channels, calls a minute", f"{CHANNELS}, {CALLS_A_MINUTE}"),
        ("most calls at once", str(_at_once(calls))),
        (
            "calls made, calls a minute while they were made",
            f"{len(campaign)}, {len(campaign) / max(lasted, 1) * 60:.0f}",
        ),
        ("attempts stored, calls that came", f"{sum(attempts.values())}, {len(calls)}"),
        ("numbers rung more often than attempted", str(sum(rung[each] > attempts.get(each, 0) for each in rung))),
        ("answers kept", str(answers)),
        *((f"ended as {name}", str(count)) for name, count in sorted(_ends(hotline).items())),
    ]
    print(table(("survey campaign", "figure"), rows))


def _at_once(calls: list[Taken]) -> int:
    """How many telephones rang or talked at the same time, at most."""
    changes = [(call.rung_at, 1) for call in calls] + [(call.ended_at, -1) for call in calls if call.ended_at]
    return max(accumulate(step for _, step in sorted(changes)), default=0)


def _ends(hotline: RunningHotline) -> Counter[str]:
    return Counter(row.disposition for row in hotline.rows(select(survey_cases.c.disposition)))
