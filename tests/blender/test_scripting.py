# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about scripts says what works, in background mode, where no timer fires."""

from __future__ import annotations

import re
from pathlib import Path

from tests.blender.patience import PATIENT
from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scripting.md"


def test_the_scripts_of_the_page_find_a_service(wheel: InBlender) -> None:
    with comfyui_process() as server:
        said = said_by_the_page(wheel, {"MOVIE_DIRECTOR_COMFYUI_URL": server.url})
    assert said[:2] == ["ComfyUI connected", server.url]
    assert f"comfyui connected {server.url} 0.33.0 " in said
    assert {line.split()[0] for line in said[3:]} == {"comfyui", "wan2gp", "litellm", "rvc", "audioldm"}


def test_they_follow_what_the_open_film_says(wheel: InBlender) -> None:
    with comfyui_process() as server:
        said = said_by_the_page(wheel, {}, url=server.url)
    assert said[:2] == ["ComfyUI connected", server.url]
    assert any(line.startswith("wan2gp disabled") for line in said), said


def said_by_the_page(wheel: InBlender, environment: dict[str, str], url: str = "") -> list[str]:
    """What the blocks of the page print; with a `url` the open .blend says that ComfyUI is there."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    options = {"blocks": blocks, "url": url}
    report = wheel.run("scripting", options=options, environment={**PATIENT, **environment})
    said: list[str] = report.facts["said"]
    return said
