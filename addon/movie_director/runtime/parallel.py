# SPDX-License-Identifier: GPL-3.0-or-later
"""Short jobs side by side in daemon threads.

Not `concurrent.futures`: its threads are joined when the interpreter exits, so one silent peer would
keep Blender from quitting.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_THREADS = 64
"""More than enough for the programs of one computer, so that silent ones keep nobody waiting."""


def each_as_it_comes(
    work: Callable[[Job], Iterable[Result]],
    sources: Sequence[Iterable[Job]],
    *,
    name: str,
    deadline: float,
    limit: int = _THREADS,
    discard: Callable[[Job], object] = lambda job: None,
) -> Iterator[Result]:
    """Run `work` on every job of every source, and yield its results in the order they come.

    Each source is read in a thread of its own; each job is begun as soon as its source has it, in up to
    `limit` further threads. Ends at `deadline` (monotonic seconds) at the latest; threads that still work
    then are left behind, they are daemons and their sockets have time limits of their own. Jobs that have not
    begun by then never begin: they are given to `discard`, which releases what they hold. Neither `work` nor
    `discard` nor a source may raise.
    """
    yield from _Crew(work, discard, name, deadline, limit).results(sources)


class _Crew(Generic[Job, Result]):
    def __init__(
        self,
        work: Callable[[Job], Iterable[Result]],
        discard: Callable[[Job], object],
        name: str,
        deadline: float,
        limit: int,
    ) -> None:
        self._work = work
        self._discard = discard
        self._name = name
        self._deadline = deadline
        self._limit = limit
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._news: queue.SimpleQueue[tuple[Result, ...]] = queue.SimpleQueue()
        """One result, or nothing for the end of a job or of a source."""
        self._lock = threading.Lock()
        self._threads = 0
        self._unfinished = 0
        """Sources and jobs that have not ended yet."""

    def results(self, sources: Sequence[Iterable[Job]]) -> Iterator[Result]:
        self._unfinished = len(sources)
        for number, source in enumerate(sources):
            self._start(self._read, source, name=f"{self._name}-source-{number}")
        while self._unfinished:
            try:
                news = self._news.get(timeout=max(0.0, self._deadline - time.monotonic()))
            except queue.Empty:
                return
            yield from news
            if not news:
                with self._lock:
                    self._unfinished -= 1

    def _read(self, source: Iterable[Job]) -> None:
        for job in source:
            with self._lock:
                self._unfinished += 1
                self._waiting.put(job)
                another = self._threads < self._limit
                self._threads += another
                number = self._threads
            if another:
                self._start(self._take_jobs, name=f"{self._name}-{number}")
        self._news.put(())

    def _take_jobs(self) -> None:
        while True:
            with self._lock:
                if self._waiting.empty():
                    self._threads -= 1
                    return
                job = self._waiting.get_nowait()
            if time.monotonic() >= self._deadline:
                self._discard(job)
                continue
            for result in self._work(job):
                self._news.put((result,))
            self._news.put(())

    def _start(self, target: Callable[..., None], *arguments: object, name: str) -> None:
        threading.Thread(target=target, args=arguments, name=name, daemon=True).start()
