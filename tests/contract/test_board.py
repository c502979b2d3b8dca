# SPDX-License-Identifier: GPL-3.0-or-later
"""The status board: versions, waiting, and many writers at once."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from movie_director.core.diagnosis import Diagnosis
from movie_director.core.model import State
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus
from movie_director.runtime.board import StatusBoard

from tests.conftest import LONG_TIMEOUT

ROW = ServiceStatus("comfyui", "ComfyUI", True, State.CONNECTING, since=1.0)


def test_a_snapshot_is_given_only_when_it_is_newer() -> None:
    board = StatusBoard()
    first = board.snapshot()
    assert first is not None
    assert board.snapshot(first.version) is None
    board.publish(ROW)
    second = board.snapshot(first.version)
    assert second is not None
    assert second.services == {"comfyui": ROW}
    assert first.services == {}, "an old snapshot never changes"


def test_an_equal_row_is_no_change() -> None:
    board = StatusBoard()
    board.publish(ROW)
    version = board.snapshot().version  # type: ignore[union-attr]
    board.publish(replace(ROW))
    assert board.snapshot(version) is None


def test_rows_keep_the_order_of_the_reset() -> None:
    board = StatusBoard()
    board.reset([replace(ROW, service=name) for name in ("b", "a", "c")])
    board.publish(replace(ROW, service="a", state=State.CONNECTED))
    assert list(board.snapshot().services) == ["b", "a", "c"]  # type: ignore[union-attr]


def test_tests_and_discovery_stand_beside_the_rows() -> None:
    board = StatusBoard()
    board.publish(ROW)
    board.publish_test(Diagnosis("comfyui", "comfyui"))
    board.publish_discovery(DiscoveryReport(addresses_tried=3))
    snapshot = board.snapshot()
    assert snapshot is not None
    assert snapshot.tests["comfyui"].service == "comfyui"
    assert snapshot.discovery is not None
    assert snapshot.discovery.addresses_tried == 3
    assert snapshot.services["comfyui"] == ROW


def test_only_the_newest_tests_are_kept() -> None:
    board = StatusBoard()
    for number in range(200):
        board.publish_test(Diagnosis(f"http://host:{number + 1}", None))
    board.publish_test(Diagnosis("http://host:160", "again"))
    tests = board.snapshot().tests  # type: ignore[union-attr]
    assert len(tests) == 50
    assert list(tests)[-2:] == ["http://host:200", "http://host:160"]


def test_waiting_ends_at_a_change_or_with_the_time() -> None:
    board = StatusBoard()
    version = board.snapshot().version  # type: ignore[union-attr]
    started = time.monotonic()
    assert board.wait(version, 0.05) is None
    assert time.monotonic() - started >= 0.05
    writer = threading.Timer(0.05, board.publish, [ROW])
    writer.start()
    seen = board.wait(version, LONG_TIMEOUT)
    writer.join()
    assert seen is not None
    assert seen.services["comfyui"] == ROW


def test_no_write_of_many_threads_is_lost() -> None:
    board = StatusBoard()
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        for attempt in range(1, 201):
            board.publish(replace(ROW, service=f"s{number}", attempt=attempt))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    snapshot = board.snapshot()
    assert snapshot is not None
    assert snapshot.version == 8 * 200
    assert {row.attempt for row in snapshot.services.values()} == {200}
