"""Figures made readable: percentiles, milliseconds, tables. It knows nothing of what was measured."""

from collections.abc import Iterable, Sequence


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of them lie, by nearest rank: always one that was really seen."""
    ordered = sorted(seconds)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def milliseconds(seconds: Sequence[float]) -> str:
    """``p50 / p99 (count)`` in milliseconds."""
    if not seconds:
        return "-"
    return f"{percentile(seconds, 0.5) * 1000:.0f} / {percentile(seconds, 0.99) * 1000:.0f} ({len(seconds)})"


def ratio(mine: Sequence[float], plain: Sequence[float]) -> str:
    """How many times longer mine took than the plain way: at p50 and at p99."""
    if not mine or not plain:
        return "-"
    shares = (percentile(mine, share) / percentile(plain, share) for share in (0.5, 0.99))
    return " / ".join(f"{share:.2f}" for share in shares)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns also line up on a screen."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
