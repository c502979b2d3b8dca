# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the panel in Blender that stand nowhere else: labels, tooltips, buttons, help."""

from __future__ import annotations

from collections.abc import Mapping

PANEL: dict[str, str | tuple[str, ...]] = {
    "title": "Movie Director",
    "starting": "Starting …",
    "failed": "It could not start.",
    "failed-advice-1": "Install the add-on again.",
    "failed-advice-2": "If that does not help, report it.",
    "waiting": "Not connected yet",
    "waits-for-you": "The settings say not to connect by itself. Press Refresh to connect.",
    "looking-around": "Looking around …",
    "required": "Required",
    "optional": "Optional",
    "also": "Also running",
    "test": "Last test",
    "testing": "Testing …",
    "passed": ("Passed in {value}.", "Passed."),
    "loopback-only": "Online access is off in Blender, so only this computer is contacted.",
    "set-up": "Set up",
    "not-set-up": "Not set up",
    "more-names": ("… and {count} more", "… and more"),
    "instance": ("{program} {version} at {url}", "{program} at {url}", "another {program}"),
}

LABELS = {
    "address": "Address",
    "from": "Source",
    "version": "Version",
    "device": "Device",
    "queue": "Queue",
    "answer": "Answer",
    "stream": "Live updates",
    "since": "Since",
    "last-attempt": "Last try",
    "next-attempt": "Next try",
    "attempts": "Failed tries",
    "model": "Model",
    "key": "Key",
    "models": "Models",
    "providers": "Providers",
    "variables": "More models",
}

VALUES: dict[str, str | tuple[str, ...]] = {
    "from-discovered": "found by itself",
    "from-last-good": "remembered from last time",
    "from-configured": ("{name}", "set by you"),
    "version-tested": ("{version}, tested", "tested"),
    "version-too-old": ("{version}, too old", "too old"),
    "version-newer-than-tested": ("{version}, newer than tested", "newer than tested"),
    "version-unknown": ("{version}", "not known"),
    "stream-open": "on",
    "stream-missing": "off, it is asked every few seconds instead",
    "since": ("{value}, for {seconds:duration}", "for {seconds:duration}"),
    "ago": ("{seconds:duration} ago, at {value}", "{seconds:duration} ago"),
    "ago-now": ("now, since {value}", "now"),
    "in": "in {seconds:countdown}",
    "in-now": "now",
    "variables": (
        "start {program} with the key of another provider: {variables}",
        "start it with the key of another provider",
    ),
}

TIPS: dict[str, str | tuple[str, ...]] = {
    "light": "How all services together stand: the worst of them decides.",
    "service": ("{program}: {value}, {name}.", "{program}"),
    "required": "Without one of these the light turns red. Which they are is set in the preferences.",
    "optional": "Without one of these the light turns yellow.",
    "address": "Where the program answers.",
    "from": "Who said that it is there: you, a setting, or Movie Director by looking for it.",
    "version": "What the program says its version is, and whether Movie Director was tested with it.",
    "makes": "What it can make for a film.",
    "models": "The model files that it can work with.",
    "device": "What it computes on, and how much memory of that is free.",
    "queue": "Work that waits in it or runs on it, whoever sent it.",
    "queue-waiting": "Work that waits in it, whoever sent it. It does not tell what it works on just now.",
    "answer": "How long its last answer took. More than a second is slow.",
    "stream": "Whether it tells by itself what happens. Without that it is asked every few seconds.",
    "since": "Since when it has been in this state.",
    "last-attempt": "When Movie Director last tried to connect.",
    "next-attempt": "It is tried again by then, or at once when something begins to answer there.",
    "attempts": "How often connecting failed since it was last connected.",
    "last-seen": "What it could do when it was last connected.",
    "problem": "What is wrong, and what helps.",
    "note": "Whether Movie Director was tested with this version.",
    "looking-around": "Movie Director looks for all services on this computer. That takes a few seconds.",
    "waits-for-you": "Connect by itself, in the preferences or for this project, is switched off.",
    "loopback-only": "Nothing is wrong. Turn on Allow Online Access in Blender's preferences, under System,"
    " only if a program runs on another computer.",
    "settings-problem": "The preferences of Movie Director say what is used meanwhile, and what helps.",
    "credit": "Who made the program that does this work.",
    "llm": "Whether texts can be written, and by which model.",
    "model": "The model that writes texts: the first of the list.",
    "key": "Whether the key that is set for {program} is accepted by it.",
    "language-models": "Models that {program} offers.",
    "providers": "Whose models these are.",
    "variables": (
        "Start {program} with one of these variables set to the key of that provider."
        " They belong to {program}, not to Blender.",
        "Start the program with the key of a provider.",
    ),
    "test": "How the last test of the connection went, step by step.",
    "layer": "One step of the last connection test, in the order in which a connection is made.",
    "instance": "Another program of the same kind answers too.",
}

