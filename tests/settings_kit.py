"""The schema of the real services, and short ways to settings, for tests."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import pytest
from movie_director.backends import backends
from movie_director.core.errors import ConfigError, Problem
from movie_director.core.layers import LayerValues, Values
from movie_director.core.schema import Key, Layer, Value
from movie_director.runtime.application import schema_of

SCHEMA = schema_of(backends())


def values(**said: Value) -> Values:
    """``values(comfyui__url="…", auto_connect=False)``."""
    entries = {}
    for name, value in said.items():
        service, _, setting = name.rpartition("__")
        entries[Key(service, setting)] = value
    return Values(MappingProxyType(entries))


def layer(which: Layer, **said: Value) -> LayerValues:
    return LayerValues(which, values(**said))


def told(problem: Problem) -> tuple[str, str, str]:
    """Name, value and reason of a problem with a setting."""
    name, value, reason = (str(problem.parameter(each)) for each in ("name", "value", "reason"))
    return name, value, reason


def told_by(error: ConfigError) -> tuple[str, str, str]:
    return told(error.problem)


@contextmanager
def no_more_files() -> Iterator[None]:
    """This process has as many files open as it may have; for systems of the POSIX kind."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can be brought to the disk."""

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        yield


@contextmanager
def no_locks() -> Iterator[None]:
    """No file can be locked, as on some drives of a network; for systems of the POSIX kind."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fcntl.flock", refuse)
        yield
