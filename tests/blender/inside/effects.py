# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be seen, from outside the add-on's operators, after one of them was called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
from inside.calls import Call
from inside.session import Session

Effect = Callable[[], object]
ALL = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm", "llm")


class Effects:
    """Looks at the clipboard, the snapshots, the windows, and the addresses that a web browser was given."""

    def __init__(self, session: Session, opened: Path) -> None:
        """`opened` is the file in which the program that is called as a web browser notes addresses."""
        self._engine = session.addon("ui.engine")
        self._opened = opened

    def of(self, call: Call, text: str) -> Effect:
        """To be called before the button is pressed: tells whether that is to be seen by now.

        `text` is what `copy_text` copies.
        """
        if call.operator == "copy_text":
            return lambda: bpy.context.window_manager.clipboard == text
        effect: Effect = getattr(self, call.operator)(call.service)
        return effect

    def show_details(self, service: str) -> Effect:
        before = is_open(service or ALL[0])
        shown = [service] if service else ALL
        return lambda: all(is_open(each) is not before for each in shown)

    def refresh_connections(self, _service: str) -> Effect:
        before = self._snapshot.discovery
        return lambda: self._snapshot.discovery is not before and self._snapshot.discovery.finished

    def manual_reconnect(self, service: str) -> Effect:
        """A service that is connected was asked once more, another one was tried."""
        before = self._moments(service)
        return lambda: self._moments(service) != before

    def test_connection(self, service: str) -> Effect:
        """It is over, and its result is that of the service's state."""
        states = {name: each.state.value for name, each in self._snapshot.services.items()}
        asked = [service] if service else [name for name, state in states.items() if state != "disabled"]
        before = dict(self._snapshot.tests)

        def is_over(name: str) -> bool:
            test = self._snapshot.tests.get(name)
            is_new = test is not None and test is not before.get(name) and test.finished
            return bool(is_new and test.passed == (states[name] == "connected"))

        return lambda: all(is_over(name) for name in asked)

    def open_web_page(self, service: str) -> Effect:
        wanted = [*self._addresses(), self._status(service).endpoint.url]
        return lambda: self._addresses() == wanted

    def discover(self, service: str) -> Effect:
        return self.refresh_connections(service)

    def reset_settings(self, _service: str) -> Effect:
        """All that the user set is gone; something is set before."""
        self._settings.set_value("rvc", "timeout", 7.0)
        return lambda: not self._settings.newest.user

    def undo_reset(self, _service: str) -> Effect:
        assert not self._settings.newest.user
        return lambda: self._settings.newest.user.get("rvc", "timeout") == 7.0

    def copy_details(self, service: str) -> Effect:
        return lambda: f"{self._status(service).label}: " in bpy.context.window_manager.clipboard

    def copy_diagnostics(self, _service: str) -> Effect:
        def all_are_told() -> bool:
            text = bpy.context.window_manager.clipboard
            return all(each.label in text for each in self._snapshot.services.values())

        return all_are_told

    def open_settings(self, _service: str) -> Effect:
        def are_shown() -> bool:
            windows = bpy.context.window_manager.windows
            return any(area.type == "PREFERENCES" for window in windows for area in window.screen.areas)

        return are_shown

    def use_address(self, service: str) -> Effect:
        """Nothing changes, because the environment names the address."""
        before = self._settings.newest.effective.get(service, "url")
        return lambda: self._settings.newest.effective.get(service, "url") == before

    def show_help(self, _service: str) -> Effect:
        """A text beside the mouse, of which Blender tells nothing."""
        return lambda: True

    @property
    def _settings(self) -> Any:
        return self._engine.application().settings

    @property
    def _snapshot(self) -> Any:
        return self._engine.snapshot()

    def _status(self, service: str) -> Any:
        return self._snapshot.services[service]

    def _moments(self, service: str) -> tuple[float | None, float | None]:
        status = self._status(service)
        return status.latency, status.last_attempt_at

    def _addresses(self) -> list[str]:
        return self._opened.read_text("utf-8").splitlines() if self._opened.exists() else []


def is_open(service: str) -> bool:
    """Whether the details of a service, or of the language models ("llm"), are folded out."""
    status = bpy.context.window_manager.movie_director_status
    shown = status.llm if service == "llm" else status.services[service]
    return bool(shown.show_details)
