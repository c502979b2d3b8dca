# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/_processes.py: what a child leaves behind is seen, unless it is about to end."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import LONG_TIMEOUT

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def processes() -> ModuleType:
    """scripts/_processes.py, imported as the commands do, from its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return importlib.import_module("_processes")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_process_is_left_behind_unless_it_ends_by_itself(processes: ModuleType, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with processes.child(["sh", "-c", 'cat "$0" &', pipe]) as process:
        assert process.wait(LONG_TIMEOUT) == 0
        assert len(processes.left_in_group(process, grace=0.0)) == 1
        pipe.write_text("")
        assert processes.left_in_group(process, grace=LONG_TIMEOUT) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_what_is_left_of_a_child_ends_with_the_block(processes: ModuleType) -> None:
    with processes.child(["sh", "-c", "sleep 600 &"]) as process:
        assert process.wait(LONG_TIMEOUT) == 0
        assert len(processes.left_in_group(process, grace=0.0)) == 1
    assert processes.left_in_group(process, grace=LONG_TIMEOUT) == []
