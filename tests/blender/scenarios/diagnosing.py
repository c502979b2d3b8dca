# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the report copied after secrets were entered; note whether the main thread opens a file meanwhile."""

from __future__ import annotations

import logging
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from inside.ending import no_thread_lives
from inside.session import Session
from inside.yardstick import slowness

LIVE = "live updates open"
_opened: list[str] = []
_watching = threading.Event()


def scenario(session: Session) -> Iterator[object]:
    session.install()
    engine = session.addon("ui.engine")
    assert not bpy.ops.movie_director.copy_diagnostics.poll(), "there is nothing to tell of yet"

    def state(service: str) -> str:
        snapshot = engine.snapshot()
        return "" if snapshot is None else str(snapshot.services[service].state.value)

    yield session.until(lambda: state("comfyui") == "connected", what="ComfyUI is connected")
    yield session.until(
        lambda: LIVE in session.addon("ui.diagnostics_operator").report(), what="ComfyUI tells of its work"
    )
    enter(session, engine.application())
    log = logging.getLogger(f"{session.module_name}.ui.scenario")
    sys.addaudithook(note_files)
    _watching.set()
    for key in session.options["keys"].values():
        log.warning("from the main thread: %s", key)
    session.note(operator=sorted(bpy.ops.movie_director.copy_diagnostics()))
    session.note(milliseconds=cost(session), slowness=statistics.median(slowness() for _ in range(5)))
    _watching.clear()
    session.note(
        opened=_opened,
        clipboard=bpy.context.window_manager.clipboard,
        report=session.addon("ui.diagnostics_operator").report(),
        terminal=session.addon("ui.commands").run(
            ["diagnostics", "--output", str(session.folder / "report.md")]
        ),
    )
    logger = logging.getLogger(session.module_name)
    assert logger.handlers
    session.disable()
    assert (logger.handlers, logger.propagate) == ([], True)
    yield session.until(no_thread_lives, what="no thread left")
    session.note(open_files=open_logs())


def enter(session: Session, application: Any) -> None:
    """The secrets, where the user interface puts them; the .blend lies in a folder with a telling name."""
    store, keyring = application.settings, session.addon("core.keyring")
    keys = session.options["keys"]
    store.set_key("litellm", keyring.Origin.parse("http://127.0.0.1:4000"), keyring.Key(keys["key"]))
    store.set_value("rvc", "url", f"http://ada:{keys['password']}@127.0.0.1:9")
    folder = session.folder / "ada_lovelace" / "secret-client"
    folder.mkdir(parents=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
    store.set_project({"comfyui": {"timeout": "long"}}, bpy.data.filepath)
    # A moment later these are hidden wherever they appear; before anything is asked for, at once.
    application.retry_now("wan2gp")


def note_files(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: every file that the main thread opens while it is watched."""
    if event == "open" and _watching.is_set() and threading.current_thread() is threading.main_thread():
        _opened.append(str(arguments[0]))


def cost(session: Session) -> float:
    """Milliseconds that the main thread is busy with a report, the median of many."""
    report, spent = session.addon("ui.diagnostics_operator").report, []
    for _ in range(20):
        begun = time.perf_counter()
        report()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def open_logs() -> list[str]:
    """The log files that this process still has open."""
    folder = Path("/proc/self/fd")
    targets = [str(each.resolve()) for each in folder.iterdir()] if folder.is_dir() else []
    return [each for each in targets if "movie-director" in each and "/logs/" in each]
