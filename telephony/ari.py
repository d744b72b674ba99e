"""Asterisk's REST interface (ARI), typed for what the hotline uses, over any transport. No call logic, no retry, no socket lives here."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from hotline1022.base.errors import HotlineError


class AriRefused(HotlineError):
    """Asterisk answered a request with an error status."""

    def __init__(self, status: int, method: str, resource: str) -> None:
        self.status = status
        super().__init__(f"Asterisk từ chối {method} {resource} (mã {status})")


class AlreadyGone(AriRefused):
    """The channel, playback, recording or bridge is not there any more: on a telephone that is news, not a fault."""


class LineDown(HotlineError):
    """The connection to Asterisk is lost, or it did not answer in time."""

    def __init__(self, what: str = "Mất kết nối với Asterisk") -> None:
        super().__init__(what)


class LineClosed(LineDown):
    """The connection ended before the answer came: the request may have been carried out, and be the reason why."""


class AriTransport(Protocol):
    """Carries one request to Asterisk and its answer back."""

    async def request(
        self, method: str, resource: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """The decoded answer, or None for an empty one. Raises AriRefused, AlreadyGone, LineDown."""
        ...


def refusal(status: int, method: str, resource: str) -> AriRefused:
    """The error for an answer of 400 and above. Identifiers are cut from what it says: they may stem from a caller's call."""
    kind = resource.split("/", 1)[0]
    # 409 and 412 say that the channel exists but has left our application or is being hung up.
    return (AlreadyGone if status in (404, 409, 412) else AriRefused)(status, method, kind)


