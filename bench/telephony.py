"""The line under load: many callers in the menu by sipp, a few telephones among them that measure, and the same in plain dialplan.

Every figure is taken outside the hotline: by the measuring telephones (packets stamped by the kernel), by sipp's count, from
/proc, and from what stands in the database afterwards.
"""

import asyncio
import itertools
import os
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import numpy as np

from bench import host
from bench.figures import milliseconds, percentile, ratio, table
from bench.hotline import CITIZENS, PLAIN, Kept, RunningHotline, free_udp_port, running_hotline
from bench.probes import Way, call_counted, first_sound, hurried, patient, through_the_menu
from bench.sipp import Counted, Key, Sipp, caller
from telephony.asterisk.program import AsteriskProgram

RATE = 8.0
"""Calls that begin each second while a load is built up."""

CALL_SECONDS = 37
"""About how long a caller of the load stays: eight keys in the menu, then a report of some seconds and its code."""

LOAD_KEYS = [
    Key(6500, 8500, "*"),
    *[Key(1500, 2500, "*")] * 7,
    Key(1500, 2500, "2"),
    Key(4500, 5500, "#"),
]
HURRIED, PATIENT = 2, 6
"""Measuring telephones of each way: those that only wait for the first sound and ring again, and those that go through the menu."""

BURST_KEYS = [Key(7000, 7000, "2"), Key(4000, 4000, "#")]


@dataclass(frozen=True)
class Cost:
    """What the steady part of a load has cost: shares of one core, megabytes. ``others``: sipp, and what else the machine was doing."""

    cores: dict[str, float]
    megabytes: dict[str, float]
    others: float


@dataclass(frozen=True)
class Loaded:
    """One load and what was seen under it."""

    callers: int
    way: str
    counted: Counted
    seen: tuple[Way, ...]
    health: list[float]
    cost: Cost | None


async def measure(program: AsteriskProgram, *, quick: bool, keep: bool) -> None:
    """Print the tables of the line."""
    loads = (10,) if quick else (50, 100)
    rounds = 1 if quick else 3
    async with running_hotline(program, keep=keep) as hotline:
        folder = hotline.settings.data / "sipp"
        folder.mkdir()
        sipp = Sipp(folder)
        print(f"\n## sipp alone (both sides are sipp, no Asterisk); load average {host.load()}\n")
        await _ceiling(sipp, (20,) if quick else (100, 200, 400, 800))
        print(f"\n## Quiet line: no load, the measuring telephones one after the other; load average {host.load()}\n")
        quiet_line = await _quiet(hotline, *((3, 1) if quick else (20, 4)))
        runs = []
        for callers in loads:
            for way, turns in (((CITIZENS, "hotline"), rounds), ((PLAIN, "plain dialplan"), 1 if quick else 2)):
                print(f"... {callers} callers at once, {way[1]}; load average {host.load()}", flush=True)
                runs.append(await _load(hotline, sipp, callers, way, turns))
        _print_runs(runs)
        await _print_kept(hotline, runs, quiet_line)
        await _burst(hotline, sipp, 10 if quick else 100)


# Loads --------------------------------------------------------------------------------------------------------------


async def _load(hotline: RunningHotline, sipp: Sipp, callers: int, way: tuple[str, str], rounds: int) -> Loaded:
    address, name = way
    mine, plain = Way("hotline", CITIZENS), Way("plain dialplan", PLAIN)
    built_up = callers / RATE + 3
    steady = CALL_SECONDS * (rounds - 0.4)
    loading = asyncio.create_task(
        sipp.run(
            f"load-{callers}-{address}", caller(LOAD_KEYS, sipp.voice, hangs_up=False), address=address, server=hotline.sip,
            at_once=callers, total=callers * rounds, rate=RATE, limit_seconds=built_up + CALL_SECONDS * rounds * 2 + 60,
        )
    )  # fmt: skip
    health: list[float] = []
    cost: Cost | None = None
    await asyncio.sleep(built_up)
    if not loading.done():
        numbers = itertools.count(20_000_000)
        until = time.monotonic() + steady
        before, began = _used(hotline), time.monotonic()
        probes = [
            probe(hotline, way, lambda: f"09{next(numbers)}", until)
            for way in (mine, plain)
            for probe in [hurried] * HURRIED + [patient] * PATIENT
        ]
        async with _repeated(lambda: _ask_health(hotline, health), 0.1):
            await asyncio.gather(*probes)
        after, seconds = _used(hotline), time.monotonic() - began
        cost = _cost(before, after, seconds)
    return Loaded(callers, name, await loading, (mine, plain), health, cost)


