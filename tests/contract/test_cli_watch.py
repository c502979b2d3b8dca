"""`movie-director watch`: in a pipe, as JSON, and in a terminal that it gives back."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli_kit import NEEDS_POSIX, NEEDS_PTY, begin, url_of
from tests.conftest import LONG_TIMEOUT
from tests.screen import ENTERED, LEFT, Screen
from tests.servers.comfyui import ComfyServer
from tests.uncovered import UNCOVERED
from tests.watching import free_port

pytestmark = pytest.mark.usefixtures("only_comfyui")


# --- in a pipe ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watching(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = begin("watch", *arguments, **UNCOVERED)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.slow
@NEEDS_POSIX
def test_watch_in_a_pipe_prints_one_line_per_change(comfy: ComfyServer) -> None:
    with watching("--url", url_of(comfy)) as process:
        time_of_day = r"\d\d:\d\d:\d\d  "
        assert re.fullmatch(
            rf"{time_of_day}● ComfyUI  connected: version 0\.33\.0 at {comfy.url}\n", next_line(process)
        )
        comfy.kill()
        assert re.fullmatch(rf"{time_of_day}✖ ComfyUI  connection lost: .+\n", next_line(process))
        comfy.start()
        assert re.fullmatch(rf"{time_of_day}● ComfyUI  back after [\d.]+ s\n", next_line(process))
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=LONG_TIMEOUT) == ("", "")
        assert process.returncode == 130


@NEEDS_POSIX
def test_watch_as_json_prints_one_document_per_change(comfy: ComfyServer) -> None:
    with watching("--json", "--url", url_of(comfy)) as process:
        first = json.loads(next_line(process))
        comfy.kill()
        lost = json.loads(next_line(process))
        comfy.start()
        back = json.loads(next_line(process))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONG_TIMEOUT)
        assert process.returncode == 143
    assert [each["change"] for each in (first, lost, back)] == ["connected", "lost", "back"]
    assert {each["schema"] for each in (first, lost, back)} == {"movie-director/change/1"}
    assert lost["problem"]["fix"] == "start-program"
    assert back["outage_seconds"] > 0
    assert first["at"] < lost["at"] < back["at"]


# --- in a terminal ------------------------------------------------------------------------------------------


@pytest.mark.slow
@NEEDS_PTY
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (1, 129)])
def test_watch_draws_in_place_and_gives_the_terminal_back(number: int, code: int, comfy: ComfyServer) -> None:
    with Screen(60, 20, "watch", "--url", url_of(comfy), **UNCOVERED) as screen:
        first = screen.until(r"connected: version")
        assert first.startswith(ENTERED)
        assert "\x1b[32mConnected" in first
        comfy.kill()
        screen.until(r"connection lost")
        screen.until(r"Trying again in \d+ s")
        comfy.start()
        screen.until(r"back after")
        screen.process.send_signal(number)
        end = screen.rest()
        assert screen.process.returncode == code
        assert screen.shown.count(ENTERED) == screen.shown.count(LEFT) == 1
        assert "back after" in end.partition(LEFT)[2], "the last picture stays"
    frames = screen.shown.split("\x1b[H")[1:]
    for frame in frames:
        text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", frame.partition(LEFT)[0])
        too_long = [line for line in text.split("\n") if len(line.rstrip("\r")) >= 60]
        assert too_long == []


@pytest.mark.slow
@NEEDS_PTY
def test_the_countdown_moves_by_itself() -> None:
    with Screen(80, 20, "watch", "--url", f"comfyui=http://127.0.0.1:{free_port()}") as screen:
        first = re.search(r"next try in (\d+) s", screen.until(r"next try in [3-9] s"))
        assert first
        screen.until(f"next try in {int(first[1]) - 1} s")


@NEEDS_PTY
def test_watch_gives_the_terminal_back_while_it_is_suspended(comfy: ComfyServer) -> None:
    with Screen(80, 20, "watch", "--url", url_of(comfy), **UNCOVERED) as screen:
        screen.until(r"connected: version")
        screen.process.send_signal(signal.SIGTSTP)
        screen.until(re.escape(LEFT))
        _, how = os.waitpid(screen.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(how)
        screen.process.send_signal(signal.SIGCONT)
        screen.until(re.escape(ENTERED))
        screen.until(r"Last changes")
        screen.process.send_signal(signal.SIGINT)
        screen.rest()
        assert screen.process.returncode == 130