class Ari:
    """Requests by name. Ids are whole UUIDs or channel ids: one that is a prefix of another fails in Asterisk."""

    def __init__(self, transport: AriTransport) -> None:
        self._ask = transport.request

    async def answer(self, channel: str) -> None:
        """Answer a ringing channel."""
        await self._ask("POST", f"channels/{_part(channel)}/answer")

    async def originate(
        self, channel: str, *, endpoint: str, context: str, extension: str, caller: str, seconds: int
    ) -> None:
        """Ring ``endpoint`` for so many seconds on a new channel of this id, which goes to the dialplan when it is answered."""
        query = {"endpoint": endpoint, "context": context, "extension": extension, "priority": "1"}
        await self._ask("POST", f"channels/{_part(channel)}", query | {"callerId": caller, "timeout": str(seconds)})

    async def ring(self, channel: str, *, endpoint: str, app: str, caller: str, seconds: int) -> None:
        """Ring ``endpoint`` for so many seconds on a new channel of this id, which enters our application when it is answered."""
        query = {"endpoint": endpoint, "app": app, "callerId": caller, "timeout": str(seconds)}
        await self._ask("POST", f"channels/{_part(channel)}", query)

    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Start to play sound files (paths without suffix) one after the other; PlaybackFinished tells the end."""
        uris = ",".join(f"sound:{path}" for path in media)
        await self._ask("POST", f"channels/{_part(channel)}/play/{_part(playback)}", {"media": uris})

    async def stop_playback(self, playback: str) -> None:
        """Stop what plays."""
        await self._ask("DELETE", f"playbacks/{_part(playback)}")

    async def record(
        self,
        channel: str,
        name: str,
        *,
        max_seconds: int = 0,
        silence_seconds: int = 0,
        beep: bool = False,
        finish_key: str = "none",
    ) -> None:
        """Record what the channel says into ``name``.wav until the key, the silence, the limit (0: none) or its end.

        RecordingFinished tells the end. Raises AlreadyGone as long as the channel has not entered our application.
        """
        query = {
            "name": name,
            "format": "wav",
            "maxDurationSeconds": str(max_seconds),
            "maxSilenceSeconds": str(silence_seconds),
        }
        query |= {"beep": "true" if beep else "false", "terminateOn": finish_key, "ifExists": "fail"}
        await self._ask("POST", f"channels/{_part(channel)}/record", query)

    async def stop_recording(self, name: str) -> None:
        """End a recording and keep it."""
        await self._ask("POST", f"recordings/live/{_part(name)}/stop")

    async def leave(self, channel: str) -> None:
        """Let the channel go on in the dialplan, behind the step that brought it here."""
        await self._ask("POST", f"channels/{_part(channel)}/continue")

    async def hang_up(self, channel: str) -> None:
        """End the call normally."""
        await self._ask("DELETE", f"channels/{_part(channel)}", {"reason": "normal"})

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable. It waits behind a running playback, because the channel's own thread does it."""
        await self._ask("POST", f"channels/{_part(channel)}/variable", {"variable": name, "value": value})

    async def snoop(self, channel: str, snoop: str, *, spy: str, app: str, whisper: str = "none") -> None:
        """A channel that hears another: ``in`` is what the channel's owner says, ``out`` what is said to them, or ``both``.

        What is said on it is mixed into the direction of ``whisper``.
        """
        query = {"spy": spy, "app": app} | ({"whisper": whisper} if whisper != "none" else {})
        await self._ask("POST", f"channels/{_part(channel)}/snoop/{_part(snoop)}", query)

    async def external_media(self, channel: str, *, address: str, app: str) -> None:
        """A channel that sends what it hears to an AudioSocket peer as 16-bit 8 kHz; the channel's id is the AudioSocket's UUID."""
        query = {"channelId": channel, "app": app, "external_host": address, "encapsulation": "audiosocket"}
        query |= {"transport": "tcp", "format": "slin", "data": channel}
        await self._ask("POST", "channels/externalMedia", query)

    async def create_bridge(self, bridge: str) -> None:
        """A mixing bridge."""
        await self._ask("POST", f"bridges/{_part(bridge)}", {"type": "mixing"})

    async def add_to_bridge(self, bridge: str, *channels: str) -> None:
        """Put channels into a bridge."""
        await self._ask("POST", f"bridges/{_part(bridge)}/addChannel", {"channel": ",".join(channels)})

    async def destroy_bridge(self, bridge: str) -> None:
        """Take a bridge away; its channels stay."""
        await self._ask("DELETE", f"bridges/{_part(bridge)}")

    async def channels(self) -> list[dict[str, Any]]:
        """Every channel that Asterisk has now."""
        return list(await self._ask("GET", "channels"))

    async def bridges(self) -> list[dict[str, Any]]:
        """Every bridge that Asterisk has now."""
        return list(await self._ask("GET", "bridges"))

    async def subscribe(self, app: str, channel: str) -> None:
        """Let an application hear of a channel that is not in it."""
        await self._ask("POST", f"applications/{_part(app)}/subscription", {"eventSource": f"channel:{channel}"})

    async def can_reach(self, endpoint: str) -> bool:
        """Whether Asterisk takes an endpoint (``PJSIP/trunk``) for reachable. Raises LineDown."""
        found = await self._ask("GET", f"endpoints/{endpoint}")
        return bool(found["state"] == "online")

    async def subscribe_endpoint(self, app: str, endpoint: str) -> None:
        """Let an application hear of every channel of an endpoint (``PJSIP/trunk``)."""
        await self._ask("POST", f"applications/{_part(app)}/subscription", {"eventSource": f"endpoint:{endpoint}"})

    async def hear_only(self, app: str, event_types: Sequence[str]) -> None:
        """Let an application receive these kinds of events and no others."""
        body = {"allowed": [{"type": name} for name in event_types]}
        await self._ask("PUT", f"applications/{_part(app)}/eventFilter", None, body)

    async def put_object(self, kind: str, name: str, fields: Mapping[str, str]) -> None:
        """Keep an object of SIP (``endpoint``, ``auth``, ``aor``) in Asterisk's memory, in place of an older one of this name."""
        body = {"fields": [{"attribute": field, "value": value} for field, value in fields.items()]}
        await self._ask("PUT", f"asterisk/config/dynamic/res_pjsip/{_part(kind)}/{_part(name)}", None, body)

    async def delete_object(self, kind: str, name: str) -> None:
        """Forget an object of SIP."""
        await self._ask("DELETE", f"asterisk/config/dynamic/res_pjsip/{_part(kind)}/{_part(name)}")


def _part(identifier: str) -> str:
    return quote(identifier, safe="")