async def _quiet(hotline: RunningHotline, short: int, long: int) -> Way:
    """Print what is heard when nobody else calls; gives what the hotline's own telephones have done."""
    mine, plain = Way("hotline", CITIZENS), Way("plain dialplan", PLAIN)
    numbers = itertools.count(30_000_000)
    for way in (mine, plain):
        for call in [first_sound] * short + [through_the_menu] * long:
            async with call_counted(way):
                await call(hotline, way, f"09{next(numbers)}")
    head = ("way", "calls", "failed", "answer to first sound, ms p50 / p99 (n)", "key to next prompt, ms p50 / p99 (n)")
    rows = [
        (way.name, str(way.calls), str(len(way.failures)), milliseconds(way.to_sound), milliseconds(way.to_prompt))
        for way in (mine, plain)
    ]
    print(table(head, rows))
    return mine


async def _ceiling(sipp: Sipp, sizes: tuple[int, ...]) -> None:
    rows = []
    for size in sizes:
        port = free_udp_port("127.0.0.1")
        async with sipp.answering("127.0.0.1", port):
            counted = await sipp.run(
                f"alone-{size}", caller([Key(900, 1100, "*")] * 4, sipp.voice, hangs_up=True), address=CITIZENS, server=("127.0.0.1", port),
                at_once=size, total=size, rate=size / 3, limit_seconds=40,
            )  # fmt: skip
        rows.append((str(size), str(counted.failed), str(counted.retransmissions)))
        if counted.failed:
            break
    print(table(("calls at once, speaking both ways", "failed", "SIP messages sent again"), rows))


# After the calls ------------------------------------------------------------------------------------------------------


async def _burst(hotline: RunningHotline, sipp: Sipp, callers: int) -> None:
    """All callers at once, all ending within about a second: how long until everything about them stands."""
    before = hotline.kept()
    health: list[float] = []
    async with _repeated(lambda: _ask_health(hotline, health), 0.05):
        counted = await sipp.run(
            "burst", caller(BURST_KEYS, sipp.voice, hangs_up=False), address=CITIZENS, server=hotline.sip,
            at_once=callers, total=callers, rate=float(callers), limit_seconds=120,
        )  # fmt: skip
        ended = time.monotonic()
        made = counted.succeeded
        kept, within = await _settled(hotline, Kept(*(count + made for count in _counts(before))), 120)
    print(f"\n## {callers} calls within a second, ending within a second\n")
    rows = [
        (
            str(counted.made), str(counted.failed), *(str(now - was) for now, was in zip(_counts(kept), _counts(before), strict=True)),
            f"{within - ended:.1f} s" if within else "not within 120 s", milliseconds(health),
        )
    ]  # fmt: skip
    head = (
        "calls",
        "failed",
        "rows",
        "ends",
        "recordings",
        "tickets",
        "last hang-up to everything stands",
        "/health, ms p50 / p99 (n)",
    )
    print(table(head, rows))


async def _settled(hotline: RunningHotline, wanted: Kept, patience: float) -> tuple[Kept, float | None]:
    """What is kept, and when it was first seen that everything wanted is."""
    end = time.monotonic() + patience
    while True:
        kept, now = hotline.kept(), time.monotonic()
        if all(have >= want for have, want in zip(_counts(kept), _counts(wanted), strict=True)):
            return kept, now
        if now > end:
            return kept, None
        await asyncio.sleep(0.05)


def _counts(kept: Kept) -> tuple[int, int, int, int]:
    return kept.calls, kept.ended, kept.recordings, kept.tickets


