# SPDX-License-Identifier: GPL-3.0-or-later
"""What the outside sees of the settings: one consistent, frozen picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from .consent import Consent, withheld_from_project
from .endpoint import parse_url
from .errors import ConfigError, Problem, ProblemCode, problem
from .key_layers import keyrings
from .keyring import Origin
from .layers import Effective, LayerValues, Values, resolve, to_settings
from .schema import Schema
from .secrets_document import StoredKeys
from .settings import Policy, Settings


@dataclass(frozen=True)
class SettingsView:
    """All settings at one moment; `version` grows by one at every change."""

    version: int = 0
    loaded: bool = False
    """Whether the user's file and the config file have been read; before, they say nothing."""
    effective: Effective = field(default_factory=Effective)
    """What holds for every setting, and who says so."""
    settings: Settings = field(default_factory=Settings)
    """The same as the manager takes it."""
    user: Values = field(default_factory=Values)
    """What the user set in the preferences."""
    project: Values = field(default_factory=Values)
    """What the open .blend says."""
    profiles: Mapping[str, Values] = field(default_factory=lambda: MappingProxyType({}))
    keys: tuple[tuple[str, Origin], ...] = ()
    """For which service and address a key is kept; never the key."""
    consent: Consent = field(default_factory=Consent)
    """What the user allowed projects to contact."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the settings, in the order of the layers."""


def decided(
    schema: Schema,
    layers: Sequence[LayerValues],
    *,
    keys: StoredKeys,
    consent: Consent,
    policy: Policy | None = None,
    local_only: bool = False,
) -> tuple[Effective, Settings]:
    """What holds when the layers say this, and the same as the manager takes it.

    `policy` holds the numbers where no setting does.
    """
    effective = resolve(schema, layers)
    withheld = withheld_from_project(schema, layers, effective, consent)
    if local_only:
        withheld.update(withheld_offline(schema, effective))
    settings = to_settings(
        schema,
        effective,
        base=policy,
        keys=keyrings(schema, layers, keys),
        withheld=withheld,
        local_only=local_only,
    )
    return effective, settings


def withheld_offline(schema: Schema, effective: Effective) -> dict[str, Problem]:
    """By service, why it must not be contacted while only this computer may be."""
    withheld: dict[str, Problem] = {}
    for service in schema.services:
        url = str(effective.get(service.name, "url").value)
        try:
            endpoint = parse_url(url, default_port=service.default_port).endpoint if url else None
        except ConfigError:
            continue  # its own problem, told elsewhere
        if endpoint is not None and not endpoint.is_loopback:
            withheld[service.name] = online_access_off(endpoint.authority, service.label)
    return withheld


def online_access_off(address: str, program: str = "") -> Problem:
    """The problem of an address on another computer while only this one may be contacted."""
    what = f"{address} is not on this computer"
    return problem(ProblemCode.ONLINE_ACCESS_OFF, what, retry=False, address=address, program=program)
