# SPDX-License-Identifier: GPL-3.0-or-later
"""What these tests begin with."""

from __future__ import annotations

from tests.loaded import _packages_are_loaded as _packages_are_loaded
