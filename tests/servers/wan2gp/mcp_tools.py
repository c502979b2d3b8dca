"""The tools of Wan2GP's MCP mode that this project calls, over jobs and models that exist in name only.

A tool takes the arguments of a call and returns what Wan2GP returns: an object, or a list of objects. It
raises an exception where Wan2GP does.
"""

from __future__ import annotations

import copy
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from . import recording

Tool = Callable[[dict[str, Any]], Any]

_MOST_MODELS = 10
_MOST_AVAILABILITIES = 50
_AUDIO = ("Music", "TTS")
_IMAGE = ("Flux 1", "Flux 2", "Qwen", "Z-Image", "HiDream", "Ideogram", "Krea 2")


class Tools:
    """`seconds`: how long a job takes. `on_disk`: model types whose files are there."""

    def __init__(self, seconds: float, on_disk: tuple[str, ...]) -> None:
        self._seconds = seconds
        self._on_disk = on_disk
        self._models = {model_type: (family, name) for family, name, model_type in recording.models()}
        calls = recording.mcp()["tools/call"]
        self._model_record = calls["wangp_list_models"]["answer"]["result"]["structuredContent"]["result"][0]
        self._jobs: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def by_name(self) -> dict[str, Tool]:
        return {
            "wangp_list_models": self.list_models,
            "wangp_list_model_availability": self.list_availability,
            "wangp_get_model_availability": lambda given: self._availability(given["model_type"]),
            "wangp_generate": self.generate,
            "wangp_get_job": lambda given: self._snapshot(given["job_id"]),
            "wangp_cancel_job": self.cancel,
        }

    # --- models ------------------------------------------------------------------------------------

    def list_models(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._record(model) for model in self._page(given, 10, _MOST_MODELS)]

    def list_availability(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._availability(model) for model in self._page(given, 20, _MOST_AVAILABILITIES)]

    def _page(self, given: dict[str, Any], usual: int, most: int) -> list[str]:
        wanted = given.get("main_output")
        models = [model for model in self._models if wanted in (None, self._output(model))]
        limit = max(1, min(int(given.get("limit", usual)), most))
        offset = max(0, int(given.get("offset", 0)))
        return models[offset : offset + limit]

    def _output(self, model: str) -> str:
        family, _ = self._models[model]
        return "audio" if family in _AUDIO else "image" if family in _IMAGE else "video"

    def _record(self, model: str) -> dict[str, Any]:
        family, name = self._models[model]
        output = self._output(model)
        return {
            **copy.deepcopy(self._model_record),
            "model_type": model,
            "family": family.lower(),
            "family_label": family,
            "base_model_type": model,
            "main_output": [output],
            "outputs": [output],
            "name": name,
        }

    def _availability(self, model: str) -> dict[str, Any]:
        if model not in self._models:
            raise ValueError(f"Unknown model_type: {model}")
        there = model in self._on_disk
        return {
            "model_type": model,
            "status": "available" if there else "missing",
            "status_code": 2 if there else 0,
            "indicator": "blue_square" if there else "black_square",
            "available": there,
        }

    # --- jobs --------------------------------------------------------------------------------------

    def generate(self, given: dict[str, Any]) -> dict[str, Any]:
        job_id, now = uuid.uuid4().hex, time.time()
        job = {
            "job_id": job_id,
            "done": False,
            "cancel_requested": False,
            "webui_submission_ready": False,
            "webui_load_queue_token": "",
            "created_at": now,
            "updated_at": now,
            "events": [],
            "result": None,
        }
        with self._lock:
            self._jobs[job_id] = job
        return dict(job)

    def cancel(self, given: dict[str, Any]) -> dict[str, Any]:
        job_id = given["job_id"]
        self._snapshot(job_id)
        with self._lock:
            job = self._jobs[job_id]
            job["cancel_requested"] = True
            if not job["done"]:
                _end(job, cancelled=True)
        return self._snapshot(job_id)

    def _snapshot(self, job_id: str) -> dict[str, Any]:
        with self._lock:
            if job_id not in self._jobs:
                raise KeyError(f"Unknown WanGP job_id: {job_id}")
            job = self._jobs[job_id]
            if not job["done"] and time.time() - job["created_at"] >= self._seconds:
                _end(job, cancelled=False)
            return copy.deepcopy(job)


def _end(job: dict[str, Any], *, cancelled: bool) -> None:
    error = {
        "message": "Generation was cancelled",
        "task_index": 1,
        "task_id": 1,
        "stage": "generation",
        "cancelled": True,
    }
    result = {
        "success": not cancelled,
        "cancelled": cancelled,
        "generated_files": [],
        "errors": [error] if cancelled else [],
        "total_tasks": 1,
        "successful_tasks": 0 if cancelled else 1,
        "failed_tasks": 1 if cancelled else 0,
        "artifacts": [],
    }
    now = time.time()
    status = {"kind": "status", "timestamp": now, "data": "Loading model"}
    failure = {"kind": "error", "timestamp": now, "data": error}
    job["events"] = [
        {"kind": "started", "timestamp": job["created_at"], "data": {"tasks": 1}},
        *([status, failure] if cancelled else [status]),
        {"kind": "completed", "timestamp": now, "data": result},
    ]
    job.update(done=True, updated_at=now, result={**result, "gallery_items": []})
