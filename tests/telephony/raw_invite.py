"""A SIP caller made of bytes, for what no telephone would send: one INVITE from the trunk's address, then goodbye."""

import asyncio
import re
import socket
from uuid import uuid4

from telephony.asterisk.configuration import LineSettings

_PATIENCE = 3.0


async def invite(line: LineSettings, caller: bytes, dialled: bytes, seconds: float) -> list[int]:
    """Ring as ``caller`` (the From header's bytes), be silent for ``seconds`` if answered, hang up; gives SIP codes.

    Nothing comes for a request that is no SIP at all.
    """
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.2", 0))
        wire.setblocking(False)
        await loop.sock_connect(wire, (line.sip_address, line.sip_port))
        port = wire.getsockname()[1]
        target = b"sip:%s@%s:%d" % (dialled, line.sip_address.encode(), line.sip_port)
        call = uuid4().hex.encode()
        audio = (b"m=audio 9 RTP/AVP 8", b"a=rtpmap:8 PCMA/8000", b"")
        session = b"\r\n".join((b"v=0", b"o=- 1 1 IN IP4 127.0.0.2", b"s=-", b"c=IN IP4 127.0.0.2", b"t=0 0", *audio))

        def request(method: bytes, to: bytes, number: int, body: bytes = b"") -> bytes:
            lines = [
                b"%s %s SIP/2.0" % (method, target),
                b"Via: SIP/2.0/UDP 127.0.0.2:%d;branch=z9hG4bK%s%d" % (port, call, number),
                b"Max-Forwards: 70",
                b"From: %s;tag=%s" % (caller, call[:8]),
                b"To: %s" % to,
                b"Call-ID: %s" % call,
                b"CSeq: %d %s" % (1 if method == b"ACK" else number, method),
                b"Contact: <sip:test@127.0.0.2:%d>" % port,
                b"Content-Type: application/sdp",
                b"Content-Length: %d" % len(body),
                b"",
                body,
            ]
            return b"\r\n".join(lines)

        await loop.sock_sendall(wire, request(b"INVITE", b"<%s>" % target, 1, session))
        codes: list[int] = []
        answer = b""
        try:
            async with asyncio.timeout(_PATIENCE):
                while not codes or codes[-1] < 200:
                    answer = await loop.sock_recv(wire, 65535)
                    codes.append(int(answer.split(b" ", 2)[1]))
        except TimeoutError:
            return codes
        to = re.search(rb"(?im)^(?:To|t):\s*(.*?)\r$", answer)
        assert to is not None
        await loop.sock_sendall(wire, request(b"ACK", to[1], 1))
        if codes[-1] == 200:
            await asyncio.sleep(seconds)
            await loop.sock_sendall(wire, request(b"BYE", to[1], 2))
            async with asyncio.timeout(_PATIENCE):
                while b"BYE" not in (await loop.sock_recv(wire, 65535)):
                    pass
    return codes
