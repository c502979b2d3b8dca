# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operations of the recorded apps do here: at once, and without any model.

As in the real programs, the voice that RVC has loaded belongs to the server and not to a visitor, and a
conversion without one fails without a text.
"""

from __future__ import annotations

import io
import math
import tempfile
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .blocks import gradio

_SMALLEST_MP4 = b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00\x00\x00\x00\x08mdat"

# The real programs have ffprobe beside them, with which Gradio looks into every video it hands out.
gradio.processing_utils.video_is_playable = lambda path: True


class Handlers:
    """Makes the function of each recorded operation. `voices` are the files that RVC would find."""

    def __init__(self, recorded: Mapping[str, Any], voices: Sequence[str], folder: Path) -> None:
        self._types = {each["id"]: each["type"] for each in recorded["components"]}
        self._voices = list(voices)
        self._folder = folder
        self._loaded = ""
        self._by_name: dict[str, Callable[..., Any]] = {
            "infer_refresh": self._refresh,
            "infer_change_voice": self._change_voice,
            "infer_convert": self._convert,
        }

    def of(self, dependency: Mapping[str, Any]) -> Callable[..., Any]:
        """The function of one operation, a generator where the recorded one was."""
        outputs = [self._types[number] for number in dependency["outputs"]]
        special = self._by_name.get(dependency["api_name"] or "")

        def run(*values: Any) -> Any:
            if special is not None:
                return special(outputs, *values)
            return _plain([self._result(kind) for kind in outputs])

        def run_step_by_step(*values: Any) -> Iterator[Any]:
            yield run(*values)

        return run_step_by_step if dependency.get("types", {}).get("generator") else run

    def _refresh(self, outputs: list[str]) -> Any:
        lists = [self._voices, *([] for _ in outputs[1:])]
        return _plain([gradio.update(choices=sorted(names)) for names in lists])

    def _change_voice(self, outputs: list[str], voice: str, *_: Any) -> Any:
        self._loaded = voice or ""
        return _plain([gradio.update() for _ in outputs])

    def _convert(self, outputs: list[str], speaker: float, audio: Any, *_: Any) -> Any:
        if not audio:
            return "Upload an audio file", None
        if not self._loaded:
            raise AttributeError("no voice is loaded")
        return f"Success: {self._loaded}", self._result("audio")

    def _result(self, kind: str) -> Any:
        if kind == "textbox":
            return "Success"
        if kind == "audio":
            return self._file(".wav", _tone())
        if kind == "video":
            return self._file(".mp4", _SMALLEST_MP4)
        return gradio.update()

    def _file(self, suffix: str, content: bytes) -> str:
        with tempfile.NamedTemporaryFile(suffix=suffix, dir=self._folder, delete=False) as file:
            file.write(content)
        return file.name


def _tone() -> bytes:
    """A tenth of a second of sound as a WAV file."""
    rate = 16_000
    samples = (round(8_000 * math.sin(math.tau * 440 * moment / rate)) for moment in range(rate // 10))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return buffer.getvalue()


def _plain(results: list[Any]) -> Any:
    """What a function returns: the values themselves, or the only one, or nothing."""
    return results[0] if len(results) == 1 else tuple(results) or None
