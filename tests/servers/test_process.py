"""A server in its own process starts, freezes, thaws and dies on command."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG_TIMEOUT

from .comfyui import VERSIONS
from .http_client import exchange
from .process import ROOT, ServerProcess, comfyui_process

needs_sigstop = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP on this system")


@pytest.mark.parametrize("version", VERSIONS)
def test_it_becomes_ready_and_ends(version: str) -> None:
    with comfyui_process(version) as process:
        stats = exchange(process.url + "/system_stats").json()
        assert stats["system"]["comfyui_version"] == version
    assert not process.alive
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", process.port), LONG_TIMEOUT).close()


@pytest.mark.skipif(sys.platform == "win32", reason="terminating is killing on Windows")
def test_terminate_is_a_clean_end() -> None:
    with comfyui_process() as process:
        process.terminate()
        assert process.exit_code == 0


def test_demo_names_models_and_cannot_be_steered() -> None:
    with comfyui_process("0.33.0", 0, "--demo") as process:
        assert exchange(process.url + "/models/checkpoints").json() != []
        assert exchange(process.url + "/__control").status == 403


@needs_sigstop
def test_frozen_it_is_connectable_but_silent() -> None:
    with comfyui_process() as process:
        process.freeze()
        with pytest.raises(TimeoutError):
            exchange(process.url + "/queue", timeout=0.3)
        process.thaw()
        assert exchange(process.url + "/queue").status == 200


@needs_sigstop
@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_a_frozen_process_can_be_ended(end: str) -> None:
    with comfyui_process() as process:
        process.freeze()
        getattr(process, end)()
        assert not process.alive


def test_the_same_port_can_be_taken_again_after_a_kill() -> None:
    with comfyui_process() as first:
        port = first.port
        first.kill()
        with comfyui_process("0.33.0", port) as second:
            assert second.port == port


def test_it_ends_with_its_standard_input() -> None:
    with comfyui_process() as process:
        process.close_input()
        assert process.wait(LONG_TIMEOUT) == 0


def test_a_module_that_does_not_become_ready_is_reported() -> None:
    with pytest.raises(RuntimeError, match="did not become ready"), ServerProcess("this"):
        pass


def test_its_surroundings_and_error_output_are_the_callers_choice(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; print('from the caller', file=sys.stderr)")
    with open(tmp_path / "errors", "w+b") as errors, socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        paths = os.pathsep.join((str(tmp_path), str(ROOT)))
        process = ServerProcess(
            "tests.servers.comfyui", ["--port", port], environment={"PYTHONPATH": paths}, stderr=errors
        )
        with pytest.raises(RuntimeError, match="did not become ready"):
            process.start()
        errors.seek(0)
        told = errors.read().decode()
    assert "from the caller" in told
    assert f"cannot listen on 127.0.0.1 port {port}" in told
