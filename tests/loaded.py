# SPDX-License-Identifier: GPL-3.0-or-later
"""The third-party packages, loaded before the first test: its time limits are none for that."""

from __future__ import annotations

from contextlib import suppress

import pytest
from movie_director.transport import vendored
from movie_director.transport.isolation import VendorTreeMissing


@pytest.fixture(scope="session", autouse=True)
def _packages_are_loaded() -> None:
    with suppress(VendorTreeMissing):
        for name in ("requests", "urllib3", "websocket", "pybreaker"):
            getattr(vendored, name)
