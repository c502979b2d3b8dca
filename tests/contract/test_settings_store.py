"""The store on real files: seen at once, written whole, read again when others write, never lost."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from movie_director.core.config_document import template
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.layers import Values
from movie_director.core.profiles import save
from movie_director.core.schema import Layer
from movie_director.core.settings_document import UserSettings, read, written
from movie_director.core.settings_view import SettingsView
from movie_director.runtime.lock import try_lock
from movie_director.runtime.settings_store import SettingsStore
from movie_director.transport import vendored

from tests.conftest import LONG_TIMEOUT, eventually
from tests.settings_kit import SCHEMA, no_more_files, told, values

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addon"
QUICK = 0.02
"""Seconds between two looks at the files, and that a file must stay as it is, for tests."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


@pytest.fixture
def config(path: Path) -> Path:
    return path.with_name("config.toml")


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
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.endswith(".lock"))


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


# --- the config file ----------------------------------------------------------------------------------------


def test_the_config_file_is_read_again_when_it_changes(path: Path, config: Path) -> None:
    put(config, '[comfyui]\nurl = "http://one:1"\n')
    with Store(path) as store:
        found = store.store.newest.effective.get("comfyui", "url")
        assert (found.value, found.detail) == ("http://one:1", f"{config}, line 2")
        put(config, '\n\n[comfyui]\nurl = "http://two:1"\n')
        view = store.until(lambda view: view.effective.get("comfyui", "url").value == "http://two:1")
        assert view.effective.get("comfyui", "url").detail == f"{config}, line 4"
        config.unlink()
        store.until(lambda view: view.effective.get("comfyui", "url").layer is Layer.DEFAULT)


def test_a_config_file_that_breaks_changes_nothing_until_it_is_mended(path: Path, config: Path) -> None:
    put(config, '[comfyui]\nurl = "http://one:1"\n')
    with Store(path) as store:
        put(config, "[comfyui]\nurl = http://two:1\n")
        view = store.until(lambda view: bool(view.problems))
        assert view.effective.get("comfyui", "url").value == "http://one:1"
        [problem] = view.problems
        assert problem.code is ProblemCode.SETTINGS_UNREADABLE
        assert problem.parameter("where") == str(config)
        assert "line 2" in str(problem.parameter("reason"))
        put(config, '[comfyui]\nurl = "http://two:1"\n')
        view = store.until(lambda view: not view.problems)
        assert view.effective.get("comfyui", "url").value == "http://two:1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"timeout", "Expected '=' after a key in a key/value pair (at end of document)"),
        (b"a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
        (b'x = "\xff"', "it is not written in UTF-8"),
        (b"a = " + b"[" * 5000, None),
        (b"a = " + b"9" * 5000, "a number in it is too long"),
        (b"#" * (1024 * 1024 + 1), "it is larger than 1048576 bytes"),
    ],
)
def test_what_is_no_toml_is_told(path: Path, config: Path, content: bytes, reason: str | None) -> None:
    config.parent.mkdir(parents=True)
    config.write_bytes(content)
    with Store(path) as store:
        [problem] = store.store.newest.problems
        assert problem.code is ProblemCode.SETTINGS_UNREADABLE
        assert reason is None or problem.parameter("reason") == reason


@pytest.mark.parametrize("name", ["config.yaml", "config.yml", "config.json"])
def test_another_format_is_refused_with_the_right_one(path: Path, name: str) -> None:
    put(path.with_name(name), "comfyui:\n  url: http://one:1\n")
    for store in (Store(path), Store(path, config=path.with_name(name), named=True)):
        with store:
            [problem] = store.store.newest.problems
            assert problem.parameter("where") == str(path.with_name(name))
            assert "write the settings into config.toml" in str(problem.parameter("reason"))


def test_another_format_beside_a_config_file_disturbs_nobody(path: Path, config: Path) -> None:
    put(config, "auto_connect = false\n")
    put(path.with_name("config.json"), "{}")
    with Store(path) as store:
        assert store.store.newest.problems == ()
        assert store.get("", "auto_connect") == (False, Layer.FILE)


def test_a_config_file_that_was_named_must_be_there(path: Path, config: Path) -> None:
    with Store(path, named=True) as store:
        [problem] = store.store.newest.problems
        assert problem.parameter("reason") == "there is no such file"
        put(config, "auto_connect = false\n")
        store.until(lambda view: not view.problems)
        assert store.get("", "auto_connect") == (False, Layer.FILE)


def test_the_template_is_a_config_file_that_changes_nothing(path: Path, config: Path) -> None:
    lines = template(SCHEMA).splitlines()
    without_marks = [line[2:] if line.startswith("# ") and " = " in line else line for line in lines]
    put(config, "\n".join(without_marks))
    assert vendored.tomli.loads(template(SCHEMA)) == {each.name: {} for each in SCHEMA.services}
    with Store(path) as store:
        assert store.store.newest.problems == ()
        for key, setting in SCHEMA:
            if Layer.FILE in setting.layers:
                found = store.store.newest.effective.get(key.service, key.name)
                assert (found.value, found.layer) == (SCHEMA.default(key), Layer.FILE)


