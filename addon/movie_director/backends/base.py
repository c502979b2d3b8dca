# SPDX-License-Identifier: GPL-3.0-or-later
"""What every backend is to the rest of the program.

A backend is one module or package in this room whose attribute ``BACKEND`` is a `Backend`. That is
all there is to adding one: worker, terminal, panel and environment names are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..core.endpoint import Credentials, Endpoint
from ..core.errors import ProblemCode, WrongProgram, problem
from ..core.facts import ServiceInfo
from ..core.settings import Policy
from ..core.versions import VersionRule
from ..transport.http import Answer, HttpClient
from ..transport.sockets import SocketFactory


class StreamChannel(Protocol):
    """The event-driven channel of a client, read by the worker when its socket has data."""

    def fileno(self) -> int:
        """The descriptor to select on."""

    @property
    def has_buffered(self) -> bool:
        """Whether something can be read although the socket itself has nothing."""

    def read(self) -> ServiceInfo | None:
        """Read what has come, without waiting; the new info if it changed.

        Raises `ServiceError` (``stream-lost``) when the channel is gone.
        """


class Client(Protocol):
    """A blocking conversation with one running program, owned by one thread.

    Every method raises only `ServiceError`, and `Cancelled` when its sockets were closed from outside.
    """

    def open(self) -> ServiceInfo:
        """Verify that the right program answers, and read its light facts.

        Raises `WrongProgram` when another one does, `Rejected` when credentials are the matter.
        """

    def check(self) -> ServiceInfo:
        """Ask for a sign of life by the cheapest address that still proves the right program."""

    def open_stream(self) -> StreamChannel | None:
        """Open the event-driven channel; None if this program has none."""

    def close_stream(self) -> None:
        """Close the event-driven channel and its socket, for sure; never raises."""

    def read_facts(self) -> ServiceInfo | None:
        """Read the next of the heavier facts with one request; None when there is nothing left to read."""

    def restart_facts(self) -> None:
        """Forget which facts were read, so that `read_facts` begins anew."""

    def keep_stream_alive(self) -> None:
        """Send a ping when it is time; raise ``stream-lost`` or ``stream-mute`` when the channel is dead."""

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""

    def drop(self) -> None:
        """Close all sockets but stay usable."""

    def close(self) -> None:
        """Release everything; never raises."""


@dataclass(frozen=True)
class Surroundings:
    """All that a client needs from outside."""

    endpoint: Endpoint
    sockets: SocketFactory
    policy: Policy
    credentials: Credentials | None = None
    """Like `api_key`, what was entered for the origin of `endpoint`."""
    api_key: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates (PEM) that are trusted besides those of the system; empty for none."""
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    """What it answered a moment ago, by path, so that a client need not ask for it again.

    Each is taken out when it is used, and who opens a client to keep it takes out all then: they are no signs
    of life.
    """


@dataclass(frozen=True)
class Backend:
    """All that the rest of the program knows about one kind of service."""

    name: str
    """Identifier in settings, environment names and JSON: lower-case ASCII letters and digits."""
    label: str
    """Its name for people."""
    makes: tuple[str, ...]
    """What it can make: "image", "video", "text", "voice", "sound"."""
    versions: VersionRule = field(kw_only=True, default_factory=VersionRule)
    """Which versions we stand behind."""
    default_ports: tuple[int, ...]
    """Where it usually listens, the usual one first."""
    required: bool
    """Whether the traffic light is red without it, unless the user says otherwise."""
    start_hint: str
    """How a user starts the program, as a sentence."""
    suspects: Callable[[Answer], bool]
    """Whether the first kilobytes of ``/`` may come from this program: a guess that spares requests."""
    identify: Callable[[HttpClient, Answer], ServiceInfo | None]
    """Ask one small address more than the page given; the proven identity, or None for another program."""
    connect: Callable[[Surroundings], Client]
    """Make a client; opens nothing yet."""
    identify_early: Callable[[HttpClient], ServiceInfo | None] | None = field(kw_only=True, default=None)
    """For a program whose page is slow: the identity by small addresses that it alone answers, or None.

    Asked at its usual ports, before the page; raises `ServiceError` like `identify`.
    """

    identify_expected: Callable[[HttpClient, Answer], ServiceInfo | None] | None = field(
        kw_only=True, default=None
    )
    """Where `identify` trusts the title of a page: the identity whatever it is called, as of a fork, or None.

    Asked where the user named the address for it; raises `ServiceError` like `identify`.
    """

    @property
    def default_port(self) -> int:
        return self.default_ports[0]


def wrong_program(program: str, endpoint: Endpoint, detail: str, found: str = "") -> WrongProgram:
    """The error of a client that expected `program` at `endpoint`; `found` is what it met instead, if known.

    `detail` is how that was noticed, for people who look closer.
    """
    address = endpoint.authority
    return WrongProgram(
        problem(ProblemCode.WRONG_PROGRAM, detail, program=program, address=address, found=found)
    )
