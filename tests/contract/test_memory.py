"""What is remembered of services on disk: who writes it when, and what it survives."""

from __future__ import annotations

import json
import logging
import os
import random
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.endpoint import Endpoint
from movie_director.core.facts import ServiceInfo
from movie_director.core.keyring import Key, Keyring
from movie_director.core.model import State
from movie_director.core.remembered import LIMIT, REFRESH, SCHEMA, read, written
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import Remembered, ServiceStatus, Snapshot
from movie_director.runtime.board import StatusBoard
from movie_director.runtime.clock import SystemClock
from movie_director.runtime.lock import try_lock
from movie_director.runtime.manager import Manager
from movie_director.runtime.memory import Memory

from tests.conftest import LONG_TIMEOUT
from tests.samples import COMFY, HERE, status
from tests.servers.comfyui import ComfyServer

ADDON = Path(__file__).resolve().parents[2] / "addon"
QUICK = 0.01
"""Seconds instead of one, that news waits to be written."""

FULL = replace(status(State.CONNECTED), since=0.0)
DOWN = replace(FULL, state=State.RECONNECTING)


class Clock(SystemClock):
    """The computer's, but for the time of day."""

    now = 1_795_219_200.0

    def wall(self) -> float:
        return self.now


class Kept:
    """A board with one service, and its memory."""

    def __init__(self, path: Path, *rows: ServiceStatus) -> None:
        self.path = path
        self.board = StatusBoard()
        self.board.reset(rows or (FULL,))
        self.clock = Clock()
        self.memory = Memory(path, self.board, self.clock, QUICK)

    def __enter__(self) -> Kept:
        self.memory.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.memory.request_stop()
        assert self.memory.join(LONG_TIMEOUT)

    def until(self, wanted: Callable[[Snapshot], bool]) -> Snapshot:
        snapshot = self.board.snapshot()
        while snapshot is None or not wanted(snapshot):
            snapshot = self.board.wait(-1 if snapshot is None else snapshot.version, LONG_TIMEOUT)
            assert snapshot is not None
        return snapshot

    def until_written(self, wanted: Callable[[dict[str, Remembered]], bool] = bool) -> dict[str, Remembered]:
        """The file appears without a change on the board, so it has to be looked at."""
        deadline, pause = time.monotonic() + LONG_TIMEOUT, threading.Event()
        while not wanted(found := self.entries()):
            assert time.monotonic() < deadline, f"the file has {found}"
            pause.wait(0.005)
        return found

    def entries(self) -> dict[str, Remembered]:
        return read(self.path.read_bytes()) if self.path.exists() else {}


def versions(snapshot: Snapshot) -> list[str]:
    return [entry.info.version for entry in snapshot.remembered.values()]


@pytest.fixture
def path(home: Path) -> Path:
    return home / "remembered.json"


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    def told() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    return told


# --- when it is written -----------------------------------------------------------------------------------


def test_a_connected_service_is_written_and_published(path: Path) -> None:
    with Kept(path) as kept:
        entry = kept.until_written()["comfyui"]
        kept.until(lambda snapshot: bool(snapshot.remembered))
    assert (entry.url, entry.seen_at) == (HERE.url, kept.clock.now)
    assert entry.info == ServiceInfo(
        "ComfyUI", "0.33.0", features=COMFY.features, models=COMFY.models, complete=True
    )


def test_the_next_session_knows_it_before_anything_is_connected(path: Path) -> None:
    with Kept(path):
        pass
    with Kept(path, DOWN) as kept:
        snapshot = kept.until(lambda snapshot: snapshot.memory_read)
        assert snapshot.remembered["comfyui"].info.version == "0.33.0"


def test_without_a_file_the_memory_is_read_and_empty(path: Path) -> None:
    with Kept(path, DOWN) as kept:
        assert kept.until(lambda snapshot: snapshot.memory_read).remembered == {}
    assert not path.parent.exists(), "nothing to write, so nothing is made"


def test_a_service_whose_facts_are_still_read_is_not_written(path: Path) -> None:
    with Kept(path, replace(FULL, info=replace(COMFY, complete=False))) as kept:
        kept.until(lambda snapshot: snapshot.memory_read)
    assert not path.exists()


def test_a_change_is_written_and_a_repetition_is_not(path: Path) -> None:
    with Kept(path) as kept:
        kept.until_written()
        written_at = path.stat().st_mtime_ns
        kept.board.publish(replace(FULL, latency=0.5))
        kept.board.publish(replace(FULL, info=replace(COMFY, version="0.34.0")))
        kept.until_written(lambda found: found["comfyui"].info.version == "0.34.0")
        assert path.stat().st_mtime_ns > written_at


