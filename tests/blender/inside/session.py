# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scenario is handed: the add-on's zip and how to install it, waiting, and where to note facts."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy

REPOSITORY = "user_default"
"""Blender's own name of the place for extensions that are installed from a file."""

COMES = 60.0
"""Seconds for what is certain to come, even on a busy computer: only a broken program needs them."""


class Until:
    """Wait until `condition()` is true; AssertionError after `timeout` seconds."""

    def __init__(self, condition: Callable[[], object], timeout: float, what: str) -> None:
        self._condition = condition
        self._timeout = timeout
        self._what = what
        self._deadline: float | None = None

    def over(self) -> bool:
        """Whether it is true now; the time runs from the first call."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._timeout
        if self._condition():
            return True
        if time.monotonic() > self._deadline:
            raise AssertionError(f"not within {self._timeout:g} s: {self._what or self._condition}")
        return False


class Session:
    """One run of one scenario in one Blender."""

    def __init__(
        self, addon: str, zip: str, mode: str, folder: str, screen: str, options: dict[str, Any]
    ) -> None:
        self.addon_id = addon
        """The folder in the zip, such as "movie_director"."""
        self.zip = Path(zip)
        self.mode = mode
        """"legacy" or "extension"."""
        self.folder = Path(folder)
        """A folder of this run, which the test sees too."""
        self.screen = Path(screen) if screen else None
        """The file with what is on the screen, in xwd's format; None where there is no window."""
        self.options = options
        """What the test handed to this run."""
        self.facts: dict[str, Any] = {}
        """Values for the test: they stand in the report."""
        self.marks: list[tuple[str, float]] = []
        """Names and times, in seconds, of the points that the scenario passed."""

    # --- notes and waiting ----------------------------------------------------------------------------------

    def note(self, **facts: Any) -> None:
        """Hand values to the test, as JSON can carry them."""
        self.facts.update(facts)

    def mark(self, name: str) -> None:
        """Note that the scenario got here, and when."""
        self.marks.append((name, time.monotonic()))

    def until(self, condition: Callable[[], object], timeout: float = COMES, what: str = "") -> Until:
        """To be yielded: the scenario goes on once `condition()` is true, and fails if it does not come."""
        return Until(condition, timeout, what)

    # --- the add-on -----------------------------------------------------------------------------------------

    @property
    def module_name(self) -> str:
        """The name under which Blender imports the add-on in this mode."""
        if self.mode == "extension":
            return f"bl_ext.{REPOSITORY}.{self.addon_id}"
        return self.addon_id

    @property
    def enabled(self) -> bool:
        return self.module_name in bpy.context.preferences.addons

    def addon(self, submodule: str = "") -> ModuleType:
        """The add-on's module, or one below it such as "ui.engine"."""
        return importlib.import_module(f"{self.module_name}.{submodule}".rstrip("."))

    def install(self, enable: bool = True) -> None:
        """Install the zip in the way of this mode; AssertionError if Blender did not take it."""
        if self.mode == "extension":
            # It answers FINISHED also when it refused: what it did is looked at.
            bpy.ops.extensions.package_install_files(
                filepath=str(self.zip), repo=REPOSITORY, enable_on_install=enable
            )
        else:
            bpy.ops.preferences.addon_install(filepath=str(self.zip), overwrite=True)
            if enable:
                self.enable()
        assert self.is_installed(), f"{self.module_name} is not there after installing {self.zip.name}"
        assert self.enabled == enable, f"{self.module_name} enabled: {self.enabled}"

    def is_installed(self) -> bool:
        """Whether Blender finds the add-on when it looks at its folders."""
        import addon_utils

        return any(module.__name__ == self.module_name for module in addon_utils.modules(refresh=True))

    def enable(self) -> None:
        bpy.ops.preferences.addon_enable(module=self.module_name)
        assert self.enabled, f"{self.module_name} could not be enabled"

    def disable(self) -> None:
        bpy.ops.preferences.addon_disable(module=self.module_name)
        assert not self.enabled, f"{self.module_name} could not be disabled"

    def uninstall(self) -> None:
        if self.mode == "extension":
            bpy.ops.extensions.package_uninstall(repo_index=_index_of(REPOSITORY), pkg_id=self.addon_id)
        else:
            # It redraws the area of its button, so there has to be one.
            window = bpy.context.window_manager.windows[0]
            with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
                bpy.ops.preferences.addon_remove(module=self.module_name)
        assert not self.enabled
        assert not self.is_installed(), f"{self.module_name} is still there"

    def tick(self) -> None:
        """Do what the add-on's timer does, for Blenders whose timers never fire; nothing while disabled."""
        bridge = sys.modules.get(f"{self.module_name}.ui.bridge")
        if bridge is not None and self.enabled:
            bridge.tick()


def _index_of(repository: str) -> int:
    names = [repo.module for repo in bpy.context.preferences.extensions.repos]
    return names.index(repository)
