# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments of the test servers: complete or made again, never half, and never two at once."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path

import pytest

from tests import made_once
from tests.conftest import LONG_TIMEOUT
from tests.made_once import EnvironmentMissing
from tests.servers import environments
from tests.servers.environments import python_of

MAKING_LIMIT = 300.0
"""Seconds for making an environment on a computer with much else to do; alone it takes five."""
NAME = "gradio-3.14"


def lay_out(cache: Path) -> Path:
    """What a complete environment consists of, as far as `python_of` looks."""
    folder = environments.folder_of(NAME, cache)
    python = made_once.python_in(folder)
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / made_once.STAMP).write_text("")
    return python


def test_a_complete_one_is_used_as_it_is(tmp_path: Path) -> None:
    python = lay_out(tmp_path)
    assert python_of(NAME, cache=tmp_path) == python


@pytest.mark.parametrize("lost", ["stamp", "python"])
def test_half_of_one_is_none(tmp_path: Path, lost: str) -> None:
    python = lay_out(tmp_path)
    (python if lost == "python" else python.parents[1] / made_once.STAMP).unlink()
    with pytest.raises(EnvironmentMissing):
        python_of(NAME, make=False, cache=tmp_path)


def test_one_that_is_missing_names_the_command_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match=rf"python3 -m tests\.servers\.environments {NAME}"):
        python_of(NAME, make=False, cache=tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_one_names_those_that_there_are() -> None:
    with pytest.raises(EnvironmentMissing, match=NAME):
        python_of("gradio-2")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentMissing, match="cannot be written"):
        python_of(NAME, cache=tmp_path / "file" / "servers")


def test_a_second_process_waits_and_takes_what_the_first_made(tmp_path: Path) -> None:
    found: list[Path] = []
    second = threading.Thread(
        target=lambda: found.append(python_of(NAME, cache=tmp_path)), name="second", daemon=True
    )
    with made_once.lock(tmp_path, environments.folder_of(NAME).name):
        second.start()
        python = lay_out(tmp_path)
        assert not found
    second.join(LONG_TIMEOUT)
    assert found == [python]


FAILS_TWICE = """
import sys
with open(sys.argv[1], "a+") as calls:
    print("called", file=calls)
    calls.seek(0)
    number = len(calls.readlines())
print(number)
sys.exit(number < 3)
"""


def test_a_step_that_failed_is_tried_again_as_often_as_it_may(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FAILS_TWICE, tmp_path / "calls"]
    with pytest.raises(EnvironmentMissing, match=r"(?s)It was not made. Do this.*2"):
        made_once.run_step(command, "It", "Do this.", pauses=(0.0,))
    assert made_once.run_step(command, "It", "Do this.", pauses=(0.0,)) == "3\n"


@pytest.mark.slow
@pytest.mark.timeout(MAKING_LIMIT)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no dead proxy in its variables")
def test_without_a_network_it_says_so_and_leaves_nothing_that_looks_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(EnvironmentMissing, match="This brings it"):
        python_of(NAME, cache=tmp_path, pauses=())
    with pytest.raises(EnvironmentMissing):
        python_of(NAME, make=False, cache=tmp_path)


@pytest.mark.parametrize("name", environments.names())
def test_a_lock_pins_everything_with_hashes(name: str) -> None:
    lock = (environments.REQUIREMENTS / f"{name}.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock)[1:]
    assert len(blocks) > 10
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+", block), block[:80]
        assert "--hash=sha256:" in block
    assert "://" not in re.sub(r"\s*#.*", "", lock), "no address of a registry"
    assert (environments.REQUIREMENTS / f"{name}.in").is_file()