def test_the_moment_is_that_of_its_going(path: Path) -> None:
    with Kept(path) as kept:
        kept.until_written()
        kept.clock.now += 60
        kept.board.publish(DOWN)
        gone = kept.clock.now
        kept.until_written(lambda found: found["comfyui"].seen_at == gone)
        kept.clock.now += 60
    assert kept.entries()["comfyui"].seen_at == gone


def test_the_moment_of_a_service_that_stays_is_refreshed_and_that_of_the_end_kept(path: Path) -> None:
    with Kept(path) as kept:
        kept.until_written()
        kept.clock.now += REFRESH
        kept.board.touch()
        kept.until_written(lambda found: found["comfyui"].seen_at == kept.clock.now)
        kept.clock.now += 7
    assert kept.entries()["comfyui"].seen_at == kept.clock.now


# --- how it is written ------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_only_the_user_can_read_it(path: Path) -> None:
    with Kept(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_memories_share_one_file_service_by_service(path: Path) -> None:
    other = replace(FULL, service="wan2gp", endpoint=Endpoint("http", "127.0.0.1", 7860))
    with Kept(path) as kept, Kept(path, other) as second:
        for round_number in range(50):
            version = f"1.{round_number}"
            kept.board.publish(replace(FULL, info=replace(COMFY, version=version)))
            second.board.publish(replace(other, info=replace(COMFY, version=version)))
        found = kept.until_written(lambda found: [e.info.version for e in found.values()] == ["1.49"] * 2)
    assert {entry.url for entry in found.values()} == {HERE.url, "http://127.0.0.1:7860"}


def test_the_last_writer_of_a_service_wins(path: Path) -> None:
    with Kept(path) as kept:
        kept.until_written()
        with Kept(path, replace(FULL, info=replace(COMFY, version="0.99"))) as second:
            second.until_written(lambda found: found["comfyui"].info.version == "0.99")
        kept.board.publish(replace(FULL, info=replace(COMFY, version="0.98")))
        kept.until_written(lambda found: found["comfyui"].info.version == "0.98")


# --- files that are not as they should be -------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b"{}", b"x" * (LIMIT + 1)], ids=lambda data: repr(data[:9])
)
def test_an_unreadable_file_is_kept_aside_before_it_is_written(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    earlier = path.with_name("remembered-unreadable-1.json")
    earlier.write_bytes(b"of an earlier accident")
    path.write_bytes(content)
    with Kept(path, DOWN) as kept:
        kept.until(lambda snapshot: snapshot.memory_read)
        assert path.read_bytes() == content, "nothing is to be written, so nothing is moved"
        kept.board.publish(FULL)
        kept.until(lambda snapshot: bool(snapshot.remembered))
    assert list(kept.entries()) == ["comfyui"]
    assert path.with_name("remembered-unreadable-2.json").read_bytes() == content
    assert earlier.read_bytes() == b"of an earlier accident"


def test_a_file_of_a_newer_version_is_left_alone(path: Path, warnings: Callable[[], list[str]]) -> None:
    path.parent.mkdir(parents=True)
    newer = json.dumps({"schema": SCHEMA.replace("/1", "/2"), "services": {"comfyui": {"seen": "yesterday"}}})
    path.write_text(newer)
    with Kept(path) as kept:
        kept.until(lambda snapshot: "comfyui" in snapshot.remembered)
    assert path.read_text() == newer
    assert len(warnings()) == 1
    assert "a newer version wrote it (movie-director/remembered/2)" in warnings()[0]


def test_a_folder_that_cannot_be_made_costs_one_line(path: Path, warnings: Callable[[], list[str]]) -> None:
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_text("a file where the folder should be")
    with Kept(path) as kept:
        for version in ("1", "2", "3"):
            kept.board.publish(replace(FULL, info=replace(COMFY, version=version)))
            kept.until(lambda snapshot: version in versions(snapshot))  # noqa: B023  used at once
    assert len(warnings()) == 1
    assert str(path) in warnings()[0]


def test_a_lock_that_is_never_given_back_keeps_nobody_from_ending(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with open(path.with_name("remembered.json.lock"), "a+b") as taken:
        assert try_lock(taken)
        kept = Kept(path)
        with kept:
            kept.until(lambda snapshot: bool(snapshot.remembered))
            started = time.monotonic()
            kept.memory.request_stop()
            assert kept.memory.join(0.5), time.monotonic() - started
    assert not path.exists()


def test_what_a_killed_process_left_half_written_does_no_harm(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.with_name("remembered.json.new").write_text('{"schema": "movie-dir')
    with Kept(path):
        pass
    assert sorted(each.name for each in path.parent.iterdir()) == ["remembered.json", "remembered.json.lock"]


LIMITED = """
import resource, signal, sys
from pathlib import Path
from movie_director.runtime.remembered_file import RememberedFile
from movie_director.core.remembered import read
file = RememberedFile(Path(sys.argv[1]))
entries = file.read()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    file.merge(entries)
except OSError as error:
    print(type(error).__name__, error.errno)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files, which is POSIX")
def test_a_full_disk_leaves_the_file_as_it_was(path: Path) -> None:
    with Kept(path):
        pass
    before = path.read_bytes()
    not_measured = {name: "" for name in os.environ if name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        env={**os.environ, **not_measured, "PYTHONPATH": str(ADDON)},
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("OSError 27\n", "")
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["remembered.json", "remembered.json.lock"]


# --- killed while it writes ---------------------------------------------------------------------------------

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from movie_director.core.facts import ServiceInfo
from movie_director.core.snapshot import Remembered
from movie_director.runtime.remembered_file import RememberedFile
file = RememberedFile(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    names = tuple(f"model {number} {index}" for index in range(2_000))
    info = ServiceInfo("ComfyUI", str(number), models=(("checkpoints", names),), complete=True)
    file.merge({"comfyui": Remembered("comfyui", "http://127.0.0.1:8188", float(number), info)})
    if number == 2:
        print("writing", flush=True)
"""


@contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        env={**os.environ, "PYTHONPATH": str(ADDON)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=LONG_TIMEOUT)


def kill_while_it_writes(path: Path, rounds: int) -> None:
    chance, pause = random.Random(rounds), threading.Event()
    for _ in range(rounds):
        with writer(path) as process:
            pause.wait(chance.uniform(0.0, 0.02))
            process.kill()
        entry = read(path.read_bytes())["comfyui"]
        assert [names[0].split()[1] for _, names in entry.info.models] == [entry.info.version]
        assert entry.info.models[0][1][-1] == f"model {entry.info.version} 1999"
    kept = Kept(path)
    with kept:
        kept.until_written(lambda found: found["comfyui"].info.version == "0.33.0")


@pytest.mark.slow
@pytest.mark.faults
def test_a_file_whose_writer_is_killed_is_whole(path: Path) -> None:
    kill_while_it_writes(path, rounds=20)


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_file_whose_writer_is_killed_is_whole_500_times(path: Path) -> None:
    kill_while_it_writes(path, rounds=500)


# --- with a manager -----------------------------------------------------------------------------------------


def comfy_manager(settings: ServiceSettings, memory: Path | None) -> Manager:
    return Manager(Settings().with_service("comfyui", settings), backends=[COMFYUI], memory=memory)


def test_a_manager_remembers_and_holds_no_secret(path: Path) -> None:
    with ComfyServer() as server:
        url = f"http://ada:open-sesame@127.0.0.1:{server.port}"
        manager = comfy_manager(ServiceSettings(url=url, keys=Keyring().add(url, Key("canary-key"))), path)
        manager.start()
        manager.start()
        try:
            seen = -1
            while not (snapshot := manager.board.snapshot()) or not snapshot.remembered:
                newer = manager.board.wait(seen, LONG_TIMEOUT)
                assert newer is not None
                seen = newer.version
        finally:
            assert manager.stop(timeout=LONG_TIMEOUT)
            assert manager.stop()
    [entry] = read(path.read_bytes()).values()
    assert (entry.url, entry.info.version) == (server.url, "0.33.0")
    assert entry.info.models, "the models are what is worth remembering"
    text = "".join(each.read_text("utf-8") for each in path.parent.iterdir())
    for secret in ("canary-key", "open-sesame", "YWRhOm9wZW4tc2VzYW1l"):
        assert secret not in text


def test_stopping_a_manager_with_a_memory_takes_less_than_half_a_second(path: Path) -> None:
    names = tuple(f"a model with a long name {number}.safetensors" for number in range(5_000))
    large = Remembered("s", HERE.url, 0.0, replace(COMFY, models=(("checkpoints", names),)))
    entries = {f"s{number}": replace(large, service=f"s{number}") for number in range(4)}
    path.parent.mkdir(parents=True)
    path.write_text(written(entries))
    with ComfyServer() as server:
        manager = comfy_manager(ServiceSettings(url=server.url), path)
        manager.start()
        assert manager.stop(timeout=0.5)
        assert manager.stop()


def test_a_manager_without_a_memory_writes_nothing(home: Path) -> None:
    with ComfyServer() as server:
        manager = comfy_manager(ServiceSettings(url=server.url), None)
        manager.start()
        assert manager.stop(timeout=LONG_TIMEOUT)
        snapshot = manager.board.snapshot()
        assert snapshot is not None
        assert not snapshot.memory_read
    assert not home.exists()
