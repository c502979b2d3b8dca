# SPDX-License-Identifier: GPL-3.0-or-later
"""The field of a key in the preferences: for which address it is, and what is said beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .drafts import Drafts
from .endpoint import Endpoint, without_credentials
from .errors import ConfigError, Problem
from .keyring import Origin
from .messages import message, text
from .model import Source
from .preference_fields import ABOVE_USER, decided_by, fault_text
from .schema import Key, Layer, ServiceTraits
from .settings_view import SettingsView
from .snapshot import ServiceStatus


@dataclass(frozen=True)
class KeyField:
    """Whether a service has a key, and for which address; never the key itself."""

    label: str
    tooltip: str
    is_set: bool
    is_open: bool
    """Whether it can be entered here."""
    notes: tuple[str, ...]
    """Whom it is shown to, and for whom there is another; or why it cannot be entered."""
    fault: str = ""
    """Why what was entered cannot be kept."""


def key_origin(
    view: SettingsView, drafts: Drafts, service: ServiceTraits, status: ServiceStatus | None
) -> Origin | None:
    """For which address a key is entered: that in the field, else where the service is, else its usual one.

    The one in the field may be one that is not used yet. None where it cannot be read.
    """
    holds, draft = view.effective.get(service.name, "url"), drafts.get(Key(service.name, "url"))
    url = str(holds.value)
    if draft is not None and holds.layer not in ABOVE_USER:
        if draft.fault is not None:
            return None
        url = without_credentials(draft.text.strip())
    try:
        if url:
            return Origin.parse(url, default_port=service.default_port)
    except ConfigError:
        return None
    # Where somebody has just emptied the field, the service still is where the field said.
    if status is not None and status.endpoint is not None and status.source is not Source.CONFIGURED:
        return Origin.of(status.endpoint)
    return Origin.of(Endpoint("http", "localhost", service.default_port))


def key_field(
    view: SettingsView,
    service: ServiceTraits,
    origin: Origin | None,
    keys: Collection[tuple[str, Origin]],
    fault: Problem | None,
) -> KeyField:
    """`origin` is that of `key_origin`; `keys` tells for which services and addresses keys are kept."""
    label = text(message("setting.api_key"))
    tooltip = text(message("preferences-tip.key", program=service.label))
    said = view.effective.get(service.name, "api_key")
    if said.layer is not Layer.DEFAULT:
        return KeyField(label, tooltip, True, False, (decided_by(said.layer, said.detail),))
    kept = sorted(each for name, each in keys if name == service.name)
    first = (
        text(message("preferences.key-for", address=str(origin)))
        if origin is not None
        else text(message("preferences.key-address"))
    )
    others = [
        text(message("preferences.key-elsewhere", address=str(each))) for each in kept if each != origin
    ]
    wrong = "" if fault is None else fault_text(fault)
    return KeyField(label, tooltip, origin in kept, origin is not None, (first, *others), wrong)
