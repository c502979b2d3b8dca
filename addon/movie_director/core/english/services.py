# SPDX-License-Identifier: GPL-3.0-or-later
"""The words for one service: its state, its light, what changed, how a test of its connection went."""

from __future__ import annotations

from collections.abc import Mapping

STATES = {
    "disabled": "Off",
    "looking": "Looking for it",
    "connecting": "Connecting",
    "ready": "Connected",
    "busy": "Busy",
    "degraded": "Limited",
    "disconnected": "Not found",
    "disconnected-wait": "Not found, next try in {seconds:countdown}",
    "unreached": "Not reached",
    "unreached-wait": "Not reached, next try in {seconds:countdown}",
    "retrying": "Trying again",
    "retrying-wait": "Trying again in {seconds:countdown}",
    "suspended": "Paused",
    "suspended-wait": "Paused, next try in {seconds:countdown}",
    "trial": "Trying again",
    "failed": "Needs you",
}

LIGHTS = {
    "green": "Everything is ready",
    "yellow": "Not everything is ready",
    "red": "Something required is missing",
    "off": "Nothing is switched on",
    "count": "{ready} of {total} ready",
}

LAYERS = {
    "name": "Computer found",
    "port": "Program listens",
    "http": "Program answers",
    "program": "Right program",
    "credentials": "Access granted",
    "ready": "Ready to work",
}

VERDICTS = {
    "passed": "ok",
    "warning": "limited",
    "failed": "failed",
    "not-needed": "no key needed",
    "not-reached": "not tried",
}

CHANGES: dict[str, str | tuple[str, ...]] = {
    "connected": ("connected: version {version} at {url}", "connected at {url}", "connected"),
    "missing": ("not connected: {reason}", "not connected"),
    "lost": ("connection lost: {reason}", "connection lost"),
    "back": ("back after {seconds:duration}", "back"),
    "paused": "paused after {attempts} failed tries; it is still looked for",
    "needs-user": ("needs you: {reason}", "needs you"),
    "busy": "busy",
    "degraded": ("limited: {reason}", "limited"),
    "ready": "fully ready again",
    "off": "switched off",
    "on": "switched on",
}

QUEUE: dict[str, str | tuple[str, ...]] = {
    "some": ("{count} in the queue", "something in the queue"),
    "empty": "nothing in the queue",
    "some-waiting": ("{count} waiting, besides its present work", "something waiting"),
    "none-waiting": "nothing waits; it does not tell whether it is at work",
    "short-waiting": ("{count} waiting", "waiting"),
}

SUPPORT = {
    "too-old": (
        "{program} {version} is older than {oldest}, the oldest that works with Movie Director: update it.",
        "{program} is too old to work with Movie Director: update it.",
    ),
    "newer-than-tested": (
        "{program} {version} is newer than {newest}, the newest that was tested with Movie Director.",
        "{program} is newer than what was tested with Movie Director.",
    ),
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "state": STATES,
    "light": LIGHTS,
    "layer": LAYERS,
    "verdict": VERDICTS,
    "change": CHANGES,
    "queue": QUEUE,
    "support": SUPPORT,
}
