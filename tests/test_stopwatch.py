# SPDX-License-Identifier: GPL-3.0-or-later
"""The stopwatch counts what the work takes, and not what other programs take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from tests.conftest import LONG_TIMEOUT
from tests.stopwatch import Stopwatch


def test_a_wait_is_measured() -> None:
    with Stopwatch() as watch:
        threading.Event().wait(0.3)
        midway = watch.seconds
    assert watch.elapsed >= 0.3
    assert 0.0 < midway <= watch.seconds <= watch.elapsed


STOPPED = """
import sys, threading
from tests.stopwatch import Stopwatch
with Stopwatch() as watch:
    print("measuring", flush=True)
    sys.stdin.readline()
print(watch.elapsed, watch.seconds)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP on this system")
def test_the_time_of_others_is_not_counted() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED],
        cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "measuring\n"
        process.send_signal(signal.SIGSTOP)
        threading.Event().wait(1.0)
        process.send_signal(signal.SIGCONT)
        output, _ = process.communicate("go on\n", timeout=LONG_TIMEOUT)
    elapsed, seconds = map(float, output.split())
    assert elapsed >= 1.0
    assert seconds < elapsed - 0.9
