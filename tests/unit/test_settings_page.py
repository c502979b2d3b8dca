"""The page of the settings is what the schema says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from movie_director.core.environment import OTHER_VARIABLES
from movie_director.core.presets import PRESETS, Preset
from movie_director.core.schema import Layer

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"
SCRIPT = ROOT / "scripts" / "draw_settings.py"


def test_the_tables_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False, timeout=30
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_layer_and_every_other_variable_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    named = {Layer.FILE: "config file"}
    order = [page.index(f"**{named.get(layer, layer.value)}**") for layer in Layer]
    assert order == sorted(order)
    assert all(f"| `{variable}` |" in page for variable in OTHER_VARIABLES)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_what_a_preset_sets_is_written_down(preset: Preset) -> None:
    [row] = re.findall(rf"^\| {preset.label} \|.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    for name, value in preset.every_service.items():
        assert f"`{name}` {value:g}" in row
    assert len(re.findall(r"`\w+` \d", row)) == len(preset.every_service)
