# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one Gradio program; what is special about the program stands in a `Program`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...core.errors import NoAnswer, ProtocolError, Rejected, ServerFailed, WrongProgram
from ...core.facts import ServiceInfo
from ...core.settings import Policy
from ...transport.http import Answer, HttpClient
from ...transport.strangers import name_of
from ..base import Surroundings, wrong_program
from . import health
from .config import GradioConfig
from .page import Page, read_page
from .visitor import Visitor

_SHORTEST_TIMEOUT = 0.01
_CONFIG_ATTEMPTS = 2

Seconds = Callable[[], float]
"""How long the next request may take."""


def never(_: Page) -> bool:
    return False


@dataclass(frozen=True)
class Program:
    """How one Gradio program is recognised, and what its configuration says."""

    name: str
    """Its name for people."""
    may_be: Callable[[Page], bool]
    """Whether this may be its page: a guess that spares reading ``/config`` where nobody expects it."""
    facts: Callable[[GradioConfig], ServiceInfo | None]
    """Everything that the configuration tells; None if it is that of another program."""
    is_surely: Callable[[Page], bool] = never
    """Whether the page alone proves it, so that a large ``/config`` can wait until `read_facts`."""
    is_known_by_page: bool = False
    """Whether no other page can be its own, so that ``/config`` tells nothing more."""
    patience: float = 0.0
    """Seconds that its page and ``/config`` may take, where that is more than a check may take."""

    def proven_by(self, page: Page) -> bool:
        """Whether `open` may do without ``/config``: not if the page was too short to tell the version."""
        return bool(page.version) and self.is_surely(page)


def suspects(program: Program, answer: Answer) -> bool:
    """Whether the first kilobytes of ``/`` may come from this program, or hide it behind a log-in."""
    page = read_page(answer)
    return page is not None and (page.auth_required or program.may_be(page))


def identify(
    program: Program, http: HttpClient, answer: Answer, *, expected: bool = False
) -> ServiceInfo | None:
    """The facts of the program that sent `answer` at ``/``; None for another one, which is asked nothing.

    Reads ``/config`` unless the page alone is proof; where the program is `expected`, whatever its page is
    called. Where a log-in is asked for, the credentials of `http` are used; raises `Rejected` without them,
    since nobody can know which program stands behind, and likewise `ServerFailed` where a web server before
    the program says that it is not there.
    """
    page = read_page(answer)
    visitor = Visitor(http, http.credentials)
    if page is None:
        visitor.expect_no_refusal(answer)
    elif page.auth_required:
        _, page = visitor.page()
    if page is None or not (program.may_be(page) or (expected and not program.is_known_by_page)):
        return None
    if program.proven_by(page):
        return ServiceInfo(program.name, access=visitor.access)
    info = program.facts(visitor.config())
    return None if info is None else replace(info, access=visitor.access, complete=True)


