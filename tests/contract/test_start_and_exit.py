# SPDX-License-Identifier: GPL-3.0-or-later
"""What starting costs the thread that starts, and that nothing keeps an interpreter from ending."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, hold

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys, threading
sys.path.insert(0, {addon!r})
from movie_director.backends.comfyui import BACKEND
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.runtime.manager import Manager
settings = Settings().with_service("comfyui", ServiceSettings(url={url!r}))
manager = Manager(settings, backends=[BACKEND])
"""


def run(code: str, url: str = "") -> str:
    """What the code prints in an interpreter of its own, which must end by itself."""
    script = START.format(addon=str(ROOT / "addon"), url=url) + code
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


def test_making_a_manager_loads_no_vendored_package_and_opens_no_socket() -> None:
    code = """
import gc, socket
print([name for name in sys.modules if ".vendor." in name])
print([each for each in gc.get_objects() if isinstance(each, socket.socket)])
print(threading.active_count())
"""
    assert run(code).split() == ["[]", "[]", "1"]


def test_vendored_packages_are_loaded_by_a_worker() -> None:
    code = """
from movie_director.transport import isolation
loaders = set()
real_load = isolation.load
def load(name):
    loaders.add(threading.current_thread().name)
    return real_load(name)
isolation.load = load
seen = -1
manager.start()
while manager.board.snapshot().services["comfyui"].state.value != "connected":
    seen = manager.board.wait(seen, 20).version
print(sorted(loaders - {"MainThread"}), "MainThread" in loaders)
manager.stop()
"""
    with ComfyServer() as server:
        assert run(code, server.url) == "['md-comfyui'] False"


@pytest.mark.parametrize("stop", ["manager.stop()", "pass"])
def test_an_interpreter_ends_with_a_connected_worker(stop: str) -> None:
    code = f"""
seen = -1
manager.start()
while manager.board.snapshot().services["comfyui"].state.value != "connected":
    seen = manager.board.wait(seen, 20).version
print("connected")
{stop}
"""
    with ComfyServer() as server:
        assert run(code, server.url) == "connected"


def test_an_interpreter_ends_in_the_middle_of_an_attempt_at_a_silent_peer() -> None:
    code = """
seen = -1
manager.start()
while not manager.board.snapshot().services["comfyui"].attempting:
    seen = manager.board.wait(seen, 20).version
print("attempting")
"""
    with RawServer(hold) as server:
        assert run(code, server.url) == "attempting"
