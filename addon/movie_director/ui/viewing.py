# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what the cards need besides the snapshot, from Blender and from the running application."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import bpy

from ..core.card_details import origin_texts
from ..core.card_parts import LLM, Viewing
from ..core.cards import PanelCards, panel_cards
from ..core.messages import explain
from ..core.serialisation import Clocks
from ..core.settings import Settings
from . import engine, online, status_properties

if TYPE_CHECKING:
    from ..runtime.application import Application


def cards(context: bpy.types.Context) -> PanelCards:
    """What is to be drawn now; waits for nothing."""
    application = engine.application()
    if application is None:
        return panel_cards(None, Settings(), Viewing(_clocks()))
    settings = application.settings.newest.settings
    return panel_cards(application.board.snapshot(), settings, viewing(context, application))


def viewing(context: bpy.types.Context, application: Application) -> Viewing:
    backends = application.manager.backends
    seen = application.settings.newest
    return Viewing(
        clocks=_clocks(),
        zone=datetime.now().astimezone().tzinfo or Viewing.zone,
        start_hints={backend.name: backend.start_hint for backend in backends},
        version_rules={backend.name: backend.versions for backend in backends},
        origins=origin_texts(seen.effective, [backend.name for backend in backends]),
        unfolded=unfolded(context),
        loopback_only=not online.is_allowed(),
        waits_for_user=application.waits_for_user,
        notices=tuple(explain(each).title for each in seen.problems),
    )


def unfolded(context: bpy.types.Context) -> frozenset[str]:
    """The services whose details are folded out, and `LLM` for the language models."""
    status = getattr(context.window_manager, status_properties.NAME)
    services = {each.name for each in status.services if each.show_details}
    return frozenset(services | ({LLM} if status.llm.show_details else set()))


def unfold(context: bpy.types.Context, service: str, is_open: bool = True) -> None:
    """Fold the details of one service out or in; `LLM` for the language models."""
    status = getattr(context.window_manager, status_properties.NAME)
    if service == LLM:
        status.llm.show_details = is_open
    elif service in status.services:
        status.services[service].show_details = is_open


def _clocks() -> Clocks:
    return Clocks(time.monotonic(), time.time())
