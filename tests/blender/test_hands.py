# SPDX-License-Identifier: GPL-3.0-or-later
"""Every button of the panel is pressed, every action chosen, and every field filled in, by hand.

The fields are those of all services, with the advanced ones folded out. Not pressed in the panel are the
buttons of an address that a project asks for, see `project_hands`, and of further instances, which are found
only at the usual ports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.blender.running import InBlender
from tests.servers.plain import RawServer, hold
from tests.servers.recorded import recorded_process

LIMIT = 540.0
"""Seconds for one of them in the slowest window, on a computer with much else to do."""
EVERYWHERE = {
    "refresh_connections",
    "copy_text",
    "copy_diagnostics",
    *(f"show_details {name}" for name in ("comfyui", "wan2gp", "litellm", "rvc", "audioldm", "llm")),
    *(f"{name} comfyui" for name in ("manual_reconnect", "test_connection", "open_web_page", "copy_details")),
    *(f"{name} litellm" for name in ("manual_reconnect", "test_connection", "open_web_page", "copy_details")),
    *(f"{name} rvc" for name in ("manual_reconnect", "test_connection", "copy_details", "show_help")),
    *(f"open_settings {name}" for name in ("wan2gp", "audioldm")),
}
"""What there is to press with two services that run, one that does not, and two that are off."""
IN_MENU = (
    "refresh_connections",
    "show_details",
    "manual_reconnect",
    "test_connection",
    "open_web_page",
    "copy_details",
    "use_address",
    "open_settings",
    "show_help",
    "allow_address_once",
    "allow_address_always",
    "copy_diagnostics",
    "discover",
)
ACTIONS = (*IN_MENU, "reset_settings", "undo_reset")
"""The second has something to do after the first."""
SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")
TYPED = {
    service: {
        "url": f"http://127.0.0.1:{9001 + number}",
        "key": f"sk-typed-{service}",
        "timeout": f"{2.5 + number}",
        "retry_count": f"{5 + number}",
        "check_interval": f"{12.5 + number}",
        "breaker_interval": f"{61.5 + number}",
        "ca_file": f"/canary/{service}.pem",
        "custom_data": f'{{"busy_limit": {71.5 + number}}}',
    }
    for number, service in enumerate(SERVICES)
}
"""By service and setting, in the order of the fields: each another."""
NUMBERS = ("timeout", "retry_count", "check_interval", "breaker_interval")
SELDOM = {f"MOVIE_DIRECTOR_{name}_CHECK_INTERVAL": "300" for name in ("COMFYUI", "LITELLM")}
"""No check comes by itself meanwhile: what is checked, was asked for."""


def browser(folder: Path) -> tuple[str, Path]:
    """A program that is called as a web browser, and the file in which it notes the addresses."""
    folder.mkdir(parents=True)
    program, notes = folder / "browser", folder / "opened"
    program.write_text(f'#!/bin/sh\necho "$1" >> {notes}\n')
    program.chmod(0o755)
    return f"{program} %s", notes


@contextmanager
def services() -> Iterator[Mapping[str, str]]:
    """ComfyUI and LiteLLM; the environment that leads to them, and to an RVC that is not there."""
    with RawServer(hold) as server:
        nobody = server.url
    with recorded_process("comfyui") as comfyui, recorded_process("litellm") as litellm:
        yield {
            **SELDOM,
            "MOVIE_DIRECTOR_COMFYUI_URL": comfyui.url,
            "MOVIE_DIRECTOR_LITELLM_URL": litellm.url,
            "MOVIE_DIRECTOR_RVC_URL": nobody,
            "MOVIE_DIRECTOR_RVC_REQUIRED": "1",
            "MOVIE_DIRECTOR_RVC_RETRY_COUNT": "0",
            "MOVIE_DIRECTOR_RVC_BREAKER_INTERVAL": "300",
            "MOVIE_DIRECTOR_WAN2GP_ENABLED": "0",
            "MOVIE_DIRECTOR_AUDIOLDM_ENABLED": "0",
        }


def test_every_button_of_the_panel_is_pressed_in_all_three_places(gui: InBlender) -> None:
    program, opened = browser(gui.folder)
    with services() as environment:
        report = gui.run(
            "pressing",
            options={"opened": str(opened)},
            environment={**environment, "BROWSER": program},
            limit=LIMIT,
        )
    places = report.facts["places"]
    assert list(places) == ["in_viewport", "in_sequencer", "in_scene_properties"]
    for place, pressed in places.items():
        others = {each for each in pressed if each.startswith("use_address ")}
        # Where the computer has another RVC at its usual port, that is offered in place of the help.
        wanted = EVERYWHERE - {"show_help rvc"} if "use_address rvc" in others else EVERYWHERE
        assert set(pressed) - others >= wanted, place
        assert set(pressed) - others <= EVERYWHERE, place
    assert "/movie_director/ui/" not in report.output, report.output


def test_every_action_is_found_in_the_menu_and_by_the_search(gui: InBlender) -> None:
    program, opened = browser(gui.folder)
    with services() as environment:
        report = gui.run(
            "choosing",
            options={"opened": str(opened), "actions": ACTIONS},
            environment={**environment, "BROWSER": program},
            limit=LIMIT,
        )
    if gui.blender.name != "gui-3.4":  # which does not tell what is under the mouse in these menus
        assert set(report.facts["clicked"]) >= set(IN_MENU)
    assert "/movie_director/ui/" not in report.output, report.output


def test_every_field_of_every_service_is_filled_in_by_hand(gui: InBlender) -> None:
    user = gui.folder / "user"
    report = gui.run("filling", options={"typed": TYPED}, user=user, limit=LIMIT)
    effective = report.facts["effective"]
    [file] = user.rglob("settings.json")
    written = json.loads(file.read_text("utf-8"))["settings"]
    assert effective["auto_connect"] is True
    assert "general" not in written, "what is at its default again is not kept"
    for service, texts in TYPED.items():
        wanted = {name: value_of(name, text) for name, text in texts.items() if name != "key"}
        wanted |= {"enabled": False, "required": service not in ("comfyui", "wan2gp")}
        assert {name: effective[f"{service}.{name}"] for name in wanted} == wanted
        assert {name: report.facts["user"][f"{service}.{name}"] for name in wanted} == wanted
        assert written["services"][service] == wanted | {"custom_data": json.loads(texts["custom_data"])}
        origin = texts["url"].replace("127.0.0.1", "localhost")
        assert report.facts["keys"][f"{service} {origin}"] == texts["key"]
        assert holding(user, texts["key"]) == ["secrets.json"]
    assert "/movie_director/ui/" not in report.output, report.output


def value_of(name: str, text: str) -> object:
    return float(text) if name in NUMBERS else text


def holding(folder: Path, text: str) -> list[str]:
    """The names of the files below the folder that hold this text."""
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
