# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the panels into a layout that takes notes, while a service goes through its states, and press buttons.

Nothing is drawn in a Blender without a window; the draw function is Blender's own class's all the same.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
from inside.session import Session
from inside.yardstick import slowness

PANELS = (
    "MOVIE_DIRECTOR_PT_connection_status",
    "MOVIE_DIRECTOR_PT_connection_status_sequencer",
    "MOVIE_DIRECTOR_PT_connection_status_scene",
)
WIDTHS = (120, 229, 600)


def scenario(session: Session) -> Iterator[object]:
    recording = load_recording_layout(Path(session.options["recording_layout"]))
    session.install()
    assert "Starting …" in texts(recording, PANELS[0], 229)
    assert not bpy.ops.movie_director.refresh_connections.poll()

    engine, status = session.addon("ui.engine"), bpy.context.window_manager.movie_director_status

    def is_up() -> bool:
        snapshot = engine.snapshot()
        return snapshot is not None and snapshot.services["comfyui"].state.value == "connected"

    yield session.until(is_up, what="ComfyUI is connected")
    yield session.until(lambda: status.services["comfyui"].status == "CONNECTED".lower(), what="shown")
    session.note(folded={name: texts(recording, name, 600) for name in PANELS})
    assert bpy.ops.movie_director.show_details() == {"FINISHED"}
    assert status.llm.show_details
    session.note(tips=[tip(name, "comfyui") for name in ("manual_reconnect", "open_web_page")])
    session.note(unfolded={name: texts(recording, name, 600) for name in PANELS})
    for width in WIDTHS:
        texts(recording, PANELS[0], width)
    session.note(draw_milliseconds=cost(recording), slowness=statistics.median(slowness() for _ in range(5)))

    panel, now = session.addon("ui.panel"), time.monotonic() + 10
    session.note(ages=[panel.texts_age(now + 1), panel.texts_age(now + 1.5), panel.texts_age(now + 3)])
    press(session)
    yield session.until(lambda: finished(engine, "comfyui"), what="the test of ComfyUI")
    session.note(tested=texts(recording, PANELS[0], 600), about=session.addon("ui.operators").about())
    store = engine.application().settings
    before = store.newest.effective.get("rvc", "url").value
    assert bpy.ops.movie_director.use_address(service="rvc") == {"CANCELLED"}
    bpy.ops.movie_director.use_address(service="rvc", url="http://127.0.0.1:9")
    session.note(url_before=before, url_after=store.newest.effective.get("rvc", "url").value)
    store.set_project({"wan2gp": {"url": "http://127.0.0.1:9"}})
    answer = bpy.ops.movie_director.use_address(service="wan2gp", url="http://127.0.0.1:10")
    session.note(decided_elsewhere=[list(answer), store.newest.user.get("wan2gp", "url")])
    session.disable()
    assert not any(hasattr(bpy.types, name) for name in PANELS)


def press(session: Session) -> None:
    """Every operator once, as a script or a key map would."""
    operators = bpy.ops.movie_director
    for one in (
        operators.refresh_connections(),
        operators.manual_reconnect(),
        operators.manual_reconnect(service="comfyui"),
        operators.test_connection(service="comfyui"),
        operators.copy_details(service="comfyui"),
        operators.copy_details(),
        operators.copy_text(text="word"),
        operators.show_help(service="comfyui", topic="check-network"),
        operators.show_help("INVOKE_DEFAULT", service="comfyui"),
    ):
        assert one == {"FINISHED"}, one
    assert operators.open_web_page(service="rvc") == {"CANCELLED"}
    try:
        operators.manual_reconnect(service="nonsense")
    except RuntimeError as error:
        session.note(unknown=str(error))
    if bpy.app.background:
        assert not operators.open_settings.poll()


def tip(operator: str, service: str) -> str:
    kind: Any = getattr(bpy.types, f"MOVIE_DIRECTOR_OT_{operator}")
    return str(kind.description(bpy.context, SimpleNamespace(service=service)))


def finished(engine: Any, service: str) -> bool:
    test = engine.snapshot().tests.get(service)
    return test is not None and bool(test.finished)


def texts(recording: Any, panel: str, width: int) -> list[str]:
    """Every text that the panel puts into a region of this width."""
    return [each.text for each in drawn(recording, panel, width) if each.text]


def drawn(recording: Any, panel: str, width: int) -> list[Any]:
    kind = getattr(bpy.types, panel)
    layout = recording.RecordingLayout()
    context = SimpleNamespace(
        preferences=SimpleNamespace(
            system=SimpleNamespace(ui_scale=1.0), ui_styles=bpy.context.preferences.ui_styles
        ),
        window_manager=bpy.context.window_manager,
        region=SimpleNamespace(width=width, as_pointer=lambda: 0),
    )
    kind.draw(SimpleNamespace(layout=layout, tabs=kind.tabs), context)
    return list(layout.drawn)


def cost(recording: Any) -> float:
    """Milliseconds that the cards and the notes take, the median of many."""
    spent = []
    for _ in range(50):
        start = time.perf_counter()
        drawn(recording, PANELS[0], 229)
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def load_recording_layout(path: Path) -> Any:
    specification = importlib.util.spec_from_file_location("recording_layout", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["recording_layout"] = module
    specification.loader.exec_module(module)
    return module
