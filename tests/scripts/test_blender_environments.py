# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blenders that the tests make: what is missing is told, and nothing that is mounted is deleted."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests import made_once
from tests.blender import blenders, environments
from tests.made_once import EnvironmentMissing


@pytest.mark.parametrize("name", environments.WHEELS)
def test_a_wheel_that_is_missing_names_the_command_that_brings_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(EnvironmentMissing, match=rf"python3 -m tests\.blender\.environments {name}"):
        environments.wheel_python(name, cache=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", environments.SYSTEMS)
def test_a_system_that_is_missing_says_what_it_takes(tmp_path: Path, name: str) -> None:
    with pytest.raises(EnvironmentMissing, match=rf"environments {name}|rights of root"):
        environments.system_root(name, cache=tmp_path)


@pytest.mark.parametrize("name", environments.WHEELS)
def test_a_lock_pins_its_blender_and_everything_else_with_hashes(name: str) -> None:
    lock = (environments.REQUIREMENTS / f"{name}.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock)[1:]
    assert any(block.startswith(f"bpy=={version_of(name)} ") for block in blocks)
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+ \\\n    --hash=sha256:[0-9a-f]{64}$", block.rstrip())


def version_of(name: str) -> str:
    return next(each.version for each in blenders.WHEELS if each.environment == name)


def test_every_blender_says_with_which_environment_it_runs() -> None:
    named = {each.environment for each in blenders.WHEELS + blenders.GUIS} - {""}
    assert named == set(environments.names())


def test_a_folder_with_something_mounted_in_it_is_known() -> None:
    table = "proc /cache/system/proc proc rw 0 0\nudev /dev devtmpfs rw 0 0\nx /cache/system-2/dev x rw 0 0\n"
    assert made_once.mounts_below(Path("/cache/system"), table) == ["/cache/system/proc"]
    assert made_once.mounts_below(Path("/other"), table) == []


def test_what_is_shared_with_a_system_may_have_any_name(tmp_path: Path) -> None:
    command = environments.inside_system(tmp_path, ["true"], [Path("/a folder")])
    assert command[: len(environments.IN_PRIVATE)] == list(environments.IN_PRIVATE)
    assert "mount --bind '/a folder' \"$root\"'/a folder'" in command[command.index("-c") + 1]


@pytest.mark.blender
@pytest.mark.parametrize("name", environments.SYSTEMS)
def test_nothing_stays_mounted_after_a_program_ran_in_a_system(name: str, tmp_path: Path) -> None:
    try:
        root = environments.system_root(name)
    except EnvironmentMissing as missing:
        pytest.skip(str(missing))
    (tmp_path / "file").touch()
    before = Path("/proc/self/mounts").read_text("utf-8")
    command = environments.inside_system(root, ["ls", str(tmp_path), "/proc/self"], [tmp_path])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60.0)
    assert done.returncode == 0, done.stderr
    assert {"file", "cmdline"} <= set(done.stdout.split())
    assert Path("/proc/self/mounts").read_text("utf-8") == before
