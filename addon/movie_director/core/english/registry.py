# SPDX-License-Identifier: GPL-3.0-or-later
"""What services can make, and the language models."""

from __future__ import annotations

from collections.abc import Mapping

REGISTRY: dict[str, str | tuple[str, ...]] = {
    "makes": "Makes",
    "operations": "By",
    "models": "Models",
    "language-models": "Language models",
    "last-seen": "Last seen",
    "ago": (
        "{seconds:duration} ago at {url}: {names}",
        "{seconds:duration} ago at {url}",
        "{seconds:duration} ago",
    ),
    "at-least": ("at least {names}", "and more"),
    "more": ("{names} and {count} more", "and more"),
    "more-kinds": ("{names} and {count} other kinds", "and others"),
    "reading": "still being read",
    "nothing-makes": ("No service makes {makes}.", "No service makes anything."),
    "nothing-ready": ("Nothing that makes {makes} is ready.", "Nothing is ready."),
}

LLM: dict[str, str | tuple[str, ...]] = {
    "title": "Text",
    "not-set-up": ("not set up: {value}", "not set up"),
    "model": ("{model}, one of {count} by {names}", "{model}, one of {count}", "set up"),
    "key-not-needed": "no key needed",
    "key-accepted": "key accepted",
    "key-missing": "needs a key",
    "key-rejected": "key rejected",
    "key-not-checked": "key not checked",
    "without-missing": "{program} needs a key",
    "without-rejected": "{program} rejected the key",
    "without-connection": "{program} is not connected",
    "without-answer": "{program} has not checked the key",
    "without-model": (
        "{program} has no model; its own variables, such as {variables}, would bring some",
        "{program} has no model",
    ),
}

MAKES = {"image": "images", "video": "video", "text": "text", "voice": "voices", "sound": "sound"}

LIMITS = {
    "range": ("{minimum} to {maximum}", "a number"),
    "minimum": ("{minimum} or more", "a number"),
    "maximum": ("{maximum} or less", "a number"),
    "choices": ("one of {count}", "a choice"),
}

KINDS = {
    "text": "text",
    "number": "a number",
    "boolean": "yes or no",
    "choice": "a choice",
    "image": "an image",
    "audio": "a recording",
    "video": "a video",
    "file": "a file",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "registry": REGISTRY,
    "llm": LLM,
    "makes": MAKES,
    "limit": LIMITS,
    "kind": KINDS,
}
