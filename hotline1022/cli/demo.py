"""``hotline1022 demo``: one whole story on this machine, told while it happens.

A citizen rings, speaks, hangs up, a ticket stands; then the agency answers and the citizen is asked (see ``demo_survey``).
"""

import asyncio
import json
import secrets
import socket
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from hotline1022 import citizen, installation
from hotline1022.base.errors import HotlineError
from hotline1022.cli import run as running
from hotline1022.cli.demo_survey import tell_second_half
from hotline1022.cli.models import demonstration_voice
from hotline1022.cli.screen import TerminalScreen
from hotline1022.cli.telling import Teller, facts_of
from hotline1022.config import Settings

CARRIER = "127.0.0.2"
KEYS = "2"
"""The demonstration's citizen reports a broken thing in the street."""


def demo(
    leave: Annotated[bool, typer.Option("--exit", help="Dừng mọi thứ khi câu chuyện kết thúc.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Ghi các sự kiện của câu chuyện vào tệp này.")
    ] = None,
    wav: Annotated[Path | None, typer.Option(help="Giọng nói của người dân (WAV); để trống: giọng mẫu tải về.")] = None,
    data: running.DataFolder = Path("var"),
) -> None:
    """Chạy thử trọn một câu chuyện trên Asterisk thật: người dân gọi 1022 và nói, phiếu được lập, cơ quan trả lời, tổng đài gọi lại
    hỏi người dân, điểm của cơ quan hiện ra."""
    settings = installation.write_settings(data.absolute())
    screen = TerminalScreen()
    running.prepare(settings, screen)
    screen.step("Giọng nói của người dân")
    voice = wav or demonstration_voice(settings.data, screen.console)
    screen.note(str(voice))
    # A demonstration may be given at night or on a holiday: the hotline is in its opening hours for as long as it runs.
    # Its carrier is a telephone on this machine: nobody real is rung, whatever the installation's own trunk is.
    trunk = f"{CARRIER}:{_free_port()}"
    for_now = settings.model_copy(update={"hours": "always", "trunk_outgoing": trunk})
    # Somebody new each time: nobody is asked twice within a month.
    number = f"0912{secrets.randbelow(10**6):06}"

    async def story() -> None:
        facts = await tell_story(for_now, voice, number, screen.console)
        facts |= await tell_second_half(for_now, facts["ticket"]["code"], screen.console)
        if json_file:
            json_file.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if not leave:
            screen.step(
                f"Tổng đài vẫn chạy. Gọi thử: .venv/bin/hotline1022 call --wav {voice} --keys {KEYS}. Ctrl-C để dừng."
            )
            await asyncio.Event().wait()

    asyncio.run(running.until_stopped(running.run_all(for_now, screen, story)))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((CARRIER, 0))
        port: int = found.getsockname()[1]
        return port


async def tell_story(settings: Settings, voice: Path, number: str, console: Console) -> dict[str, Any]:
    """Live through one call and give its facts. Raises HotlineError when no ticket came of it."""
    engine = (await running.health(settings))["transcriber"]
    why = engine.get("why") if isinstance(engine, dict) else None
    console.rule("[bold]Một cuộc gọi đến 1022")
    console.print(f"  Người nghe và chép lời: {why}", soft_wrap=True)
    experience = await citizen.ring(settings, wav=voice, keys=KEYS, number=number, tell=Teller(console).tell)
    facts = await facts_of(settings, experience)
    if facts["ticket"] is None:
        raise HotlineError(
            "Cuộc gọi thử không thành phiếu",
            remedy=f"xem nhật ký trong {settings.data / 'log'}, chạy `hotline1022 doctor`",
        )
    console.rule("[bold]Kết quả")
    console.print(
        f"  Lời người dân ({facts['engine']}): {facts['transcript']['text'] or '(không nghe rõ)'}", soft_wrap=True
    )
    for name, label in (
        ("code", "Mã phiếu"),
        ("topic", "Lĩnh vực"),
        ("place", "Nơi"),
        ("agency", "Cơ quan"),
        ("due", "Hạn"),
        ("explanation", "Vì sao"),
    ):
        console.print(f"  {label}: {facts['ticket'][name] or '—'}", soft_wrap=True)
    console.print(f"  Ghi âm: {facts['recording']}", soft_wrap=True)
    return facts
