"""The store where others write the same file, or where its writer is killed: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from movie_director.core.errors import ProblemCode
from movie_director.core.profiles import save
from movie_director.core.schema import Layer
from movie_director.core.settings_document import read
from movie_director.runtime.lock import try_lock

from tests.conftest import LONG_TIMEOUT, eventually
from tests.programs import killed_while_writing, running
from tests.settings_kit import SCHEMA, values
from tests.stopwatch import Stopwatch
from tests.store_kit import Store, in_file, names_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


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


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_two_processes_that_write_at_the_same_time_lose_nothing(path: Path) -> None:
    with running(WRITER, path, "rvc", 10) as one, running(WRITER, path, "comfyui", 10) as two:
        for each in (one, two):
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in (one, two):
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        assert [each.wait(3 * LONG_TIMEOUT) for each in (one, two)] == [0, 0]
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
            with Stopwatch() as watch:
                store.store.request_stop()
                assert store.store.join(LONG_TIMEOUT)
        assert watch.seconds < 0.5
    assert not path.exists()


def test_a_lock_that_is_not_given_back_is_told_until_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("movie_director.runtime.whole_file.TAKEN_LIMIT", 0.0)
    path.parent.mkdir(parents=True)
    with Store(path) as store:
        with open(path.with_name("settings.json.lock"), "a+b") as taken:
            assert try_lock(taken)
            store.set("rvc", "timeout", 9)
            view = store.until(lambda view: bool(view.problems))
        [problem] = view.problems
        assert problem.code is ProblemCode.SETTINGS_NOT_SAVED
        assert "another Blender" in str(problem.parameter("reason"))
        store.set("rvc", "enabled", False)
        store.until(lambda view: not view.problems)
    assert in_file(path).values == values(rvc__timeout=9.0, rvc__enabled=False)


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
    for _ in killed_while_writing(ENDLESS, path, rounds):
        user, problems = read(SCHEMA, path.read_bytes(), "f")
        urls = {user.values.get(each.name, "url") for each in SCHEMA.services}
        assert (len(urls), problems) == (1, ()), "all five were written together"
    with Store(path) as store:
        store.store.change(lambda user: save(user, "after"))
    assert "after" in in_file(path).profiles
    assert names_in(path.parent) == ["settings.json"]


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_file_whose_writer_is_killed_is_whole(path: Path) -> None:
    kill_while_it_writes(path, rounds=20)


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.timeout(900)
def test_a_file_whose_writer_is_killed_is_whole_500_times(path: Path) -> None:
    kill_while_it_writes(path, rounds=500)
