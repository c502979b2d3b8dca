# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on comes and goes: how long it takes, what it does before its first tick, and what it leaves.

`options["limit"]`: the seconds in which it has to go.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator

import bpy
from inside.ending import TRIES, all_were_tried, no_thread_lives
from inside.session import Session
from inside.yardstick import slowness

TIMES = 10
RELOADS = 2
KINDS = ("Panel", "Operator", "PropertyGroup", "AddonPreferences", "UIList", "Menu", "Header")
BEFORE_THE_FIRST_TICK = ("vendor", "transport", "backends", "runtime", "cli")


def scenario(session: Session) -> Iterator[object]:
    session.install(enable=False)
    before = traces(session)
    session.note(register=[], unregister=[], slowness=[])
    yield from first_moments(session)
    yield from first_ticks(session)
    for _ in range(TIMES):
        yield from once(session, before)
    yield from disabled_while_it_starts(session, before)
    yield from disabled_while_a_thread_hangs(session, before)
    yield from deleted_and_imported_anew(session, before)
    yield from scripts_reloaded(session, before)


def first_moments(session: Session) -> Iterator[object]:
    """Until its first tick it opens no socket, starts no thread and imports only what draws."""
    opened: list[str] = []
    sys.addaudithook(lambda event, _: opened.append(event) if event.startswith("socket.") else None)
    threads = set(threading.enumerate())
    session.enable()
    rooms = {name.removeprefix(f"{session.module_name}.").partition(".")[0] for name in ours(session)}
    assert not rooms & set(BEFORE_THE_FIRST_TICK), rooms
    assert set(threading.enumerate()) == threads
    assert opened == []
    session.disable()
    yield


class Imports:
    """A finder that finds nothing, and notes which modules the main thread looks for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            self.names.append(name)


def first_ticks(session: Session) -> Iterator[object]:
    """The main thread imports nothing of ours in them: another thread has done so by then."""
    session.enable()
    engine, imports = session.addon("ui.engine"), Imports()
    sys.meta_path.insert(0, imports)
    yield session.until(lambda: all_were_tried(engine.snapshot()), what="an attempt at every service")
    session.addon("ui.bridge").tick()
    sys.meta_path.remove(imports)
    assert ours(session, imports.names) == []
    assert hasattr(bpy.types, "MOVIE_DIRECTOR_PT_project_settings"), "what a tick registers is there"
    session.disable()


def once(session: Session, before: set[str]) -> Iterator[object]:
    """Enabled until the services are watched, and disabled: in time, and nothing stays."""

    def until_watched() -> Iterator[object]:
        engine = session.addon("ui.engine")
        yield session.until(lambda: all_were_tried(engine.snapshot()), what="an attempt at every service")

    yield from gone_in_time(session, until_watched, no_thread_lives)
    assert traces(session) == before, f"left: {traces(session) ^ before}"

    start = time.process_time()
    session.addon().register()
    session.facts["register"].append(time.process_time() - start)
    session.facts["slowness"].append(slowness())
    session.disable()
    assert traces(session) == before, f"left: {traces(session) ^ before}"
    yield


def gone_in_time(
    session: Session, until: Callable[[], Iterator[object]], is_well: Callable[[], bool]
) -> Iterator[object]:
    """Enable it, wait `until` it is to go, and note how long it took to: the quickest, if it is tried again.

    It is when it took too long, or if not all `is_well` then, see `inside.ending`.
    """
    taken: list[float] = []
    for _ in range(TRIES):
        session.enable()
        engine, tick = session.addon("ui.engine"), session.addon("ui.bridge").tick
        yield from until()
        assert bpy.app.timers.is_registered(tick)
        start = time.perf_counter()
        session.addon().unregister()
        taken.append(time.perf_counter() - start)
        assert not bpy.app.timers.is_registered(tick)
        assert engine.snapshot() is None
        if taken[-1] <= session.options["limit"] and is_well():
            break
        session.disable()
        yield session.until(no_thread_lives, what="no thread left")
    session.facts["unregister"].append(min(taken))


def disabled_while_it_starts(session: Session, before: set[str]) -> Iterator[object]:
    """The worst moment: threads are importing. They may end a little later; the next time nothing stays."""
    for pause in (0.0, 0.05, 0.1, 0.2, 0.4):

        def begun(pause: float = pause) -> Iterator[object]:
            session.addon("ui.bridge").tick()
            yield pause

        yield from gone_in_time(session, begun, lambda: True)
        session.disable()
        yield session.until(no_thread_lives, what="no thread left")
    yield from once(session, before)


def disabled_while_a_thread_hangs(session: Session, before: set[str]) -> Iterator[object]:
    """Its modules stay for it, and the console says what that means. The next time nothing stays."""
    session.enable()
    over = threading.Event()
    hanging = threading.Thread(target=over.wait, name="md-hanging", daemon=True)
    hanging.start()
    session.disable()
    assert f"{session.module_name}.ui.engine" in sys.modules
    over.set()
    hanging.join()
    yield from once(session, before)


def deleted_and_imported_anew(session: Session, before: set[str]) -> Iterator[object]:
    """Some tools remove an add-on's modules while it is on, and register what they then import."""
    for _ in range(TRIES):
        yield from imported_anew(session)
        if no_thread_lives():
            break
        yield session.until(no_thread_lives, what="no thread left")
    assert traces(session) == before, f"left: {traces(session) ^ before}"


