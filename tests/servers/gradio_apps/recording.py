# SPDX-License-Identifier: GPL-3.0-or-later
"""What was recorded of each app: its /config as it matters to a client, in tests/data/gradio.

Kept are all components with their numbers, types and limits, all operations, and the layout. Texts of the
page are reduced to their heading, labels to 60 characters.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data" / "gradio"


@cache
def config(app: str) -> dict[str, Any]:
    """The recorded configuration of `app`; not to be changed by the caller."""
    loaded: dict[str, Any] = json.loads((DATA / f"{app}.json").read_text("utf-8"))
    return loaded
