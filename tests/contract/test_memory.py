"""What is remembered of services on disk: when it is written, what it survives, and with a manager."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.facts import ServiceInfo
from movie_director.core.keyring import Key, Keyring
from movie_director.core.remembered import LIMIT, REFRESH, SCHEMA, read, written
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import Remembered, Snapshot
from movie_director.runtime import memory
from movie_director.runtime.manager import Manager

from tests.conftest import LONG_TIMEOUT, eventually
from tests.memory_kit import DOWN, FULL, Kept
from tests.programs import running
from tests.samples import COMFY, HERE
from tests.servers.comfyui import ComfyServer
from tests.stopwatch import Stopwatch


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


# --- when it is written -------------------------------------------------------------------------------------


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


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_only_the_user_can_read_it(path: Path) -> None:
    with Kept(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


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


def test_what_could_not_be_written_is_written_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, warnings: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(memory, "_LATER", 0.05)
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_text("a file where the folder should be")
    with Kept(path) as kept:
        kept.board.publish(FULL)
        eventually(lambda: warnings())
        path.parent.unlink()
        eventually(path.exists)


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
    with running(LIMITED, path) as process:
        assert process.communicate(timeout=LONG_TIMEOUT) == ("OSError 27\n", "")
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["remembered.json", "remembered.json.lock"]


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
        with Stopwatch() as watch:
            assert manager.stop(timeout=LONG_TIMEOUT)
        assert watch.seconds < 0.5
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
