# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configuration of an AudioLDM says. It has no title: it is known by what its page says."""

from __future__ import annotations

import re

from ...core.model import Capability, ServiceInfo
from .._gradio.config import Dependency, GradioConfig
from .._gradio.page import Page
from .._gradio.parameters import parameters

LABEL = "AudioLDM"

_VERSIONS = (
    ("2", re.compile(r"\bAudioLDM 2: A General Framework\b")),
    ("1", re.compile(r"\bAudioLDM: Text-to-Audio Generation\b")),
)
_NAMES = ("text", "duration", "guidance", "seed", "candidates", "model")
"""The inputs of both versions, in their order; 2 has all but the last."""


def may_be(page: Page) -> bool:
    """Whether the page mentions it, or has no title and may mention it further down."""
    return LABEL in page.text or page.title == "Gradio"


def read(config: GradioConfig) -> ServiceInfo | None:
    """The facts of AudioLDM 1 or 2; None if the configuration is that of another program."""
    version, generate = _version(config), _generate(config)
    if not version or generate is None:
        return None
    names = _NAMES[: len(generate.inputs)]
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
        taken = [component.type for component in config.inputs_of(each)]
        if made == ["video"] and taken[:1] == ["textbox"]:
            return each
    return None


def _checkpoints(config: GradioConfig, generate: Dependency) -> tuple[str, ...]:
    """The models that an order can choose; version 2 shows a choice but uses the one it started with."""
    choosable = [each for each in config.inputs_of(generate) if each.type == "dropdown"]
    if choosable:
        return choosable[0].choices
    shown = [each for each in config.components.values() if each.type == "dropdown" and each.value]
    return (shown[0].value,) if shown else ()
