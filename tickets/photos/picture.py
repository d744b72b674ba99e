"""Makes a safe picture of whatever was sent as one: decoded, upright, small enough, a JPEG with nothing else in it. Pure; slow."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile, ImageOps

from hotline1022.base.errors import Invalid
from tickets.photos.model import LONGEST_SIDE, MOST_PIXELS

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
_REMEDY = "gửi ảnh JPEG, PNG hoặc WebP"


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored."""

    data: bytes
    width: int
    height: int


def cleaned(data: bytes, field: str) -> Picture:
    """The picture of ``data`` without place, camera, comment or thumbnail. Raises Invalid, which names ``field``.

    The size is read from the head of the file: one with too many pixels is refused before any of them is decoded.
    """
    # Whoever sets a PDF has Pillow take half a picture for a whole one, in the whole process (WeasyPrint does when it is imported).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as sent:
            width, height = sent.size
            if width * height <= MOST_PIXELS:
                return _again(sent)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception as error:
        # Pillow raises errors of almost any kind for a file that is broken or made to break it.
        raise Invalid(
            f"Tệp ở mục {field} không phải ảnh đọc được, hoặc ảnh bị hỏng", remedy=_REMEDY, field=field
        ) from error
    raise Invalid(
        f"Ảnh ở mục {field} quá {MOST_PIXELS // 10**6} triệu điểm ảnh", remedy="thu nhỏ ảnh rồi gửi lại", field=field
    )


def _again(sent: Image.Image) -> Picture:
    # A JPEG is made smaller while it is decoded, so that one of 50 megapixels never lies whole in the memory.
    sent.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    sent.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(sent).convert("RGBA")
    # A new image has no metadata that could slip through; what was transparent is white as on paper.
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright)
    written = BytesIO()
    fresh.save(written, "JPEG", quality=QUALITY)
    return Picture(written.getvalue(), *fresh.size)
