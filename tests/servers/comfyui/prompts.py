"""POST /prompt: checks a prompt and queues it."""

from __future__ import annotations

import uuid
from typing import Any

from .engine import now
from .nodes import node_types
from .queueing import PromptQueue, QueueItem
from .responses import Request, Response, json_response
from .shared import Shared
from .validation import error_body, is_canonical_id, validate

ID_RULE = (
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; "
    "omit it to let the server generate one"
)


class PromptPoster:
    """Queues prompts. A prompt_id names a prompt but need not be unique: the same id twice runs twice."""

    def __init__(self, shared: Shared, queue: PromptQueue) -> None:
        self._shared = shared
        self._queue = queue

    def post(self, request: Request) -> Response:
        """Answer POST /prompt; raises what the router turns into a 500."""
        body = request.json()
        if "prompt" not in body:
            return _refused(error_body("no_prompt", "No prompt provided", "No prompt provided"))
        prompt_id = body.get("prompt_id")
        generation = self._shared.generation
        if prompt_id is None:
            prompt_id = str(uuid.uuid4())
        elif generation.canonical_prompt_ids and not is_canonical_id(prompt_id):
            return _refused(error_body("invalid_prompt_id", "prompt_id must be a valid UUID", ID_RULE))
        number = self._number(body)
        nodes = node_types(generation, self._shared.facts.models)
        verdict = validate(body["prompt"], nodes, generation)
        if verdict.error is not None:
            return _refused(verdict.error, verdict.node_errors)
        extra_data = self._extra_data(body)
        self._queue.put(QueueItem(number, str(prompt_id), body["prompt"], extra_data, verdict.outputs))
        return json_response({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    def _number(self, body: dict[str, Any]) -> float:
        if "number" in body:
            return float(body["number"])
        number = self._queue.next_number()
        return -number if body.get("front") else number

    def _extra_data(self, body: dict[str, Any]) -> dict[str, Any]:
        extra_data = dict(body.get("extra_data", {}))
        if "client_id" in body:
            extra_data["client_id"] = body["client_id"]
        if self._shared.generation.stamps_create_time:
            extra_data["create_time"] = now()
        return extra_data


def _refused(error: dict[str, Any], node_errors: dict[str, Any] | None = None) -> Response:
    return json_response({"error": error, "node_errors": node_errors or {}}, 400)
