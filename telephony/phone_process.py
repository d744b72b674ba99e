"""The telephone itself, a process of its own: pjsua2 under a script. `telephony.phone` starts it, nobody imports it.

Reads JSON lines: first what phone to be, then steps as ``["say", "FILE"]``, then ``["finish"]``; if the input ends
without that line, or on SIGTERM, the phone hangs up at once. Writes JSON lines, one an event.
pjsua2's objects may not outlive its library, so the process leaves by ``os._exit``.
"""

import json
import os
import queue
import signal
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pjsua2 as pj

_TICK_MS = 5
_KEY_SECONDS = 0.25
_QUIET_LEVEL = 12
"""pjmedia's level (0 to 255, logarithmic) under which the far end counts as silent: above noise, below whispering."""
_ANSWERED, _REFUSED, _BROKEN = 0, 1, 2

FINISH = ["finish"]
"""The last order: do what was asked so far, then hang up."""

Emit = Callable[..., None]


class _Orders:
    """What the parent wants, as it comes; ``abandoned`` is set when nobody is there any more to want anything."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
        self.abandoned = threading.Event()

    def next(self) -> list[Any] | None:
        """The next step, or None if there is none yet."""
        try:
            return self._waiting.get_nowait()
        except queue.Empty:
            return None

    def read(self) -> None:
        order: list[Any] = []
        for line in sys.stdin:
            order = json.loads(line)
            self._waiting.put(order)
        if order != FINISH:
            self.abandoned.set()


class _Call(pj.Call):  # type: ignore[misc]
    """One call: what it sends (silence, or the file that is being said) and what it hears (always recorded)."""

    def __init__(self, account: "_Account", identifier: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, identifier)
        self._phone = account.phone
        self._silence: Any = None
        self._speakers: list[Any] = []
        self._recorder: Any = None
        self._media: int | None = None
        self.audio: Any = None
        self.answered = False
        self.leaving = False
        self.ended = False
        self.last = (0, "")

    def onCallState(self, _: Any) -> None:  # noqa: N802
        info = self.getInfo()
        self.answered = self.answered or info.state == pj.PJSIP_INV_STATE_CONFIRMED
        self.last = (info.lastStatusCode, info.lastReason)
        self._phone.emit("state", state=info.stateText, code=info.lastStatusCode, reason=info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.ended = True

    def onCallMediaState(self, _: Any) -> None:  # noqa: N802
        # The list dies with the object it came from, so that object is given a name.
        info = self.getInfo()
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self._media = media.index

    def open_audio(self) -> None:
        """Connect ear and mouth once there is a line; in the callback the library would hide an error."""
        if self.audio is not None or self._media is None:
            return
        self.audio = self.getAudioMedia(self._media)
        # Without a source the library sends hardly any RTP; a real telephone sends all the time.
        self._silence = pj.AudioMediaPlayer()
        self._silence.createPlayer(self._phone.silence_file)
        self._silence.startTransmit(self.audio)
        self._recorder = pj.AudioMediaRecorder()
        self._recorder.createRecorder(self._phone.wanted["record"])
        self.audio.startTransmit(self._recorder)
        self._phone.emit("media")

    def onDtmfDigit(self, digit: Any) -> None:  # noqa: N802
        self._phone.emit("digit", digit=digit.digit)

    def say(self, file: str) -> None:
        """Begin to play a file, once. A speaker is never taken away: the library's clock may be reading from it."""
        speaker = pj.AudioMediaPlayer()
        speaker.createPlayer(file, pj.PJMEDIA_FILE_NO_LOOP)
        speaker.startTransmit(self.audio)
        self._speakers.append(speaker)

    def press(self, key: str, by_info: bool) -> None:
        wanted = pj.CallSendDtmfParam()
        wanted.digits = key
        wanted.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if by_info else pj.PJSUA_DTMF_METHOD_RFC2833
        self.sendDtmf(wanted)

    def hang_up(self) -> None:
        if not self.leaving and self.isActive():
            self.leaving = True
            self.hangup(pj.CallOpParam(True))

    def packets(self) -> dict[str, int]:
        """What was counted so far. Not to be asked after the hang-up: the library then reads a stream it has freed."""
        whole = self.getStreamStat(0)
        received, sent = whole.rtcp.rxStat, whole.rtcp.txStat
        return {"received": received.pkt, "lost": received.loss, "sent": sent.pkt}


