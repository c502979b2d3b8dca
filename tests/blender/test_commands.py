# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command movie_director`` says and returns what the terminal does, if Blender lets it."""

from __future__ import annotations

from tests.blender.patience import PATIENT
from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

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
