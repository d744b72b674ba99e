"""The way around address translation: what a browser's telephone needs to send its sound through a TURN server. No server is asked.

The server shares one secret with us and knows nobody: a name carries the second at which it ends, and its password is the seal over the
name (the REST form that coturn calls `use-auth-secret`).
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

VALID = timedelta(hours=13)
"""An hour longer than a session can last."""


@dataclass(frozen=True, kw_only=True)
class RelayPass:
    """How one telephone signs in with the relay, in the words of WebRTC's ``RTCIceServer``."""

    urls: str
    username: str
    credential: str


@dataclass(frozen=True, kw_only=True)
class Relay:
    """A TURN server at ``url`` that shares ``secret`` with us; an empty URL: there is none."""

    url: str = ""
    secret: str = ""

    def passes(self, extension: str, now: datetime) -> list[RelayPass]:
        """What the telephone with this extension may use until ``now`` plus VALID; nothing where there is no relay. Pure."""
        if not self.url:
            return []
        username = f"{int((now + VALID).timestamp())}:{extension}"
        seal = hmac.digest(self.secret.encode(), username.encode(), "sha1")
        return [RelayPass(urls=self.url, username=username, credential=base64.b64encode(seal).decode())]
