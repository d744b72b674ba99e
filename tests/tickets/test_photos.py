"""Photos: only the picture is kept, only whole ones, only of tickets that stand, and only those who see the ticket see them."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image, ImageFile

from hotline1022.base.access import Role
from hotline1022.base.errors import Invalid
from tests.interface import Interface
from tests.tickets.conftest import Recorded, StillClock
from tests.tickets.pictures import PLACE, bomb, encoded, form, from_a_telephone, jpeg, noise
from tests.tickets.test_intake import REPORT
from tickets.photos.model import MOST_BYTES, Shot
from tickets.photos.picture import cleaned
from tickets.photos.shelf import PhotoShelf


def files(folder: Path) -> list[Path]:
    """Every file of the shelf."""
    return [path for path in (folder / "photos").rglob("*") if path.is_file()]


async def send(served: Interface, *pictures: bytes, key: str = "photos-0001", **values: Any) -> Any:
    """The answer to a report with pictures."""
    data = form({**REPORT, **values}, *pictures)
    return await served.post("/api/app/reports", "app", data=data, headers={"Idempotency-Key": key})


async def code_of(served: Interface, *pictures: bytes) -> str:
    """The code of a report with pictures, with an agency."""
    answer = await send(served, *pictures)
    told = await answer.json()
    assert answer.status == 201, told
    await served.move(told["code"], "operator", "classify", topic="giao-thong", place="29869")
    await served.move(told["code"], "operator", "route")
    return str(told["code"])


def test_nothing_but_the_picture_is_left_and_it_stands_upright() -> None:
    sent = from_a_telephone(640, 480, orientation=6)
    assert PLACE.encode() in sent
    with Image.open(BytesIO(sent)) as picture:
        assert picture.getexif().get_ifd(0x8825)
    kept = cleaned(sent, "photos.0")
    with Image.open(BytesIO(kept.data)) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (480, 640), "RGB")
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for telling in (b"Exif", b"Samsung", b"SM-A057F", PLACE.encode()):
        assert telling not in kept.data


def test_the_longer_side_is_at_most_2048_pixels_and_small_pictures_are_not_blown_up() -> None:
    large, small = cleaned(jpeg(4000, 1000), "photos.0"), cleaned(jpeg(300, 200), "photos.0")
    assert ((large.width, large.height), (small.width, small.height)) == ((2048, 512), (300, 200))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("WEBP", "RGBA"), ("JPEG", "CMYK")]
)
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    with Image.open(BytesIO(cleaned(encoded(kind, mode), "photos.0").data)) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (40, 30), "RGB")


def test_what_is_transparent_is_white_as_on_paper() -> None:
    with Image.open(BytesIO(cleaned(encoded("PNG", "RGBA"), "photos.0").data)) as picture:
        assert picture.getpixel((20, 15)) == (255, 255, 255)


BROKEN = {
    "nothing": b"",
    "noise": noise(5000),
    "a page": b"<html><script>alert(1)</script></html>",
    "a truncated photo": jpeg()[:20_000],
    "a truncated png": encoded("PNG", "RGB", (400, 400))[:-40],
    "a gif": encoded("GIF", "P"),
    "a tiff": encoded("TIFF"),
    "a head alone": jpeg()[:200],
}


def test_half_a_picture_is_refused_also_where_a_pdf_was_set_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(Invalid):
        cleaned(BROKEN["a truncated photo"], "photos.0")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="không phải ảnh đọc được, hoặc ảnh bị hỏng") as told:
        cleaned(BROKEN[name], "photos.2")
    assert told.value.field == "photos.2"


@pytest.mark.parametrize("size", [(8000, 8000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="quá 50 triệu điểm ảnh"):
        cleaned(bomb(*size), "photos.0")


async def test_photos_of_a_report_are_seen_by_those_who_see_the_ticket(served: Interface, tmp_path: Path) -> None:
    code = await code_of(served, from_a_telephone(), encoded("WEBP"))
    for role in ("operator", "officer", "approver"):
        file = await (await served.get(f"/api/tickets/{code}", role)).json()
        assert [(photo["width"], photo["height"], photo["agency"]) for photo in file["photos"]] in (
            [(480, 640, None), (40, 30, None)],
            [(40, 30, None), (480, 640, None)],
        )
        picture = await served.get(f"/api/tickets/{code}/photos/{file['photos'][0]['id']}", role)
        assert (picture.status, picture.content_type) == (200, "image/jpeg")
        assert len(await picture.read()) == file["photos"][0]["size"]
    path = f"/api/tickets/{code}/photos/{file['photos'][0]['id']}"
    assert (await served.get(path, "officer", agency="so-y-te")).status == 404
    assert (await served.get(path, "app")).status == 403
    assert (await served.get(path)).status == 401
    other = (await (await send(served, key="photos-0002")).json())["code"]
    assert (await served.get(f"/api/tickets/{other}/photos/{file['photos'][0]['id']}", "operator")).status == 404
    names = sorted(path.relative_to(tmp_path / "photos").as_posix() for path in files(tmp_path))
    assert names == sorted(f"2026/11/23/{photo['id']}.jpg" for photo in file["photos"])


async def test_four_photos_as_large_as_a_telephone_makes_them_are_taken(served: Interface, tmp_path: Path) -> None:
    picture = from_a_telephone(4200, 3150)
    assert 6 * 1024**2 < len(picture) < MOST_BYTES
    answer = await send(served, *[picture] * 4)
    assert (answer.status, (await answer.json())["photos"]) == (201, 4)
    assert {Image.open(BytesIO(path.read_bytes())).size for path in files(tmp_path)} == {(1536, 2048)}


async def test_a_journal_entry_holds_the_fingerprint_of_each_photo(served: Interface) -> None:
    code = await code_of(served, jpeg())
    photo = (await (await served.get(f"/api/tickets/{code}", "leader")).json())["photos"][0]
    journal = (await (await served.get(f"/api/tickets/{code}/journal", "leader")).json())["items"]
    entry = next(entry for entry in journal if entry["what"] == "photographed")
    assert entry["reason"] == "Người dân gửi kèm 1 ảnh."
    assert entry["details"] == {"photos": [{"photo": photo["id"], "sha256": photo["sha256"]}]}


async def test_the_same_report_again_keeps_its_photos_once_and_other_photos_are_another_content(
    served: Interface, tmp_path: Path
) -> None:
    picture = jpeg()
    first, again = await send(served, picture), await send(served, picture)
    assert (first.status, again.status) == (201, 200)
    assert (await first.json())["code"] == (await again.json())["code"]
    assert len(files(tmp_path)) == 1
    other = await send(served, jpeg(100, 100))
    assert other.status == 409
    assert len(files(tmp_path)) == 1


async def test_two_simultaneous_sendings_keep_the_photos_of_one(served: Interface, tmp_path: Path) -> None:
    picture = jpeg()
    await served.key("app")
    answers = await asyncio.gather(*(send(served, picture) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("pictures", "status", "field"),
    [
        ([jpeg(), BROKEN["a truncated photo"]], 422, "body.photos.1"),
        ([BROKEN["a page"]], 422, "body.photos.0"),
        ([bomb(60_000, 60_000)], 422, "body.photos.0"),
        ([jpeg(20, 20)] * 5, 422, "body.photos"),
        ([noise(MOST_BYTES + 1)], 413, "body.photos.0"),
        ([noise(100 * 1024**2)], 413, "body.photos"),
    ],
    ids=["truncated", "page", "bomb", "five", "9 MiB", "100 MiB"],
)
async def test_a_wrong_picture_is_told_with_its_place_and_nothing_is_kept(
    served: Interface, tmp_path: Path, pictures: list[bytes], status: int, field: str
) -> None:
    answer = await send(served, *pictures)
    assert answer.status == status
    assert (await answer.json())["mistakes"][0]["field"] == field
    assert (await (await served.get("/api/tickets", "leader")).json())["items"] == []
    assert files(tmp_path) == []


async def test_an_officer_shows_the_repair_and_the_journal_says_who(served: Interface) -> None:
    code = await code_of(served)
    await served.move(code, "officer", "accept")
    data = form({"move": "progress", "text": "Đã dọn một nửa."}, jpeg(50, 50))
    answer = await served.post(f"/api/tickets/{code}/photos", "officer", data=data)
    file = await answer.json()
    assert answer.status == 201, file
    assert file["photos"][0]["agency"] == "xa-29869"
    assert file["texts"][-1]["body"] == "Đã dọn một nửa."
    assert file["ticket"]["version"] == 5
    journal = (await (await served.get(f"/api/tickets/{code}/journal", "leader")).json())["items"]
    assert [(entry["what"], entry["actor"]) for entry in journal[-2:]] == [
        ("progress", "officer-xa-29869"), ("photographed", "officer-xa-29869"),
    ]  # fmt: skip


async def test_an_operator_attaches_photos_without_a_word(served: Interface, recorded: Recorded) -> None:
    code = await code_of(served)
    answer = await served.post(f"/api/tickets/{code}/photos", "operator", data=form({}, jpeg(50, 50), jpeg(50, 50)))
    assert answer.status == 201
    assert len((await answer.json())["photos"]) == 2
    assert recorded.names()[-1] == "TicketMoved"


async def test_photos_that_may_not_be_attached_are_not_kept(served: Interface, tmp_path: Path) -> None:
    code = await code_of(served)
    for role, agency, data, status in (
        ("officer", "so-y-te", form({}, jpeg(50, 50)), 404),
        ("operator", None, form({"move": "progress"}, jpeg(50, 50)), 403),
        ("operator", None, form({"text": "Không có ảnh."}), 422),
    ):
        answer = await served.post(f"/api/tickets/{code}/photos", role, agency=agency, data=data)
        assert answer.status == status, await answer.json()
    assert files(tmp_path) == []


async def test_an_answer_to_the_agencys_question_may_be_a_photo(served: Interface) -> None:
    code = await code_of(served)
    await served.move(code, "officer", "accept")
    await served.move(code, "officer", "ask-citizen", question="Chụp giúp trụ đèn?")
    data = form({"text": "Đây ạ."}, jpeg(50, 50))
    answer = await served.post(f"/api/app/reports/{code}/information", "app", data=data)
    assert ((await answer.json())["stage"], (await answer.json())["photos"]) == ("handling", 1)


async def test_the_same_words_with_other_photos_are_something_new(served: Interface) -> None:
    code, picture = await code_of(served), jpeg(50, 50)
    for pictures, count in (([picture], 1), ([picture], 1), ([jpeg(60, 60)], 2)):
        data = form({"text": "Ảnh đây."}, *pictures)
        answer = await served.post(f"/api/app/reports/{code}/information", "app", data=data)
        assert (await answer.json())["photos"] == count


async def test_a_photo_whose_transaction_fails_is_removed(
    served: Interface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("in the middle of it")

    monkeypatch.setattr("tickets.desk.add_photos", fail)
    assert (await send(served, jpeg())).status == 500
    assert files(tmp_path) == []
    listed = await (await served.get("/api/tickets", "leader")).json()
    assert listed["items"] == []


async def test_what_a_crash_leaves_behind_is_swept_with_the_next_photo(
    served: Interface, still_clock: StillClock, tmp_path: Path
) -> None:
    code = await code_of(served, jpeg())
    photo = (await (await served.get(f"/api/tickets/{code}", "leader")).json())["photos"][0]
    kept = Shot.model_validate({name: photo[name] for name in Shot.model_fields})
    shelf = PhotoShelf(tmp_path / "photos")
    waiting = tmp_path / "photos" / "unsettled"
    # A crash before the ticket was written, and one after it.
    lost = kept.model_copy(update={"id": "00000000-0000-4000-8000-000000000000"})
    shelf.put(lost, b"lost")
    picture = tmp_path / "photos" / "2026/11/23" / f"{kept.id}.jpg"
    (waiting / f"20261123T020000.000000-{kept.id}.jpg").hardlink_to(picture)
    assert len(list(waiting.iterdir())) == 2
    await served.post(f"/api/tickets/{code}/photos", "operator", data=form({}, jpeg(50, 50)))
    assert len(list(waiting.iterdir())) == 2, "within the hour they may belong to a request that runs"
    still_clock.advance(hours=2)
    await served.post(f"/api/tickets/{code}/photos", "operator", data=form({}, jpeg(50, 50)))
    assert list(waiting.iterdir()) == []
    assert picture.exists()
    assert not (tmp_path / "photos" / "2026/11/23" / f"{lost.id}.jpg").exists()


async def test_a_lost_file_is_told_as_such(served: Interface, tmp_path: Path) -> None:
    code = await code_of(served, jpeg())
    photo = (await (await served.get(f"/api/tickets/{code}", "leader")).json())["photos"][0]["id"]
    files(tmp_path)[0].unlink()
    answer = await served.get(f"/api/tickets/{code}/photos/{photo}", Role.LEADER)
    assert answer.status == 404
    assert "khôi phục thư mục photos" in (await answer.json())["detail"]


async def test_the_empty_file_field_of_a_browser_is_no_photo(served: Interface) -> None:
    data = FormData(default_to_multipart=True)
    for key, value in REPORT.items():
        data.add_field(key, value if isinstance(value, str) else str(value).lower())
    data.add_field("photos", b"", filename="", content_type="application/octet-stream")
    answer = await served.post("/api/app/reports", "app", data=data, headers={"Idempotency-Key": "browser-01"})
    assert ((await answer.json())["photos"], answer.status) == (0, 201)
