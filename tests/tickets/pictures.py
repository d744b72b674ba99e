"""Pictures as telephones and evil-minded people send them, made in memory. No test lives here."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

from aiohttp import FormData
from PIL import Image

PLACE = "Quận này"
"""What a comment in a picture gives away."""


def jpeg(width: int = 640, height: int = 480, **info: Any) -> bytes:
    """A picture with noise in it, as a camera makes it."""
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    written = BytesIO()
    picture.save(written, "JPEG", **info)
    return written.getvalue()


def from_a_telephone(width: int = 640, height: int = 480, orientation: int = 6) -> bytes:
    """A JPEG that tells where it was taken, with which telephone, and which side is up."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = orientation, "Samsung", "SM-A057F"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (10.0, 27.0, 30.5), "E", (105.0, 38.0, 12.0)
    return jpeg(width, height, exif=exif, comment=PLACE.encode())


def encoded(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of another format."""
    written = BytesIO()
    Image.new(mode, size).save(written, kind)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes whose head promises very many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def noise(count: int) -> bytes:
    """Bytes that are nothing."""
    return random.Random(1022).randbytes(count)


def form(fields: dict[str, Any], *pictures: bytes, name: str = "photos") -> FormData:
    """A form as a browser sends it, the pictures under evil file names."""
    data = FormData(default_to_multipart=True)
    for key, value in fields.items():
        data.add_field(key, value if isinstance(value, str) else str(value).lower())
    for picture in pictures:
        data.add_field(name, BytesIO(picture), filename="../../etc/passwd.jpg", content_type="image/jpeg")
    return data
