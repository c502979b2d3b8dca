"""Settings and services together: what is set reaches the right service, soon, and no other."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.keyring import Key as Secret
from movie_director.core.keyring import Origin
from movie_director.core.layers import LayerValues, Values
from movie_director.core.model import State
from movie_director.core.profiles import load, save
from movie_director.core.schema import Key, Layer
from movie_director.core.snapshot import ServiceStatus
from movie_director.runtime.application import Application
from movie_director.runtime.paths import Folders, folders

from tests.conftest import LONG_TIMEOUT
from tests.running import Running
from tests.servers.comfyui import ComfyServer
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.setups import Setup
from tests.stopwatch import Stopwatch

ELSEWHERE = "http://192.0.2.7:8188"
"""An address for documentation: nobody is there."""


@pytest.fixture
def home(tmp_path: Path) -> Folders:
    return folders(sys.platform, {"MOVIE_DIRECTOR_HOME": str(tmp_path / "home")}, str(tmp_path))


def is_withheld(row: ServiceStatus) -> bool:
    return row.problem is not None and row.problem.code is ProblemCode.ONLINE_ACCESS_OFF


def threads_of_ours() -> list[str]:
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("md-"))


# --- life ---------------------------------------------------------------------------------------------------


def test_a_new_application_has_rows_and_settings_but_no_thread(home: Folders) -> None:
    application = Application(home=home, environment={}, backends=[COMFYUI])
    snapshot, view = application.board.snapshot(), application.settings.view()
    assert snapshot is not None
    assert [row.label for row in snapshot.services.values()] == ["ComfyUI"]
    assert view is not None
    assert not view.loaded
    assert threads_of_ours() == []
    assert application.stop()
    application.start()
    assert threads_of_ours() == []


def test_its_threads_have_names_and_end_within_half_a_second(home: Folders, comfy: ComfyServer) -> None:
    with Running(home, COMFYUI_URL=comfy.url, LITELLM_ENABLED="no") as running:
        running.application.start()
        running.until_connected(comfy.url)
        expected = ["md-application", "md-comfyui", "md-litellm", "md-memory", "md-settings"]
        assert threads_of_ours() == expected
        running.set("comfyui", "timeout", 9)
        with Stopwatch() as watch:
            assert running.application.stop(LONG_TIMEOUT)
        assert watch.seconds < 0.5
        assert running.application.stop(0.5)
        assert threads_of_ours() == []
    assert '"timeout": 9.0' in Path(home.user_settings).read_text()


def test_a_lock_that_ctrl_c_left_behind_does_not_keep_it_from_ending() -> None:
    """An interrupt in the middle of a wait leaves the lock of the board, or of the settings, taken."""
    for room in ("board", "settings"):
        application = Running().application
        lock = getattr(application, room)._changed
        assert lock.acquire(timeout=LONG_TIMEOUT)
        with Stopwatch() as watch:
            application.settings.request_stop()
            application.manager.stop(0.1)
            application.board.touch()
        assert watch.seconds < 1.0
        lock.release()
        assert application.stop(LONG_TIMEOUT)


def test_without_a_home_no_file_is_made(tmp_path: Path) -> None:
    with Running(None) as running:
        running.set("comfyui", "timeout", 9)
        running.until(lambda row: row.state is not State.DISABLED)
    assert list(tmp_path.iterdir()) == []


# --- what is set reaches the services -----------------------------------------------------------------------


def test_what_was_set_in_an_earlier_life_is_where_it_begins(home: Folders, comfy: ComfyServer) -> None:
    with Running(home) as running:
        running.set("comfyui", "url", comfy.url)
    with Running(home) as running:
        running.until_connected(comfy.url)


@pytest.mark.parametrize("layer", ["environment", "file", "project", "user", "command line"])
def test_every_layer_reaches_the_service(home: Folders, comfy: ComfyServer, layer: str) -> None:
    if layer == "file":
        Path(home.config).parent.mkdir(parents=True)
        Path(home.config).write_text(f'[comfyui]\nurl = "{comfy.url}"\n')
    extra = None
    if layer == "command line":
        key = Key("comfyui", "url")
        extra = LayerValues(Layer.ENVIRONMENT, Values({key: comfy.url}), {key: "--url"})
    variable = {"environment": comfy.url, "command line": "http://127.0.0.1:1"}.get(layer)
    with Running(home, extra=extra, COMFYUI_URL=variable) as running:
        if layer == "project":
            running.application.settings.set_project({"comfyui": {"url": comfy.url}})
        if layer == "user":
            running.set("comfyui", "url", comfy.url)
        running.until_connected(comfy.url)
        if layer == "command line":
            assert running.application.settings.newest.effective.get("comfyui", "url").detail == "--url"


def test_one_address_changed_reconnects_that_service_and_no_other(home: Folders, comfy: ComfyServer) -> None:
    with (
        ComfyServer() as second,
        LiteLLMServer(setup=Setup(master_key="")) as litellm,
        Running(home, LITELLM_URL=litellm.url) as running,
    ):
        running.set("comfyui", "url", comfy.url)
        running.until_connected(comfy.url)
        before = running.until_connected(litellm.url, "litellm")
        running.set("comfyui", "url", second.url)
        running.until_connected(second.url)
        after = running.snapshot().services["litellm"]
    assert (after.state, after.since) == (State.CONNECTED, before.since)


def test_a_profile_is_one_change(home: Folders, comfy: ComfyServer) -> None:
    with Running(home) as running:
        store = running.application.settings
        store.wait_until_loaded(LONG_TIMEOUT)
        running.set("comfyui", "url", comfy.url)
        running.set("litellm", "enabled", False)
        store.change(lambda user: save(user, "Studio"))
        store.change(lambda user: load(store.schema, user, "Local"))
        seen = store.newest.version
        store.change(lambda user: load(store.schema, user, "Studio"))
        assert store.newest.version == seen + 1
        running.until_connected(comfy.url)
        running.until(lambda row: row.state is State.DISABLED, "litellm")


def test_a_config_file_that_is_edited_moves_the_service(home: Folders, comfy: ComfyServer) -> None:
    with ComfyServer() as second:
        path = Path(home.config)
        path.parent.mkdir(parents=True)
        path.write_text(f'[comfyui]\nurl = "{comfy.url}"\n')
        with Running(home) as running:
            running.until_connected(comfy.url)
            path.write_text(f'[comfyui]\nurl = "{second.url}"\n')
            running.until_connected(second.url)


def test_a_new_key_is_hidden_before_it_is_shown_to_anybody(home: Folders) -> None:
    key, shown = "sk-entered-meanwhile", dict[str, int]()
    with LiteLLMServer(setup=Setup(master_key=key)) as litellm:

        def hide(secrets: Sequence[str]) -> None:
            for secret in secrets:
                shown.setdefault(secret, sum(secret in value for _, value in litellm.keys))

        with Running(home, hide=hide, LITELLM_URL=litellm.url, COMFYUI_ENABLED="no") as running:
            running.until(lambda row: row.state is State.FAILED, "litellm")
            running.application.settings.set_key("litellm", Origin.parse(litellm.url), Secret(key))
            running.until_connected(litellm.url, "litellm")
    assert shown == {key: 0}
    assert any(key in value for _, value in litellm.keys)


def test_asking_for_an_unknown_service_is_told(home: Folders) -> None:
    with Running(home) as running, pytest.raises(ConfigError):
        running.application.retry_now("comfy")


# --- only this computer -------------------------------------------------------------------------------------


def test_while_only_this_computer_may_be_contacted_others_are_not() -> None:
    with Running(None, local_only=True, COMFYUI_URL=ELSEWHERE) as running:
        row = running.until(is_withheld)
        assert row.state is State.FAILED
        assert row.problem is not None
        assert row.problem.parameter("address") == "192.0.2.7:8188"
        running.set("litellm", "timeout", 9)
        running.application.settings.set_project({"comfyui": {"timeout": 9}})
        assert is_withheld(running.snapshot().services["comfyui"])


def test_this_computer_is_contacted_all_the_same(comfy: ComfyServer) -> None:
    with Running(None, local_only=True, COMFYUI_URL=comfy.url) as running:
        running.until_connected(comfy.url)


def test_the_permission_holds_at_once_in_both_directions() -> None:
    with Running(None, local_only=True, COMFYUI_URL=ELSEWHERE) as running:
        running.until(is_withheld)
        running.application.set_local_only(False)
        running.until(lambda row: not is_withheld(row))
        running.application.set_local_only(True)
        running.until(is_withheld)


def test_neither_test_nor_look_around_leaves_this_computer() -> None:
    with Running(None, local_only=True, COMFYUI_URL=ELSEWHERE) as running:
        application = running.application
        running.until(is_withheld)
        for forbidden in (
            lambda: application.test(ELSEWHERE),
            lambda: application.discover(["192.0.2.7"]),
            lambda: application.discover(["render.lan"]),
            lambda: application.discover(mdns=True),
        ):
            with pytest.raises(ConfigError) as caught:
                forbidden()
            assert caught.value.problem.code is ProblemCode.ONLINE_ACCESS_OFF
        key = application.test("comfyui")
        running.until(lambda row: running.snapshot().tests[key].finished)
        problem = running.snapshot().tests[key].problem
        assert problem is not None
        assert problem.code is ProblemCode.ONLINE_ACCESS_OFF
