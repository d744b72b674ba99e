"""Every dashboard, in the order of their numbers. None is described here."""

from collections.abc import Callable

from dashboards import hot_spots, live, queue, surveys, system, tickets, transcription
from dashboards.board import Board

BOARDS: tuple[Callable[[], Board], ...] = (
    live.board,
    queue.board,
    tickets.board,
    hot_spots.board,
    surveys.board,
    transcription.board,
    system.board,
)
