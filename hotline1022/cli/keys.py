"""``hotline1022 keys``: access keys of programs and people for the interface over HTTP. Thin: it asks, and prints."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hotline1022.base.access import AGENCY_ROLES, ROLE_NAMES, Role
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import civil as iso
from hotline1022.base.keys import KEYLESS, REMEMBERED_SECONDS
from hotline1022.cli.asking import AsJson, Services, ask, civil, known_agency, print_json, storable

keys_app = typer.Typer(no_args_is_help=True, help="Khoá truy cập giao diện HTTP.")


@keys_app.command("issue")
def issue(
    name: Annotated[str, typer.Argument(help="Tên người hay chương trình giữ khoá; nhật ký ghi tên này.")],
    role: Annotated[
        Role,
        typer.Option(help=f"Vai trò: {', '.join(role for role in Role if role not in KEYLESS)}.", show_choices=False),
    ],
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan của cán bộ, lãnh đạo cơ quan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cấp một khoá. Khoá chỉ hiện một lần này; tổng đài chỉ giữ mã băm."""
    name = storable(name.strip(), "name")
    if not 1 <= len(name) <= 100:
        raise Invalid("name: phải có từ 1 đến 100 ký tự", field="name")

    async def write(services: Services) -> str:
        if agency is not None and role in AGENCY_ROLES:
            known_agency(services.rules.current.agencies, agency)
        return await services.keys.issue(name, role, agency)

    key = ask(write)
    if as_json:
        print_json({"id": int(key.split("_")[1]), "key": key})
    else:
        typer.echo(key)
        typer.echo("Khoá chỉ hiện lần này. Dùng: Authorization: Bearer KHOÁ", err=True)


@keys_app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """Liệt kê mọi khoá đã cấp, không có phần bí mật."""
    found = ask(lambda services: services.keys.listed())
    if as_json:
        print_json(
            [
                {"id": key.id, "name": key.name, "role": key.role, "agency": key.agency}
                | {"created_at": iso(key.created_at), "revoked_at": iso(key.revoked_at) if key.revoked_at else None}
                for key in found
            ]
        )
        return
    table = Table("Số", "Tên", "Vai trò", "Cơ quan", "Cấp lúc", "Thu hồi lúc")
    for key in found:
        revoked = civil(key.revoked_at) if key.revoked_at else "—"
        table.add_row(str(key.id), key.name, ROLE_NAMES[key.role], key.agency or "—", civil(key.created_at), revoked)
    Console(markup=False).print(table)


@keys_app.command("revoke")
def revoke(number: Annotated[int, typer.Argument(metavar="ID", min=1, max=2_147_483_647, help="Số của khoá.")]) -> None:
    """Thu hồi một khoá."""
    ask(lambda services: services.keys.revoke(number))
    typer.echo(f"Đã thu hồi khoá {number}; dịch vụ đang chạy không nhận nữa sau {REMEMBERED_SECONDS:.0f} giây.")
