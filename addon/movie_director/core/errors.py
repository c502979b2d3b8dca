# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error tree, and the problems that it carries.

    ServiceError                 anything a service can do to us
     ├── Unreachable             no connection: unknown name, refused, no route, time-out
     ├── NoAnswer                connected, but silent past its time limit
     ├── ConnectionLost          the conversation was cut
     ├── ProtocolError           an answer that the protocol does not allow
     │    └── AnswerTooLarge     more bytes than we are willing to read
     ├── WrongProgram            a healthy program, but not the one we look for
     ├── Rejected                credentials missing or refused
     ├── ServerFailed            the right program says that it failed (5xx)
     ├── ConfigError             a setting that cannot work
     └── Cancelled               we ourselves stopped it

Foreign exceptions are mapped to this tree once, at the edge (transport), with ``raise … from``.
An exception holds a traceback and stays in its thread; a `Problem` is its frozen value and may cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from .facts import ServiceInfo

Parameter: TypeAlias = str | int | float


class ProblemCode(str, Enum):
    """Stable names of everything that can be wrong; documented in docs/problems.md."""

    # the way there
    NAME_UNKNOWN = "name-unknown"
    REFUSED = "refused"
    NO_ROUTE = "no-route"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECT_FAILED = "connect-failed"
    # an answer that is no answer
    NO_ANSWER = "no-answer"
    CONNECTION_LOST = "connection-lost"
    NOT_HTTP = "not-http"
    NEEDS_HTTPS = "needs-https"
    NEEDS_HTTP = "needs-http"
    CERTIFICATE = "certificate"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_TOO_EARLY = "certificate-too-early"
    CERTIFICATE_OTHER_NAME = "certificate-other-name"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    CERTIFICATE_UNKNOWN = "certificate-unknown"
    REDIRECTED = "redirected"
    MALFORMED = "malformed-answer"
    TOO_LARGE = "answer-too-large"
    # the program behind the port
    WRONG_PROGRAM = "wrong-program"
    NOT_FOUND = "not-found"
    KEY_MISSING = "key-missing"
    KEY_REJECTED = "key-rejected"
    KEY_NOT_CHECKED = "key-not-checked"
    NO_MODELS = "no-models"
    SERVER_ERROR = "server-error"
    # one channel of several
    STREAM_REFUSED = "stream-refused"
    STREAM_LOST = "stream-lost"
    STREAM_MUTE = "stream-mute"
    # what the user told us
    BAD_URL = "bad-url"
    BAD_SETTING = "bad-setting"
    UNKNOWN_SETTING = "unknown-setting"
    SETTINGS_UNREADABLE = "settings-unreadable"
    SETTINGS_KEPT_ASIDE = "settings-kept-aside"
    SETTINGS_NEWER = "settings-newer"
    SETTINGS_NOT_SAVED = "settings-not-saved"
    IMPORT_UNREADABLE = "import-unreadable"
    IMPORT_NEWER = "import-newer"
    BAD_PROFILE = "bad-profile"
    UNKNOWN_PROFILE = "unknown-profile"
    TOO_MANY_PROFILES = "too-many-profiles"
    ONLINE_ACCESS_OFF = "online-access-off"
    UNKNOWN_SERVICE = "unknown-service"
    # whom we may trust
    NOT_ALLOWED = "not-allowed"
    KEYS_WERE_OPEN = "keys-were-open"
    # ourselves
    CANCELLED = "cancelled"
    INTERNAL = "internal"


UNREACHED = frozenset(
    {
        ProblemCode.NAME_UNKNOWN,
        ProblemCode.REFUSED,
        ProblemCode.NO_ROUTE,
        ProblemCode.CONNECT_TIMEOUT,
        ProblemCode.CONNECT_FAILED,
    }
)
"""Codes that say: no connection came about, so no program was bothered."""

NOT_IDENTIFIED = frozenset(
    {
        ProblemCode.CERTIFICATE,
        ProblemCode.CERTIFICATE_EXPIRED,
        ProblemCode.CERTIFICATE_TOO_EARLY,
        ProblemCode.CERTIFICATE_OTHER_NAME,
        ProblemCode.CERTIFICATE_SELF_SIGNED,
        ProblemCode.CERTIFICATE_UNKNOWN,
    }
)
"""Codes that say: under TLS, the other side could not prove who it is."""


@dataclass(frozen=True)
class OtherProgram:
    """A program that was met where one of our services was looked for."""

    name: str
    """What it calls itself; empty if it does not say."""
    address: str
    """``host:port``, as it is shown."""
    place: tuple[str, int]
    """Computer and port, as `Endpoint.place`: to compare, since one computer has several names."""
    is_locked: bool = False
    """Whether it tells nothing more before a log-in, so that it may be the one that was looked for."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, as a value: a code with parameters, which `core.messages` turns into sentences."""

    code: ProblemCode
    parameters: tuple[tuple[str, Parameter], ...] = ()
    detail: str = ""
    """Technical text for "copy details": which step, at which address, what the other side said."""
    retry: bool = True
    """Whether trying again by itself can help."""
    met: tuple[OtherProgram, ...] = ()
    """The other programs that were met instead (``not-found``)."""

    def parameter(self, name: str, default: Parameter = "") -> Parameter:
        return dict(self.parameters).get(name, default)


def problem(
    code: ProblemCode,
    detail: str = "",
    *,
    retry: bool = True,
    met: tuple[OtherProgram, ...] = (),
    **parameters: Parameter,
) -> Problem:
    """Build a `Problem`; parameters are sorted so that equal problems compare equal."""
    return Problem(code, tuple(sorted(parameters.items())), detail, retry, met)


class ServiceError(Exception):
    """Base of all failures of a service; always carries a `Problem`."""

    def __init__(self, what: Problem) -> None:
        super().__init__(f"{what.code.value}: {what.detail}" if what.detail else what.code.value)
        self.problem = what


class Unreachable(ServiceError):
    """No connection could be made."""


class NoAnswer(ServiceError):
    """A connection exists, but nothing came back within the limit."""


class ConnectionLost(ServiceError):
    """The other side closed or reset the connection in the middle of a conversation."""


class ProtocolError(ServiceError):
    """The answer is not what the protocol allows."""


class AnswerTooLarge(ProtocolError):
    """The answer is larger than the limit for this request."""


class WrongProgram(ServiceError):
    """Another program answers at this address."""


class Rejected(ServiceError):
    """Credentials are missing or were refused; `info` is what the service told all the same."""

    def __init__(self, what: Problem, info: ServiceInfo | None = None) -> None:
        super().__init__(what)
        self.info = info


class ServerFailed(ServiceError):
    """The right program answered that it failed."""


class ConfigError(ServiceError):
    """A setting that cannot work; the text quotes the value."""


class Cancelled(ServiceError):
    """Stopped by ourselves; says nothing about the service."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(problem(ProblemCode.CANCELLED, detail, retry=False))


class IllegalTransition(Exception):
    """An event reached a state for which the transition table has no row: a bug of ours."""
