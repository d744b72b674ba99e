"""``hotline1022 call``: rings a running hotline as a citizen would."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from hotline1022 import citizen
from hotline1022.base.errors import HotlineError
from hotline1022.cli.run import DataFolder
from hotline1022.cli.telling import Teller, facts_of
from hotline1022.config import Settings


def call(
    wav: Annotated[Path | None, typer.Option(help="Tệp WAV có tiếng nói của người gọi.")] = None,
    keys: Annotated[str, typer.Option(help="Các phím sẽ bấm, lần lượt mỗi khi tổng đài chờ.")] = "",
    number: Annotated[str, typer.Option("--from", help="Số của người gọi.")] = "0912345678",
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả thành một dòng JSON.")] = False,
    data: DataFolder = Path("var"),
) -> None:
    """Gọi vào tổng đài đang chạy như một người dân: nghe, bấm phím, nói, gác máy; rồi xem phiếu và bản chép lời."""
    if wav and not wav.is_file():
        raise HotlineError(f"Không có tệp {wav}")
    if set(keys) - set("0123456789*#"):
        raise HotlineError("Phím chỉ gồm 0-9, * và #")
    settings = Settings.load(data.absolute())
    console = Console(highlight=False, stderr=as_json)
    facts = asyncio.run(_call(settings, wav, keys, number, console))
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))


async def _call(settings: Settings, wav: Path | None, keys: str, number: str, console: Console) -> dict[str, Any]:
    experience = await citizen.ring(settings, wav=wav, keys=keys, number=number, tell=Teller(console).tell)
    if experience.phone and not experience.phone.answered:
        raise HotlineError(
            f"Tổng đài không nhận cuộc gọi (SIP {experience.phone.code} {experience.phone.reason})",
            remedy="kiểm tra địa chỉ nhà mạng HOTLINE_TRUNK_ADDRESSES",
        )
    return await facts_of(settings, experience)
