# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons by which the user lets projects use an address on another computer, or takes that back.

None changes data of the .blend: what is allowed belongs to the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..core.messages import message, text
from . import bridge, engine
from .operators import OnOneService, OnServices

if TYPE_CHECKING:
    from ..core.snapshot import ServiceStatus
    from ..runtime.application import Application


class _Allow(OnOneService):
    """Asked with an address, it allows that one alone: another may have taken its place on the way."""

    origin: bpy.props.StringProperty(
        name="Address",
        description="As it is asked; empty for whatever is asked",
        options={"SKIP_SAVE"},
    )
    always = False

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        from ..core.consent_cards import answer_tip

        application = engine.application()
        traits = None if application is None else application.schema.service(properties.service)
        return answer_tip(cls.button, properties.origin, "" if traits is None else traits.label).rstrip(".")

    @classmethod
    def is_for(cls, status: ServiceStatus) -> bool:
        return bool(_asked(status.service))

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.keyring import Origin

        asked = _asked(self.service)
        if not asked or (self.origin and self.origin != asked):
            self.report({"WARNING"}, text(message("consent-tip.nothing")))  # type: ignore[attr-defined]
            return {"CANCELLED"}
        _application().settings.trust.allow(Origin.parse(asked), always=self.always)
        self.report({"INFO"}, text(message(f"consent.allowed-{self.button}", address=asked)))  # type: ignore[attr-defined]
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_allow_address_once(_Allow, bpy.types.Operator):
    bl_idname = "movie_director.allow_address_once"
    bl_label = text(message("consent.once"))
    bl_description = text(message("consent-tip.once")).rstrip(".")
    button = "once"


class MOVIE_DIRECTOR_OT_allow_address_always(_Allow, bpy.types.Operator):
    bl_idname = "movie_director.allow_address_always"
    bl_label = text(message("consent.always"))
    bl_description = text(message("consent-tip.always")).rstrip(".")
    button = "always"
    always = True


class MOVIE_DIRECTOR_OT_revoke_address(OnServices, bpy.types.Operator):
    bl_idname = "movie_director.revoke_address"
    bl_label = text(message("consent.revoke"))
    bl_description = text(message("consent-tip.revoke")).rstrip(".")

    origin: bpy.props.StringProperty(
        name="Address", description="Such as http://192.168.1.20:8188", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return text(message("consent-tip.revoke", address=properties.origin)).rstrip(".")

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.errors import ConfigError
        from ..core.keyring import Origin

        try:
            _application().settings.trust.revoke(Origin.parse(self.origin))
        except ConfigError as error:
            return self.failed(error)
        self.report({"INFO"}, text(message("consent.revoked", address=self.origin)))
        bridge.want_redraw()
        return {"FINISHED"}


def _application() -> Application:
    """The running one; `poll` has seen it."""
    application = engine.application()
    assert application is not None
    return application


def _asked(service: str) -> str:
    from ..core.consent_cards import asked_origin

    application = engine.application()
    if application is None:
        return ""
    return asked_origin(application.settings.newest.settings.of(service).withheld)


_CLASSES = (
    MOVIE_DIRECTOR_OT_allow_address_once,
    MOVIE_DIRECTOR_OT_allow_address_always,
    MOVIE_DIRECTOR_OT_revoke_address,
)


def register() -> None:
    for each in _CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    for each in reversed(_CLASSES):
        if each.is_registered:
            bpy.utils.unregister_class(each)