# --- somebody else writes, too ------------------------------------------------------------------------------


def test_what_another_process_writes_is_seen(path: Path) -> None:
    with Store(path) as ours, Store(path) as theirs:
        theirs.set("rvc", "timeout", 9)
        ours.until(lambda view: view.user == values(rvc__timeout=9.0))
        ours.set("rvc", "enabled", False)
        theirs.until(lambda view: view.user == values(rvc__timeout=9.0, rvc__enabled=False))
        theirs.set("rvc", "timeout", 2)
        ours.until(lambda view: view.user == values(rvc__enabled=False))
    assert in_file(path).values == values(rvc__enabled=False)


def test_a_file_that_somebody_deletes_is_a_reset(path: Path) -> None:
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
        eventually(path.exists)
        path.unlink()
        store.until(lambda view: not view.user)


WRITER = """
import sys, threading
from pathlib import Path
from movie_director.backends import backends
from movie_director.core.profiles import save
from movie_director.runtime.application import schema_of
from movie_director.runtime.settings_store import SettingsStore
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = SettingsStore(schema_of(backends()), {}, user_file=path, look=0.01, settle=0.001)
store.start()
store.wait_until_loaded(20)
print("ready", flush=True)
sys.stdin.readline()
pause = threading.Event()
for number in range(count):
    timeout, profile = 3 + number, f"{name} {number}"
    store.change(lambda user: save(user.with_value(store.schema, name, "timeout", timeout), profile))
    while not path.exists() or profile not in path.read_text():
        pause.wait(0.002)
store.request_stop()
assert store.join(20)
"""


@contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    not_measured = {name: "" for name in os.environ if name.startswith("COVERAGE_")}
    running = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, **not_measured, "PYTHONPATH": str(ADDON)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate(timeout=LONG_TIMEOUT)


@pytest.mark.slow
def test_two_processes_that_write_at_the_same_time_lose_nothing(path: Path) -> None:
    with process(WRITER, path, "rvc", 10) as one, process(WRITER, path, "comfyui", 10) as two:
        for each in (one, two):
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in (one, two):
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        assert [each.wait(LONG_TIMEOUT) for each in (one, two)] == [0, 0]
    user = in_file(path)
    assert set(user.profiles) == {f"{name} {number}" for name in ("rvc", "comfyui") for number in range(10)}
    assert (user.values.get("rvc", "timeout"), user.values.get("comfyui", "timeout")) == (12.0, 12.0)


def test_a_lock_that_is_not_given_back_keeps_nobody_from_ending(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with open(path.with_name("settings.json.lock"), "a+b") as taken:
        assert try_lock(taken)
        store = Store(path)
        with store:
            store.set("rvc", "timeout", 9)
            assert store.get("rvc", "timeout") == (9.0, Layer.USER)
            store.store.request_stop()
            assert store.store.join(0.5)
    assert not path.exists()


# --- files that cannot be understood or written -------------------------------------------------------------


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


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with Store(path) as store:
        store.set("rvc", "timeout", 9)
        store.until(lambda view: ProblemCode.SETTINGS_NOT_SAVED in [each.code for each in view.problems])
        path.parent.unlink()
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
    with process(LIMITED, path) as running:
        output, errors = running.communicate(timeout=LONG_TIMEOUT)
    assert output == "settings-not-saved http://another:1\n", errors
    assert path.read_bytes() == before
    assert names_in(path.parent) == ["settings.json"]


# --- killed while it writes ---------------------------------------------------------------------------------

ENDLESS = """
import sys
from pathlib import Path
from movie_director.backends import backends
from movie_director.core.settings_document import UserSettings
from movie_director.runtime.application import schema_of
from movie_director.runtime.settings_file import SettingsFile
schema = schema_of(backends())
file = SettingsFile(Path(sys.argv[1]), schema)
base, number = file.read().user, 0
while True:
    number += 1
    changed = base
    for service in schema.services:
        changed = changed.with_value(schema, service.name, "url", f"http://host{number}:1")
    base = file.merge(base, changed).user
    if number == 2:
        print("writing", flush=True)
"""


def kill_while_it_writes(path: Path, rounds: int) -> None:
    chance, pause = random.Random(rounds), threading.Event()
    for _ in range(rounds):
        with process(ENDLESS, path) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "writing\n"
            pause.wait(chance.uniform(0.0, 0.02))
            running.kill()
            running.wait(LONG_TIMEOUT)
        user, problems = read(SCHEMA, path.read_bytes(), "f")
        urls = {user.values.get(each.name, "url") for each in SCHEMA.services}
        assert (len(urls), problems) == (1, ()), "all five were written together"
    with Store(path) as store:
        store.store.change(lambda user: save(user, "after"))
    assert "after" in in_file(path).profiles
    assert names_in(path.parent) == ["settings.json"]


@pytest.mark.slow
@pytest.mark.faults
def test_a_file_whose_writer_is_killed_is_whole(path: Path) -> None:
    kill_while_it_writes(path, rounds=20)


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.timeout(900)
def test_a_file_whose_writer_is_killed_is_whole_500_times(path: Path) -> None:
    kill_while_it_writes(path, rounds=500)


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
