"""The store and files that cannot be understood or written: told, kept, never lost."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from pathlib import Path

import pytest
from movie_director.core.errors import ProblemCode
from movie_director.core.schema import Layer
from movie_director.core.settings_document import UserSettings, written

from tests.conftest import LONG_TIMEOUT, eventually
from tests.programs import running
from tests.settings_kit import full_disk, no_locks, no_more_files, told, values
from tests.store_kit import Store, in_file, names_in, put

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


@pytest.fixture
def config(path: Path) -> Path:
    return path.with_name("config.toml")


# --- files that cannot be understood ------------------------------------------------------------------------


def test_a_file_that_cannot_be_understood_is_told_then_kept_aside(path: Path) -> None:
    broken = '{"version": 3, "settings": '
    put(path, broken)
    with Store(path) as store:
        assert store.codes == [ProblemCode.SETTINGS_UNREADABLE]
        assert path.read_text() == broken
        store.set("rvc", "timeout", 9)
        view = store.until(
            lambda view: [each.code for each in view.problems] == [ProblemCode.SETTINGS_KEPT_ASIDE]
        )
        assert view.problems[0].parameter("kept") == "settings-unreadable-1.json"
    assert path.with_name("settings-unreadable-1.json").read_text() == broken
    assert in_file(path).values == values(rvc__timeout=9.0)


def test_a_file_that_is_broken_while_we_run_costs_nothing(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
        eventually(path.exists)
        put(path, "{")
        store.until(lambda view: bool(view.problems))
        assert store.get("rvc", "timeout") == (9.0, Layer.USER)
        store.set("rvc", "enabled", False)
    assert in_file(path).values == values(rvc__timeout=9.0, rvc__enabled=False)
    assert names_in(path.parent) == ["settings-unreadable-1.json", "settings.json"]


def test_a_broken_file_and_a_full_disk_cost_nothing_and_both_are_told(path: Path) -> None:
    unread, unsaved = ProblemCode.SETTINGS_UNREADABLE, ProblemCode.SETTINGS_NOT_SAVED
    everything = values(rvc__timeout=9.0, comfyui__timeout=7.0, rvc__enabled=False)
    put(path, written(UserSettings(values(rvc__timeout=9.0, comfyui__timeout=7.0))))
    with Store(path) as store:
        put(path, "{")
        store.until(lambda view: bool(view.problems))
        with full_disk():
            store.set("rvc", "enabled", False)
            view = store.until(lambda view: [each.code for each in view.problems] == [unread, unsaved])
        assert (view.user, path.read_text()) == (everything, "{")
        assert names_in(path.parent) == ["settings.json"]
    assert in_file(path).values == everything
    assert store.codes == [ProblemCode.SETTINGS_KEPT_ASIDE]
    assert path.with_name("settings-unreadable-1.json").read_text() == "{"


def test_a_mistake_of_the_hand_is_told_until_it_is_mended(path: Path) -> None:
    put(path, '{"version": 3, "settings": {"services": {"rvc": {"timeout": "ten", "enabled": false}}}}')
    with Store(path) as store:
        [problem] = store.store.newest.problems
        assert told(problem) == ("rvc.timeout", "ten", "expected a number of seconds from 1 to 300")
        assert problem.parameter("where") == str(path)
        assert store.get("rvc", "enabled") == (False, Layer.USER)
        store.set("rvc", "timeout", 10)
        store.until(lambda view: not view.problems)
    assert in_file(path).values == values(rvc__timeout=10.0, rvc__enabled=False)


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    newer = json.dumps({"version": 4, "settings": {"services": {"rvc": {"timeout": "soon"}}}})
    put(path, newer)
    with Store(path) as store:
        assert store.codes == [ProblemCode.SETTINGS_NEWER]
        store.set("rvc", "timeout", 9)
        assert store.get("rvc", "timeout") == (9.0, Layer.USER)
    assert path.read_text() == newer
    assert names_in(path.parent) == ["settings.json"]


def test_an_old_file_is_brought_up_to_date_by_the_first_change_only(path: Path) -> None:
    old = (ROOT / "tests" / "data" / "settings" / "version-2.json").read_text("ascii")
    put(path, old)
    with Store(path) as store:
        assert store.get("rvc", "timeout") == (12.5, Layer.USER)
    assert path.read_text() == old
    with Store(path) as store:
        store.set("rvc", "timeout", 13)
    assert json.loads(path.read_text())["version"] == 3
    assert in_file(path).values.get("comfyui", "check_interval") == 10.0


# --- files that cannot be read or written -------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="limits the files that a process may open")
def test_files_that_the_system_refuses_are_read_as_soon_as_it_gives_them(path: Path, config: Path) -> None:
    put(path, written(UserSettings(values(comfyui__timeout=7.0))))
    config.write_text("auto_connect = false\n")
    store = Store(path)
    with no_more_files():
        store.store.start()
        view = store.store.wait_until_loaded(LONG_TIMEOUT)
    assert [each.code for each in view.problems] == [ProblemCode.SETTINGS_UNREADABLE] * 2
    with store:
        view = store.until(lambda each: not each.problems)
        assert view.user == values(comfyui__timeout=7.0)
        assert view.effective.get("", "auto_connect").value is False


class FaultyPath(type(Path())):  # type: ignore[misc]
    """Fails as a fault of ours would."""

    @property
    def suffix(self) -> str:
        raise RuntimeError("a fault")


def test_a_fault_over_one_file_costs_no_other_and_no_change(path: Path, config: Path) -> None:
    put(path, written(UserSettings(values(comfyui__timeout=7.0))))
    with Store(path, config=FaultyPath(config)) as store:
        assert store.store.newest.user == values(comfyui__timeout=7.0)
        store.set("rvc", "timeout", 9)
        eventually(lambda: in_file(path).values == values(comfyui__timeout=7.0, rvc__timeout=9.0))


def test_settings_that_could_not_be_read_again_are_not_written(path: Path) -> None:
    """Hand-written without line breaks they are short; as we write them they would be too long."""
    depth = 800
    nested = "[" * depth + "]" * depth
    path.parent.mkdir()
    path.write_text(f'{{"format": "movie-director/settings", "version": 3, "strange": {nested}}}')
    before = path.read_bytes()
    with Store(path) as store:
        store.set("comfyui", "timeout", 9)
        view = store.until(
            lambda each: ProblemCode.SETTINGS_NOT_SAVED in [problem.code for problem in each.problems]
        )
        assert view.user == values(comfyui__timeout=9.0)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
        store.until(lambda view: ProblemCode.SETTINGS_NOT_SAVED in [each.code for each in view.problems])
        path.parent.unlink()
        store.set("rvc", "enabled", False)
        store.until(lambda view: not view.problems)
    assert in_file(path).values == values(rvc__timeout=9.0, rvc__enabled=False)


@pytest.mark.skipif(os.name != "posix", reason="takes the locks of a system of the POSIX kind away")
def test_a_drive_that_gives_no_locks_is_told_and_tried_again(path: Path) -> None:
    with Store(path) as store:
        with no_locks():
            store.set("rvc", "timeout", 9)
            view = store.until(lambda view: bool(view.problems))
        [problem] = view.problems
        assert problem.code is ProblemCode.SETTINGS_NOT_SAVED
        assert problem.parameter("reason") == "files cannot be locked there: No locks available"
        assert not path.exists()
        store.set("rvc", "enabled", False)
        store.until(lambda view: not view.problems)
    assert in_file(path).values == values(rvc__timeout=9.0, rvc__enabled=False)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from movie_director.backends import backends
from movie_director.runtime.application import schema_of
from movie_director.runtime.settings_store import SettingsStore
store = SettingsStore(schema_of(backends()), {}, user_file=Path(sys.argv[1]), look=0.01, settle=0.01)
store.start()
view = store.wait_until_loaded(20)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
store.set_value("comfyui", "url", "http://another:1")
while not view.problems:
    view = store.wait(view.version, 20)
print(view.problems[0].code.value, view.settings.of("comfyui").url)
store.request_stop()
store.join(20)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files, which is POSIX")
def test_a_full_disk_leaves_the_file_as_it_was(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
    before = path.read_bytes()
    with running(LIMITED, path) as process:
        output, errors = process.communicate(timeout=LONG_TIMEOUT)
    assert output == "settings-not-saved http://another:1\n", errors
    assert path.read_bytes() == before
    assert names_in(path.parent) == ["settings.json"]


# --- a log that is slow -------------------------------------------------------------------------------------


class SlowLog(logging.Handler):
    """A log whose disk does not take a record until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.writing, self.go_on = threading.Event(), threading.Event()
        self.went_on: bool | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.writing.set()
        self.went_on = self.go_on.wait(LONG_TIMEOUT)


def test_a_change_waits_for_no_log(path: Path, config: Path) -> None:
    """Blender's main thread makes it; the disk of the log may be gone."""
    put(config, "timeout")
    slow, logger = SlowLog(), logging.getLogger("movie_director.runtime.settings_store")
    logger.addHandler(slow)
    store = Store(path)
    try:
        store.store.start()
        assert slow.writing.wait(LONG_TIMEOUT)
        store.set("rvc", "timeout", 9)
        assert store.get("rvc", "timeout") == (9.0, Layer.USER)
        slow.go_on.set()
        with store:
            assert slow.went_on
    finally:
        slow.go_on.set()
        logger.removeHandler(slow)
