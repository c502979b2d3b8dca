# SPDX-License-Identifier: GPL-3.0-or-later
"""The words for the settings: their names, what they do, and who says what they are."""

from __future__ import annotations

from collections.abc import Mapping

LABELS = {
    "enabled": "Use this service",
    "url": "Address",
    "timeout": "Longest wait for an answer",
    "retry_count": "Quick retries",
    "check_interval": "Time between checks",
    "breaker_interval": "Time between later tries",
    "required": "Required",
    "ca_file": "Certificates",
    "custom_data": "More settings",
    "api_key": "Key",
    "auto_connect": "Connect by itself",
    "profile": "Profile",
}

HELP = {
    "enabled": "Whether this service is looked for and watched.",
    "url": "Where the service is, such as http://192.168.1.20:8188. Leave it empty to have it found.",
    "timeout": "How many seconds one check of the service may take before it counts as failed.",
    "retry_count": "How often it is tried again soon after a failure; after that, only every 'Time between"
    " later tries'.",
    "check_interval": "Seconds between two checks that the service is still there.",
    "breaker_interval": "Seconds between two tries when the service has failed several times in a row.",
    "required": "Whether the light turns red when this service is missing.",
    "ca_file": "A PEM file with the certificates of your own network, trusted besides those of the system.",
    "custom_data": "A JSON object for rare needs: busy_limit is how many seconds a service that works may"
    " stay silent, slow_answer is from how many seconds on an answer counts as slow.",
    "api_key": "The key that the service asks for.",
    "auto_connect": "Whether the services are looked for as soon as the program starts.",
    "profile": "The profile that was loaded last.",
}

LAYERS = {
    "environment": "set by the environment",
    "file": "set in the config file",
    "project": "set in this project",
    "user": "set in the preferences",
    "default": "default",
}

PRESETS = {
    "local": "Local",
    "lan-studio": "LAN studio",
    "development": "Development",
}

PRESETS_HELP = {
    "local": "Everything runs on this computer and is found by itself: addresses and times are the defaults.",
    "lan-studio": "The services run on other computers of the studio: patient limits, and checks that"
    " burden the network little. The addresses stay.",
    "development": "Services are started and stopped all the time: they are looked for and checked often.",
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {
    "setting": LABELS,
    "setting-help": HELP,
    "setting-layer": LAYERS,
    "preset": PRESETS,
    "preset-help": PRESETS_HELP,
}
