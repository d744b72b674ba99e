"""The command line as a person or a script uses it, within the test's own process. No test lives here."""

import json
from typing import Any

from structlog.testing import capture_logs
from typer.testing import CliRunner

from hotline1022.cli import app


def run(*arguments: str, said: str | bytes | None = None, ends: int = 0) -> str:
    """What the command prints on its standard output; ``said`` is its standard input. Asserts how it ``ends``.

    An error that is meant for people is raised: the main program turns it into one line.
    """
    with capture_logs():
        result = CliRunner().invoke(app, arguments, input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == ends, result.output
    return result.stdout


def run_json(*arguments: str, said: str | bytes | None = None, ends: int = 0) -> Any:
    """What the command prints as JSON."""
    return json.loads(run(*arguments, "--json", said=said, ends=ends))
