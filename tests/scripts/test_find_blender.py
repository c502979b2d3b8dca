"""scripts/_find_blender.py: which Blender is opened, and what is said where there is none."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stands in for programs with shell scripts")


@pytest.fixture(scope="module")
def finding() -> ModuleType:
    """scripts/_find_blender.py, imported as the command does, from its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return importlib.import_module("_find_blender")


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    """Make a program that prints a text when it is asked for its version."""

    def make(name: str, says: str = "Blender 4.2.1 LTS") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{says}" && echo "    build date: today"\n')
        path.chmod(0o755)
        return path

    return make


def test_the_one_that_is_named_wins(
    finding: ModuleType, program: Callable[..., Path], tmp_path: Path
) -> None:
    named = program("named/blender", "Blender 4.5.2")
    in_variable = program("variable/blender", "Blender 5.0.0 Alpha")
    program("path/blender", "Blender 3.6.9")
    environ = {"BLENDER": str(in_variable), "PATH": str(tmp_path / "path")}
    assert str(finding.find(str(named), environ, "linux")) == f"Blender 4.5.2 ({named})"
    assert finding.find("", environ, "linux").version == (5, 0, 0)
    del environ["BLENDER"]
    assert finding.find("", environ, "linux").version == (3, 6, 9)


@pytest.mark.parametrize("inside", ["blender", "Contents/MacOS/Blender"])
def test_a_folder_or_a_bundle_may_be_named(
    finding: ModuleType, program: Callable[..., Path], tmp_path: Path, inside: str
) -> None:
    path = program(f"Blender.app/{inside}")
    assert finding.find(str(tmp_path / "Blender.app"), {}, "darwin").path == path


def test_the_newest_that_starts_is_taken_where_several_are_installed(
    finding: ModuleType, program: Callable[..., Path], tmp_path: Path
) -> None:
    for version, says in (("4.10", "a wrong processor"), ("4.9", "Blender 4.9.0"), ("4.2", "Blender 4.2.0")):
        program(f"Blender Foundation/Blender {version}/blender.exe", says)
    environ = {"ProgramFiles": str(tmp_path), "PATH": ""}
    listed = [path.parent.name for path in finding.installed(environ, "win32")]
    assert listed == ["Blender 4.10", "Blender 4.9", "Blender 4.2"]
    assert finding.find("", environ, "win32").version == (4, 9, 0)


@pytest.mark.parametrize(
    ("platform", "variable", "name"),
    [
        ("win32", "ProgramFiles", "Blender Foundation/Blender 4.2/blender.exe"),
        ("win32", "ProgramFiles(x86)", "Steam/steamapps/common/Blender/blender.exe"),
        ("darwin", "HOME", "Applications/Blender 4.2.app/Contents/MacOS/Blender"),
        ("linux", "HOME", ".local/share/flatpak/exports/bin/org.blender.Blender"),
        ("freebsd14", "HOME", "blender-3.6/blender"),
    ],
)
def test_where_each_system_installs_it(
    finding: ModuleType,
    program: Callable[..., Path],
    tmp_path: Path,
    platform: str,
    variable: str,
    name: str,
) -> None:
    path = program(name)
    assert path in finding.installed({variable: str(tmp_path), "PATH": ""}, platform)
    assert path not in finding.installed({"PATH": ""}, platform)


def test_what_is_named_and_is_none_is_said_so(
    finding: ModuleType, program: Callable[..., Path], tmp_path: Path
) -> None:
    other = program("other", "GIMP 2.10")
    with pytest.raises(finding.NoBlender, match=r"other, which --blender names, does not say that it is"):
        finding.find(str(other), {}, "linux")
    missing = tmp_path / "missing"
    with pytest.raises(finding.NoBlender, match=r"missing, which the variable BLENDER names, cannot be"):
        finding.find("", {"BLENDER": str(missing)}, "linux")


def test_where_there_is_none_it_says_how_to_get_one(finding: ModuleType) -> None:
    with pytest.raises(finding.NoBlender, match=r"(?s)blender\.org.*--blender /path/to/blender"):
        finding.find("", {"PATH": ""}, "win32")


def test_only_linux_can_be_without_a_screen(finding: ModuleType) -> None:
    assert finding.without_screen({}, "linux")
    assert not finding.without_screen({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not finding.without_screen({"DISPLAY": ":0"}, "linux")
    assert not finding.without_screen({}, "darwin")


def test_its_own_folder_is_searched_first(finding: ModuleType) -> None:
    path = finding.search_path(
        Path("/usr/bin/blender"), {"PATH": os.pathsep.join(["/home/me/python", "/usr/bin"])}
    )
    assert path.split(os.pathsep)[0] == str(Path("/usr/bin"))
    assert "/home/me/python" in path
