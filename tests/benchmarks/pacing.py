"""Waiting and working side by side, as measurements need it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds after which something that must come counts as never coming."""


def pause(seconds: float) -> None:
    """Let time pass: to begin a fault at a random moment, or to see what is spent meanwhile."""
    threading.Event().wait(seconds)


def await_that(condition: Callable[[], bool], what: str) -> None:
    """Return soon after `condition()` is true; RuntimeError when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE:g} s: {what}")
        pause(0.002)


def side_by_side(work: Callable[[int], Result], count: int, at_once: int) -> list[Result]:
    """`work(0)` to `work(count - 1)`, some at once, and their results in order; the first error is raised."""
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    numbers = iter(range(count))
    lock = threading.Lock()

    def run() -> None:
        while True:
            with lock:
                number = None if errors else next(numbers, None)
            if number is None:
                return
            try:
                results[number] = work(number)
            except BaseException as error:  # handed to the caller below
                errors.append(error)

    threads = [threading.Thread(target=run, name=f"measuring-{n}", daemon=True) for n in range(at_once)]
    _run_all(threads)
    if errors:
        raise errors[0]
    return [results[number] for number in range(count)]


def _run_all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
