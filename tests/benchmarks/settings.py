"""What it costs to read and check all settings, and how soon a change reaches the service."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from movie_director.backends import backends
from movie_director.core.config_document import template
from movie_director.core.model import State
from movie_director.core.schema import Schema
from movie_director.core.settings_document import UserSettings, written
from movie_director.runtime.application import Application, schema_of
from movie_director.runtime.board import StatusBoard
from movie_director.runtime.config_file import ConfigFile
from movie_director.runtime.settings_store import SettingsStore

from .figures import Figure, Scale, at_most

_MOST_TO_LOAD = 20.0
_MOST_TO_APPLY = 100.0
_PROFILES = 20


def measure(scale: Scale) -> Iterator[Figure]:
    schema = schema_of(backends())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text(_everything_said(schema), "utf-8")
        (home / "settings.json").write_text(written(_everything_set(schema)), "ascii")
        ConfigFile(home / "config.toml", schema).read()  # the package is imported once
        loads = tuple(_load(schema, home) for _ in range(scale.pick(3, 20, 50)))
        size = sum((home / name).stat().st_size for name in ("config.toml", "settings.json"))
    note = f"config file and preferences with every setting and {_PROFILES} profiles: {size} bytes"
    yield Figure("settings: load and check", "ms", loads, at_most(_MOST_TO_LOAD, "median"), note=note)
    applied = tuple(_changes(scale.pick(5, 50, 200)))
    note = "from the change of one setting to the row of the service that shows it"
    yield Figure("settings: a change at its worker", "ms", applied, at_most(_MOST_TO_APPLY, "max"), note=note)


def _load(schema: Schema, home: Path) -> float:
    start = time.perf_counter()
    store = SettingsStore(
        schema, {}, user_file=home / "settings.json", config_file=home / "config.toml", config_is_named=True
    )
    store.start()
    view = store.wait_until_loaded(10.0)
    spent = (time.perf_counter() - start) * 1e3
    store.request_stop()
    assert view.loaded
    assert not view.problems
    assert store.join(10.0)
    return spent


def _changes(count: int) -> Iterator[float]:
    """Switch one service off and on."""
    application = Application(home=None, environment={}, backends=backends()[:1])
    application.start()
    name = application.schema.services[0].name
    try:
        _wait(application.board, name, is_on=True)
        for number in range(count):
            is_on = number % 2 == 1
            start = time.perf_counter()
            application.settings.set_value(name, "enabled", is_on)
            _wait(application.board, name, is_on=is_on)
            yield (time.perf_counter() - start) * 1e3
    finally:
        application.stop(10.0)


def _wait(board: StatusBoard, service: str, *, is_on: bool) -> None:
    snapshot = board.snapshot()
    while snapshot is not None and (snapshot.services[service].state is not State.DISABLED) != is_on:
        snapshot = board.wait(snapshot.version, 10.0)
    assert snapshot is not None


def _everything_said(schema: Schema) -> str:
    """The template with every comment that is a setting taken away."""
    lines = template(schema).splitlines()
    return "\n".join(line[2:] if line.startswith("# ") and " = " in line else line for line in lines)


def _everything_set(schema: Schema) -> UserSettings:
    user = UserSettings()
    for service in schema.services:
        for name, value in (
            ("url", "http://render:1"),
            ("timeout", 9),
            ("retry_count", 9),
            ("enabled", False),
        ):
            user = user.with_value(schema, service.name, name, value)
    profiles = {f"Profile {number}": user.values for number in range(_PROFILES)}
    return replace(user, profiles=MappingProxyType(profiles))
