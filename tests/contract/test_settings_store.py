"""The store on real files: changes are seen at once, written soon, and every layer is heard."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.layers import Values
from movie_director.core.schema import Layer
from movie_director.core.settings_document import UserSettings
from movie_director.core.settings_view import SettingsView
from movie_director.runtime.settings_store import SettingsStore

from tests.conftest import LONG_TIMEOUT, eventually
from tests.settings_kit import SCHEMA, told, values
from tests.store_kit import Store, in_file, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


@pytest.fixture
def config(path: Path) -> Path:
    return path.with_name("config.toml")


# --- seen at once, written soon -----------------------------------------------------------------------------


def test_without_files_the_defaults_hold_and_none_is_made(path: Path) -> None:
    with Store(path) as store:
        assert store.get("comfyui", "timeout") == (2.0, Layer.DEFAULT)
        assert store.store.newest.problems == ()
    assert not path.exists()


def test_a_change_is_visible_at_once_and_there_the_next_time(path: Path) -> None:
    with Store(path) as store:
        seen = store.store.newest.version
        store.set("comfyui", "url", "http://render:8188")
        view = store.store.view(seen)
        assert view is not None
        assert view.settings.of("comfyui").url == "http://render:8188"
        assert view.user == values(comfyui__url="http://render:8188")
    with Store(path) as store:
        assert store.get("comfyui", "url") == ("http://render:8188", Layer.USER)


def test_a_change_is_written_while_the_store_runs(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
        eventually(lambda: path.exists() and in_file(path).values == values(rvc__timeout=9.0))


def test_a_change_before_the_files_are_read_is_not_lost(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
    late = Store(path)
    late.store.set_value("rvc", "enabled", False)
    assert not late.store.newest.loaded
    with late:
        assert late.store.newest.user == values(rvc__timeout=9.0, rvc__enabled=False)
    assert in_file(path).values == values(rvc__timeout=9.0, rvc__enabled=False)


def test_a_value_that_cannot_be_changes_nothing(path: Path) -> None:
    with Store(path) as store:
        before = store.store.newest
        with pytest.raises(ConfigError, match="expected a number"):
            store.set("rvc", "timeout", 0)
        assert store.store.newest is before
        store.store.change(lambda user: user)
        assert store.store.newest is before


def test_without_a_thread_nothing_is_read_or_written(path: Path) -> None:
    store = SettingsStore(SCHEMA, {}, user_file=path)
    store.set_value("rvc", "timeout", 9)
    assert store.view(store.newest.version) is None
    assert store.wait(store.newest.version, 0.01) is None
    store.request_stop()
    assert store.join(0.1)
    store.start()
    assert store.join(0.1)
    assert not path.exists()


def test_without_a_home_settings_hold_until_the_end() -> None:
    store = SettingsStore(SCHEMA, {})
    store.start()
    store.set_value("rvc", "timeout", 9)
    assert store.newest.settings.of("rvc").policy.check_timeout == 9.0
    store.request_stop()
    assert store.join(LONG_TIMEOUT)


def test_every_layer_is_heard_in_its_order(path: Path, config: Path) -> None:
    put(config, "[rvc]\ntimeout = 20\ncheck_interval = 21\n")
    with Store(path, RVC_TIMEOUT="10") as store:
        for name, value in (("timeout", 40), ("check_interval", 41), ("breaker_interval", 42)):
            store.set("rvc", name, value)
        store.store.set_project({"rvc": {"timeout": 30, "check_interval": 30}}, "film.blend")
        assert store.get("rvc", "timeout") == (10.0, Layer.ENVIRONMENT)
        assert store.get("rvc", "check_interval") == (21.0, Layer.FILE)
        assert store.get("rvc", "breaker_interval") == (42.0, Layer.USER)
        store.store.set_project({"rvc": {"breaker_interval": 33, "colour": 1}}, "film.blend")
        assert store.get("rvc", "breaker_interval") == (33.0, Layer.PROJECT)
        assert [told(each)[0] for each in store.store.newest.problems] == ["rvc.colour"]
        store.store.set_project(None)
        assert store.get("rvc", "breaker_interval") == (42.0, Layer.USER)
        assert store.store.newest.problems == ()


# --- waiting for it -----------------------------------------------------------------------------------------


def test_a_waiter_is_woken_by_every_change(path: Path) -> None:
    with Store(path) as store:
        woken: list[SettingsView | None] = []
        seen = store.store.newest.version
        waiter = threading.Thread(
            target=lambda: woken.append(store.store.wait(seen, LONG_TIMEOUT)), name="waiter", daemon=True
        )
        waiter.start()
        store.set("rvc", "timeout", 9)
        waiter.join(LONG_TIMEOUT)
        [view] = woken
        assert view is not None
        assert view.version > seen


def test_only_this_computer(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "url", "http://render:7865")
        store.store.set_local_only(True)
        view = store.store.newest
        assert view.settings.local_only
        withheld = view.settings.of("rvc").withheld
        assert withheld is not None
        assert withheld.code is ProblemCode.ONLINE_ACCESS_OFF
        assert store.get("rvc", "url") == ("http://render:7865", Layer.USER)
        store.store.set_local_only(False)
        assert store.store.newest.settings.of("rvc").withheld is None


def test_values_say_nothing_where_nothing_is_said(path: Path) -> None:
    with Store(path) as store:
        assert store.store.newest.user == Values()
        assert store.store.user == UserSettings()
