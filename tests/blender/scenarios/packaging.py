# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages that the add-on carries do not meet those of the host, nor does the add-on touch its paths."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import addon_utils
from inside.ending import all_were_tried, disabled_in_time
from inside.session import Session

HOSTS = ("requests", "urllib3", "idna", "certifi", "charset_normalizer", "websocket", "pybreaker", "httpx")
OURS = ("requests", "urllib3", "websocket", "pybreaker", "gradio_client")


def scenario(session: Session) -> Iterator[object]:
    session.install(enable=False)  # Blender's own folder for add-ons is on sys.path from now on
    if session.options["host"]:
        for name in HOSTS:
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    host = {name: sys.modules.get(name) for name in HOSTS}
    path, hooks = list(sys.path), list(sys.path_hooks)

    session.enable()
    engine = session.addon("ui.engine")
    yield session.until(lambda: all_were_tried(engine.snapshot()), what="the threads' imports")
    vendored = session.addon("transport.vendored")
    ours = {name: getattr(vendored, name) for name in OURS}

    assert {name: sys.modules.get(name) for name in HOSTS} == host
    assert (sys.path, sys.path_hooks) == (path, hooks)
    session.note(
        hosts=[name for name, module in host.items() if module is not None],
        meeting=[name for name, module in ours.items() if module is host.get(name)],
        outside=[name for name, module in ours.items() if not inside(session, module)],
        foreign=foreign(session),
        warnings=warnings(),
    )
    if session.mode == "extension":
        # The measure does see something: this is what a careless add-on does.
        sys.path.append(str(folder(session) / "vendor"))
        session.note(warnings_of_a_careless_one=warnings())
        sys.path.pop()
    yield from disabled_in_time(session)
    assert {name: sys.modules.get(name) for name in HOSTS} == host
    session.note(left=[name for name in [*sys.modules] if name.startswith(f"{session.module_name}.")])


def folder(session: Session) -> Path:
    """Where Blender put the add-on."""
    file = sys.modules[session.module_name].__file__
    assert file is not None
    return Path(file).parent


def inside(session: Session, module: ModuleType) -> bool:
    """Whether a package comes from the folder in the installed add-on."""
    return folder(session) / "vendor" in Path(str(module.__file__)).parents


def foreign(session: Session) -> list[str]:
    """Modules from our folder under a name that is not ours."""
    root = session.module_name
    ours = str(folder(session))
    return [
        name
        for name, module in list(sys.modules.items())
        if str(getattr(module, "__file__", None)).startswith(ours)
        and name != root
        and not name.startswith(f"{root}.")
    ]


def warnings() -> dict[str, list[str]]:
    """What Blender 4.2 and later says in its preferences about extensions that break its rules."""
    get = getattr(addon_utils, "_extensions_warnings_get", None)
    if get is None:
        return {}
    get._is_first = True  # or it answers what it found the first time
    return {name: list(texts) for name, texts in get().items()}
