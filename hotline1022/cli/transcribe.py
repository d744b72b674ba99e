"""``hotline1022 transcribe`` and ``hotline1022 transcriber``: words from sound files, and the process that listens to
calls. Thin."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer

from hotline1022.base.errors import HotlineError
from hotline1022.cli.models import DataFolder, ModelsFolder, models_folder
from hotline1022.config import Settings
from transcription.after_call import SIDES
from transcription.after_call import transcribe as transcribe_legs
from transcription.audio import read_legs, through_telephone
from transcription.engines import Engine
from transcription.masking import mask_text
from transcription.model import Transcript
from transcription.node import NodeSettings, RunningNode, engine_for, run_node
from transcription.registry import load_registry

Setting = Literal["auto", "vosk", "whisper"]


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Tệp WAV, tần số nào cũng được; hai kênh: người dân bên trái.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi tệp một dòng JSON: file, engine, text, words.")] = False,
    telephone: Annotated[bool, typer.Option(help="Cho âm thanh đi qua đường điện thoại 8 kHz A-law trước.")] = False,
    engine: Annotated[Setting, typer.Option(help="Bộ nhận dạng.")] = "auto",
    language: Annotated[str, typer.Option(help="Tiếng nói trong tệp; khác vi chỉ để thử máy.")] = "vi",
    masked: Annotated[bool, typer.Option(help="Che số điện thoại, căn cước, biển số (chỉ khi in chữ thường).")] = False,
    data: DataFolder = Path("var"),
    models: ModelsFolder = None,
) -> None:
    """Chép lời từ tệp âm thanh."""
    loaded = _load(engine, language, data, models)
    bad = 0
    for file in files:
        try:
            transcript = _transcribe(file, loaded, telephone=telephone)
        except HotlineError as error:
            typer.echo(f"{file.name}: {error}", err=True)
            bad += 1
            continue
        typer.echo(_as_json(file, transcript) if as_json else mask_text(transcript.text) if masked else transcript.text)
    if bad:
        raise typer.Exit(1)


def _load(setting: Setting, language: str, data: Path, models: Path | None) -> Engine:
    loaded = engine_for(
        NodeSettings(
            models=models_folder(data, models),
            registry=load_registry(data),
            token="",
            setting=setting,
            language=language,
            workers=os.cpu_count() or 1,
        )
    )
    if loaded.recogniser is None:
        typer.echo(loaded.choice.why, err=True)
        raise typer.Exit(1)
    return loaded


def _transcribe(file: Path, engine: Engine, *, telephone: bool) -> Transcript:
    try:
        wav = file.read_bytes()
    except OSError as error:
        raise HotlineError("Không đọc được tệp", remedy="kiểm tra đường dẫn và quyền đọc") from error
    legs = [through_telephone(pcm) if telephone else pcm for pcm in read_legs(wav)]
    if engine.recogniser is None:
        raise HotlineError(engine.choice.why)
    return transcribe_legs(engine.recogniser, engine.detector, list(zip(SIDES, legs, strict=False)))


def _as_json(file: Path, transcript: Transcript) -> str:
    content = transcript.model_dump(mode="json")
    first = {name: content.pop(name) for name in ("engine", "text", "words")}
    return json.dumps({"file": str(file), **first, **content}, ensure_ascii=False)


def transcriber(data: DataFolder = Path("var"), models: ModelsFolder = None) -> None:
    """Chạy tiến trình nhận dạng: nhận âm thanh của cuộc gọi từ Asterisk, trả chữ cho dịch vụ."""
    settings = Settings.load(data)
    node = NodeSettings(
        models=models_folder(settings.data, models),
        registry=load_registry(settings.data),
        token=settings.service_token.get_secret_value(),
        setting=settings.recogniser,
        control_port=settings.transcriber_port,
        audio_port=settings.audio_port,
        workers=os.cpu_count() or 1,
    )
    asyncio.run(_until_signal(node))


async def _until_signal(node: NodeSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run_node(node, stop, _say_ready)


def _say_ready(node: RunningNode) -> None:
    structlog.get_logger().info("transcriber ready", why=node.live.choice.why)
