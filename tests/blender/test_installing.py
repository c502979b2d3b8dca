# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip installs, is enabled and disabled any number of times, and leaves nothing."""

from __future__ import annotations

from tests.blender.blenders import series
from tests.blender.running import InBlender


def test_it_comes_and_goes_without_a_trace(any_blender: InBlender) -> None:
    report = any_blender.run("installing")
    assert series(report.blender) == series(any_blender.blender.version)
    assert report.python.startswith(any_blender.blender.python + ".")
