"""An Asterisk that speaks AMI by a test's script, for what the real one cannot be made to do: split letters, silence, a lost link.

``test_ami.py`` holds the same basics against the real Asterisk.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

Answer = Callable[[Mapping[str, str]], Iterable[Mapping[str, str]] | None]
"""What to answer to an action: messages, or None for nothing at all."""


def accept(action: Mapping[str, str]) -> Iterable[Mapping[str, str]]:
    """Success, whatever was asked."""
    return [{"Response": "Success", "Message": "done"}]


class ScriptedAmi:
    """Listens on a free loopback port; ``actions`` are those it received, connection by connection."""

    def __init__(self, answer: Answer = accept, port: int = 0) -> None:
        self.answer = answer
        self.port = port
        self.actions: list[list[dict[str, str]]] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> "ScriptedAmi":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.drop()
        await self._server.wait_closed()

    def drop(self) -> None:
        """Lose every link."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def received(self, name: str, connection: int = -1) -> dict[str, str]:
        """The first action of this name on a connection, once it has come."""
        async with asyncio.timeout(5), self._news:
            while True:
                for action in self.actions[connection] if self.actions else []:
                    if action["Action"] == name:
                        return action
                await self._news.wait()

    async def send(self, *pieces: bytes) -> None:
        """Send these bytes so that each piece is a read of its own at the other end."""
        for piece in pieces:
            self._writers[-1].write(piece)
            await self._writers[-1].drain()
            for _ in range(4):  # the other end lives in the same loop and reads what has come at its next turn
                await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received: list[dict[str, str]] = []
        self.actions.append(received)
        self._writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in text.strip().split("\r\n"))
                answers = self.answer(action)
                for answer in answers or ():
                    writer.write(message({**answer, "ActionID": action["ActionID"]}))
                async with self._news:
                    received.append(action)
                    self._news.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def message(fields: Mapping[str, str]) -> bytes:
    """A message as Asterisk writes it."""
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()
