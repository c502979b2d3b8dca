"""scripts/run.py as a person runs it: in a process of its own, against real servers."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers.process import comfyui_process

ROOT = Path(__file__).resolve().parents[2]
USUAL_PORTS = (8188, 8189, 8000)

pytestmark = [pytest.mark.slow, pytest.mark.faults]


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def usual_ports_free() -> None:
    taken = [port for port in USUAL_PORTS if answers(port)]
    if taken:
        pytest.skip(f"something listens at {taken}, so that the demo may not be wanted")


@contextlib.contextmanager
def run(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "run.py"), *arguments],
        cwd="/",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def result_of(*arguments: str, **environment: str) -> tuple[int, str, str]:
    with run(*arguments, **environment) as process:
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors


def measured(output: str) -> dict[str, float]:
    return {what.strip(): float(number) for what, number in re.findall(r"  (.{20}) *([\d.]+) s ", output)}


@pytest.mark.usefixtures("usual_ports_free")
def test_a_demo_is_found_killed_and_found_again_and_ends_with_the_command() -> None:
    status, output, errors = result_of()
    assert (status, errors) == (0, "")
    assert "ComfyUI (demo) connected" in output
    figures = measured(output)
    assert figures["loss noticed"] < 2.0
    assert figures["connected again"] < 3.0
    assert not answers(8188)


@pytest.mark.usefixtures("usual_ports_free")
def test_a_demo_makes_room_for_another_program_at_its_port() -> None:
    with socket.create_server(("127.0.0.1", 8188)):
        status, output, errors = result_of()
    assert (status, errors) == (0, "")
    assert "ComfyUI (demo) back" in output
    assert re.search(r"connected: .*127\.0\.0\.1:(?!8188)\d+", output)


def test_a_real_service_is_used_and_never_killed() -> None:
    with comfyui_process() as server:
        status, output, errors = result_of(MOVIE_DIRECTOR_COMFYUI_URL=server.url)
        assert server.alive
    assert (status, errors) == (0, "")
    assert re.search(rf"ComfyUI connected: .*0\.33\.0 at {re.escape(server.url)}", output)
    assert "only a demo is ever killed" in output
    assert "Killing" not in output


def test_a_configured_service_that_is_missing_gets_no_demo_but_an_explanation() -> None:
    with socket.socket() as reserved:  # bound but not listening: nobody else gets the port
        reserved.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{reserved.getsockname()[1]}"
        status, output, _ = result_of(MOVIE_DIRECTOR_COMFYUI_URL=address)
    assert status == 1
    assert f"ComfyUI is not running at {address}" in output
    assert "demo stands in" not in output


def test_an_address_that_cannot_be_used_is_named() -> None:
    status, _, errors = result_of(MOVIE_DIRECTOR_COMFYUI_URL="http://127.0.0.1:70000")
    assert status == 2
    assert "MOVIE_DIRECTOR_COMFYUI_URL" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.usefixtures("usual_ports_free")
@pytest.mark.parametrize(("name", "expected"), [("SIGINT", 0), ("SIGTERM", 143), ("SIGKILL", -9)])
def test_however_it_is_ended_it_leaves_nothing_behind(name: str, expected: int) -> None:
    with run("--keep") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Watching"):
                break
        assert answers(8188)
        process.send_signal(getattr(signal, name))
        assert process.wait(LONG_TIMEOUT) == expected
    eventually(lambda: not answers(8188), what="the demo ends with the command")
