"""Accounts over HTTP, for administrators: who may come in, with which rights, told as sentences. Routes only; the book decides."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.base.access import Role
from hotline1022.base.http.routes import Call, CivilInstant, Reply, Route, Told
from hotline1022.base.signing_in.account_book import AccountBook, AccountFacts

TAG = "Tài khoản"
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ID = {"id": "[1-9][0-9]{0,8}"}

DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]

RIGHTS: dict[Role, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Role.OPERATOR: (
        ("Nghe và gọi điện", "Lập phiếu, chuyển phiếu, trả lời ngay", "Xem mọi phiếu và số điện thoại người dân"),
        ("Nghe cuộc gọi của người khác", "Đổi quy tắc, lịch, tài khoản"),
    ),
    Role.LEADER: (
        (
            "Mọi việc của điện thoại viên",
            "Nghe, nhắc, vào cuộc gọi (đều ghi nhật ký)",
            "Mở danh tính, đăng câu trả lời",
        ),
        ("Đổi tài khoản",),
    ),
    Role.ADMINISTRATOR: (("Mọi việc của trưởng ca", "Đổi tài khoản, quy tắc, lịch, kịch bản, lời phát"), ()),
    Role.OFFICER: (
        ("Xem, tiếp nhận, chuyển trả, soạn trả lời phiếu của cơ quan mình",),
        ("Số điện thoại người dân, trừ khi mở có lý do", "Phiếu của cơ quan khác", "Phiếu tố cáo"),
    ),
    Role.APPROVER: (
        ("Mọi việc của cán bộ xử lý", "Duyệt và gửi câu trả lời của cơ quan mình"),
        ("Số điện thoại người dân, trừ khi mở có lý do", "Phiếu của cơ quan khác", "Phiếu tố cáo"),
    ),
}
"""What each role can and cannot do or see, as its person is told."""


class AccountTold(BaseModel):
    """An account."""

    id: int
    name: str
    display_name: str
    role: Role
    agency: str | None
    agency_name: str | None
    locked: bool
    locked_until: CivilInstant | None
    second_factor: bool
    must_change: bool
    last_sign_in_at: CivilInstant | None
    can: tuple[str, ...]
    cannot: tuple[str, ...]


class AccountList(BaseModel):
    """Every account."""

    accounts: tuple[AccountTold, ...]


class NewAccount(Told):
    """Somebody who is to work with the hotline."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,39}$")]
    display_name: DisplayName
    role: Role
    agency: str | None = Field(default=None, max_length=64)


class ChangedAccount(Told):
    """What an account shall be."""

    display_name: DisplayName
    role: Role
    agency: str | None = Field(default=None, max_length=64)


class MadeAccount(BaseModel):
    """A new account and its first password, shown this once."""

    account: AccountTold
    password: str


class FreshPassword(BaseModel):
    """A password to be changed at the next sign-in, shown this once."""

    password: str


class ChangeTold(BaseModel):
    """One line of an account's history."""

    at: CivilInstant
    by: str
    what: str


class AccountHistory(BaseModel):
    """What was changed, the latest first."""

    changes: tuple[ChangeTold, ...]


def routes(book: AccountBook, agency_name: Callable[[str], str | None]) -> list[Route]:
    """``/api/accounts``."""

    def told(facts: AccountFacts) -> AccountTold:
        can, cannot = RIGHTS[facts.role]
        return AccountTold(
            **{name: getattr(facts, name) for name in AccountTold.model_fields if hasattr(facts, name)},
            agency_name=agency_name(facts.agency) if facts.agency else None,
            can=can,
            cannot=cannot,
        )

    def number(call: Call[Any, Any]) -> int:
        return int(call.path["id"])

    async def listed(_call: Call[Told, None]) -> AccountList:
        return AccountList(accounts=tuple(told(each) for each in await book.listed()))

    async def add(call: Call[Told, NewAccount]) -> Reply:
        facts, password = await book.add(call.by, **dict(call.body))
        return Reply(MadeAccount(account=told(facts), password=password), status=201)

    async def change(call: Call[Told, ChangedAccount]) -> AccountTold:
        return told(await book.change(call.by, number(call), **dict(call.body)))

    async def lock(call: Call[Told, None]) -> AccountTold:
        return told(await book.lock(call.by, number(call)))

    async def unlock(call: Call[Told, None]) -> AccountTold:
        return told(await book.unlock(call.by, number(call)))

    async def new_password(call: Call[Told, None]) -> FreshPassword:
        return FreshPassword(password=await book.new_password(call.by, number(call)))

    async def factor_off(call: Call[Told, None]) -> AccountTold:
        return told(await book.second_factor_off(call.by, number(call)))

    async def history(call: Call[Told, None]) -> AccountHistory:
        return AccountHistory(changes=tuple(ChangeTold(**vars(each)) for each in await book.history(number(call))))

    one: dict[str, Any] = {"parameters": ID}
    account: dict[int, Any] = {200: AccountTold}
    path, who = "/api/accounts/{id}", ADMINISTRATORS
    return [
        Route("GET", "/api/accounts", listed, "Mọi tài khoản", TAG, who, {200: AccountList}),
        Route("POST", "/api/accounts", add, "Thêm một người", TAG, who, {201: MadeAccount}, body=NewAccount),
        Route("PUT", path, change, "Đổi vai trò, họ tên, cơ quan", TAG, who, account, body=ChangedAccount, **one),
        Route("POST", f"{path}/lock", lock, "Khóa tài khoản", TAG, who, account, **one),
        Route("POST", f"{path}/unlock", unlock, "Mở khóa tài khoản", TAG, who, account, **one),
        Route("POST", f"{path}/new-password", new_password, "Cấp mật khẩu mới", TAG, who, {200: FreshPassword}, **one),
        Route("POST", f"{path}/second-factor-off", factor_off, "Tắt xác nhận hai bước", TAG, who, account, **one),
        Route("GET", f"{path}/history", history, "Nhật ký tài khoản", TAG, who, {200: AccountHistory}, **one),
    ]
