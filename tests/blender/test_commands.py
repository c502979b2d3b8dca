# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command movie_director`` says and returns what the terminal does, if Blender lets it."""

from __future__ import annotations

import json

import pytest

from tests.blender.patience import PATIENT
from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

OTHERS_OFF = {f"MOVIE_DIRECTOR_{name}_ENABLED": "0" for name in ("WAN2GP", "LITELLM", "RVC", "AUDIOLDM")}
FAR_AWAY = "http://comfyui.invalid:8188"


def test_commands_say_what_the_terminal_says(wheel: InBlender) -> None:
    with comfyui_process() as server:
        report = wheel.run(
            "commanding",
            options={"calls": {"test": ["test", server.url, "--json"], "wrong": ["nonsense"]}},
            environment=PATIENT,
        )
    code, said, _ = report.facts["test"]
    assert (code, '"comfyui"' in said) == (0, True)
    code, _, complaint = report.facts["wrong"]
    assert code == 2
    assert "'nonsense' is not a command" in complaint


def test_commands_heed_that_online_access_is_off(wheel: InBlender) -> None:
    report = wheel.run("commanding", options={"calls": {"test": ["test", FAR_AWAY]}})
    code, said, complaint = report.facts["test"]
    assert code != 0
    assert "online access is off" in said + complaint


def test_the_command_line_of_blender_runs_them_and_ends(gui: InBlender) -> None:
    if "extension" not in gui.blender.modes:
        pytest.skip("this Blender has no commands of add-ons")
    user = gui.folder / "user"
    gui.run("kept_on", user=user, background=True)
    with comfyui_process() as server:
        environment = {**PATIENT, **OTHERS_OFF, "MOVIE_DIRECTOR_COMFYUI_URL": server.url}
        for name in ("status", "test", "discover"):
            asked = ["movie_director", name, "--json"]
            code, printed = gui.command(asked, user=user, environment=environment)
            assert code == 0, printed
            assert server.url in json.dumps(answer(printed))
        code, printed = gui.command(["movie_director", "nonsense"], user=user, environment=environment)
    assert code == 2
    assert "'nonsense' is not a command" in printed


def answer(printed: str) -> object:
    """The JSON among what Blender printed."""
    return json.JSONDecoder().raw_decode(printed[printed.index("{") :])[0]
