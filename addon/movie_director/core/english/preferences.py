# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the preferences in Blender that stand nowhere else. Names of settings: `settings`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: dict[str, str | tuple[str, ...]] = {
    "title": "Settings",
    "reading": "Reading settings …",
    "looking": "Looking around …",
    "looked": (
        "Looked at {count} places on this computer, and found none of the services.",
        "None of the services was found.",
    ),
    "sighting": ("{program} {version} at {url}", "{program} at {url}", "a program"),
    "in-use": "in use",
    "decided": ("{value}: {name}", "{value}", "set elsewhere"),
    "fault": ("Not used yet: {reason}.", "Not used yet."),
    "settling": "Used as soon as you stop typing.",
    "url-found": ("Found at {url}.", "Found by itself."),
    "url-empty": "Empty: it is looked for on this computer.",
    "key-for": ("Sent to {address} only.", "Sent to that address only."),
    "key-address": "Correct the address first: a key belongs to one.",
    "key-elsewhere": ("There is another key, for {address}.", "There is another key, for another address."),
}

TIPS: dict[str, str | tuple[str, ...]] = {
    "about": "The versions that are at work here.",
    "state": ("How {program} is right now.", "How it is right now."),
    "problem": "What is wrong with the settings, and what helps.",
    "place": "Where Movie Director looks for it as long as no address is set.",
    "settling": "It is used one and a half seconds after the last letter, or as soon as it is needed.",
    "decided": "What is set there wins over the preferences. Change it there.",
    "fault": "Correct it, or press the arrow beside it to get back what is used.",
    "sighting": "A program that answered when Movie Director looked around.",
    "key": (
        "The key that {program} asks for. It is kept in a file that only you can read, never in Blender's"
        " preferences or in a project, and is never shown again.",
        "The key that the program asks for. It is never shown again.",
    ),
    "key-for": "A key is sent to no address but the one it was entered for.",
    "advanced": ("Show or hide what rarely needs to be changed for {program}.", "Show or hide more."),
    "key-fault": "It was not kept. Correct that, then enter the key again.",
    "reset": "Take back what you set here.",
    "reset-typed": "Drop what was typed here, and show what is used.",
    "reset-service": (
        "Take back everything you set for {program}, but not its key.",
        "Take back everything you set for this service, but not its key.",
    ),
    "reset-all": "Take back everything you set for all services, but no keys. No profile is in use then.",
    "undo-reset": "Set everything again as it was before the last reset.",
    "forget-key": ("Remove the key of {program} from this computer.", "Remove the key from this computer."),
    "discover": "Look around on this computer for all services now. Blender goes on meanwhile.",
}

BUTTONS = {
    "reset": "Reset",
    "reset-service": "Reset",
    "reset-all": "Reset all",
    "undo-reset": "Undo reset",
    "forget-key": "Forget key",
    "discover": "Look around now",
    "advanced": "Advanced",
    "test": "Test connection",
    "test-all": "Test all connections",
}

UNAVAILABLE = {
    "nothing-to-reset": "Nothing is set here that could be taken back",
    "no-reset": "Nothing was reset since Blender started",
    "reading": "The settings are still being read",
    "no-key": "There is no key to forget",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "preferences": WORDS,
    "preferences-tip": TIPS,
    "preferences-button": BUTTONS,
    "preferences-unavailable": UNAVAILABLE,
}
