"""Operators' telephones in Asterisk: an endpoint for each shift, with a secret of its own, in Asterisk's memory only."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from telephony.ari import AlreadyGone, Ari, AriRefused

FIRST_EXTENSION = 2000
LAST_EXTENSION = 9999


@dataclass(frozen=True, kw_only=True)
class PhoneAccount:
    """What a telephone signs in with."""

    extension: str
    password: str
    id: str
    """Tells this telephone from those that the same operator had before; no secret."""

    @property
    def device(self) -> str:
        """How Asterisk calls it."""
        return f"PJSIP/{self.extension}"


def extension_of(account: int) -> str:
    """The extension of a person's account: four digits, which is all that the dialplan can reach."""
    return str(FIRST_EXTENSION + account % (LAST_EXTENSION - FIRST_EXTENSION))


class PhoneAccounts:
    """Pushes endpoints and takes them away. ``media_address`` is where sound is received, empty for everywhere.

    ``webrtc`` is False for telephones of tests: everything else is the same.
    """

    def __init__(self, ari: Ari, media_address: str, *, webrtc: bool = True) -> None:
        self._ari, self._media_address, self._webrtc = ari, media_address, webrtc

    @staticmethod
    def fresh(account: int) -> PhoneAccount:
        """A telephone with a new secret."""
        password, id = secrets.token_urlsafe(24), secrets.token_hex(8)
        return PhoneAccount(extension=extension_of(account), password=password, id=id)

    async def push(self, phone: PhoneAccount) -> None:
        """Let this telephone, and none with an older secret, sign in. Raises LineDown, AriRefused."""
        name = phone.extension
        password = {"auth_type": "userpass", "username": name, "password": phone.password}
        await self._ari.put_object("auth", name, password)
        # Made anew: Asterisk writes what is registered into an address of record that it only changes, as contacts for ever, and rings
        # the telephone of a page that is long gone.
        with suppress(AlreadyGone, AriRefused):
            await self._ari.delete_object("aor", name)
        await self._ari.put_object("aor", name, {"max_contacts": "1", "remove_existing": "yes"})
        await self._ari.put_object("endpoint", name, self._endpoint(name))

    async def drop(self, extension: str) -> None:
        """Let nobody sign in as this extension any more."""
        for kind in ("endpoint", "aor", "auth"):
            with suppress(AlreadyGone, AriRefused):
                await self._ari.delete_object(kind, extension)

    def _endpoint(self, name: str) -> Mapping[str, str]:
        fields = {
            "context": "operators",
            "disallow": "all",
            # The trunk's own codecs: nothing is coded anew on the way. With Opus, Asterisk 22 sometimes sent no sound to a colleague
            # to whom a citizen was handed over.
            "allow": "alaw,ulaw",
            "auth": name,
            "aors": name,
            "direct_media": "no",
            "language": "vi",
            "allow_subscribe": "no",
            "allow_transfer": "no",
            "rtp_symmetric": "yes",
            "force_rport": "yes",
            "rewrite_contact": "yes",
            "send_pai": "no",
            "device_state_busy_at": "1",
            # A browser that has vanished is not waited for longer: its citizen hears nobody.
            "rtp_timeout": "30",
        }
        if self._webrtc:
            fields |= {"webrtc": "yes", "dtls_auto_generate_cert": "yes"}
        if self._media_address:
            fields |= {"media_address": self._media_address, "bind_rtp_to_media_address": "yes"}
        return fields