class _Account(pj.Account):  # type: ignore[misc]
    def __init__(self, phone: "_Phone") -> None:
        super().__init__()
        self.phone = phone

    def onRegState(self, state: Any) -> None:  # noqa: N802
        self.phone.emit("registered", code=state.code, reason=state.reason)

    def onIncomingCall(self, incoming: Any) -> None:  # noqa: N802
        call = _Call(self, incoming.callId)
        if self.phone.call is not None:
            self.phone.refused.append(call)
            _answer(call, 486)
            return
        self.phone.call = call
        self.phone.emit("incoming", caller=call.getInfo().remoteUri)
        if self.phone.wanted.get("after"):
            _answer(call, 180)
        else:
            _answer(call, self.phone.wanted.get("answer", 200))


def _answer(call: _Call, status: int) -> None:
    wanted = pj.CallOpParam()
    wanted.statusCode = status
    call.answer(wanted)


class _Phone:
    def __init__(self, wanted: dict[str, Any], orders: _Orders, emit: Emit) -> None:
        self.wanted = wanted
        self.emit = emit
        self.call: _Call | None = None
        self.refused: list[_Call] = []
        self.silence_file = str(Path(wanted["folder"]) / "silence.wav")
        self._orders = orders
        self._by_info = False
        self._packets: dict[str, int] = {}
        with wave.open(self.silence_file, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(wanted["rate"])
            file.writeframes(bytes(2 * wanted["rate"]))
        self._endpoint = pj.Endpoint()
        self._account = _Account(self)

    def open(self) -> None:
        address = self.wanted["address"]
        settings = pj.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.uaConfig.mainThreadOnly = True
        settings.logConfig.level = settings.logConfig.consoleLevel = 0
        settings.medConfig.noVad = True
        settings.medConfig.ecTailLen = 0
        settings.medConfig.clockRate = self.wanted["rate"]
        self._endpoint.libCreate()
        self._endpoint.libInit(settings)
        self._endpoint.audDevManager().setNullDev()
        transport = pj.TransportConfig()
        transport.boundAddress = transport.publicAddress = address
        transport.port = self.wanted.get("port", 0)
        self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        for codec in self._endpoint.codecEnum2():
            wanted = codec.codecId.lower().startswith(self.wanted["codec"].lower())
            self._endpoint.codecSetPriority(codec.codecId, 255 if wanted else 0)
        account = pj.AccountConfig()
        account.idUri = self.wanted["identity"]
        account.mediaConfig.transportConfig.boundAddress = account.mediaConfig.transportConfig.publicAddress = address
        if self.wanted.get("registrar"):
            account.regConfig.registrarUri = self.wanted["registrar"]
            credentials = pj.AuthCredInfo("digest", "*", self.wanted["user"], 0, self.wanted["password"])
            account.sipConfig.authCreds.append(credentials)
        self._account.create(account)
        if self.wanted.get("destination"):
            self.call = _Call(self._account)
            self.call.makeCall(self.wanted["destination"], pj.CallOpParam(True))

    def live(self) -> int:
        """Until the call is over: handle what comes, go on with the script."""
        ringing, script = self._ringing(), self._script()
        while True:
            self._endpoint.libHandleEvents(_TICK_MS)
            if self.call is not None and self.call.ended:
                break
            if self._orders.abandoned.is_set():
                if self.call is None:
                    break
                self.call.hang_up()
                continue
            if self.call is not None:
                self.call.open_audio()
            next(ringing, None)
            next(script, None)
        code, reason = self.call.last if self.call is not None else (0, "")
        self.emit("ended", code=code, reason=reason, **self._packets)
        return _ANSWERED if self.call is not None and self.call.answered else _REFUSED

    def _ringing(self) -> Iterator[None]:
        """Let a call that comes ring for a while, then answer it."""
        while self.call is None:
            yield
        if after := self.wanted.get("after"):
            yield from self._pause(after)
            if not self.call.ended:
                _answer(self.call, self.wanted["answer"])

    def close(self) -> None:
        """Say goodbye and finish the recording, whose header is written when the library ends."""
        # With its clock stopped nothing plays or records any more while the library takes itself apart.
        self._endpoint.audDevManager().setNoDev()
        self._account.shutdown()
        # A call has ended properly by now; nothing else is worth waiting a second for.
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)

    def _script(self) -> Iterator[None]:
        """Goes on by one tick each time. Begins when both sides can speak; after the last step it hangs up."""
        while self.call is None or not self.call.answered or self.call.audio is None:
            yield
        for number in count():
            while (order := self._orders.next()) is None:
                self._watch()
                yield
            if order == FINISH:
                break
            self.emit("step", number=number, step=order)
            for _ in self._step(self.call, *order):
                self._watch()
                yield
            self.emit("done", number=number, step=order)
        self.call.hang_up()

    def _watch(self) -> None:
        if self.call is not None and self.call.isActive() and not self.call.leaving:
            self._packets = self.call.packets()

    def _step(self, call: _Call, verb: str, argument: Any = None) -> Iterator[None]:
        match verb:
            case "wait":
                yield from self._pause(argument)
            case "keys":
                for key in argument:
                    call.press(key, self._by_info)
                    yield from self._pause(_KEY_SECONDS)
            case "rfc4733" | "info":
                self._by_info = verb == "info"
            case "say":
                with wave.open(argument, "rb") as file:
                    seconds = file.getnframes() / file.getframerate()
                call.say(argument)
                yield from self._pause(seconds)
            case "hear-silence":
                yield from self._hear_silence(call, argument)
            case "hangup":
                call.hang_up()
                while not call.ended:
                    yield
            case _:
                raise ValueError(f"unknown step {verb}")

    def _pause(self, seconds: float) -> Iterator[None]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield

    def _hear_silence(self, call: _Call, seconds: float) -> Iterator[None]:
        """Until the far end has been heard and has then been silent for so long."""
        heard = False
        since = time.monotonic()
        while not heard or time.monotonic() - since < seconds:
            # "Tx" is the side of the line: what it transmits to us.
            if call.audio.getTxLevel() > _QUIET_LEVEL:
                heard = True
                since = time.monotonic()
            yield


def main() -> int:
    """Be the phone that the first line of input asks for: 0 if a call was answered, 1 if not, 2 if the phone broke."""
    # The library prints on file 1; only events may go where the parent reads.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    begun = time.monotonic()

    def emit(kind: str, **facts: Any) -> None:
        out.write(json.dumps({"event": kind, "at": round(time.monotonic() - begun, 3), **facts}) + "\n")
        out.flush()

    orders = _Orders()
    signal.signal(signal.SIGTERM, lambda *_: orders.abandoned.set())
    wanted = json.loads(sys.stdin.readline())
    threading.Thread(target=orders.read, daemon=True).start()
    phone = _Phone(wanted, orders, emit)
    try:
        phone.open()
        emit("ready")
        code = phone.live()
        phone.close()
    except Exception as error:
        # Nobody reads this process but its parent, and an interpreter that ends by an exception trips over the library.
        emit("error", reason=error.info(False) if isinstance(error, pj.Error) else repr(error))
        return _BROKEN
    return code


if __name__ == "__main__":
    result = main()
    sys.stderr.flush()
    os._exit(result)