class GradioClient:
    """A `backends.base.Client` for a Gradio program; owned by one thread, opens nothing before `open`.

    ``/config`` is read once per run of the server. A run is known by the server's ``app_id``, or, where it
    tells none (3.14), by the connection: one that was kept leads to the same process.
    """

    def __init__(self, program: Program, surroundings: Surroundings) -> None:
        self._program = program
        self._surroundings = surroundings
        self._policy = surroundings.policy
        self._visitor = self._new_visitor()
        self._prefix = ""
        self._generation = (0, 0)
        self._run = ""
        self._asks_queue = False
        self._attempts_left = _CONFIG_ATTEMPTS
        self._info = ServiceInfo(program.name)

    @property
    def visitor(self) -> Visitor:
        """For further requests to the same server, signed in where it asks for that."""
        return self._visitor

    @property
    def prefix(self) -> str:
        """What stands before the addresses for programs, once it is open."""
        return self._prefix

    # --- life --------------------------------------------------------------------------------------

    def open(self) -> ServiceInfo:
        """Verify that the program answers; read its facts if they are needed for that, and its queue."""
        return self._meet(lambda: self._longest)

    def check(self) -> ServiceInfo:
        """Ask for run and queue within one time limit; after a restart, verify the program anew."""
        deadline = time.monotonic() + self._policy.check_timeout

        def seconds() -> float:
            return max(deadline - time.monotonic(), _SHORTEST_TIMEOUT)

        try:
            run = self._current_run(seconds)
        except (ProtocolError, Rejected):
            # Another program, or a new run that has not seen our log-in.
            run = None
        if run is None or run != self._run:
            return self._meet(seconds)
        return self._info

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""
        self._policy = policy
        self._visitor.http.read_timeout = policy.check_timeout

    def drop(self) -> None:
        """Close all sockets but stay usable."""
        self._visitor.http.close()
        self._visitor = self._new_visitor(self._visitor.cookie)
        if not health.has_app_id(self._generation):
            self._run = ""  # it was known by its connection

    def close(self) -> None:
        """Release everything; never raises."""
        self._visitor.http.close()

    # --- stream: a Gradio server tells nothing by itself --------------------------------------------

    def open_stream(self) -> None:
        """None: there is no such channel."""

    def close_stream(self) -> None:
        """Nothing to close."""

    def keep_stream_alive(self) -> None:
        """Nothing to keep alive."""

    # --- facts -------------------------------------------------------------------------------------

    def read_facts(self) -> ServiceInfo | None:
        """Read ``/config`` if this run has not shown it yet; None when nothing is left to read."""
        if self._info.complete:
            return None
        try:
            config = self._visitor.config(self._longest)
        except NoAnswer:
            self._attempts_left -= 1
            if self._attempts_left <= 0:
                raise
            return self._info
        facts = self._facts_of(config, config.title)
        self._info = replace(facts, access=self._info.access, queue=self._info.queue)
        return self._info

    def restart_facts(self) -> None:
        """What was read stays: a run of the server does not change it. What failed is tried anew."""
        self._attempts_left = _CONFIG_ATTEMPTS

    # --- the parts ---------------------------------------------------------------------------------

    def _meet(self, seconds: Seconds) -> ServiceInfo:
        """Read page, configuration and queue of a run that is not known yet."""
        self._run = ""
        self._visitor.sign_out()
        answer, page = self._visitor.page(seconds())
        config = self._config_despite(page, seconds)
        if page is None or not (config or self._program.may_be(page)):
            found = name_of(answer, self._visitor.http)
            raise self._wrong_program(f"{answer.url}: HTTP {answer.status}", found)
        self._prefix, self._generation = page.prefix, page.generation
        self._attempts_left = _CONFIG_ATTEMPTS
        # Asked before the configuration, so that a restart between the two is noticed by the next check. (One
        # that was handed over has just been read, within a look that is shorter than any start.)
        run = self._app_run(page.app_id, seconds)
        info = ServiceInfo(self._program.name)
        self._asks_queue = page.generation >= (4, 0)
        if not self._program.proven_by(page):
            config = config or self._visitor.config(seconds())
            info = self._facts_of(config, page.title)
            self._prefix, self._generation = config.prefix, config.generation
            self._asks_queue = config.queue_enabled
            run = run or self._app_run(config.app_id, seconds)
        self._info = replace(info, access=self._visitor.access)
        self._read_queue(seconds)
        self._run = run or self._connection
        return self._info

    def _config_despite(self, page: Page | None, seconds: Seconds) -> GradioConfig | None:
        """The configuration of the program whose page is called otherwise, as that of a fork; else None."""
        if page is None or self._program.may_be(page) or self._program.is_known_by_page:
            return None
        try:
            config = self._visitor.config(seconds())
        except (NoAnswer, ProtocolError, ServerFailed, Rejected):
            return None
        return config if self._program.facts(config) is not None else None

    @property
    def _longest(self) -> float:
        return max(self._policy.check_timeout, self._program.patience)

    def _app_run(self, known: int | None, seconds: Seconds) -> str:
        """The run by its ``app_id``, which the page or the configuration may have told; "" if it has none."""
        if known is None:
            if not health.has_app_id(self._generation):
                return ""
            known = health.app_id(self._visitor, self._prefix, seconds())
        return f"app {known}"

    def _facts_of(self, config: GradioConfig, title: str) -> ServiceInfo:
        facts = self._program.facts(config)
        if facts is None:
            raise self._wrong_program("/config is that of another program", title)
        return replace(facts, complete=True)

    def _current_run(self, seconds: Seconds) -> str:
        """Ask for the run, and on the way for the queue."""
        if health.has_app_id(self._generation):
            run = f"app {health.app_id(self._visitor, self._prefix, seconds())}"
            if run == self._run:
                self._read_queue(seconds)
            return run
        if not self._read_queue(seconds):
            health.prove_started(self._visitor, self._prefix, seconds())
        return self._connection

    def _read_queue(self, seconds: Seconds) -> bool:
        """Whether the server told its queue."""
        if not self._asks_queue:
            return False
        queue = health.queue(self._visitor, self._prefix, seconds())
        self._asks_queue = queue is not None
        self._info = replace(self._info, queue=queue)
        return self._asks_queue

    @property
    def _connection(self) -> str:
        return f"connection {self._visitor.http.connects}"

    def _wrong_program(self, detail: str, found: str = "") -> WrongProgram:
        return wrong_program(self._program.name, self._surroundings.endpoint, detail, found)

    def _new_visitor(self, cookie: str = "") -> Visitor:
        surroundings = self._surroundings
        http = HttpClient(
            surroundings.endpoint,
            surroundings.sockets,
            connect_timeout=self._policy.connect_timeout(surroundings.endpoint.is_loopback),
            read_timeout=self._policy.check_timeout,
            credentials=surroundings.credentials,
            ca_file=surroundings.ca_file,
            answers=surroundings.answers,
        )
        return Visitor(http, surroundings.credentials, cookie)