BUTTONS = {
    "retry": "Retry now",
    "check": "Check now",
    "test": "Test connection",
    "web": "Open web page",
    "copy": "Copy details",
    "use": "Use this one",
    "settings": "Open settings",
    "show": "Show details",
    "hide": "Hide details",
    "copy-value": "Click to copy.",
    "test-all": "Test All Connections",
    "show-all": "Show or Hide All Details",
    "copy-error": "Copy error",
    "choose": "Of which service?",
    "copied": "Copied",
    "details-copied": "Details copied",
    "address-set": "The address is set",
}

BUTTON_TIPS: dict[str, str | tuple[str, ...]] = {
    "retry": ("Try to connect to {program} at once, without waiting.", "Try everything again at once."),
    "check": ("Ask {program} at once how it is.", "Ask at once."),
    "test": (
        "Test the connection to {program} step by step. Blender goes on meanwhile.",
        "Test the connections to all services, step by step. Blender goes on meanwhile.",
    ),
    "web": ("Open {url} in the web browser.", "Open its page in the web browser."),
    "copy": ("Copy all that is known of {program}, without keys and passwords.", "Copy the details."),
    "use": ("Use the {program} at {url} from now on.", "Use this one from now on."),
    "settings": "Open the settings of Movie Director.",
    "copy-error": "Why it could not start, for a report of the problem.",
    "refresh": "Look for all services again, and check those that are connected.",
    "show": ("Show what is known of {program}.", "Show what is known."),
    "hide": ("Hide what is known of {program}.", "Hide what is known."),
    "start-program": "Say how {program} is started.",
    "restart-program": "Say how {program} is started again.",
    "check-network": "Say what to look at when a computer cannot be reached.",
    "allow-online": "Open Blender's preferences under System, where Allow Online Access is.",
}

HELP: dict[str, str | tuple[str, ...]] = {
    "start-program": (
        "{start_hint} It is connected as soon as it answers; in Blender nothing needs to be done."
        " It runs already? Then enter the address that its window shows, such as http://127.0.0.1:8189,"
        " in the settings.",
        "Start {program}. It is connected as soon as it answers; in Blender nothing needs to be done."
        " It runs already? Then enter the address that its window shows, such as http://127.0.0.1:8189,"
        " in the settings.",
    ),
    "restart-program": (
        "Close the window of {program}, or press Ctrl-C in it, then start it again. {start_hint}"
        " It is connected as soon as it answers.",
        "Close the window of {program}, or press Ctrl-C in it, then start it again."
        " It is connected as soon as it answers.",
    ),
    "check-network": (
        "Is the computer {host} switched on, and on the same network as this one? Does its firewall let"
        " {program} through? Was {program} started so that it listens for other computers? On a Mac, Blender"
        " needs to be allowed under Privacy & Security, Local Network. A VPN may hide your own network.",
        "Is the other computer switched on, and on the same network as this one? Does its firewall let"
        " {program} through? On a Mac, Blender needs to be allowed under Privacy & Security, Local Network.",
    ),
}

UNAVAILABLE: dict[str, str | tuple[str, ...]] = {
    "not-running": "Movie Director has not started yet",
    "no-page": "It is not known where its web page is",
    "off": "It is switched off in the settings",
    "all-off": "All services are switched off in the settings",
    "no-window": "There is no window in which to show this",
    "no-address": "There is no address to use: a script passes it as url",
    "no-others": "No other program of the same kind was found",
    "decided": (
        "Its address is {value}, which decides. Change it there.",
        "Its address is set elsewhere, and that decides.",
    ),
}

CREDITS: dict[str, str | tuple[str, ...]] = {
    "wan2gp": "Video generation uses WanGP (Wan2GP) by DeepBeepMeep.",
}
"""By the name of a service: what its licence wants to be said where it is shown."""

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "panel": PANEL,
    "panel-label": LABELS,
    "panel-value": VALUES,
    "panel-tip": TIPS,
    "panel-button": BUTTONS,
    "panel-button-tip": BUTTON_TIPS,
    "panel-help": HELP,
    "panel-unavailable": UNAVAILABLE,
    "credit": CREDITS,
}
