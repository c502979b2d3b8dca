# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures to connect, as problems: what the operating systems call them, and what we call them."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from ..core.errors import ProblemCode, Unreachable, problem

# The second number of each pair is that of Windows' sockets, which some calls report untranslated.
_REFUSED = frozenset({errno.ECONNREFUSED, 10061})
_TIMED_OUT = frozenset({errno.ETIMEDOUT, 10060})
_NO_ROUTE = frozenset(
    {errno.EHOSTUNREACH, 10065, errno.ENETUNREACH, 10051, errno.ENETDOWN, 10050, errno.EADDRNOTAVAIL, 10049}
    | {errno.EAFNOSUPPORT, 10047, getattr(errno, "EHOSTDOWN", 10064), 10064}
)

_MOST_TELLING_FIRST = (
    ProblemCode.REFUSED,
    ProblemCode.CONNECT_TIMEOUT,
    ProblemCode.CONNECT_FAILED,
    ProblemCode.NO_ROUTE,
)


def authority(host: str, port: int) -> str:
    """``host:port``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def connect_code(number: int) -> ProblemCode:
    """The problem that a failed connect() with this errno is."""
    if number in _REFUSED:
        return ProblemCode.REFUSED
    if number in _TIMED_OUT:
        return ProblemCode.CONNECT_TIMEOUT
    if number in _NO_ROUTE:
        return ProblemCode.NO_ROUTE
    return ProblemCode.CONNECT_FAILED


def describe_errno(number: int) -> str:
    """``Connection refused (ECONNREFUSED)``."""
    return f"{os.strerror(number)} ({errno.errorcode.get(number, number)})"


def connect_failed(host: str, port: int, failures: Sequence[tuple[str, int]], seconds: float) -> Unreachable:
    """No address of the host could be reached within `seconds`.

    `failures` has each address with its errno, at least one.
    """
    codes = {connect_code(number) for _, number in failures}
    code = next(code for code in _MOST_TELLING_FIRST if code in codes)
    each = "; ".join(f"{address}: {describe_errno(number)}" for address, number in failures)
    detail = f"connect to {each}"
    address = authority(host, port)
    return Unreachable(problem(code, detail, address=address, host=host, seconds=round(seconds, 1)))


def name_unknown(host: str, port: int, reason: str) -> Unreachable:
    """The name of the computer could not be turned into an address."""
    detail = f"look up {host}: {reason}"
    return Unreachable(problem(ProblemCode.NAME_UNKNOWN, detail, address=authority(host, port), host=host))
