"""The steps by which work is given to the web UI, without the work: what they pass on is kept as in Wan2GP.

One session loads a file of settings (`load_queue_action`), then calls `init_process_queue_if_any`,
`activate_status` and `process_tasks_1`, which yields until all tasks are done. The state of a session, a
`gr.State`, is a plain dictionary here: {"tasks": [settings, ...], "done": number of tasks}.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


class Tasks:
    """The handlers, by the names under which the web UI offers them. `seconds`: how long one task takes."""

    def __init__(self, gradio: Any, seconds: float) -> None:
        self._gradio = gradio
        self._seconds = seconds

    def handlers(self) -> dict[str, Callable[..., Any]]:
        return {
            "load_queue_action": self.load,
            "init_process_queue_if_any": self.prepare,
            "activate_status": self.announce,
            "process_tasks_1": self.process,
        }

    def load(self, file: Any, state: dict[str, Any]) -> Any:
        """Read a file of settings: one task, or a list of them."""
        if file is None:
            return self._gradio.update()
        try:
            settings = json.loads(Path(str(file)).read_text("utf-8"))
        except ValueError as error:
            raise self._gradio.Error("The file holds no settings") from error
        tasks = settings if isinstance(settings, list) else [settings]
        state.setdefault("tasks", []).extend(tasks)
        self._gradio.Info(f"Loaded {len(tasks)} task(s)")
        return f"{len(state['tasks'])} waiting"

    def prepare(self, state: dict[str, Any]) -> list[Any]:
        """Show the buttons that belong to a running queue, if there is one."""
        visible = bool(state.get("tasks"))
        return [self._gradio.update(visible=visible) for _ in range(3)]

    def announce(self, state: dict[str, Any]) -> str:
        return "Starting" if state.get("tasks") else ""

    def process(self, state: dict[str, Any]) -> Iterator[list[Any]]:
        """Work through the tasks, one after the other."""
        while state.get("tasks"):
            task = state["tasks"].pop(0)
            time.sleep(self._seconds)
            if not task.get("model_type"):
                raise self._gradio.Error("A task names no model")
            state["done"] = state.get("done", 0) + 1
            yield [f"{state['done']} done", self._gradio.update(), self._gradio.update()]
