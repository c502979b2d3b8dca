# SPDX-License-Identifier: GPL-3.0-or-later
"""The class of the preferences, and what draws it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import bpy

from ..core.consent_cards import allowed
from ..core.messages import message, text
from ..core.preference_cards import Known, PreferenceCards, preference_cards
from ..core.profile_cards import profile_cards
from ..core.schema import Schema
from ..core.snapshot import Snapshot
from ..core.wrapping import room
from . import (
    ROOT,
    drawing,
    engine,
    exchange_operators,
    icons,
    operators,
    preference_drawing,
    preference_operators,
    profile_drawing,
    profile_operators,
    project_drawing,
    regions,
    settings_menu,
    viewing,
)
from . import preference_properties as properties

if TYPE_CHECKING:
    from ..runtime.application import Application

_MARGINS = 60.0
"""Pixels, at a scale of 1, left and right of what stands in a box of the preferences."""

_seen = -1


class MOVIE_DIRECTOR_preferences(bpy.types.AddonPreferences):
    """Its properties are made from the schema: ``comfyui_url``, ``comfyui_timeout``, and so on."""

    bl_idname = ROOT

    def draw(self, context: bpy.types.Context) -> None:
        regions.drawn_in(context.region)
        scale, points = context.preferences.system.ui_scale, context.preferences.ui_styles[0].widget.points
        pixels = context.region.width - _MARGINS * scale
        page = drawing.Page(room(pixels, scale, points), icons.icon_of)
        preference_drawing.draw(self.layout.column(), self, _cards(context), page)
        _draw_more(self.layout, page)
        told = text(message("preferences-tip.about"))
        drawing.sentence(self.layout.column(), operators.about(), told, page, icon="INFO")


def _draw_more(layout: drawing.Layout, page: drawing.Page) -> None:
    """What is not of one service: profiles, and the addresses that projects may use."""
    application = engine.application()
    if application is None or not application.settings.newest.loaded:
        return
    store = application.settings
    addresses = allowed(store.newest)
    if addresses:
        project_drawing.allowed(layout.box(), addresses, page.less(1.0))
    profile_drawing.draw(layout.box(), profile_cards(store.schema, store.user), page.less(1.0))


def follow(application: Application, now: float) -> bool:
    """Keep step with the settings; whether there is something new to draw.

    `now` is a reading of the monotonic clock.
    """
    global _seen
    is_new = properties.values.settle(application.settings, now)
    view = application.settings.view(_seen)
    if view is not None:
        _seen = view.version
        is_new = True
    return is_new


def _cards(context: bpy.types.Context) -> PreferenceCards:
    application = engine.application()
    return preference_cards(None if application is None else _known(context, application))


def _known(context: bpy.types.Context, application: Application) -> Known:
    return Known(
        schema=application.schema,
        view=application.settings.newest,
        snapshot=application.board.snapshot() or Snapshot(),
        at=replace(viewing.viewing(context, application), unfolded=frozenset(properties.values.unfolded)),
        drafts=properties.values.drafts,
        keys=application.settings.trust.keys.entries.keys(),
        key_faults=properties.values.key_faults,
    )


def register(schema: Schema) -> None:
    preference_operators.register()
    profile_operators.register()
    exchange_operators.register()
    settings_menu.register()
    MOVIE_DIRECTOR_preferences.__annotations__ = properties.properties(schema)
    bpy.utils.register_class(MOVIE_DIRECTOR_preferences)


def unregister() -> None:
    application = engine.application()
    if application is not None:
        properties.values.end(application.settings)
    if getattr(MOVIE_DIRECTOR_preferences, "is_registered", False):
        bpy.utils.unregister_class(MOVIE_DIRECTOR_preferences)
    settings_menu.unregister()
    exchange_operators.unregister()
    profile_operators.unregister()
    preference_operators.unregister()
