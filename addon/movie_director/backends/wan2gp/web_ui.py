# SPDX-License-Identifier: GPL-3.0-or-later
"""The web UI of Wan2GP, a Gradio program of an unusual size: its ``/config`` has 2.5 MB, its page 7."""

from __future__ import annotations

from .._gradio.client import Program
from .._gradio.page import Page
from . import facts


def is_web_ui(page: Page) -> bool:
    """Whether the title is that of Wan2GP. No other program has it, so that ``/config`` can wait."""
    return page.title == facts.TITLE


_PATIENCE = 5.0
"""Seconds. On two cores, both at work, the page was seen to take 2.7."""

PROGRAM = Program(
    facts.PROGRAM, may_be=is_web_ui, facts=facts.of_web_ui, is_surely=is_web_ui, patience=_PATIENCE
)
