# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences: every field by script and by hand, kept in our own files and in none of Blender's."""

from __future__ import annotations

from pathlib import Path

from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

KEY = "sk-canary-script"
SAID = {
    "auto_connect": False,
    "comfyui_enabled": True,
    "comfyui_url": "http://canary.lan:8188",
    "comfyui_timeout": 7.5,
    "comfyui_retry_count": 2,
    "comfyui_check_interval": 9.0,
    "comfyui_breaker_interval": 60.0,
    "comfyui_required": False,
    "comfyui_ca_file": "/canary/ca.pem",
    "comfyui_custom_data": '{"busy_limit": 90.5}',
    "wan2gp_enabled": False,
    "litellm_key": KEY,
}
SHOWN = {name: value for name, value in SAID.items() if name != "litellm_key"}
HANDS_LIMIT = 540.0
"""Seconds for the hands: without a graphics card, every move of the mouse has the page drawn for a while."""
TRIES = 3
"""Blender's end waits half a second for the file: on a busy computer too little, but not each time."""
SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")


def holding(folder: Path, text: str) -> list[str]:
    """The files below the folder that hold this text."""
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_every_field_is_kept_and_nothing_of_it_in_blenders_own_file(wheel: InBlender, tmp_path: Path) -> None:
    user = tmp_path / "user"
    first = wheel.run("preferences_script", user=user, options={"phase": "set", "said": SAID})
    assert {name: first.facts[name] for name in SHOWN} == SHOWN
    assert set(first.facts["key"]) == {"•"}
    for service in SERVICES:
        fields = {f"{service}_{name}" for name in ("enabled", "url", "key", "required", "timeout")}
        assert fields <= set(first.facts["fields"])

    userpref = Path(first.facts["userpref"])
    assert userpref.stat().st_size > 1000
    for text in (KEY, "canary.lan", "/canary/ca.pem", "busy_limit"):
        assert holding(userpref.parent, text) == []
    assert KEY not in first.output
    assert "settings.json" in holding(user / "movie-director", "canary.lan")
    assert len(holding(user / "movie-director", KEY)) == 1, "the file of the keys, and no log"

    second = wheel.run("preferences_script", user=user, options={"phase": "read", "said": SAID})
    assert {name: second.facts[name] for name in SHOWN} == SHOWN
    assert second.facts["key"] == first.facts["key"]
    assert second.facts["secrets"] == 1


def test_the_environment_wins_and_is_shown(wheel: InBlender) -> None:
    said = {"comfyui_url": "http://canary.lan:8188", "rvc_enabled": True}
    environment = {"MOVIE_DIRECTOR_COMFYUI_URL": "http://127.0.0.1:9", "MOVIE_DIRECTOR_RVC_ENABLED": "0"}
    report = wheel.run("preferences_script", environment=environment, options={"phase": "set", "said": said})
    assert report.facts["comfyui_url"] == "http://127.0.0.1:9"
    assert report.facts["rvc_enabled"] is False
    assert report.facts["effective"]["comfyui.url"] == "http://127.0.0.1:9"


def test_an_address_is_kept_though_blender_ends_while_it_is_typed(wheel: InBlender, tmp_path: Path) -> None:
    for number in range(TRIES):
        user = tmp_path / f"user-{number}"
        for phase in ("type", "read"):
            report = wheel.run("preferences_typing", user=user, options={"phase": phase}, leave="quit")
        if report.facts["kept"]:
            break
    assert report.facts["kept"]


def test_all_is_in_the_menus_asks_for_what_it_needs_and_says_why_not(wheel: InBlender) -> None:
    report = wheel.run("menus")
    assert "All services are switched off in the settings" in report.output


def test_a_person_types_and_presses_everything(gui: InBlender) -> None:
    with comfyui_process() as server:
        options = {"url": server.url, "theme": "Blender_Light"}
        report = gui.run("preferences_hands", options=options, limit=HANDS_LIMIT)
    assert {"half-typed", "tested", "key", "advanced"} <= report.pictures.keys()