def imported_anew(session: Session) -> Iterator[object]:
    session.enable()
    first = session.addon("ui.engine")
    tick = session.addon("ui.bridge").tick
    yield session.until(lambda: all_were_tried(first.snapshot()), what="an attempt at every service")
    for name in [session.module_name, *ours(session)]:
        del sys.modules[name]
    session.addon().register()
    assert not bpy.app.timers.is_registered(tick), "the first one still ticks"
    assert first.application() is None, "the first one still watches"
    second = session.addon("ui.engine")
    assert second is not first
    yield session.until(lambda: all_were_tried(second.snapshot()), what="attempts of the second")
    session.addon().unregister()
    session.disable()


def scripts_reloaded(session: Session, before: set[str]) -> Iterator[object]:
    """What Blender's own "Reload Scripts" does a moment later: switch every add-on off and on again."""

    def watches() -> bool:
        return all_were_tried(session.addon("ui.engine").snapshot())

    session.enable()
    for _ in range(RELOADS):
        yield session.until(watches, what="an attempt at every service")
        first = session.addon("ui.engine").application()
        bpy.utils.load_scripts(reload_scripts=True)
        assert session.enabled
        assert bpy.app.timers.is_registered(session.addon("ui.bridge").tick)
        assert session.addon("ui.engine").application() is not first
    yield session.until(watches, what="an attempt at every service")
    session.disable()
    yield session.until(no_thread_lives, what="no thread left")
    # Only ours: not every add-on of Blender's own comes back as it was.
    left = {each for each in traces(session) - before if is_ours(session, each)}
    assert not left, left


def is_ours(session: Session, trace: str) -> bool:
    return session.module_name in trace or "movie_director" in trace.lower() or " md-" in trace


def ours(session: Session, modules: Iterable[str] | None = None) -> list[str]:
    """The names among these, or all modules, that are of the add-on's modules, without the top one."""
    names = [*sys.modules] if modules is None else modules
    return [name for name in names if name.startswith(f"{session.module_name}.")]


def traces(session: Session) -> set[str]:
    """A name for everything that an add-on can leave in a running Blender."""
    handlers = {
        f"handler {name} {getattr(handler, '__module__', handler)}"
        for name in dir(bpy.app.handlers)
        if isinstance(found := getattr(bpy.app.handlers, name), list)
        for handler in found
    }
    classes = {
        f"class {each.__name__}"
        for kind in KINDS
        for each in getattr(bpy.types, kind).__subclasses__()
        if each.is_registered and each.__name__.startswith("MOVIE_DIRECTOR")
    }
    properties = {
        f"property {kind.__name__}.{name}"
        for kind in (bpy.types.Scene, bpy.types.WindowManager)
        for name in kind.bl_rna.properties.keys()  # noqa: SIM118  not a dict
    }
    python = {
        *(f"thread {thread.name}" for thread in threading.enumerate()),
        *(f"module {name}" for name in ours(session)),
        *(f"path {entry}" for entry in sys.path),
        *(f"finder {finder!r}" for finder in sys.meta_path),
        *(f"warnings filter {entry}" for entry in warnings.filters),
        *(f"log handler {handler!r}" for handler in logging.getLogger(session.module_name).handlers),
    }
    return handlers | classes | properties | python
