"""Runs queued prompts one after another and tells the clients about it."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import Any

from .nodes import Inputs, NodeResult, NodeType, node_types
from .queueing import PromptQueue, QueueItem
from .shared import Shared
from .validation import is_link
from .websocket import Hub

NodeState = dict[str, Any]


class Interrupted(Exception):
    """The running prompt was interrupted by a client."""


class Ended(Exception):
    """The server ends while a prompt runs: the prompt is lost, nothing is reported."""


def now() -> int:
    """Milliseconds since 1970, the unit of all timestamps in the protocol."""
    return int(time.time() * 1000)


class Engine:
    """The one worker: takes prompts from the queue until the server ends."""

    def __init__(self, shared: Shared, queue: PromptQueue, hub: Hub, ending: threading.Event) -> None:
        self.shared = shared
        self.hub = hub
        self.ending = ending
        self.interrupted: QueueItem | None = None
        """What was running when somebody asked last for an end of it."""
        self.client_id: str | None = None
        self.current_node: str | None = None
        self.cache: dict[str, NodeResult] = {}
        self._queue = queue
        self._forgetting = threading.Event()

    def run(self) -> None:
        """The body of the engine's thread."""
        while (item := self._queue.take()) is not None:
            if self._forgetting.is_set():
                self._forgetting.clear()
                self.cache = {}
            execution = Execution(self, item)
            self.client_id = item.extra_data.get("client_id")
            try:
                status = execution.run()
            except Ended:
                return
            self.current_node = None
            self._queue.finish(item, {"outputs": execution.outputs, "status": status, "meta": execution.meta})
            if self.client_id is not None:
                self.hub.publish("executing", {"node": None, "prompt_id": item.prompt_id}, self.client_id)

    def interrupt(self, prompt_id: str | None) -> bool:
        """Interrupt the running prompt, if it is `prompt_id` or that is None; True when it was running."""
        running = [item for item in self._queue.running() if prompt_id in (None, item.prompt_id)]
        if running:
            self.interrupted = running[0]
        return bool(running)

    def forget_cache(self) -> None:
        """Drop the results of the last prompt before the next, so that the same is executed again."""
        self._forgetting.set()

    def node_of(self, sid: str) -> str | None:
        """The executing node if the running prompt belongs to this session."""
        return self.current_node if sid == self.client_id else None


