"""A settings store on real files, and short ways to those files, for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from movie_director.core.errors import ProblemCode
from movie_director.core.schema import Layer
from movie_director.core.settings_document import UserSettings, read
from movie_director.core.settings_view import SettingsView
from movie_director.runtime.settings_store import SettingsStore

from tests.conftest import LONG_TIMEOUT
from tests.settings_kit import SCHEMA

QUICK = 0.02
"""Seconds between two looks at the files, and that a file must stay as it is, for tests."""


class Store:
    """`with Store(path) as store:` runs a store on the files in the folder of `path`."""

    def __init__(self, path: Path, *, named: bool = False, config: Path | None = None, **said: str) -> None:
        self.store = SettingsStore(
            SCHEMA,
            {f"MOVIE_DIRECTOR_{name}": value for name, value in said.items()},
            user_file=path,
            config_file=config or path.with_name("config.toml"),
            config_is_named=named,
            look=QUICK,
            settle=QUICK,
        )

    def __enter__(self) -> Store:
        self.store.start()
        assert self.store.wait_until_loaded(LONG_TIMEOUT).loaded
        return self

    def __exit__(self, *_: object) -> None:
        self.store.request_stop()
        assert self.store.join(LONG_TIMEOUT)

    def set(self, service: str, name: str, value: object) -> None:
        self.store.set_value(service, name, value)

    def until(self, wanted: Callable[[SettingsView], bool]) -> SettingsView:
        view = self.store.newest
        while not wanted(view):
            newer = self.store.wait(view.version, LONG_TIMEOUT)
            assert newer is not None, view
            view = newer
        return view

    @property
    def codes(self) -> list[ProblemCode]:
        return [each.code for each in self.store.newest.problems]

    def get(self, service: str, name: str) -> tuple[object, Layer]:
        found = self.store.newest.effective.get(service, name)
        return found.value, found.layer


def in_file(path: Path) -> UserSettings:
    user, _ = read(SCHEMA, path.read_bytes(), "f")
    return user


def put(path: Path, text: str) -> None:
    """Write the file in one step, so that the store sees it with all of this text or not yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.endswith(".lock"))
