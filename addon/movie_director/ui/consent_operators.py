# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons by which the user lets projects use an address on another computer, or takes that back.

None changes data of the .blend: what is allowed belongs to the user.
"""

from __future__ import annotations

import bpy

from ..core.messages import Message, message, text
from . import bridge, classes, engine
from .choosing import choose
from .operator_bases import OnOneService, OnServices, running


class _Allow(OnOneService):
    """Allows the address that it is called with, and no other: another may have taken its place meanwhile."""

    origin: bpy.props.StringProperty(
        name="Address",
        description="The one that is allowed, as it is asked, such as http://192.168.1.20:8188",
        options={"SKIP_SAVE"},
    )
    always = False

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        from ..core.consent_cards import answer_tip

        application = engine.application()
        traits = None if application is None else application.schema.service(properties.service)
        return answer_tip(cls.button, properties.origin, "" if traits is None else traits.label).rstrip(".")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.origin or bpy.app.background:
            return self.execute(context)
        return self.ask(context)

    def ask(self, context: bpy.types.Context) -> set[str]:
        """A menu in which every entry names an address that is asked for."""
        from ..core.consent_cards import answer

        every = [each.name for each in running().schema.services]
        asked = {each: _asked(each) for each in ([self.service] if self.service else every)}
        operator, button = self.bl_idname, self.button  # type: ignore[attr-defined]
        entries = [
            (answer(button, origin), {"service": service, "origin": origin})
            for service, origin in asked.items()
            if origin
        ]
        title, nothing = text(message("consent.title")), text(message("consent-tip.nothing"))
        return choose(context, operator, title, entries, nothing)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.keyring import Origin

        asked = _asked(self.service)
        if asked and not self.origin:
            return self._refused(message("consent-tip.unnamed", address=asked))
        if not asked or self.origin != asked:
            return self._refused(message("consent-tip.nothing"))
        running().settings.trust.allow(Origin.parse(asked), always=self.always)
        self.report({"INFO"}, text(message(f"consent.allowed-{self.button}", address=asked)))  # type: ignore[attr-defined]
        bridge.want_redraw()
        return {"FINISHED"}

    def _refused(self, why: Message) -> set[str]:
        self.report({"WARNING"}, text(why))  # type: ignore[attr-defined]
        return {"CANCELLED"}


class MOVIE_DIRECTOR_OT_allow_address_once(_Allow, bpy.types.Operator):
    bl_idname = "movie_director.allow_address_once"
    bl_label = text(message("consent.once-name"))
    bl_description = text(message("consent-tip.once")).rstrip(".")
    button = "once"


class MOVIE_DIRECTOR_OT_allow_address_always(_Allow, bpy.types.Operator):
    bl_idname = "movie_director.allow_address_always"
    bl_label = text(message("consent.always-name"))
    bl_description = text(message("consent-tip.always")).rstrip(".")
    button = "always"
    always = True


class MOVIE_DIRECTOR_OT_revoke_address(OnServices, bpy.types.Operator):
    bl_idname = "movie_director.revoke_address"
    bl_label = text(message("consent.revoke-name"))
    bl_description = text(message("consent-tip.revoke")).rstrip(".")

    origin: bpy.props.StringProperty(
        name="Address", description="Such as http://192.168.1.20:8188", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        known = {"address": properties.origin} if properties.origin else {}
        return text(message("consent-tip.revoke", **known)).rstrip(".")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.origin or bpy.app.background:
            return self.execute(context)
        return self.ask(context)

    def ask(self, context: bpy.types.Context) -> set[str]:
        """A menu of the addresses that are allowed."""
        from ..core.consent_cards import allowed

        addresses = allowed(running().settings.newest)
        entries = [(f"{each.origin} ({each.until})", {"origin": each.origin}) for each in addresses]
        title, nothing = text(message("consent.title")), text(message("consent-tip.none-allowed"))
        return choose(context, self.bl_idname, title, entries, nothing)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.errors import ConfigError
        from ..core.keyring import Origin

        try:
            running().settings.trust.revoke(Origin.parse(self.origin))
        except ConfigError as error:
            return self.failed(error)
        self.report({"INFO"}, text(message("consent.revoked", address=self.origin)))
        bridge.want_redraw()
        return {"FINISHED"}


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
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
