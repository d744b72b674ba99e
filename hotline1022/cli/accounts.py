"""``hotline1022 accounts``: the people who may sign in to the panel. Thin: it asks, and prints."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hotline1022.base.access import AGENCY_ROLES, ROLE_NAMES, Actor, Role
from hotline1022.cli.asking import AsJson, Services, ask, civil, known_agency, print_json, storable

accounts_app = typer.Typer(no_args_is_help=True, help="Tài khoản đăng nhập trang điều hành.")

SERVER = Actor(name="command line", role=Role.ADMINISTRATOR)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=2_147_483_647, help="Số của tài khoản.")]


@accounts_app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Liệt kê mọi tài khoản."""
    found = ask(lambda services: services.accounts.listed())
    if as_json:
        print_json(
            [
                {"id": each.id, "name": each.name, "display_name": each.display_name, "role": each.role}
                | {"agency": each.agency, "locked": each.locked, "second_factor": each.second_factor}
                for each in found
            ]
        )
        return
    table = Table("Số", "Tên đăng nhập", "Họ tên", "Vai trò", "Cơ quan", "Hai bước", "Vào gần nhất", "Khóa")
    for each in found:
        seen = civil(each.last_sign_in_at) if each.last_sign_in_at else "—"
        cells = [str(each.id), each.name, each.display_name, ROLE_NAMES[each.role], each.agency or "—"]
        table.add_row(*cells, "có" if each.second_factor else "—", seen, "có" if each.locked else "—")
    Console(markup=False).print(table)


@accounts_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Tên đăng nhập: chữ thường không dấu, chữ số, dấu . _ -")],
    display_name: Annotated[str, typer.Argument(help="Họ tên, như nhật ký ghi.")],
    role: Annotated[Role, typer.Option(help="Vai trò.")],
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan của cán bộ, lãnh đạo cơ quan.")] = None,
) -> None:
    """Thêm một người; mật khẩu đầu tiên chỉ hiện lần này."""
    name, display_name = storable(name.strip(), "name"), storable(display_name.strip(), "display_name")

    async def write(services: Services) -> str:
        if agency is not None and role in AGENCY_ROLES:
            known_agency(services.rules.current.agencies, agency)
        person: dict[str, Any] = {"name": name, "display_name": display_name, "role": role, "agency": agency}
        _, password = await services.accounts.add(SERVER, **person)
        return password

    typer.echo(ask(write))
    typer.echo("Mật khẩu chỉ hiện lần này; lần đăng nhập đầu phải đổi.", err=True)


@accounts_app.command("lock")
def lock(number: Number) -> None:
    """Khóa một tài khoản; phiên đang mở hết hiệu lực ngay."""
    ask(lambda services: services.accounts.lock(SERVER, number))
    typer.echo(f"Đã khóa tài khoản {number}")


@accounts_app.command("unlock")
def unlock(number: Number) -> None:
    """Mở khóa một tài khoản."""
    ask(lambda services: services.accounts.unlock(SERVER, number))
    typer.echo(f"Đã mở khóa tài khoản {number}")


@accounts_app.command("new-password")
def new_password(number: Number) -> None:
    """Cấp mật khẩu mới; chỉ hiện lần này."""
    typer.echo(ask(lambda services: services.accounts.new_password(SERVER, number)))
    typer.echo("Mật khẩu chỉ hiện lần này; lần đăng nhập đầu phải đổi.", err=True)


@accounts_app.command("second-factor-off")
def second_factor_off(number: Number) -> None:
    """Tắt xác nhận hai bước của người mất điện thoại."""
    ask(lambda services: services.accounts.second_factor_off(SERVER, number))
    typer.echo(f"Đã tắt xác nhận hai bước của tài khoản {number}")
