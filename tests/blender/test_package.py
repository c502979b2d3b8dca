# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip is what Blender wants of an extension, and nobody in Blender meets the packages in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.blender import environments
from tests.blender.blenders import GUIS, ROOT, WHEELS, Blender
from tests.blender.conftest import TEST_LIMIT
from tests.blender.running import InBlender

SCRIPTS = "lib/python*/site-packages/bpy/*/scripts"
VALIDATION_LIMIT = 300.0
"""Seconds, for Blender starts for it."""
EXTENSIONS = [blender for blender in GUIS if "extension" in blender.modes]


@pytest.mark.parametrize("host", [True, False], ids=["host-loaded", "host-not-loaded"])
def test_host_and_add_on_do_not_meet(any_blender: InBlender, host: bool) -> None:
    facts = any_blender.run("packaging", options={"host": host}).facts
    assert facts["meeting"] == []
    assert facts["outside"] == []
    assert facts["foreign"] == []
    assert facts["warnings"] == {}
    assert facts["left"] == []
    if any_blender.blender.kind == "wheel" and host:
        assert {"requests", "urllib3"} <= set(facts["hosts"])
    if any_blender.mode == "extension":
        (told,) = facts["warnings_of_a_careless_one"].values()
        assert "Policy violation with sys.path" in told[0]


def validate(command: list[str], zip: Path) -> tuple[int, str]:
    done = subprocess.run(
        [*command, str(zip)], capture_output=True, text=True, timeout=VALIDATION_LIMIT, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.blender
@pytest.mark.timeout(TEST_LIMIT)
@pytest.mark.parametrize("blender", WHEELS, ids=lambda blender: blender.name)
def test_the_validator_that_comes_with_it_accepts_the_zip_and_its_tags(
    blender: Blender, addon_zip: Path
) -> None:
    try:
        python = environments.wheel_python(blender.environment)
    except environments.EnvironmentMissing as problem:
        pytest.skip(str(problem))
    (scripts,) = python.parent.parent.glob(SCRIPTS)
    tool = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    tags = scripts / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    status, output = validate([str(python), str(tool), "validate", f"--valid-tags={tags}"], addon_zip)
    assert status == 0, output
    assert "Success" in output


@pytest.mark.blender
@pytest.mark.timeout(TEST_LIMIT)
@pytest.mark.parametrize("blender", EXTENSIONS, ids=lambda blender: blender.name)
def test_blender_itself_accepts_the_zip(blender: Blender, addon_zip: Path, tmp_path: Path) -> None:
    if missing := blender.missing():
        pytest.skip(f"{blender.name}: {missing}")
    command = ["blender", "--command", "extension", "validate"]
    root = environments.system_root(blender.environment)
    command = environments.inside_system(root, command, [ROOT, addon_zip.parent, tmp_path])
    status, output = validate(command, addon_zip)
    assert status == 0, output
    assert "Success" in output
