# SPDX-License-Identifier: GPL-3.0-or-later
"""What buttons do. Nothing here waits: each hands its wish to the engine, and the panel shows the rest.

No operator changes data of the .blend, so none is an undo step.

What they compute with is imported when they are used, see `ui.__init__`.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

import bpy

from .. import VERSION
from ..core.errors import ConfigError
from ..core.messages import message, text
from . import ROOT, bridge, choosing, classes, engine
from .operator_bases import OnOneService, OnServices, described, is_on, running, status_of, statuses, word

if TYPE_CHECKING:
    from ..core.snapshot import ServiceStatus

_POPUP_WIDTH = 34.0
"""Em of a line in a popup."""


class MOVIE_DIRECTOR_OT_refresh_connections(OnServices, bpy.types.Operator):
    bl_idname = "movie_director.refresh_connections"
    bl_label = "Refresh Connections"
    bl_description = text(message("panel-button-tip.refresh")).rstrip(".")

    def execute(self, context: bpy.types.Context) -> set[str]:
        running().refresh()
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_manual_reconnect(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.manual_reconnect"
    bl_label = "Retry Now"
    bl_description = text(message("panel-button-tip.retry")).rstrip(".")
    button = "retry"

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        from ..core.presentation import is_usable

        status = status_of(properties.service)
        name = "check" if status is not None and is_usable(status) else cls.button
        return described(name, properties.service)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            running().retry_now(self.service or None)
        except ConfigError as error:
            return self.failed(error)
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_test_connection(OnServices, bpy.types.Operator):
    bl_idname = "movie_director.test_connection"
    bl_label = "Test Connection"
    bl_description = text(message("panel-button-tip.test")).rstrip(".")

    service: bpy.props.StringProperty(
        name="Service", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        if properties.service and not is_on(properties.service):
            return word("unavailable.off")
        return described("test", properties.service)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from . import viewing
        from .preference_properties import values

        # The address that is to be seen in its field is tested, also one that was not used yet.
        values.settle_all(running().settings)
        enabled = [each.service for each in statuses() if is_on(each.service)]
        if not self.service and not enabled:
            self.report({"WARNING"}, word("unavailable.all-off" if statuses() else "unavailable.not-running"))
            return {"CANCELLED"}
        try:
            for service in [self.service] if self.service else enabled:
                running().test(service)
                viewing.unfold(context, service)
        except ConfigError as error:
            return self.failed(error)
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_open_web_page(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.open_web_page"
    bl_label = "Open Web Page"
    bl_description = text(message("panel-button-tip.web")).rstrip(".")
    button = "web"
    nothing = "unavailable.no-page"

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        status = status_of(properties.service)
        known = {} if status is None or status.endpoint is None else {"url": status.endpoint.url}
        return described(cls.button, properties.service, **known)

    @classmethod
    def is_for(cls, status: ServiceStatus) -> bool:
        return status.endpoint is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        status = status_of(self.service)
        if status is None or status.endpoint is None:
            self.report({"WARNING"}, word("unavailable.no-page"))
            return {"CANCELLED"}
        bpy.ops.wm.url_open(url=status.endpoint.url)
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_copy_details(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.copy_details"
    bl_label = "Copy Details"
    bl_description = text(message("panel-button-tip.copy")).rstrip(".")
    button = "copy"

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.card_report import report
        from . import viewing

        application, snapshot = running(), engine.snapshot()
        if snapshot is None or (self.service and self.service not in snapshot.services):
            self.report({"WARNING"}, word("unavailable.not-running"))
            return {"CANCELLED"}
        settings, at = application.settings.newest.settings, viewing.viewing(context, application)
        names = [self.service] if self.service else list(snapshot.services)
        parts = [report(snapshot, name, settings, at) for name in names]
        context.window_manager.clipboard = "\n".join([about(), *parts])
        self.report({"INFO"}, word("button.details-copied"))
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_use_address(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.use_address"
    bl_label = "Use Another Instance"
    bl_description = text(message("panel-button-tip.use")).rstrip(".")
    button = "use"

    url: bpy.props.StringProperty(name="URL", description="Where it answers", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return described("use", properties.service, url=properties.url)

    def ask(self, context: bpy.types.Context) -> set[str]:
        entries = []
        for status in statuses():
            for other in status.others:
                url = other.endpoint.url
                label = text(message("panel.instance", program=status.label, url=url))
                entries.append((label, {"service": status.service, "url": url}))
        title, nothing = word("button.choose"), word("unavailable.no-others")
        return choosing.choose(context, self.bl_idname, title, entries, nothing)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.endpoint import without_credentials
        from ..core.schema import WRITTEN, Key, Layer
        from .preference_properties import values

        settings = running().settings
        if not self.url:  # from a script alone
            self.report({"WARNING"}, word("unavailable.no-address"))
            return {"CANCELLED"}
        decided = settings.newest.effective.entries.get(Key(self.service, "url"))
        if decided is not None and decided.layer in WRITTEN and decided.layer is not Layer.USER:
            # Nothing is set then: what only a project names would become the user's own address unasked.
            said = text(message(f"setting-layer.{decided.layer.value}"))
            where = f"{said} ({decided.detail})" if decided.detail else said
            self.report({"WARNING"}, text(message("panel-unavailable.decided", value=where)))
            return {"CANCELLED"}
        try:
            values.use_address(settings, self.service, self.url)
        except ConfigError as error:
            return self.failed(error)
        self.report({"INFO"}, f"{word('button.address-set')}: {without_credentials(self.url)}")
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_open_settings(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.open_settings"
    bl_label = "Open Settings"
    bl_description = text(message("panel-button-tip.settings")).rstrip(".")
    button = "settings"

    section: bpy.props.StringProperty(
        name="Section",
        description="Of Blender's own preferences, such as SYSTEM; empty for the settings of the add-on",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return described("allow-online" if properties.section else cls.button, properties.service)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if bpy.app.background:
            cls.poll_message_set(word("unavailable.no-window"))
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.section:
            bpy.ops.preferences.addon_show(module=ROOT)
            return {"FINISHED"}
        try:
            context.preferences.active_section = self.section
        except TypeError as error:  # only a script can name one that this Blender does not have
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        bpy.ops.screen.userpref_show("INVOKE_DEFAULT")  # type: ignore[arg-type]
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_show_help(OnOneService, bpy.types.Operator):
    bl_idname = "movie_director.show_help"
    bl_label = "How to Start a Service"
    bl_description = text(message("panel-button-tip.start-program")).rstrip(".")

    topic: bpy.props.StringProperty(
        name="Topic", description="Which help", default="start-program", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return described(properties.topic, properties.service)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.card_problems import help_text
        from ..core.wrapping import wrapped

        status = status_of(self.service)
        if status is None:
            return {"CANCELLED"}
        hints = {each.name: each.start_hint for each in running().manager.backends}
        told = help_text(status, self.topic, hints.get(self.service, ""))
        if bpy.app.background:
            self.report({"INFO"}, told)
            return {"FINISHED"}

        def draw(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
            for line in wrapped(told, _POPUP_WIDTH):
                menu.layout.label(text=line)

        title = text(message(f"fix.{self.topic}", program=status.label))
        context.window_manager.popup_menu(draw, title=title, icon="QUESTION")
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_show_details(bpy.types.Operator):
    bl_idname = "movie_director.show_details"
    bl_label = "Show or Hide Details"
    bl_description = text(message("panel-button-tip.show")).rstrip(".")

    service: bpy.props.StringProperty(
        name="Service", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )
    tooltip: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        from . import viewing

        name = "hide" if properties.service in viewing.unfolded(context) else "show"
        return f"{properties.tooltip} {described(name, properties.service)}".strip()

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..core.card_parts import LLM
        from . import viewing

        every = frozenset({LLM, *(each.service for each in statuses())})
        shown = viewing.unfolded(context)
        for service in (self.service,) if self.service else every:
            is_open = service not in shown if self.service else shown != every
            viewing.unfold(context, service, is_open)
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_copy_text(bpy.types.Operator):
    bl_idname = "movie_director.copy_text"
    bl_label = "Copy Text"
    bl_description = text(message("panel-button.copy-value")).rstrip(".")
    bl_options = {"INTERNAL"}  # noqa: RUF012  Blender wants a set

    text: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    tooltip: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return f"{properties.tooltip} {word('button.copy-value')}".strip().rstrip(".")

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.clipboard = self.text
        self.report({"INFO"}, f"{word('button.copied')}: {self.text}")
        return {"FINISHED"}


def about() -> str:
    """The versions that are at work here."""
    python = ".".join(map(str, sys.version_info[:3]))
    version = ".".join(map(str, VERSION))
    return f"Movie Director {version}, Blender {bpy.app.version_string}, Python {python}, {sys.platform}"


def start_failure() -> str:
    """Why the engine could not start, for a report of the problem; without the name of the user's folder."""
    error = engine.failure()
    try:
        from ..core.anonymity import Anonymizer, Identity

        covered = Anonymizer(Identity(home=os.path.expanduser("~")))
        told = covered("".join(traceback.format_exception_only(type(error), error)).strip())
    except ImportError:  # what is missing may be just that
        told = type(error).__name__
    return f"{about()}\n{told}"


_CLASSES = (
    MOVIE_DIRECTOR_OT_refresh_connections,
    MOVIE_DIRECTOR_OT_manual_reconnect,
    MOVIE_DIRECTOR_OT_test_connection,
    MOVIE_DIRECTOR_OT_open_web_page,
    MOVIE_DIRECTOR_OT_copy_details,
    MOVIE_DIRECTOR_OT_use_address,
    MOVIE_DIRECTOR_OT_open_settings,
    MOVIE_DIRECTOR_OT_show_help,
    MOVIE_DIRECTOR_OT_show_details,
    MOVIE_DIRECTOR_OT_copy_text,
)


def register() -> None:
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
