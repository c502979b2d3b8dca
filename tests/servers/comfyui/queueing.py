"""The queue of prompts and the history of finished ones."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_HISTORY = 10_000


class QueueItem(NamedTuple):
    """One queued prompt, in the shape of `/queue` entries.

    `number` orders the queue: smallest first.
    """

    number: float
    prompt_id: str
    prompt: dict[str, Any]
    extra_data: dict[str, Any]
    outputs: list[str]


class PromptQueue:
    """Pending and running prompts and the history. A prompt is always in one of them, without a gap."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._condition = threading.Condition(threading.RLock())
        self._pending: list[QueueItem] = []
        self._running: list[QueueItem] = []
        self._history: dict[str, dict[str, Any]] = {}
        self._next_number = 0
        self._ended = False

    def next_number(self) -> int:
        with self._condition:
            number = self._next_number
            self._next_number += 1
            return number

    def put(self, item: QueueItem) -> None:
        """Queue one prompt.

        TypeError when it agrees with a pending one in number and id but not in the rest. It is queued all the
        same: the real queue is a heap of such tuples, and comparing their dictionaries fails after the push.
        """
        with self._condition:
            clash = any(other[:2] == item[:2] and other != item for other in self._pending)
            self._pending.append(item)
            if clash:
                raise TypeError("'<' not supported between instances of 'dict' and 'dict'")
            self._changed()
            self._condition.notify_all()

    def take(self) -> QueueItem | None:
        """Wait for the next prompt and make it the running one; None when the server ends."""
        with self._condition:
            self._condition.wait_for(lambda: self._pending or self._ended)
            if self._ended:
                return None
            item = min(self._pending, key=lambda pending: (pending.number, pending.prompt_id))
            self._pending.remove(item)
            self._running.append(item)
            self._changed()
            return item

    def finish(self, item: QueueItem, entry: dict[str, Any]) -> None:
        """Move the running prompt into the history."""
        with self._condition:
            self._running.remove(item)
            if len(self._history) >= MAX_HISTORY:
                self._history.pop(next(iter(self._history)))
            self._history[item.prompt_id] = {"prompt": item, **entry}
            self._changed()
            self._condition.notify_all()

    def end(self) -> None:
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def wait_idle(self) -> None:
        """Wait until nothing runs, or the server ends."""
        with self._condition:
            self._condition.wait_for(lambda: not self._running or self._ended)

    def clear(self) -> None:
        """Drop all pending prompts; the running one stays."""
        with self._condition:
            self._pending.clear()
            self._changed()

    def delete(self, prompt_id: str) -> bool:
        """Drop the first pending prompt with this id, and only that one."""
        with self._condition:
            for index, item in enumerate(self._pending):
                if item.prompt_id == prompt_id:
                    del self._pending[index]
                    self._changed()
                    return True
            return False

    def unfinished(self) -> int:
        with self._condition:
            return len(self._pending) + len(self._running)

    def running(self) -> list[QueueItem]:
        with self._condition:
            return list(self._running)

    def snapshot(self) -> tuple[list[QueueItem], list[QueueItem], dict[str, dict[str, Any]]]:
        """Running, pending and history at one moment."""
        with self._condition:
            return list(self._running), list(self._pending), dict(self._history)

    def history(self, max_items: int | None = None, offset: int = -1) -> dict[str, dict[str, Any]]:
        """The newest `max_items` entries, or so many from `offset` on; all without either."""
        with self._condition:
            ids = list(self._history)
            start = max(0, len(ids) - max_items) if offset < 0 and max_items is not None else max(0, offset)
            stop = None if max_items is None else start + max_items
            return {prompt_id: copy.deepcopy(self._history[prompt_id]) for prompt_id in ids[start:stop]}

    def history_of(self, prompt_id: str) -> dict[str, dict[str, Any]]:
        with self._condition:
            entry = self._history.get(prompt_id)
            return {} if entry is None else {prompt_id: copy.deepcopy(entry)}

    def clear_history(self) -> None:
        with self._condition:
            self._history.clear()

    def delete_history(self, prompt_id: str) -> None:
        with self._condition:
            self._history.pop(prompt_id, None)