class Execution:
    """One prompt being executed."""

    def __init__(self, engine: Engine, item: QueueItem) -> None:
        self.outputs: dict[str, Any] = {}
        self.meta: dict[str, Any] = {}
        self.files = engine.shared.files
        self.prompt = item.prompt
        self._engine = engine
        self._item = item
        self._client_id = item.extra_data.get("client_id")
        self._nodes = node_types(engine.shared.generation, engine.shared.facts.models)
        self._signatures: dict[str, str] = {}
        self._states: dict[str, NodeState] = {}
        self._executed: list[str] = []
        self._messages: list[list[Any]] = []
        self._node_id = ""
        self._counted = False

    def run(self) -> dict[str, Any]:
        """Execute all nodes that the outputs need; returns `status` of the history entry."""
        item, cache = self._item, self._engine.cache
        needed = self._needed()
        self._report("execution_start", {"prompt_id": item.prompt_id})
        cached = [node_id for node_id in needed if self._signature(node_id) in cache]
        keep = {self._signature(node_id) for node_id in needed}
        self._engine.cache = {signature: result for signature, result in cache.items() if signature in keep}
        self._report("execution_cached", {"nodes": cached, "prompt_id": item.prompt_id})
        for node_id in needed:
            if node_id in cached:
                if node_id in item.outputs:
                    self._repeat(node_id)
            elif not self._execute(node_id):
                return {"status_str": "error", "completed": False, "messages": self._messages}
        self._report("execution_success", {"prompt_id": item.prompt_id})
        return {"status_str": "success", "completed": True, "messages": self._messages}

    def wait(self, seconds: float) -> None:
        if self._engine.ending.wait(seconds):
            raise Ended

    def progress(self, value: float, maximum: float, *, preview: bool) -> None:
        """Report a step. The order depends on whether the client asked for previews with metadata."""
        if self._engine.interrupted is self._item:
            raise Interrupted
        hub, sid, node_id = self._engine.hub, self._client_id, self._node_id
        with_metadata = hub.wants_metadata(sid)
        state = self._state(node_id, value, maximum, "running")
        self._publish_states()
        if preview and with_metadata:
            identity = ("node_id", "prompt_id", "display_node_id", "parent_node_id", "real_node_id")
            metadata = {**{key: state[key] for key in identity}, "image_type": "image/jpeg"}
            hub.publish_preview(metadata, sid)
        step = {"value": value, "max": maximum, "prompt_id": self._item.prompt_id, "node": node_id}
        hub.publish("progress", step, sid)
        if preview and not with_metadata:
            hub.publish_preview(None, sid)

    def _needed(self) -> list[str]:
        """The output nodes and everything they depend on, each behind what it depends on."""
        order: list[str] = []

        def visit(node_id: str) -> None:
            if node_id in order:
                return
            for value in self.prompt[node_id].get("inputs", {}).values():
                if is_link(value):
                    visit(value[0])
            order.append(node_id)

        for node_id in self._item.outputs:
            visit(node_id)
        return order

    def _execute(self, node_id: str) -> bool:
        """Run one node; False when it failed or was interrupted, which is reported."""
        self._node_id = self._engine.current_node = node_id
        self._state(node_id, 0.0, 1.0, "running")
        self._publish_states()
        self._tell("executing", {"node": node_id, "display_node": node_id})
        node, inputs = self._node(node_id), self._inputs(node_id)
        self._count(node_id)
        try:
            result = node.run(self, inputs)
        except Ended:
            raise
        except Interrupted:
            self._report("execution_interrupted", self._identity(node), everybody=True)
            return False
        except Exception as error:
            self._report("execution_error", self._failure(node, inputs, error))
            return False
        self._engine.cache[self._signature(node_id)] = result
        self._executed.append(node_id)
        self._show(node_id, result)
        state = self._states[node_id]
        self._state(node_id, state["max"], state["max"], "finished")
        self._publish_states()
        return True

    def _repeat(self, node_id: str) -> None:
        """Show the cached result of an output node again, old file names included."""
        self._show(node_id, self._engine.cache[self._signature(node_id)])
        self._state(node_id, 1, 1, "finished")
        self._publish_states()

    def _show(self, node_id: str, result: NodeResult) -> None:
        if result.ui is None:
            return
        self.outputs[node_id] = result.ui
        self.meta[node_id] = {
            "node_id": node_id,
            "display_node": node_id,
            "parent_node": None,
            "real_node_id": node_id,
        }
        self._tell("executed", {"node": node_id, "display_node": node_id, "output": result.ui})

    def _node(self, node_id: str) -> NodeType:
        return self._nodes[self.prompt[node_id]["class_type"]]

    def _inputs(self, node_id: str) -> Inputs:
        """The input values, with links replaced by what the nodes before have made."""
        values = {}
        for name, value in self.prompt[node_id].get("inputs", {}).items():
            if is_link(value):
                value = self._engine.cache[self._signature(value[0])].outputs[value[1]]
            values[name] = value
        return values

    def _signature(self, node_id: str) -> str:
        """Equal for nodes which do the same to the same inputs: the key of the cache."""
        if node_id not in self._signatures:
            node = self.prompt[node_id]
            inputs = {
                name: [self._signature(value[0]), value[1]] if is_link(value) else value
                for name, value in node.get("inputs", {}).items()
            }
            content = json.dumps([node["class_type"], inputs], sort_keys=True)
            self._signatures[node_id] = hashlib.sha256(content.encode()).hexdigest()
        return self._signatures[node_id]

    def _state(self, node_id: str, value: float, maximum: float, state: str) -> NodeState:
        entry = {
            "value": value,
            "max": maximum,
            "state": state,
            "node_id": node_id,
            "prompt_id": self._item.prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        self._states[node_id] = entry
        return entry

    def _publish_states(self) -> None:
        data = {"prompt_id": self._item.prompt_id, "nodes": self._states}
        self._engine.hub.publish("progress_state", data, self._client_id)

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        """Send to the client that queued the prompt; to nobody when it gave no id."""
        if self._client_id is not None:
            self._engine.hub.publish(kind, {**data, "prompt_id": self._item.prompt_id}, self._client_id)

    def _report(self, kind: str, data: dict[str, Any], *, everybody: bool = False) -> None:
        """Note a message for the history and send it; without a client id only what is for everybody."""
        data = {**data, "timestamp": now()}
        self._messages.append([kind, data])
        if self._client_id is not None or everybody:
            self._engine.hub.publish(kind, data, self._client_id)

    def _identity(self, node: NodeType) -> dict[str, Any]:
        return {
            "prompt_id": self._item.prompt_id,
            "node_id": self._node_id,
            "node_type": node.name,
            "executed": list(self._executed),
        }

    def _failure(self, node: NodeType, inputs: Inputs, error: Exception) -> dict[str, Any]:
        own = self.prompt[self._node_id].get("inputs", {})
        return {
            **self._identity(node),
            "exception_message": str(error),
            "exception_type": type(error).__name__,
            "traceback": [f'  File "execution.py", in execute\n    {node.name}\n'],
            "current_inputs": {name: [value] for name, value in inputs.items() if not is_link(own.get(name))},
            "current_outputs": list(self.prompt),
        }

    def _count(self, node_id: str) -> None:
        counts, prompt_id = self._engine.shared.counts, self._item.prompt_id
        with counts.lock:
            if not self._counted:
                counts.executions[prompt_id] += 1
            counts.node_executions[prompt_id, node_id] += 1
        self._counted = True
