"""The file of what is remembered, where others write it too, or where its writer is killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from movie_director.core.endpoint import Endpoint
from movie_director.core.remembered import read
from movie_director.runtime.lock import try_lock

from tests.conftest import LONG_TIMEOUT
from tests.memory_kit import FULL, Kept
from tests.programs import killed_while_writing
from tests.samples import COMFY, HERE
from tests.stopwatch import Stopwatch


@pytest.fixture
def path(home: Path) -> Path:
    return home / "remembered.json"


# --- somebody else writes, too ------------------------------------------------------------------------------


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


def test_a_lock_that_is_never_given_back_keeps_nobody_from_ending(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with open(path.with_name("remembered.json.lock"), "a+b") as taken:
        assert try_lock(taken)
        kept = Kept(path)
        with kept:
            kept.until(lambda snapshot: bool(snapshot.remembered))
            with Stopwatch() as watch:
                kept.memory.request_stop()
                assert kept.memory.join(LONG_TIMEOUT)
        assert watch.seconds < 0.5
    assert not path.exists()


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


def kill_while_it_writes(path: Path, rounds: int) -> None:
    for _ in killed_while_writing(WRITER, path, rounds):
        entry = read(path.read_bytes())["comfyui"]
        assert [names[0].split()[1] for _, names in entry.info.models] == [entry.info.version]
        assert entry.info.models[0][1][-1] == f"model {entry.info.version} 1999"
    kept = Kept(path)
    with kept:
        kept.until_written(lambda found: found["comfyui"].info.version == "0.33.0")


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_file_whose_writer_is_killed_is_whole(path: Path) -> None:
    kill_while_it_writes(path, rounds=20)


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_file_whose_writer_is_killed_is_whole_500_times(path: Path) -> None:
    kill_while_it_writes(path, rounds=500)
