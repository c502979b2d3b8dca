# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong, what to do about it, and the word on the button that helps."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: dict[str, dict[str, tuple[str, ...]]] = {
    "name-unknown": {
        "title": (
            "{program} cannot be reached: no computer called '{host}' was found.",
            "{program} cannot be reached: the name of its computer was not found.",
        ),
        "advice": ("Check the spelling of the address; a number such as 192.168.1.20 works without a name.",),
    },
    "refused": {
        "title": (
            "{program} is not running at {address}.",
            "No program is running at {address}.",
            "{program} is not running.",
        ),
        "advice": (
            "{program} answers at {other} now: try again to use that one.",
            "{program} answers at {instead} now: to use that one, enter its address in the settings.",
            "{start_hint}",
            "Start {program}; it is connected as soon as it answers.",
            "Start the program that should answer there, then test again.",
        ),
    },
    "no-route": {
        "title": (
            "{program} cannot be reached: there is no way to the computer {host}.",
            "{program} cannot be reached: there is no way to its computer.",
        ),
        "advice": (
            "Check that both computers are on the same network; on a Mac, also allow Local Network"
            " under Privacy & Security.",
        ),
    },
    "connect-timeout": {
        "title": (
            "{program} cannot be reached: {address} did not react within {seconds:duration}.",
            "{program} cannot be reached: {address} does not react.",
            "{program} cannot be reached: its computer does not react.",
        ),
        "advice": ("Check that the computer is switched on and that its firewall lets {program} through.",),
    },
    "connect-failed": {
        "title": ("The connection to {program} at {address} failed.", "The connection to {program} failed."),
        "advice": ("Try again; if it keeps failing, copy the details into a report.",),
    },
    "no-answer": {
        "title": (
            "{program} is running, but has not answered within {seconds:duration}.",
            "{program} is running, but does not answer.",
        ),
        "advice": ("Look at the window of {program}: it may be loading a model; if not, restart it.",),
    },
    "connection-lost": {
        "title": ("{program} at {address} ended the connection.", "{program} ended the connection."),
        "advice": ("Look at the window of {program}: if it has stopped, start it again.",),
    },
    "not-http": {
        "title": (
            "{program} was expected at {address}, but something of another kind answers there.",
            "{program} was expected, but something of another kind answers.",
        ),
        "advice": ("Correct the address of {program} in the settings, or empty it to have it found.",),
    },
    "needs-https": {
        "title": (
            "{program} at {address} accepts encrypted connections only.",
            "{program} accepts encrypted connections only.",
        ),
        "advice": ("Use the address https://{address} instead.", "Let its address begin with https://."),
    },
    "needs-http": {
        "title": (
            "{program} at {address} does not offer encrypted connections.",
            "{program} does not offer encrypted connections.",
        ),
        "advice": ("Use the address http://{address} instead.", "Let its address begin with http://."),
    },
    "redirected": {
        "title": (
            "{program} at {address} sends its visitors on to {location}.",
            "{program} sends its visitors on to another address.",
        ),
        "advice": ("If you trust that address, enter it in the settings.",),
    },
    "malformed-answer": {
        "title": (
            "{program} at {address} gave an answer that makes no sense.",
            "{program} gave an answer that makes no sense.",
        ),
        "advice": ("Restart {program}; if that does not help, copy the details into a report.",),
    },
    "answer-too-large": {
        "title": (
            "{program} sent more than the {limit:size} that are accepted here.",
            "{program} sent more data than is accepted here.",
        ),
        "advice": ("Check that the address is that of {program}; if it is, copy the details into a report.",),
    },
    "wrong-program": {
        "title": (
            "{program} was expected at {address}, but '{found}' answers there.",
            "{program} was expected at {address}, but another program answers there.",
            "No program that Movie Director knows answers at {address}, but '{found}' does.",
            "{program} was expected, but another program answers.",
        ),
        "advice": (
            "Correct the address of {program} in the settings, or empty it to have it found.",
            "Check the address.",
        ),
    },
    "not-found": {
        "title": (
            "{program} was not found, but something at {silent} does not answer yet.",
            "{program} was not found on this computer, only {strangers}.",
            "{program} was not found on this computer.",
        ),
        "advice": (
            "If that is {program} at {silent}, wait until it has started; it is connected then.",
            "If {program} is behind that log-in, enter its address with your name and password in the"
            " settings, like http://name:password@{locked}.",
            "{start_hint}",
            "Start {program}, or enter its address if it runs on another computer.",
        ),
    },
    "key-missing": {
        "title": (
            "{program} asks for a user name and a password; its address must look like {login}.",
            "{program} at {address} asks for a key, but no key is set.",
            "{program} asks for a key, but no key is set.",
        ),
        "advice": (
            "Enter the address of {program} in the settings like {login}, with your name and password.",
            "Enter the key of {program} in the settings.",
        ),
    },
    "key-rejected": {
        "title": (
            "{program} does not accept the user name and password that its address has, like {login}.",
            "{program} at {address} does not accept the key that is set.",
            "{program} does not accept the key that is set.",
        ),
        "advice": (
            "Enter the address of {program} like {login}, with the right user name and password.",
            "Enter the right key of {program} in the settings.",
        ),
    },
    "key-not-checked": {
        "title": ("{program} answers, but does not say whether it lets you in.",),
        "advice": ("Try again in a moment; if it stays so, read the last lines in the window of {program}.",),
    },
    "no-models": {
        "title": ("{program} is there, but offers no model that writes text.",),
        "advice": (
            "Add a model to the configuration of {program}; for one from the internet, start {program} with"
            " the key of its provider, such as {variables}.",
            "Add a model to the configuration of {program}.",
        ),
    },
    "server-error": {
        "title": (
            "{program} reports a failure of its own (number {status}).",
            "{program} reports a failure of its own.",
        ),
        "advice": ("Read the last lines in the window of {program}; restarting it often helps.",),
    },
    "stream-refused": {
        "title": ("{program} works, but refuses live updates; it is asked every few seconds instead.",),
        "advice": ("If a proxy stands before {program}, let it pass WebSocket connections.",),
    },
    "stream-lost": {
        "title": ("{program} works, but its live updates broke off; it is asked every few seconds instead.",),
        "advice": ("Nothing needs to be done: the live updates are opened again by themselves.",),
    },
    "stream-mute": {
        "title": ("{program} works, but its live updates stopped; it is asked every few seconds instead.",),
        "advice": ("Nothing needs to be done: the live updates are opened again by themselves.",),
    },
    "bad-url": {
        "title": (
            "The address '{value}' of {program} cannot be used: {reason}.",
            "The address '{value}' cannot be used: {reason}.",
            "The address of {program} cannot be used.",
        ),
        "advice": ("Write it like {example}.", "Write it like http://127.0.0.1:8188."),
    },
    "bad-setting": {
        "title": (
            "The setting {name}='{value}' in {where} cannot be used: {reason}.",
            "The setting {name}='{value}' cannot be used: {reason}.",
            "A setting of {program} cannot be used.",
        ),
        "advice": ("Correct {name}, or remove it to use the default.", "Correct it, or remove it."),
    },
    "unknown-setting": {
        "title": (
            "There is no setting called '{name}' in {where}.",
            "There is no setting called '{name}'.",
            "There is no such setting.",
        ),
        "advice": ("Did you mean '{nearest}'?", "Check its spelling, or remove it."),
    },
    "settings-unreadable": {
        "title": (
            "The settings in {where} cannot be read: {reason}.",
            "A file of settings cannot be read.",
        ),
        "advice": (
            "Reset the project settings of {project} in the properties of its scene if you do not need them.",
            "Correct that file: it is read again as soon as it is saved.",
        ),
    },
    "settings-kept-aside": {
        "title": (
            "The settings in {where} could not be understood, so they are kept as {kept}.",
            "A file of settings could not be understood.",
        ),
        "advice": ("Copy what you need from {kept}, then delete it.", "Set again what you need."),
    },
    "settings-newer": {
        "title": (
            "A newer Movie Director wrote {where}, so it is left alone.",
            "A newer Movie Director wrote a file of settings, so it is left alone.",
        ),
        "advice": (
            "Update Movie Director to use what {project} says; until then nothing of it is used or changed.",
            "Update Movie Director; what you change until then is not kept.",
        ),
    },
    "settings-not-saved": {
        "title": (
            "The settings are in use, but {where} cannot be written: {reason}.",
            "The settings are in use, but cannot be saved.",
        ),
        "advice": (
            "Free some disk space, or allow writing to that folder; saving is tried again by itself.",
        ),
    },
    "import-unreadable": {
        "title": ("Nothing was taken over from {where}: {reason}.", "Nothing was taken over from that file."),
        "advice": ("Choose a file that Movie Director has exported.",),
    },
    "import-newer": {
        "title": (
            "Nothing was taken over from {where}, which a newer Movie Director wrote.",
            "Nothing was taken over from that file, which a newer Movie Director wrote.",
        ),
        "advice": ("Update Movie Director on this computer, then import the file again.",),
    },
    "bad-profile": {
        "title": (
            "The profile '{value}' in {where} is not used: {reason}.",
            "A profile in {where} is not used: {reason}.",
            "A profile cannot be called '{value}': {reason}.",
            "A profile cannot have this name: {reason}.",
            "A profile cannot have this name.",
        ),
        "advice": ("Choose another name, which no preset and no other profile has.",),
    },
    "unknown-profile": {
        "title": ("There is no profile called '{value}'.", "There is no such profile."),
        "advice": ("Did you mean '{nearest}'?", "Known profiles: {known}.", "Check its spelling."),
    },
    "too-many-profiles": {
        "title": (
            "There are {count} profiles in {where}, and only the first {maximum} are used.",
            "With this there would be {count} profiles, and {maximum} is the most.",
            "There are too many profiles.",
        ),
        "advice": ("Delete profiles that you do not need.",),
    },
    "online-access-off": {
        "title": (
            "{program} at {address} is not contacted, because Blender's online access is off.",
            "{program} is not contacted, because Blender's online access is off.",
        ),
        "advice": ("Turn on Allow Online Access in Blender's preferences under System.",),
    },
    "unknown-service": {
        "title": ("There is no service called '{value}'.", "There is no such service."),
        "advice": ("Did you mean '{nearest}'?", "Known services: {known}.", "Check its spelling."),
    },
    "cancelled": {
        "title": ("The work with {program} was stopped before its end.",),
        "advice": ("Start it again when you want it.",),
    },
    "internal": {
        "title": ("Movie Director made a mistake of its own while it watched {program}.",),
        "advice": ("Copy the details into a report; trying again may help meanwhile.",),
    },
}

FIXES = {
    "retry-now": "Try again now",
    "open-settings": "Open settings",
    "set-key": "Enter key",
    "start-program": "How to start {program}",
    "restart-program": "How to restart {program}",
    "use-other-scheme": "Change address",
    "check-network": "Network help",
    "allow-online": "Open System preferences",
    "copy-details": "Copy details",
    "allow-address": "Allow this address",
    "none": "",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "fix": FIXES,
    "stranger": {
        "met": ("{found} at {address}", "another program at {address}", "another program"),
        "locked": (
            "{found} behind a log-in at {address}",
            "another program behind a log-in at {address}",
            "another program behind a log-in",
        ),
    },
}
