"""The HTTP routes of ComfyUI that the server offers, except the WebSocket."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import jobs, prompts, storage
from .engine import Engine
from .nodes import node_types
from .queueing import PromptQueue
from .responses import (
    Request,
    Response,
    empty,
    internal_error,
    json_response,
    method_not_allowed,
    not_found,
    text,
)
from .shared import Shared

Handler = Callable[[Request, "re.Match[str]"], Response]

UPGRADE_REQUIRED = 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".'
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="UTF-8"/><title>ComfyUI</title></head>'
    "<body><p>A server for tests which speaks the protocol of ComfyUI.</p></body></html>"
)


def plain_path(path: str) -> str:
    """`/api/x` means `/x`, except that the jobs live under `/api/jobs` (and so under `/api/api/jobs`)."""
    if path.startswith("/api/") and not re.match(r"/api/jobs(/|$)", path):
        return path[len("/api") :]
    return path


class Routes:
    """Finds the handler of a request."""

    def __init__(self, shared: Shared, queue: PromptQueue, engine: Engine) -> None:
        self._shared = shared
        self._queue = queue
        self._engine = engine
        poster = prompts.PromptPoster(shared, queue)
        store = storage.Storage(shared)
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/", self._page),
            ("GET", "/ws", lambda request, match: text(400, UPGRADE_REQUIRED)),
            ("GET", "/system_stats", lambda request, match: json_response(shared.system_stats())),
            ("GET", "/features", lambda request, match: json_response(shared.generation.features)),
            ("GET", "/models", lambda request, match: json_response(list(shared.facts.models))),
            ("GET", "/models/([^/]+)", self._models_of),
            (
                "GET",
                "/embeddings",
                lambda request, match: json_response(shared.facts.models.get("embeddings", [])),
            ),
            ("GET", "/object_info", self._object_info),
            ("GET", "/object_info/([^/]+)", self._object_info),
            ("GET", "/settings", lambda request, match: json_response({})),
            ("GET", "/users", lambda request, match: json_response({"storage": "server", "migrated": False})),
            ("GET", "/workflow_templates", lambda request, match: json_response({})),
            ("GET", "/prompt", self._prompt_info),
            ("POST", "/prompt", lambda request, match: poster.post(request)),
            ("GET", "/queue", self._queue_info),
            ("POST", "/queue", self._change_queue),
            ("GET", "/history", self._history),
            ("GET", "/history/([^/]+)", self._history_of),
            ("POST", "/history", self._change_history),
            ("POST", "/interrupt", self._interrupt),
            ("POST", "/free", self._free),
            ("POST", "/upload/image", lambda request, match: store.upload(request)),
            ("GET", "/view", lambda request, match: store.view(request)),
        ]
        if shared.generation.has_jobs:
            table += jobs.Jobs(queue, engine).routes()
        self._table = [(method, re.compile(pattern), handler) for method, pattern, handler in table]

    def answer(self, request: Request) -> Response:
        """The right answer to a request whose path is already plain."""
        method = "GET" if request.method == "HEAD" else request.method
        allowed = set()
        for offered, pattern, handler in self._table:
            match = pattern.fullmatch(request.path)
            if match is not None and offered == method:
                return _guarded(handler, request, match)
            if match is not None:
                allowed.add(offered)
        if method == "GET":
            return not_found()
        return method_not_allowed(",".join(sorted(allowed | {"GET", "HEAD"})))

    def _page(self, request: Request, match: re.Match[str]) -> Response:
        headers = [
            ("Cache-Control", self._shared.generation.page_cache_control),
            ("Pragma", "no-cache"),
            ("Expires", "0"),
            ("Content-Type", "text/html"),
            ("Accept-Ranges", "bytes"),
        ]
        return Response(200, PAGE.encode(), headers)

    def _models_of(self, request: Request, match: re.Match[str]) -> Response:
        names = self._shared.facts.models.get(match[1])
        return empty(404) if names is None else json_response(names)

    def _object_info(self, request: Request, match: re.Match[str]) -> Response:
        nodes = node_types(self._shared.generation, self._shared.facts.models)
        wanted = [match[1]] if match.groups() else list(nodes)
        generation = self._shared.generation
        return json_response({name: nodes[name].info(generation) for name in wanted if name in nodes})

    def _prompt_info(self, request: Request, match: re.Match[str]) -> Response:
        return json_response(queue_status(self._shared, self._queue))

    def _queue_info(self, request: Request, match: re.Match[str]) -> Response:
        running, pending, _ = self._queue.snapshot()
        return json_response({"queue_running": running, "queue_pending": pending})

    def _change_queue(self, request: Request, match: re.Match[str]) -> Response:
        change = request.json()
        if change.get("clear"):
            self._queue.clear()
        for prompt_id in change.get("delete", []):
            self._queue.delete(prompt_id)
        return empty()

    def _history(self, request: Request, match: re.Match[str]) -> Response:
        max_items = request.query.get("max_items")
        offset = int(request.query.get("offset", -1))
        return json_response(self._queue.history(None if max_items is None else int(max_items), offset))

    def _history_of(self, request: Request, match: re.Match[str]) -> Response:
        return json_response(self._queue.history_of(match[1]))

    def _change_history(self, request: Request, match: re.Match[str]) -> Response:
        change = request.json()
        if change.get("clear"):
            self._queue.clear_history()
        for prompt_id in change.get("delete", []):
            self._queue.delete_history(prompt_id)
        return empty()

    def _interrupt(self, request: Request, match: re.Match[str]) -> Response:
        """Without an id this interrupts anybody's prompt; the answer is 200 whatever happened."""
        body = request.json() if request.body else {}
        self._engine.interrupt(body.get("prompt_id"))
        return empty()

    def _free(self, request: Request, match: re.Match[str]) -> Response:
        if request.json().get("free_memory"):
            self._engine.forget_cache()
        return empty()


def queue_status(shared: Shared, queue: PromptQueue) -> dict[str, Any]:
    """`exec_info` of `/prompt` and of status messages."""
    length = shared.facts.queue_length
    return {"exec_info": {"queue_remaining": queue.unfinished() if length is None else length}}


def _guarded(handler: Handler, request: Request, match: re.Match[str]) -> Response:
    """An exception in a handler becomes the 500 of the real server."""
    try:
        return handler(request, match)
    except (AttributeError, KeyError, LookupError, TypeError, ValueError):
        return internal_error()
