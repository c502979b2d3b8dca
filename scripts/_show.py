"""What scripts/run.py shows: what is here, what stands in for the rest, and then a tour."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import _demo
import _demo_environments
import _tour
from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.core.environment import settings_from_environment
from movie_director.core.errors import ConfigError
from movie_director.core.messages import explain
from movie_director.core.model import Sighting
from movie_director.core.settings import Policy, Settings
from movie_director.runtime import discovery
from movie_director.transport.sockets import SocketFactory

LEFT_OUT = "it needs an environment of its own, and --light was given"


def show(python: Path, *, demos: bool, light: bool, keep: bool) -> int:
    """Give the tour; return the exit status. `python` runs the demos that need no other environment."""
    try:
        settings, stand_ins = cast(python, demos=demos, light=light)
        with on_stage(settings, stand_ins) as (settings, running):
            return give_tour(settings, running, keep=keep)
    except ConfigError as error:
        explanation = explain(error.problem)
        print(f"{explanation.title} {explanation.advice}", file=sys.stderr)
        return 2
    except _demo.DemoFailed as failure:
        print(failure, file=sys.stderr)
        return 1


def cast(python: Path, *, demos: bool, light: bool) -> tuple[Settings, dict[Backend, Path]]:
    """Look what is here; return the settings from the environment, and the interpreter of each demo.

    A service of which neither it nor a demo is here is switched off. Raises ConfigError.
    """
    services = backends()
    settings = settings_from_environment([backend.name for backend in services], os.environ)
    found = look_around(services)
    missing = [backend for backend in services if demos and may_stand_in(backend, settings, found)]
    stand_ins = choose(missing, python, light=light)
    for backend in missing:
        if backend not in stand_ins:  # nothing to see of it
            settings = settings.with_service(backend.name, replace(settings.of(backend.name), enabled=False))
    return settings, stand_ins


def choose(missing: Sequence[Backend], python: Path, *, light: bool) -> dict[Backend, Path]:
    """Return the interpreter for each demo that can be had, and say for which services there is none."""
    stages = {backend: _demo.STAGES[backend.name] for backend in missing}
    needs = {stage.environment: backend.label for backend, stage in stages.items() if stage.environment}
    pythons, reasons = _demo_environments.interpreters({} if light else needs, make=True)
    chosen: dict[Backend, Path] = {}
    for backend, stage in stages.items():
        if not stage.environment:
            chosen[backend] = python
        elif stage.environment in pythons:
            chosen[backend] = pythons[stage.environment]
        else:
            reason = LEFT_OUT if light else reasons[stage.environment]
            print(f"No demo for {backend.label}: {reason}", flush=True)
    return chosen


@contextlib.contextmanager
def on_stage(
    settings: Settings, stand_ins: Mapping[Backend, Path]
) -> Iterator[tuple[Settings, dict[str, _demo.Demo]]]:
    """Run the demos; yield the settings with which they are used, and the demos by their services.

    Raises DemoFailed.
    """
    if stand_ins:
        labels = ", ".join(backend.label for backend in stand_ins)
        print(f"\nNot running here, so that a demo stands in: {labels}.")
        print("Starting the demos; some take several seconds ...", flush=True)
    with _demo.started(stand_ins) as demos:
        for name, demo in demos.items():
            demo.wait()
            print(f"  {demo.backend.label}: {demo.url} after {demo.seconds_to_start:.1f} s", flush=True)
            settings = settings.with_service(name, replace(settings.of(name), url=demo.url))
        yield settings, demos


def give_tour(settings: Settings, demos: dict[str, _demo.Demo], *, keep: bool) -> int:
    tour = _tour.Tour(settings, demos)
    try:
        succeeded = tour.give()
        if keep:
            tour.watch()
        return 0 if succeeded else 1
    finally:
        tour.manager.stop()


def look_around(services: Sequence[Backend]) -> tuple[Sighting, ...]:
    """Return what answers at the usual ports, and print it."""
    print("Looking for AI services on this computer ...", flush=True)
    start = time.monotonic()
    places = discovery.candidates(services)
    sockets = SocketFactory("look-around")
    try:
        found = list(discovery.look_around(places, services, sockets, Policy()))
    finally:
        sockets.close()
    milliseconds = (time.monotonic() - start) * 1000
    labels = {backend.name: backend.label for backend in services}
    sightings = discovery.in_port_order(found, places)
    for sighting in sightings:
        what = labels.get(sighting.service or "", f"another program {sighting.stranger}".rstrip())
        print(f"  {sighting.endpoint.url}: {what}")
    print(f"  {len(places)} addresses tried in {milliseconds:.0f} ms", flush=True)
    return sightings


def may_stand_in(backend: Backend, settings: Settings, found: Sequence[Sighting]) -> bool:
    """Whether a demo is welcome: the service is switched on, not here, and not said to be elsewhere."""
    service = settings.of(backend.name)
    is_here = any(sighting.service == backend.name for sighting in found)
    return backend.name in _demo.STAGES and service.enabled and not service.url and not is_here
