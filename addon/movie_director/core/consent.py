# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project may make us contact: this computer, and what the user has allowed.

A .blend may come from anybody, and its addresses come with it. So an address that only the project names is
looked at here before a name is looked up or a packet is sent (docs/adr/0064, docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .endpoint import parse_url
from .errors import ConfigError, Problem, ProblemCode, problem
from .keyring import Origin
from .layers import Effective, LayerValues
from .schema import Layer, Schema


@dataclass(frozen=True)
class Consent:
    """The origins on other computers that projects may name."""

    always: frozenset[Origin] = field(default_factory=frozenset)
    """Remembered for this user until taken back."""
    once: frozenset[Origin] = field(default_factory=frozenset)
    """Until the program ends."""

    def allows(self, origin: Origin) -> bool:
        return origin.is_here or origin in self.always or origin in self.once


def withheld_from_project(
    schema: Schema, layers: Iterable[LayerValues], effective: Effective, consent: Consent
) -> dict[str, Problem]:
    """By service, why the address that the project names must not be contacted.

    What the user says elsewhere (environment, config file, preferences) needs no further consent, and so
    does the same origin in a project.
    """
    others = [each for each in layers if each.layer is not Layer.PROJECT]
    withheld: dict[str, Problem] = {}
    for service in schema.services:
        url = effective.get(service.name, "url")
        if url.layer is not Layer.PROJECT:
            continue
        own = [str(each.values.get(service.name, "url") or "") for each in others]
        trusted = _origins(own, service.default_port)
        refusal = refusal_of(str(url.value), service.default_port, service.label, consent, trusted)
        if refusal is not None:
            withheld[service.name] = refusal
    return withheld


def refusal_of(
    url: str, default_port: int, program: str, consent: Consent, trusted: Iterable[Origin] = ()
) -> Problem | None:
    """Why an address that a project names must not be contacted; None if it may be, or is none.

    Looks nothing up. An address that cannot be read is refused elsewhere, when it is used.
    """
    try:
        parsed = parse_url(url, default_port=default_port) if url.strip() else None
    except ConfigError:
        return None
    if parsed is None:
        return None
    origin = Origin.of(parsed.endpoint)
    if consent.allows(origin) or origin in frozenset(trusted):
        return None
    return problem(
        ProblemCode.NOT_ALLOWED,
        f"the project names {origin}, which the user has not allowed",
        retry=False,
        program=program,
        address=parsed.endpoint.authority,
        host=parsed.endpoint.host,
        origin=str(origin),
    )


def _origins(urls: Iterable[str], default_port: int) -> frozenset[Origin]:
    found = set()
    for url in urls:
        try:
            if url.strip():
                found.add(Origin.parse(url, default_port=default_port))
        except ConfigError:
            continue
    return frozenset(found)