async def _print_kept(hotline: RunningHotline, runs: list[Loaded], quiet_line: Way) -> None:
    by_load = sum(run.counted.succeeded for run in runs if run.way == "hotline")
    probes = [quiet_line, *(way for run in runs for way in run.seen if way.address == CITIZENS)]
    calls, agreed = by_load + sum(way.calls for way in probes), by_load + sum(way.agreed for way in probes)
    await _settled(hotline, Kept(calls, calls, agreed, by_load), 30)
    kept = hotline.kept()
    recordings = hotline.recordings()
    whole = await asyncio.to_thread(lambda: sum(map(_both_speak, recordings)))
    print("\n## Nothing lost: what stands in the database after these calls\n")
    rows = [
        ("calls that were answered", str(calls), str(kept.calls)),
        ("their ends", str(calls), str(kept.ended)),
        (
            "recordings of those who agreed",
            str(agreed),
            str(kept.recordings),
        ),
        ("recordings with sound on both sides", str(kept.recordings), f"{whole} of {len(recordings)} files"),
        ("tickets of those who reported", str(by_load), str(kept.tickets)),
    ]
    print(table(("what", "made", "kept"), rows))


def _both_speak(recording: Path) -> bool:
    with wave.open(str(recording)) as file:
        if file.getnchannels() != 2:
            return False
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(np.float32)
    return bool(len(samples)) and bool((np.sqrt((samples**2).mean(axis=0)) > 1000).all())


# What it costs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Moment:
    parts: dict[str, host.Used]
    busy: float


def _used(hotline: RunningHotline) -> _Moment:
    pids = {**hotline.pids(), "bench": os.getpid()}
    return _Moment({name: host.used(pid) for name, pid in pids.items()}, host.busy_seconds())


def _cost(before: _Moment, after: _Moment, seconds: float) -> Cost:
    cores = {name: (after.parts[name].cpu_seconds - was.cpu_seconds) / seconds for name, was in before.parts.items()}
    others = (after.busy - before.busy) / seconds - sum(cores.values())
    return Cost(cores, {name: now.megabytes for name, now in after.parts.items()}, others)


async def _ask_health(hotline: RunningHotline, seen: list[float]) -> None:
    began = time.monotonic()
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            await hotline.healthy(session)
    except (aiohttp.ClientError, OSError):
        seen.append(30.0)
        return
    seen.append(time.monotonic() - began)


@asynccontextmanager
async def _repeated(work: Callable[[], Awaitable[None]], gap: float) -> AsyncIterator[None]:
    async def again() -> None:
        while True:
            await work()
            await asyncio.sleep(gap)

    repeating = asyncio.create_task(again())
    try:
        yield
    finally:
        repeating.cancel()
        await asyncio.wait({repeating})


# Tables ---------------------------------------------------------------------------------------------------------------


def _print_runs(runs: list[Loaded]) -> None:
    print("\n## Under load, seen by the measuring telephones (ms p50 / p99, number of measurements)\n")
    head = (
        "load", "sipp calls", "failed", "measuring calls", "failed",
        "answer to first sound: hotline", "plain", "ratio", "key to next prompt: hotline", "plain", "ratio",
    )  # fmt: skip
    rows = []
    for run in runs:
        mine, plain = run.seen
        rows.append(
            (
                f"{run.callers} in the {run.way}", str(run.counted.made), str(run.counted.failed),
                f"{mine.calls} + {plain.calls}", f"{len(mine.failures)} + {len(plain.failures)}",
                milliseconds(mine.to_sound), milliseconds(plain.to_sound), ratio(mine.to_sound, plain.to_sound),
                milliseconds(mine.to_prompt), milliseconds(plain.to_prompt), ratio(mine.to_prompt, plain.to_prompt),
            )
        )  # fmt: skip
    print(table(head, rows))
    for reason in sorted({reason for run in runs for way in run.seen for reason in way.failures}):
        print(f"failed: {reason}")
    print("\n## What it costs, while the load is steady (100 % is one core)\n")
    names = (
        "load",
        "Asterisk",
        "service",
        "measuring telephones",
        "sipp and all others",
        "Asterisk RSS",
        "service RSS",
        "/health, ms p50 / p99 (n)",
        "SIP sent again",
    )
    costs = [
        (
            f"{run.callers} in the {run.way}",
            *(f"{run.cost.cores[name]:.0%}" for name in ("asterisk", "service", "bench")), f"{run.cost.others:.0%}",
            *(f"{run.cost.megabytes[name]:.0f} MB" for name in ("asterisk", "service")),
            milliseconds(run.health), str(run.counted.retransmissions),
        )
        for run in runs if run.cost
    ]  # fmt: skip
    print(table(names, costs))
    slowest = max((percentile(run.health, 1.0) for run in runs if run.health), default=0.0)
    print(f"\nslowest answer of /health: {slowest * 1000:.0f} ms")
