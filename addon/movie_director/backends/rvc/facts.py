# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configuration of an RVC WebUI, or of Applio, says. RVC tells no version: it is inferred."""

from __future__ import annotations

from ...core.facts import Capability, ServiceInfo
from .._gradio.config import Dependency, GradioConfig
from .._gradio.page import Page
from .._gradio.parameters import input_types, parameters

LABEL = "RVC WebUI"
APPLIO = "Applio"
CONVERT = "infer_convert"
CHANGE_VOICE = "infer_change_voice"

_INPUTS = {
    # 2.3: the audio is uploaded
    ("slider", "audio", "number", "radio", "textbox", "slider", "slider", "slider", "slider"): (
        "speaker",
        "audio",
        "transpose",
        "pitch_method",
        "index_path",
        "index_ratio",
        "resample_rate",
        "volume_envelope",
        "protect",
    ),
    # 2024: the audio is a path on the server
    (
        *("slider", "textbox", "number", "file", "radio", "textbox", "dropdown"),
        *("slider", "slider", "slider", "slider", "slider"),
    ): (
        "speaker",
        "audio_path",
        "transpose",
        "pitch_file",
        "pitch_method",
        "index_path",
        "index_choice",
        "index_ratio",
        "filter_radius",
        "resample_rate",
        "volume_envelope",
        "protect",
    ),
}
"""Our names for the inputs of a conversion, by the types of its components."""


def may_be(page: Page) -> bool:
    """Whether the title is that of RVC WebUI or Applio."""
    return page.title in (LABEL, APPLIO)


def read(config: GradioConfig) -> ServiceInfo | None:
    """The facts of RVC WebUI or Applio; None if the configuration is that of another program."""
    return _rvc(config) or _applio(config)


def version(config: GradioConfig) -> str:
    """The release as far as its operations and its Gradio give it away; empty for what we have not met.

    Only 2.3 (2026) separates with pymss; the last releases before it (2024) do so with UVR, on Gradio 3.34.
    """
    if config.operation("pymss_separate") is not None:
        return "2.3 (2026)"
    if config.operation("uvr_convert") is not None and config.generation == (3, 34):
        return "2024"
    return ""


def _rvc(config: GradioConfig) -> ServiceInfo | None:
    """RVC WebUI is known by two operations of its own, whose names it gives itself."""
    convert, change_voice = config.operation(CONVERT), config.operation(CHANGE_VOICE)
    if convert is None or change_voice is None:
        return None
    names = _INPUTS.get(input_types(config, convert), ())
    return ServiceInfo(
        LABEL,
        version=version(config),
        features=(f"gradio-{config.version}",),
        models=(("voices", _voices(config, change_voice)),),
        capabilities=(Capability("voice", CONVERT, parameters(config, convert, names)),),
    )


def _voices(config: GradioConfig, change_voice: Dependency) -> tuple[str, ...]:
    """What the dropdown of voices offered when the server started; newer files are not in there."""
    dropdowns = [each for each in config.inputs_of(change_voice) if each.type == "dropdown"]
    return dropdowns[0].choices if dropdowns else ()


def _applio(config: GradioConfig) -> ServiceInfo | None:
    """Applio is a descendant on Gradio 4 to 6, whose operations have no names of their own."""
    headed = any(text.strip() in ("# Applio", "<h1>Applio</h1>") for text in config.texts)
    if config.title != APPLIO or not headed or config.generation < (4, 0):
        return None
    return ServiceInfo(APPLIO, features=(f"gradio-{config.version}",))
