"""What a person sees when a command fails: one line that says what to do, no traceback."""

from collections.abc import Callable

import pytest

from hotline1022 import cli
from hotline1022.base.errors import HotlineError


def failing(error: BaseException) -> Callable[[], None]:
    """A command that ends with an error."""

    def app() -> None:
        raise error

    return app


def test_an_error_for_people_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "app", failing(HotlineError("Cổng 8022 [bận]", remedy="đặt cổng khác")))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Lỗi: Cổng 8022 [bận] — đặt cổng khác\n"


def test_errors_of_several_parts_are_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    group = BaseExceptionGroup("x", [HotlineError("một"), BaseExceptionGroup("y", [HotlineError("hai")])])
    monkeypatch.setattr(cli, "app", failing(group))
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err.splitlines() == ["Lỗi: một", "Lỗi: hai"]


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "app", failing(BaseExceptionGroup("x", [HotlineError("một"), ZeroDivisionError()])))
    with pytest.raises(BaseExceptionGroup):
        cli.main()
