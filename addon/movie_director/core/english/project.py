# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of project settings, of addresses that projects may use, and of profiles. Names of settings:
`settings`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: dict[str, str | tuple[str, ...]] = {
    "title": "Project settings",
    "intro": "What you set here is saved in this .blend, goes along with it, and wins over your preferences.",
    "version": "Settings Version",
    "last": "Last Connection",
    "last-was": ("Last connected at {url}, {value}.", "Last connected at {url}.", "It was connected before."),
    "set-here": ("{count} set here", "set here"),
    "asks": "needs your consent",
    "unused": ("Not used: {reason}.", "Not used."),
    "source": ("{name} ({value})", "not set"),
    "whole": "Movie Director",
    "reset-done": "Nothing is set for this project any more.",
}

TIPS: dict[str, str | tuple[str, ...]] = {
    "intro": "Whoever opens this file elsewhere has the same settings. Keys are never saved in it.",
    "problem": "What is wrong with the settings of this project, and what helps.",
    "version": "Which version of the settings the file has.",
    "last": "Where the service was when the project was saved last. Nothing is contacted because of it.",
    "set": "Set this for the project: it begins with what holds now.",
    "unset": "Stop setting this for the project, so that it follows your preferences again.",
    "unset-value": "What holds, because the project does not set it. Click the box to set it here.",
    "profile": "A note of which profile the film is made with. It changes nothing by itself.",
    "fault": "It is not saved in the file. Correct it, or click the box to stop setting it for the project.",
    "decided": "What is set there wins over the project. Change it there.",
    "show": ("Show or hide what the project sets for {program}.", "Show or hide what the project sets."),
    "reset-service": (
        "Take back everything that this project sets for {program}.",
        "Take back everything that this project sets for this service.",
    ),
    "reset-all": "Take back everything that this project sets, for all services.",
}

BUTTONS = {
    "reset-service": "Reset",
    "reset-all": "Reset project",
}

UNAVAILABLE = {
    "nothing-to-reset": "Nothing is set for this project that could be taken back",
    "linked": "This scene belongs to another file. Change it there",
    "locked": "The settings of this project cannot be changed by this version",
    "no-setting": "A project has no such setting",
    "too-long": "With this change the settings of this project would be too long to be read again",
}

CONSENT: dict[str, str | tuple[str, ...]] = {
    "once": ("Allow {address} once", "Allow once"),
    "once-name": "Allow Project Address Once",
    "always-name": "Always Allow Project Address",
    "revoke-name": "Revoke Allowed Address",
    "always": ("Always allow {address}", "Always allow"),
    "title": "Addresses that projects may use",
    "until-end": "until Blender ends",
    "for-good": "always",
    "revoke": "Revoke",
    "allowed-once": ("{address} may be used until Blender ends.", "Allowed until Blender ends."),
    "allowed-always": ("Projects may use {address}.", "Allowed."),
    "revoked": ("Projects may not use {address} any more.", "Not allowed any more."),
}

CONSENT_TIPS: dict[str, str | tuple[str, ...]] = {
    "once": (
        "Let {program} be used at {address} until Blender ends, because this project names it.",
        "Let the address that this project names be used until Blender ends.",
    ),
    "always": (
        "Let every project use {address}, until you take it back in the preferences.",
        "Let every project use the address that this one names, until you take it back in the preferences.",
    ),
    "allowed": "A .blend may come from anybody. What it names on other computers is used only if it is here.",
    "revoke": (
        "Stop projects from using {address}.",
        "Stop projects from using an address that you allowed.",
    ),
    "nothing": "No project waits for your consent",
    "none-allowed": "You have allowed no address on another computer",
    "unnamed": (
        "Say which address to allow. This project asks for {address}: a script passes that as origin.",
        "Say which address to allow.",
    ),
}

PROFILES: dict[str, str | tuple[str, ...]] = {
    "title": "Profiles",
    "none": "You have saved no profile yet.",
    "in-use": "in use",
    "changed": "in use, changed since",
    "loaded": ("Profile {name} is in use.", "The profile is in use."),
    "saved": ("Profile {name} is saved.", "The profile is saved."),
    "renamed": ("The profile is called {name} now.", "The profile has another name."),
    "deleted": ("Profile {name} is deleted. What it set stays in use.", "The profile is deleted."),
    "exported": ("What you set and your profiles are in {where} now. No key is in it.", "Written."),
    "imported": ("Taken over from {where}.", "Taken over."),
    "would-change": ("{where} would change this:", "It would change this:"),
    "change": ("{name}: {value}", "A setting changes."),
    "profile-new": ("New profile: {name} ({value})", "New profile: {name}", "New profile"),
    "profile-replaced": (
        "Replaced profile: {name} ({value})",
        "Replaced profile: {name}",
        "Replaced profile",
    ),
    "no-change": "Nothing changes.",
    "cannot-read": ("{where} cannot be read: {reason}.", "The file cannot be read."),
    "cannot-write": ("{where} cannot be written: {reason}.", "The file cannot be written."),
    "name": "Name",
    "choose": "Which profile?",
    "only-preview": "Only show what would change",
}

PROFILE_TIPS: dict[str, str | tuple[str, ...]] = {
    "load": (
        "Use {name} in place of what you set. This can be undone.",
        "Use this profile.",
    ),
    "undo": "Set everything again as it was before the last profile was loaded, or the last file imported.",
    "save": "Keep everything you set now under a name. Keys are not kept in it.",
    "rename": ("Give {name} another name.", "Give the profile another name."),
    "delete": ("Delete {name}. What it set stays in use.", "Delete the profile. What it set stays in use."),
    "export": "Write what you set, and all profiles, into one file for another computer. No key is in it.",
    "import": "Take over what was set on another computer in place of what you set, and its profiles. This"
    " can be undone. Import only what you trust.",
    "profile": "A copy of everything that was set when it was saved.",
    "only-preview": "Report what would change, and change nothing.",
    "name": "What the profile is to be called.",
}

PROFILE_BUTTONS = {
    "load": "Use",
    "undo": "Undo",
    "save": "Save as …",
    "export": "Export …",
    "import": "Import …",
}

PROFILE_UNAVAILABLE = {
    "preset": "It comes with Movie Director, and can neither be renamed nor deleted",
    "no-undo": "There is no profile or import to undo",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "project": WORDS,
    "project-tip": TIPS,
    "project-button": BUTTONS,
    "project-unavailable": UNAVAILABLE,
    "consent": CONSENT,
    "consent-tip": CONSENT_TIPS,
    "profiles": PROFILES,
    "profiles-tip": PROFILE_TIPS,
    "profiles-button": PROFILE_BUTTONS,
    "profiles-unavailable": PROFILE_UNAVAILABLE,
}
