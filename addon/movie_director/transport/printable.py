# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts from outside, made safe to show."""

from __future__ import annotations

_LIMIT = 200


def printable(text: str) -> str:
    """The beginning of a text; what could steer a terminal becomes U+FFFD."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text[:_LIMIT])
