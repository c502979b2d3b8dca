"""scripts/run.py as a person runs it: in a process of its own, against real servers."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends import backends

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers.fixtures import python_or_skip
from tests.servers.process import comfyui_process
from tests.stopwatch import Stopwatch
from tests.uncovered import UNCOVERED

ROOT = Path(__file__).resolve().parents[2]
LIGHT = ("comfyui", "litellm")
"""The services whose demos need no environment of their own."""
ALONE = {f"MOVIE_DIRECTOR_{backend.name.upper()}_ENABLED": "no" for backend in backends()[1:]}
"""Environment variables that leave ComfyUI alone."""
TOUR_LIMIT = 400.0
"""Seconds for all five on a computer with much else to do; alone it takes some 15."""
TRIES = 3
"""Tours of which one has to be in time: who else uses the computer may make one late, but hardly all."""

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(TOUR_LIMIT)]


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def usual_ports_free() -> None:
    taken = [port for backend in backends() for port in backend.default_ports if answers(port)]
    if taken:
        pytest.skip(f"something listens at {taken}, so that a demo may not be wanted")


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
        output, errors = process.communicate(timeout=TOUR_LIMIT)
        return process.returncode, output, errors


def demo_ports(output: str) -> dict[str, int]:
    """By label, where each demo listened."""
    started = re.findall(r"^  (.+): http://127\.0\.0\.1:(\d+) after ", output, re.MULTILINE)
    return {label: int(port) for label, port in started}


def measured(output: str) -> dict[str, list[float]]:
    """By label, the three times of each demo: connected, lost, connected again."""
    rows = re.findall(r"^  (.+) \(demo\) +([\d.]+) s +([\d.]+) s +([\d.]+) s$", output, re.MULTILINE)
    return {label: [float(each) for each in figures] for label, *figures in rows}


def stalled(watch: Stopwatch) -> float:
    """Seconds in which the computer gave no time to this process, and so hardly any to the command."""
    return watch.elapsed - watch.seconds


@pytest.mark.usefixtures("usual_ports_free")
def test_light_demos_are_killed_and_found_again_and_end_with_the_command() -> None:
    for _ in range(TRIES):
        with Stopwatch() as watch:
            status, output, errors = result_of("--light")
        assert (status, errors) == (0, "")
        figures = measured(output)
        assert list(figures) == list(demo_ports(output)) == ["ComfyUI", "LiteLLM"]
        for left_out in ("Wan2GP", "RVC WebUI", "AudioLDM"):
            assert f"No demo for {left_out}: " in output
        assert not any(map(answers, demo_ports(output).values()))
        late = {label: times for label, times in figures.items() if is_late(times, stalled(watch))}
        if not late:
            break
    assert not late


def is_late(times: list[float], stalled: float) -> bool:
    """Whether a demo was connected, lost or connected again later than it has to be."""
    return any(time >= limit + stalled for time, limit in zip(times, (2.0, 2.0, 3.0), strict=True))


@pytest.mark.servers
@pytest.mark.usefixtures("usual_ports_free")
def test_all_five_are_shown_green_killed_and_found_again() -> None:
    for stage in tour_stages().values():
        if stage.environment:
            python_or_skip(stage.environment)
    with Stopwatch() as watch:
        status, output, errors = result_of()
    assert (status, errors) == (0, "")
    figures = measured(output)
    assert list(figures) == [backend.label for backend in backends()]
    assert all(again < 5.0 + stalled(watch) for _, _, again in figures.values())
    assert "Making" not in output
    assert not any(map(answers, demo_ports(output).values()))


def tour_stages() -> dict[str, Any]:
    """STAGES of scripts/_demo.py, imported as the command does, from its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return dict(importlib.import_module("_demo").STAGES)


def test_there_is_a_demo_of_every_service() -> None:
    stages = tour_stages()
    assert list(stages) == [backend.name for backend in backends()]
    assert tuple(name for name, stage in stages.items() if not stage.environment) == LIGHT


@pytest.mark.parametrize("make", [True, False])
def test_an_environment_that_cannot_be_had_is_named_in_one_line(
    make: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        interpreters = importlib.import_module("_demo_environments").interpreters
    found, reasons = interpreters({"gradio-0": "A program"}, make=make)
    assert found == {}
    assert reasons["gradio-0"].startswith("There is no environment 'gradio-0'")
    assert "\n" not in reasons["gradio-0"]
    assert ("Making the environments of A program" in capsys.readouterr().out) is make


@pytest.mark.usefixtures("usual_ports_free")
def test_a_demo_is_in_nobodys_way() -> None:
    with socket.create_server(("127.0.0.1", 8188)):
        status, output, errors = result_of("--light", **ALONE)
    assert (status, errors) == (0, "")
    assert demo_ports(output)["ComfyUI"] not in backends()[0].default_ports


@pytest.mark.usefixtures("usual_ports_free")
def test_a_real_service_is_used_and_never_killed() -> None:
    with comfyui_process() as server:
        status, output, errors = result_of("--light", MOVIE_DIRECTOR_COMFYUI_URL=server.url)
        assert server.alive
    assert (status, errors) == (0, "")
    assert re.search(rf"ComfyUI connected: .*0\.33\.0 at {re.escape(server.url)}", output)
    assert list(measured(output)) == ["LiteLLM"]
    assert "ComfyUI connection lost" not in output


def test_without_demos_nothing_is_killed() -> None:
    with comfyui_process() as server:
        status, output, errors = result_of("--no-demo", MOVIE_DIRECTOR_COMFYUI_URL=server.url, **ALONE)
        assert server.alive
    assert (status, errors) == (0, "")
    assert "only a demo is ever killed" in output
    assert "Killing" not in output


def test_a_configured_service_that_is_missing_gets_no_demo_but_an_explanation() -> None:
    with socket.socket() as reserved:  # bound but not listening: nobody else gets the port
        reserved.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{reserved.getsockname()[1]}"
        status, output, _ = result_of("--light", MOVIE_DIRECTOR_COMFYUI_URL=address, **ALONE)
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
def test_however_it_is_ended_it_leaves_nothing_behind(name: str, expected: int, tmp_path: Path) -> None:
    with run("--light", "--keep", TMPDIR=str(tmp_path), **UNCOVERED) as process:
        assert process.stdout is not None
        output = ""
        for line in process.stdout:
            output += line
            if line.startswith("Watching"):
                break
        ports = demo_ports(output).values()
        assert len(ports) == len(LIGHT)
        assert all(map(answers, ports))
        process.send_signal(getattr(signal, name))
        assert process.wait(LONG_TIMEOUT) == expected
    eventually(lambda: not any(map(answers, ports)), what="the demos end with the command")
    if name != "SIGKILL":  # after that an empty folder stays
        assert list(tmp_path.iterdir()) == []
