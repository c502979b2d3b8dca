"""The job routes of 0.33: one view over queue and history, and cancelling."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .engine import Engine
from .queueing import PromptQueue, QueueItem
from .responses import Request, Response, json_response

Job = dict[str, Any]
Route = tuple[str, str, Callable[[Request, "re.Match[str]"], Response]]

STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
PREFIX = "(?:/api)?/api/jobs"


class Jobs:
    """Handlers of `/api/jobs` and what is below it."""

    def __init__(self, queue: PromptQueue, engine: Engine) -> None:
        self._queue = queue
        self._engine = engine

    def routes(self) -> list[Route]:
        return [
            ("GET", PREFIX, self._list),
            ("POST", f"{PREFIX}/cancel", self._cancel_many),
            ("GET", f"{PREFIX}/([^/]+)", self._one),
            ("POST", f"{PREFIX}/([^/]+)/cancel", self._cancel_one),
        ]

    def _list(self, request: Request, match: re.Match[str]) -> Response:
        wanted = [status for status in request.query.get("status", "").lower().split(",") if status]
        unknown = [status for status in wanted if status not in STATUSES]
        if unknown:
            return json_response({"error": f"Invalid status value(s): {', '.join(unknown)}"}, 400)
        running, pending, history = self._queue.snapshot()
        found = [
            *(_queued_job(item, "pending") for item in pending),
            *(_queued_job(item, "in_progress") for item in running),
            *(_finished_job(prompt_id, entry) for prompt_id, entry in history.items()),
        ]
        found = [job for job in found if not wanted or job["status"] in wanted]
        newest_first = request.query.get("sort_order", "desc") == "desc"
        found.sort(key=lambda job: int(job["create_time"]), reverse=newest_first)
        return json_response(_page(found, request.query))

    def _one(self, request: Request, match: re.Match[str]) -> Response:
        job = self._find(match[1])
        return json_response({"error": "Job not found"}, 404) if job is None else json_response(job)

    def _find(self, prompt_id: str) -> Job | None:
        running, pending, history = self._queue.snapshot()
        if prompt_id in history:
            entry = history[prompt_id]
            details = {"outputs": entry["outputs"], "execution_status": entry["status"]}
            return {**_finished_job(prompt_id, entry), **details, "workflow": _workflow(entry["prompt"])}
        for status, items in (("in_progress", running), ("pending", pending)):
            for item in items:
                if item.prompt_id == prompt_id:
                    return {**_queued_job(item, status), "workflow": _workflow(item)}
        return None

    def _cancel_one(self, request: Request, match: re.Match[str]) -> Response:
        if self._find(match[1]) is None:
            return json_response({"error": "Job not found"}, 404)
        return json_response({"cancelled": self._cancel(match[1])})

    def _cancel_many(self, request: Request, match: re.Match[str]) -> Response:
        cancelled = [self._cancel(prompt_id) for prompt_id in request.json()["job_ids"]]
        return json_response({"cancelled": any(cancelled)})

    def _cancel(self, prompt_id: str) -> bool:
        """Dequeue or interrupt; False when it had ended before."""
        return self._queue.delete(prompt_id) or self._engine.interrupt(prompt_id)


def _queued_job(item: QueueItem, status: str) -> Job:
    return {
        "id": item.prompt_id,
        "status": status,
        "priority": item.number,
        "create_time": item.extra_data["create_time"],
        "outputs_count": 0,
        "previewable_outputs_count": 0,
    }


def _finished_job(prompt_id: str, entry: dict[str, Any]) -> Job:
    messages = entry["status"]["messages"]
    last, details = messages[-1]
    ends = {
        "execution_success": "completed",
        "execution_interrupted": "cancelled",
        "execution_error": "failed",
    }
    images = [
        {**image, "nodeId": node_id, "mediaType": kind}
        for node_id, output in entry["outputs"].items()
        for kind, shown in output.items()
        for image in shown
    ]
    job: Job = {
        "id": prompt_id,
        "status": ends[last],
        "priority": entry["prompt"].number,
        "create_time": entry["prompt"].extra_data["create_time"],
        "execution_start_time": messages[0][1]["timestamp"],
        "execution_end_time": details["timestamp"],
    }
    if last == "execution_error":
        job["execution_error"] = details
    job.update(outputs_count=len(images), previewable_outputs_count=len(images))
    if images:
        job["preview_output"] = next((image for image in images if image["type"] == "output"), images[0])
    return job


def _workflow(item: QueueItem) -> dict[str, Any]:
    return {"prompt": item.prompt, "extra_data": item.extra_data}


def _page(found: list[Job], query: dict[str, str]) -> dict[str, Any]:
    offset = int(query.get("offset", 0))
    limit = int(query["limit"]) if "limit" in query else None
    end = len(found) if limit is None else offset + limit
    pagination = {"offset": offset, "limit": limit, "total": len(found), "has_more": end < len(found)}
    return {"jobs": found[offset:end], "pagination": pagination}
