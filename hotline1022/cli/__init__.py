"""The command line: ``hotline1022 ...``. Commands are thin; what they do is done by the contexts and the composition root."""

import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

# pydub and vosk are imported by some commands; what they warn of is no business of the person at the screen.
warnings.simplefilter("ignore", DeprecationWarning)
warnings.simplefilter("ignore", SyntaxWarning)

import typer  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.markup import escape  # noqa: E402

from hotline1022.base.errors import HotlineError  # noqa: E402
from hotline1022.cli import (  # noqa: E402
    accounts,
    backup,
    call,
    deadlines,
    demo,
    doctor,
    flows,
    journal,
    keys,
    models,
    moving,
    openapi,
    prompts,
    reports,
    rules,
    run,
    score,
    simulating,
    surveys,
    tickets,
    transcribe,
)

app = typer.Typer(
    help="Tổng đài 1022: tiếp nhận, xử lý, trả lời và đo sự hài lòng của người dân.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
tickets.tickets_app.command("open")(moving.open_ticket)
tickets.tickets_app.command("move")(moving.move_ticket)
tickets.tickets_app.command("moves")(moving.list_moves)
app.command("setup")(run.setup)
app.command("run")(run.run)
app.command("serve")(run.serve)
app.command("asterisk")(run.asterisk)
app.command("transcriber")(transcribe.transcriber)
app.command("demo")(demo.demo)
app.command("call")(call.call)
app.command("simulate")(simulating.simulate)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("transcribe")(transcribe.transcribe)
app.command("place")(rules.place)
app.command("openapi")(openapi.openapi)
app.add_typer(tickets.tickets_app, name="tickets")
app.add_typer(surveys.surveys_app, name="surveys")
app.add_typer(journal.journal_app, name="journal")
app.add_typer(deadlines.sla_app, name="sla")
app.add_typer(score.score_app, name="score")
app.add_typer(reports.report_app, name="report")
app.add_typer(rules.rules_app, name="rules")
app.add_typer(accounts.accounts_app, name="accounts")
app.add_typer(keys.keys_app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(flows.flows_app, name="flows")
app.add_typer(prompts.prompts_app, name="prompts")


def main() -> None:
    """Run a command; an error made for people is one line, without a traceback."""
    try:
        app()
    except HotlineError as error:
        _tell([error])
    except BaseExceptionGroup as group:
        told, other = group.split(HotlineError)
        if other or told is None:
            raise
        _tell(_leaves(told))


def _tell(errors: Sequence[BaseException]) -> NoReturn:
    for error in errors:
        Console(stderr=True).print(f"[red]Lỗi:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    sys.exit(1)


def _leaves(group: BaseExceptionGroup[HotlineError]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
