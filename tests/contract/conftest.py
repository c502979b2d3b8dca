# SPDX-License-Identifier: GPL-3.0-or-later
"""What many of these tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from movie_director.backends import backends

from tests.loaded import _packages_are_loaded as _packages_are_loaded
from tests.ports import FreePort, kept_port
from tests.servers.comfyui import ComfyServer


@pytest.fixture
def only_comfyui(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the other services off, for tests of the terminal which are not about who is found."""
    for backend in backends():
        if backend.name != "comfyui":
            monkeypatch.setenv(f"MOVIE_DIRECTOR_{backend.name.upper()}_ENABLED", "no")


@pytest.fixture
def free_port() -> Iterator[FreePort]:
    """Gives ports on which nobody listens; they are the test's own until its end."""
    with ExitStack() as kept:
        yield lambda: kept.enter_context(kept_port())


@pytest.fixture
def comfy() -> Iterator[ComfyServer]:
    """A ComfyUI that runs."""
    with ComfyServer() as server:
        yield server
