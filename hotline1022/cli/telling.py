"""How a call looks on a terminal while it happens, and the facts that remain of it. It only shows; it changes nothing."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hotline1022.base import outbox
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from hotline1022.citizen import Experience
from hotline1022.config import Settings
from surveys.model import DISPOSITION_NAMES, QUESTION_NAMES, Disposition, Question
from telephony.call_book import CallBook
from tickets.desk import Desk
from tickets.rules import StandingRules
from transcription.shelf import best_transcript


class Teller:
    """Prints the messages of one call in Vietnamese, live words in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def tell(self, message: dict[str, Any]) -> None:
        """Show one message."""
        if message["type"] == "Words":
            return self._words(message)
        line = _LINES.get(message["type"])
        if line:
            self._end_words()
            self._console.print(line.format_map(_Readable(message)), soft_wrap=True)
        return None

    def _words(self, message: dict[str, Any]) -> None:
        if message["kind"] == "partial" and message["text"]:
            if self._live is None:
                self._live = Live(console=self._console, refresh_per_second=8, transient=True)
                self._live.start()
            self._live.update(Text(f"  … {message['text']}", style="dim italic"))
        elif message["kind"] == "final":
            self._end_words()
            late = f" [dim](trễ {message['lateness']:.1f} giây)[/]" if message["lateness"] is not None else ""
            doubtful = {index for index, word in enumerate(message["words"]) if word["doubtful"]}
            text = " ".join(
                f"[yellow]{word['w']}?[/]" if index in doubtful else word["w"]
                for index, word in enumerate(message["words"])
            )
            self._console.print(f"  [green]»[/] {message['start']:5.1f}s  {text}{late}", soft_wrap=True)
        elif message["kind"] == "rejected":
            self._end_words()
            self._console.print(f"  [dim]không hiện: {message['reason']}[/]", soft_wrap=True)

    def _end_words(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None


class _Readable(dict[str, Any]):
    """A message whose instants read as people say them, and whose missing facts read as a dash."""

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            return "—"
        if key in ("at", "due"):
            return f"{datetime.fromisoformat(value).astimezone(CIVIL_ZONE):%H:%M:%S %d/%m/%Y}"
        if key == "disposition":
            return DISPOSITION_NAMES[Disposition(value)]
        if key == "answers":
            return ", ".join(f"{QUESTION_NAMES[Question(question)]} {mark}" for question, mark in value.items())
        return value


_LINES = {
    "CallArrived": "[cyan]☎[/]  Có cuộc gọi đến lúc {at}",
    "ConsentRecorded": "[cyan]●[/]  Ý kiến về ghi âm đã được ghi lại (lời báo {text_version})",
    "ReportTaken": "[cyan]✎[/]  Nhận nội dung, báo mã phiếu {code}",
    "CallEnded": "[cyan]☎[/]  Cuộc gọi kết thúc ({result})",
    "RecordingReady": "[cyan]●[/]  Ghi âm {seconds} giây: {path}",
    "RecordingLost": "[red]●[/]  Mất ghi âm: {reason}",
    "TranscriptReady": "[cyan]≡[/]  Bản chép ({phase}) bởi {engine} {model}: {words} từ",
    "TranscriptFailed": "[red]≡[/]  Không chép được: {reason}",
    "TicketOpened": (
        "[bold green]✔  Phiếu {code}[/]: {topic_name}\n   Cơ quan: {agency_name}. {agency_reason}\n   {explanation}"
    ),
    "TicketPlaceSuggested": "[bold green]⌖[/]  Nơi nghe được: {place_name} → {agency_name}. {agency_reason}",
    "SurveyDecided": "[cyan]☎[/]  {explanation}",
    "SurveyEnded": "[cyan]☎[/]  Khảo sát xong: {disposition} ({answers})",
    "TicketPlaceUnclear": "[yellow]⌖[/]  Chưa rõ nơi. {question}",
}


async def facts_of(settings: Settings, experience: Experience) -> dict[str, Any]:
    """What remains of a call, read from the stores: the story's facts as JSON's own types."""
    call = experience.call
    opened = experience.first("TicketOpened")
    database = Database(settings.database)
    desk = Desk(database, SystemClock(), StandingRules(settings.data / "rules"), outbox.add)
    try:
        transcript = await best_transcript(database, call) if call else None
        ticket = await desk.find(opened["code"]) if opened else None
        record = await CallBook(database).find(call) if call else None
    finally:
        await database.close()
    return {
        "call": call,
        "engine": transcript.engine if transcript else "none",
        "transcript": {
            "text": transcript.text if transcript else "",
            "words": [
                {"w": word.w, "start": word.start, "end": word.end, "conf": word.conf, "leg": word.leg}
                for word in (transcript.words if transcript else ())
            ],
        },
        "ticket": ticket
        and {
            "code": ticket.code,
            "topic": ticket.topic_name,
            "place": ticket.place_name,
            "agency": ticket.agency_name,
            "due": ticket.due.astimezone(CIVIL_ZONE).isoformat(),
            "explanation": ticket.explanation,
        },
        "recording": str(settings.data / "recordings" / record.recording) if record and record.recording else None,
    }
