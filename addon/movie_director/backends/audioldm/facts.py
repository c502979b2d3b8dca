# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configuration of an AudioLDM says. It has no title: it is known by what its page says."""

from __future__ import annotations

import re

from ...core.facts import Capability, ServiceInfo
from .._gradio.config import Dependency, GradioConfig
from .._gradio.page import Page
from .._gradio.parameters import input_types, parameters

LABEL = "AudioLDM"

_VERSIONS = (
    ("2", re.compile(r"\bAudioLDM 2: A General Framework\b")),
    ("1", re.compile(r"\bAudioLDM: Text-to-Audio Generation\b")),
)
_INPUTS = {
    ("textbox", "slider", "slider", "number", "slider", "dropdown"): (
        *("text", "duration", "guidance", "seed", "candidates", "model"),
    ),
    ("textbox", "slider", "slider", "number", "slider"): (
        *("text", "duration", "guidance", "seed", "candidates"),
    ),
    # the first releases of version 2 made sounds of one length only
    ("textbox", "slider", "number", "slider"): ("text", "guidance", "seed", "candidates"),
}
"""Our names for the inputs, by the types of their components."""


def may_be(page: Page) -> bool:
    """Whether the page mentions it, or has no title and may mention it further down."""
    return LABEL in page.text or page.title == "Gradio"


def read(config: GradioConfig) -> ServiceInfo | None:
    """The facts of AudioLDM 1 or 2; None if the configuration is that of another program."""
    version, generate = _version(config), _generate(config)
    if not version or generate is None:
        return None
    names = _INPUTS.get(input_types(config, generate), ())
    return ServiceInfo(
        LABEL,
        version=version,
        features=(f"gradio-{config.version}",),
        models=(("checkpoints", _checkpoints(config, generate)),),
        capabilities=(Capability("sound", generate.api_name, parameters(config, generate, names)),),
    )


def _version(config: GradioConfig) -> str:
    return next((number for number, sign in _VERSIONS if any(map(sign.search, config.texts))), "")


def _generate(config: GradioConfig) -> Dependency | None:
    """The operation that makes a video, since the sound comes as one, from a text."""
    for each in config.dependencies:
        made = [component.type for component in config.outputs_of(each)]
        if made == ["video"] and input_types(config, each)[:1] == ("textbox",):
            return each
    return None


def _checkpoints(config: GradioConfig, generate: Dependency) -> tuple[str, ...]:
    """The models that an order can choose; version 2 shows a choice but uses the one it started with."""
    choosable = [each for each in config.inputs_of(generate) if each.type == "dropdown"]
    if choosable:
        return choosable[0].choices
    shown = [each for each in config.components.values() if each.type == "dropdown" and each.value]
    return (shown[0].value,) if shown else ()
