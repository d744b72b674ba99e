"""How long work looks on a terminal: steps, bars, notes. Nothing is decided here."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn


class TerminalScreen:
    """Implements ``installation.Screen``: a line a step, a bar where a step is long."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def step(self, what: str) -> None:
        """A step begins."""
        self._end_bar()
        self.console.print(f"[bold cyan]▸[/] {what}")

    def progress(self, what: str, done: int, total: int) -> None:
        """Part of a long step is done."""
        if self._bar is None:
            columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=self.console)
            self._task = self._bar.add_task(what, total=total)
            self._bar.start()
        self._bar.update(self._task, description=what, completed=done, total=total)

    def note(self, what: str) -> None:
        """Something that the person should know."""
        self._end_bar()
        self.console.print(f"  {what}", soft_wrap=True)

    def close(self) -> None:
        """Nothing more comes."""
        self._end_bar()

    def _end_bar(self) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None
