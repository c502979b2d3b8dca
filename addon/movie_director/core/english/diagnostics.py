# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the report for who is to find a fault, and of what makes it."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: dict[str, str | tuple[str, ...]] = {
    "title": "Movie Director: diagnostics",
    "what-is-in-it": (
        "Written by Movie Director for a report about a problem. Keys, passwords, your user name, the name"
        " of this computer, your home folder and the folders of projects were taken out. Versions, settings,"
        " the addresses of services and the last lines of the log are in it: read it before you publish it."
    ),
    "what-to-add": "Please add above this line: what you did, what you expected, and what happened instead.",
    "problems": "Problems now",
    "no-problems": "None.",
    "no-log": ("No log is written: {reason}", "No log is written"),
    "services": "Services",
    "versions": "Versions and files",
    "settings": "Settings",
    "settings-loading": "The files of settings have not been read yet.",
    "all-default": "Everything else is as it comes.",
    "keys": "A key is kept for",
    "local-only": "Only this computer is contacted: online access is off in Blender.",
    "tests": "Connection tests",
    "changes": "Last changes",
    "mistakes": "Mistakes of Movie Director itself",
    "log": ("Log: {name}", "Log"),
    "left-out": ("… {count} earlier lines are left out", "… earlier lines are left out"),
    "more": ("… and {count} more lines", "… and more"),
    "this-process": "this Blender",
}

BUTTONS = {
    "copy": "Copy diagnostics",
    "copied": "Diagnostics copied: read them, then paste them into your report",
}

TIPS = {
    "copy": "Copy versions, settings, the state of all services and the last lines of the log, without keys"
    " and names, ready to be pasted into a report.",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "diagnostics": WORDS,
    "diagnostics-button": BUTTONS,
    "diagnostics-tip": TIPS,
}
