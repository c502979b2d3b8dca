# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with whom we may trust: proofs of identity, addresses of projects, the file of the keys."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: dict[str, dict[str, tuple[str, ...]]] = {
    "certificate": {
        "title": (
            "{program} at {address} could not prove its identity, so nothing was sent to it.",
            "{program} could not prove its identity, so nothing was sent to it.",
        ),
        "advice": ("Ask whoever set up {program} for a certificate that this computer can check.",),
    },
    "certificate-expired": {
        "title": (
            "The proof of identity of {program} at {address} has expired, so nothing was sent to it.",
            "The proof of identity of {program} has expired, so nothing was sent to it.",
        ),
        "advice": ("Renew the certificate of {program}; if it is new, check the date of this computer.",),
    },
    "certificate-too-early": {
        "title": (
            "The proof of identity of {program} at {address} is not valid yet, so nothing was sent to it.",
            "The proof of identity of {program} is not valid yet, so nothing was sent to it.",
        ),
        "advice": ("Check date and time of both computers: here, the certificate lies in the future.",),
    },
    "certificate-other-name": {
        "title": (
            "{program} at {address} identified itself by another name, so nothing was sent to it.",
            "{program} identified itself by another name, so nothing was sent to it.",
        ),
        "advice": ("Change the address of {program} to the name that its certificate was made for.",),
    },
    "certificate-self-signed": {
        "title": (
            "{program} at {address} is vouched for by nobody but itself, so nothing was sent to it.",
            "{program} is vouched for by nobody but itself, so nothing was sent to it.",
        ),
        "advice": (
            "If that computer is yours, choose the file of its certificate in the settings of {program}.",
        ),
    },
    "certificate-unknown": {
        "title": (
            "{program} at {address} is vouched for by somebody unknown here, so nothing was sent to it.",
            "{program} is vouched for by somebody unknown here, so nothing was sent to it.",
        ),
        "advice": (
            "If your network has certificates of its own, choose their file in the settings of {program}.",
        ),
    },
    "not-allowed": {
        "title": (
            "{program} is not contacted: this project names {address}, which you have not allowed.",
            "{program} is not contacted, because you have not allowed the address that this project names.",
        ),
        "advice": (
            "Allow {address} if you know whose computer it is; if not, set an address of your own.",
            "Set an address of your own.",
        ),
    },
    "keys-were-open": {
        "title": (
            "Other users of this computer could read your keys in {where}; now they cannot.",
            "Other users of this computer could read your keys; now they cannot.",
        ),
        "advice": ("Replace the keys that matter to you: somebody may have copied them.",),
    },
}

GROUPS: dict[str, Mapping[str, str | tuple[str, ...]]] = {}
