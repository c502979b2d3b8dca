# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one ComfyUI: HTTP for what must be true, a WebSocket for what should be early."""

from __future__ import annotations

import time
from dataclasses import replace

from ...core.errors import NoAnswer, ProblemCode, ProtocolError, ServerFailed, WrongProgram
from ...core.facts import Queue, ServiceInfo
from ...core.settings import Policy
from ...transport.header_fields import authorization
from ...transport.http import Answer, HttpClient
from ...transport.strangers import name_of
from ...transport.websocket import WebSocket
from ..base import Surroundings, wrong_program
from . import facts, messages
from .model_lists import ModelLists
from .stream import QueueStream, new_path

_SMALL = 64 * 1024
_MODEL_LIST = 2 * 1024 * 1024
_PAGE = 8 * 1024
_MESSAGE = 32 * 1024 * 1024
"""Bytes of the largest WebSocket message: previews, and images of workflows that send them this way."""
_LONGEST_PING_INTERVAL = 4.0
_GREETING_CHECKS = 5
"""A WebSocket without greeting is useless, however busy ComfyUI is; it gets the time of this many checks."""
_SHORTEST_TIMEOUT = 0.01

OTHER_PROGRAMS = frozenset({ProblemCode.MALFORMED, ProblemCode.TOO_LARGE, ProblemCode.REDIRECTED})
"""What it looks like to ask another program for ``/system_stats``."""


def is_comfyui_page(page: Answer) -> bool:
    """Whether the first kilobytes of ``/`` look like ComfyUI's own page."""
    return "<title>ComfyUI" in page.text()


def read_system_stats(http: HttpClient, timeout: float | None = None) -> facts.SystemStats:
    """Ask the address that proves a ComfyUI; raises `ProtocolError` for an answer that does not."""
    return facts.system_stats(http.get_json("/system_stats", limit=_SMALL, timeout=timeout))


class ComfyClient:
    """A `backends.base.Client` for ComfyUI; owned by one thread, opens nothing before `open`."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._policy = surroundings.policy
        self._endpoint = surroundings.endpoint
        # ComfyUI itself knows no password; a proxy before it may want one.
        self._headers = authorization(surroundings.credentials, surroundings.api_key)
        self._http = self._new_http()
        self._stream: QueueStream | None = None
        self._lists = ModelLists()
        self._info = ServiceInfo(facts.PROGRAM)

    # --- life --------------------------------------------------------------------------------------

    def open(self) -> ServiceInfo:
        """Verify that a ComfyUI answers; read its version, devices, queue and features."""
        stats = self._identity(self._policy.check_timeout)
        self._info = ServiceInfo(
            facts.PROGRAM,
            version=stats.version,
            devices=stats.devices,
            queue=facts.queue(self._optional("/prompt", self._policy.check_timeout)),
            features=facts.features(self._optional("/features", self._policy.check_timeout)),
        )
        return self._info

    def check(self) -> ServiceInfo:
        """Ask for identity, memory and queue, within the time limit of one check for both."""
        deadline = time.monotonic() + self._policy.check_timeout
        stats = self._identity(self._policy.check_timeout)
        queue = facts.queue(self._optional("/prompt", deadline - time.monotonic()))
        if self._stream is not None:
            self._stream.polled(queue)
        self._info = replace(self._info, version=stats.version, devices=stats.devices, queue=queue)
        return self._info

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""
        self._policy = policy
        self._http.read_timeout = policy.check_timeout

    def drop(self) -> None:
        """Close all sockets but stay usable."""
        self.close()
        self._http = self._new_http()

    def close(self) -> None:
        """Release everything; never raises."""
        self.close_stream()
        self._http.close()

    # --- stream ------------------------------------------------------------------------------------

    def open_stream(self) -> QueueStream:
        """Open a WebSocket under a new client id, after the old one is closed.

        Raises a `ServiceError` (``stream-refused``) when the server answers but gives no WebSocket.
        """
        self.close_stream()
        websocket = WebSocket.connect(
            self._endpoint,
            new_path(),
            self._surroundings.sockets,
            timeout=self._connect_timeout + self._policy.check_timeout,
            headers=self._headers,
            message_limit=_MESSAGE,
            ca_file=self._surroundings.ca_file,
        )
        try:
            websocket.send_text(messages.FEATURE_FLAGS, timeout=self._policy.check_timeout)
        except BaseException:
            websocket.close()
            raise
        greeting_limit = _GREETING_CHECKS * self._policy.check_timeout
        self._stream = QueueStream(websocket, self._learn_queue, self._ping_interval, greeting_limit)
        return self._stream

    def close_stream(self) -> None:
        """Close the WebSocket, for sure; never raises."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def keep_stream_alive(self) -> None:
        """Ping when it is time; raise ``stream-lost`` or ``stream-mute`` when the channel is dead.

        A service at work may be too busy to answer: it has as long as its health checks have.
        """
        if self._stream is not None:
            self._stream.keep_alive(self._policy.busy_limit if self._info.working else self._ping_interval)

    @property
    def _ping_interval(self) -> float:
        return min(_LONGEST_PING_INTERVAL, self._policy.check_interval)

    def _learn_queue(self, queue: Queue) -> ServiceInfo | None:
        if queue == self._info.queue:
            return None
        self._info = replace(self._info, queue=queue)
        return self._info

    # --- facts -------------------------------------------------------------------------------------

    def read_facts(self) -> ServiceInfo | None:
        """Read the folders, then the models of one folder per call; None when nothing is left.

        A folder that fails, or is late twice, is left out.
        """
        path = self._lists.next_path()
        if path is None:
            return None
        try:
            self._lists.take(self._http.get_json(path, limit=_MODEL_LIST))
        except (ProtocolError, ServerFailed):
            self._lists.skip()
        except NoAnswer:
            if not self._lists.postpone():
                raise
        self._info = replace(self._info, models=self._lists.models, complete=self._lists.complete)
        return self._info

    def restart_facts(self) -> None:
        """Read them anew; what is known stays until then."""
        self._lists.restart()
        self._info = replace(self._info, complete=False)

    # --- HTTP --------------------------------------------------------------------------------------

    def _identity(self, timeout: float) -> facts.SystemStats:
        try:
            return read_system_stats(self._http, timeout)
        except ProtocolError as error:
            if error.problem.code not in OTHER_PROGRAMS:
                raise
            page = self._http.get("/", limit=_PAGE, timeout=timeout, prefix_only=True)
            if is_comfyui_page(page):
                raise  # a ComfyUI that answers nonsense is no other program
            raise self._wrong_program(page, error) from error

    def _wrong_program(self, page: Answer, error: ProtocolError) -> WrongProgram:
        found = name_of(page, self._http)
        return wrong_program(facts.PROGRAM, self._endpoint, error.problem.detail, found)

    def _optional(self, path: str, timeout: float) -> object:
        """The answer of an address that a ComfyUI can do without; None if it has none to give."""
        try:
            return self._http.get_json(path, limit=_SMALL, timeout=max(timeout, _SHORTEST_TIMEOUT))
        except (ProtocolError, ServerFailed):
            return None

    def _new_http(self) -> HttpClient:
        return HttpClient(
            self._endpoint,
            self._surroundings.sockets,
            connect_timeout=self._connect_timeout,
            read_timeout=self._policy.check_timeout,
            headers=self._headers,
            ca_file=self._surroundings.ca_file,
            answers=self._surroundings.answers,
        )

    @property
    def _connect_timeout(self) -> float:
        return self._policy.connect_timeout(self._endpoint.is_loopback)
