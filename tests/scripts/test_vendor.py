# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/vendor.py: a download that failed is tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import vendor

PIP = """
import sys
from pathlib import Path
calls = Path(__file__).with_name("calls")
number = len(calls.read_text()) + 1 if calls.exists() else 1
calls.write_text("x" * number)
sys.exit(f"broken off, call {number}" if number <= FAILURES else 0)
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the stand-in of pip writes a letter into whenever it is called."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "pip" / "calls"


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_download_that_failed_is_tried_again(calls: Path, failures: int) -> None:
    calls.with_name("__main__.py").write_text(f"FAILURES = {failures}{PIP}")
    vendor.download(calls.parent, vendor.LOCK, pauses=(0.0, 0.0))
    assert len(calls.read_text()) == failures + 1


def test_a_download_that_always_fails_tells_the_last_failure(calls: Path) -> None:
    calls.with_name("__main__.py").write_text(f"FAILURES = 9{PIP}")
    with pytest.raises(vendor.VendorError, match="broken off, call 3"):
        vendor.download(calls.parent, vendor.LOCK, pauses=(0.0, 0.0))
    assert len(calls.read_text()) == 3
