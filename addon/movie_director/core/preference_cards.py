# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the preferences show, as frozen values: the user interface only draws it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .card_parts import MARKS, URGENT, Action, Mark, Viewing, mark
from .card_problems import Instance, TestCard, Trouble, instances, test_card, trouble
from .drafts import Drafts
from .errors import Problem
from .keyring import Origin
from .messages import explain, message, text
from .model import Sighting, State
from .preference_fields import MAIN, Field, fields
from .preference_key import KeyField, key_field, key_origin
from .presentation import Colour, state_message
from .schema import Schema, ServiceTraits
from .settings_view import SettingsView
from .snapshot import DiscoveryReport, ServiceStatus, Snapshot


@dataclass(frozen=True)
class ServiceBox:
    """One service."""

    service: str
    label: str
    mark: Mark
    state: str
    main: tuple[Field, ...]
    advanced: tuple[Field, ...]
    """Empty while they are folded in."""
    is_advanced: bool
    key: KeyField
    others: tuple[Instance, ...] = ()
    may_test: bool = True
    may_reset: bool = False
    test: TestCard | None = None
    trouble: Trouble | None = None
    """What is wrong, where it matters and the test does not say it."""


@dataclass(frozen=True)
class Found:
    """A program of ours that answered when somebody looked around."""

    service: str
    sentence: str
    url: str
    is_used: bool


@dataclass(frozen=True)
class Looked:
    """What a look around found."""

    sentence: str
    """Whether it goes on, or found nothing; empty where `found` says it all."""
    found: tuple[Found, ...] = ()


@dataclass(frozen=True)
class PreferenceCards:
    """All of it, in this order."""

    reading: str = ""
    """Says that nothing can be changed yet; empty where it can."""
    problems: tuple[str, ...] = ()
    general: tuple[Field, ...] = ()
    looked: Looked | None = None
    services: tuple[ServiceBox, ...] = ()
    may_reset: bool = False


@dataclass(frozen=True)
class Known:
    """What the cards are made from."""

    schema: Schema
    view: SettingsView
    snapshot: Snapshot
    at: Viewing
    """Its `unfolded` are the services that show all their settings."""
    drafts: Drafts = field(default_factory=Drafts)
    keys: Collection[tuple[str, Origin]] = ()
    """Of which services keys are kept, and for which origins."""
    key_faults: Mapping[str, Problem] = field(default_factory=lambda: MappingProxyType({}))
    """By service, why the key that was entered last cannot be kept."""


def preference_cards(known: Known | None) -> PreferenceCards:
    """Everything at this moment; None before there are settings."""
    if known is None or not known.view.loaded:
        return PreferenceCards(reading=_word("reading"))
    view = known.view
    general = fields(known.schema, view, known.drafts, "")
    services = tuple(_box(service, known) for service in known.schema.services)
    return PreferenceCards(
        problems=tuple(f"{told.title} {told.advice}" for told in map(explain, view.problems)),
        general=general,
        looked=_looked(known.snapshot),
        services=services,
        may_reset=any(each.is_set for each in general) or any(each.may_reset for each in services),
    )


def _box(service: ServiceTraits, known: Known) -> ServiceBox:
    name, status = service.name, known.snapshot.services.get(service.name)
    every = fields(known.schema, known.view, known.drafts, name, status)
    is_unfolded = name in known.at.unfolded
    test = _test(status, known) if status is not None else None
    said_by_test = test is not None and test.trouble is not None
    return ServiceBox(
        service=name,
        label=service.label,
        mark=mark(status) if status is not None else MARKS[Colour.OFF],
        state=text(state_message(status, known.at.clocks.monotonic)) if status is not None else "",
        main=tuple(each for each in every if each.key.name in MAIN),
        advanced=tuple(each for each in every if each.key.name not in MAIN) if is_unfolded else (),
        is_advanced=is_unfolded,
        key=_key(service, status, known),
        others=instances(status) if status is not None else (),
        may_test=known.view.settings.of(name).enabled,
        may_reset=any(each.is_set for each in every),
        test=test,
        trouble=_trouble(status, known) if status is not None and not said_by_test else None,
    )


def _test(status: ServiceStatus, known: Known) -> TestCard | None:
    test = test_card(known.snapshot.tests.get(status.service), status, known.at)
    return None if test is None else replace(test, trouble=_here(test.trouble))


def _trouble(status: ServiceStatus, known: Known) -> Trouble | None:
    return _here(trouble(status, known.at)) if mark(status) in URGENT else None


def _here(found: Trouble | None) -> Trouble | None:
    """Without the button that opens these settings: they are open."""
    if found is None or found.button is None or found.button.argument:
        return found
    return replace(found, button=None) if found.button.action is Action.OPEN_SETTINGS else found


def _key(service: ServiceTraits, status: ServiceStatus | None, known: Known) -> KeyField:
    origin = key_origin(known.view, known.drafts, service, status)
    return key_field(known.view, service, origin, known.keys, known.key_faults.get(service.name))


def _looked(snapshot: Snapshot) -> Looked | None:
    report = snapshot.discovery
    if report is None:
        return None
    found = tuple(_found(report, snapshot))
    if not report.finished:
        return Looked(_word("looking"), found)
    nothing = message("preferences.looked", count=report.addresses_tried)
    return Looked("" if found else text(nothing), found)


def _found(report: DiscoveryReport, snapshot: Snapshot) -> Iterator[Found]:
    for sighting in report.sightings:
        status = snapshot.services.get(sighting.service) if sighting.service is not None else None
        if status is not None:
            yield Found(
                status.service,
                _sighting_text(sighting, status.label),
                sighting.endpoint.url,
                status.state is not State.DISABLED and status.endpoint == sighting.endpoint,
            )


def _sighting_text(sighting: Sighting, label: str) -> str:
    version = sighting.info.version if sighting.info is not None else ""
    known = {"version": version} if version else {}
    return text(message("preferences.sighting", program=label, url=sighting.endpoint.url, **known))


def _word(name: str) -> str:
    return text(message(f"preferences.{name}"))
