"""The IVR machine alone: how much of the shipped flow is walked and how fast, how many whole calls a second it leads."""

import random
import time

from bench.figures import table
from ivr.flow import Flow
from ivr.walk import random_call, walk

SEED = 1022


def measure(flow: Flow, *, quick: bool) -> None:
    """Print the table of the machine."""
    rows = []
    for keys in (0, 1):
        began = time.perf_counter()
        walked = walk(flow, early_keys=keys)
        seconds = time.perf_counter() - began
        rows.append(
            (
                f"every state, {keys} early keys",
                f"{walked.states} states, {walked.steps} steps",
                f"{seconds:.2f} s",
                f"{walked.steps / seconds:.0f}",
            )
        )
    chance, calls, steps = random.Random(SEED), 0, 0
    began = time.perf_counter()
    while (seconds := time.perf_counter() - began) < (1 if quick else 10):
        steps += len(random_call(flow, chance)) - 1
        calls += 1
    rows.append(
        ("random callers, garbage too", f"{calls} calls, {steps} steps", f"{seconds:.2f} s", f"{steps / seconds:.0f}")
    )
    print(table(("what", "walked", "took", "steps a second"), rows))
    print(f"\n{calls / seconds:.0f} whole calls a second on one core, {steps / calls:.1f} steps a call")
