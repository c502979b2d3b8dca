# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key goes where: the keys that the layers bring along, and those that are kept, each with its address.

A key from the environment has no address of its own. It belongs to the one that the user gave for the
service, in the environment, the config file or the preferences; without one, to the service as it is found on
this computer. An address that only the open .blend names gets it in no case but one: it is the same origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .keyring import FOUND_HERE, Keyring
from .layers import LayerValues
from .schema import WRITTEN, Layer, Schema
from .secrets_document import StoredKeys


def keyrings(schema: Schema, layers: Sequence[LayerValues], stored: StoredKeys) -> Mapping[str, Keyring]:
    """The keys of every service, those of higher layers first, those that are kept last."""
    own = sorted((each for each in layers if each.layer is not Layer.PROJECT), key=_rank)
    return {service.name: _keyring(own, service.name, stored) for service in schema.services}


def _keyring(own: Sequence[LayerValues], service: str, stored: StoredKeys) -> Keyring:
    said = [each.values.get(service, "url") for each in own]
    own_address = str(next((url for url in said if url is not None), FOUND_HERE))
    ring = Keyring()
    for layer in own:
        for address, key in layer.keys.get(service, Keyring()):
            ring = ring.add(own_address if address == FOUND_HERE else address, key)
    return ring.followed_by(stored.of(service))


def _rank(layer: LayerValues) -> int:
    return WRITTEN.index(layer.layer)
